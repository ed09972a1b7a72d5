"""Bodies of what the billing system sends. Unknown fields are refused: money hangs on them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from balcao.modules.admin.billing_rules import SubscriptionStatus

CLEAN: Final = r"^[^\x00-\x1f\x7f]*$"
EventId = Annotated[str, Field(min_length=1, max_length=200, pattern=CLEAN)]
Sequence = Annotated[int, Field(ge=1, le=2**53)]
Slug = Annotated[str, Field(min_length=2, max_length=63)]
Line = Annotated[str, Field(max_length=120, pattern=CLEAN)]
Limit = Annotated[int, Field(ge=1, le=100_000)]
_ADDRESS: Final = ("postal_code", "street", "number", "complement", "district", "city", "state")
_PROFILE: Final = (
    "person_type", "document", "legal_name", "trade_name", "state_registration", "municipal_registration", "contact_name",
    "contact_email", "contact_phone", "financial_name", "financial_email", "financial_phone", "onboarding_origin",
    "activation_mode", "activation_notes", "payment_provider", "payment_reference", "activated_at", "signup_payload",
)  # fmt: skip


class _Message(BaseModel):
    """What both messages share. Without `event_id` (the former way only) a repeat cannot be told from a new one."""

    event_id: EventId | None = None
    sequence: Sequence | None = None
    plan: Slug | None = None
    plan_id: UUID | None = None
    current_period_end: AwareDatetime | None = None
    trial_end_at: AwareDatetime | None = None
    cancel_at: AwareDatetime | None = None


class StatusMessage(_Message):
    """A subscription's new state. `sequence` counts a business's messages; an older one changes nothing."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "event_id": "evt_42", "sequence": 42, "tenant_slug": "padaria", "status": "past_due",
                "current_period_end": "2026-12-01T00:00:00-03:00",
            }
        },
    )  # fmt: skip
    tenant_id: UUID | None = None
    tenant_slug: Slug | None = None
    status: SubscriptionStatus

    @model_validator(mode="after")
    def _names_a_business(self) -> Self:
        if (self.tenant_id is None) == (self.tenant_slug is None):
            raise ValueError("Give tenant_id or tenant_slug, one of the two.")
        return self


class IntakeMessage(_Message):
    """A business that was sold: who it is, its plan, whom to invite (`contact_email`)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "event_id": "sale_7", "sequence": 1, "tenant_slug": "padaria-da-vila", "plan": "completo",
                "name": "Padaria da Vila", "document": "11.222.333/0001-81", "contact_email": "dona@vila.example",
                "billing_postal_code": "01001-000", "billing_city": "São Paulo", "billing_state": "SP",
            }
        },
    )  # fmt: skip
    tenant_slug: Slug | None = Field(None, validation_alias=AliasChoices("tenant_slug", "slug"))
    name: Line | None = None
    users_limit: Limit | None = None
    stores_limit: Limit | None = None
    person_type: Literal["individual", "company"] | None = None
    document: Annotated[str, Field(max_length=30)] | None = Field(
        None, validation_alias=AliasChoices("document", "cnpj", "cpf")
    )
    legal_name: Line | None = None
    trade_name: Line | None = None
    state_registration: Line | None = None
    municipal_registration: Line | None = None
    contact_name: Line | None = None
    contact_email: Annotated[str, Field(max_length=254)] | None = None
    contact_phone: Annotated[str, Field(max_length=30)] | None = None
    financial_name: Line | None = None
    financial_email: Annotated[str, Field(max_length=254)] | None = None
    financial_phone: Annotated[str, Field(max_length=30)] | None = None
    billing_postal_code: Line | None = None
    billing_street: Line | None = None
    billing_number: Line | None = None
    billing_complement: Line | None = None
    billing_district: Line | None = None
    billing_city: Line | None = None
    billing_state: Line | None = None
    onboarding_origin: Annotated[str, Field(max_length=40, pattern=CLEAN)] = "landing_page"
    activation_mode: Literal["manual", "automatic_webhook", "force_first_access_test"] = "automatic_webhook"
    activation_notes: Annotated[str, Field(max_length=2000)] | None = None
    payment_provider: Annotated[str, Field(max_length=60, pattern=CLEAN)] | None = None
    payment_reference: Line | None = None
    activated_at: AwareDatetime | None = None
    signup_payload: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _names_a_business(self) -> Self:
        if self.tenant_slug is None:
            raise ValueError("Give tenant_slug, the address word of the business.")
        return self

    @property
    def address_word(self) -> str:
        """The slug that was given."""
        return self.tenant_slug or ""

    def limits(self) -> dict[str, int]:
        """The business's own limits, as far as they were given."""
        given = {"users_limit": self.users_limit, "stores_limit": self.stores_limit}
        return {name: value for name, value in given.items() if value is not None}

    def profile_values(self) -> dict[str, Any]:
        """What goes into the profile; what was not given stays as it is."""
        given = {name: getattr(self, name) for name in _PROFILE}
        values = {name: value for name, value in given.items() if value is not None}
        address = {name: getattr(self, f"billing_{name}") for name in _ADDRESS}
        if any(address.values()):
            values["billing_address"] = {name: value or "" for name, value in address.items()}
        return values
