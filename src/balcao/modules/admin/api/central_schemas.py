"""Bodies of central administration and of the billing profile."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from balcao.kernel.db.paging import Page, PageQuery
from balcao.modules.admin.api.schemas import CLEAN, EXAMPLE_ID, Email, example
from balcao.modules.admin.billing_profile import ProfileView
from balcao.modules.admin.billing_rules import SubscriptionStatus
from balcao.modules.admin.central_queries import PlanLine, TenantLine, TrailLine
from balcao.modules.admin.central_tenants import SwitchState
from balcao.modules.admin.team_queries import InvitationView, PersonView

Slug = Annotated[str, Field(min_length=2, max_length=63, pattern=CLEAN)]
BusinessName = Annotated[str, Field(min_length=1, max_length=80, pattern=CLEAN)]
Line = Annotated[str, Field(max_length=120, pattern=CLEAN)]
Phone = Annotated[str, Field(max_length=30, pattern=CLEAN)]
Mail = Annotated[str, Field(max_length=254, pattern=CLEAN)]
Limit = Annotated[int, Field(ge=1, le=100_000)]
Cents = Annotated[int, Field(ge=0, le=100_000_000)]
Interval = Literal["monthly", "yearly"]
Ceilings = Annotated[
    dict[Annotated[str, Field(max_length=40)], Annotated[int, Field(ge=0, le=2**50)]], Field(max_length=40)
]
ModuleNames = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=40)]


class AddressBody(BaseModel):
    """Where the bill goes."""

    model_config = example(
        postal_code="01001-000", street="Praça da Sé", number="1", city="São Paulo", state="SP"
    )
    postal_code: Annotated[str, Field(max_length=9, pattern=CLEAN)] = ""
    street: Line = ""
    number: Annotated[str, Field(max_length=20, pattern=CLEAN)] = ""
    complement: Annotated[str, Field(max_length=80, pattern=CLEAN)] = ""
    district: Annotated[str, Field(max_length=80, pattern=CLEAN)] = ""
    city: Annotated[str, Field(max_length=80, pattern=CLEAN)] = ""
    state: Annotated[str, Field(max_length=2, pattern=CLEAN)] = ""


class ProfileBody(BaseModel):
    """The legal person and its contacts; what is left out stays."""

    model_config = example(
        document="12.ABC.345/01DE-35", legal_name="Padaria da Vila Ltda.", contact_email="dona@vila.example"
    )
    person_type: Literal["individual", "company"] | None = None
    document: Annotated[str, Field(max_length=30, pattern=CLEAN)] | None = None
    legal_name: Line | None = None
    trade_name: Line | None = None
    state_registration: Annotated[str, Field(max_length=30, pattern=CLEAN)] | None = None
    municipal_registration: Annotated[str, Field(max_length=30, pattern=CLEAN)] | None = None
    contact_name: Line | None = None
    contact_email: Mail | None = None
    contact_phone: Phone | None = None
    financial_name: Line | None = None
    financial_email: Mail | None = None
    financial_phone: Phone | None = None
    billing_address: AddressBody | None = None

    def given(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_none=True)


class TenantCreate(BaseModel):
    """A business to make. Its owner gets an invitation by e-mail and signs up with it."""

    model_config = example(
        slug="padaria-da-vila", name="Padaria da Vila", plan="completo", owner_email="dona@vila.example"
    )
    slug: Slug
    name: BusinessName
    plan: Slug
    owner_email: Email
    trial_end_at: AwareDatetime | None = None
    users_limit: Limit | None = None
    stores_limit: Limit | None = None
    profile: ProfileBody | None = None


class TenantPatch(BaseModel):
    """What to change of a business; what is left out stays. `custom_host` and `stores_limit` may be null: none."""

    model_config = example(status="suspended")
    slug: Slug | None = None
    name: BusinessName | None = None
    status: Literal["active", "suspended", "canceled"] | None = None
    custom_host: Annotated[str, Field(max_length=253, pattern=CLEAN)] | None = None
    users_limit: Limit | None = None
    stores_limit: Limit | None = None
    profile: ProfileBody | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        sent = self.model_dump(exclude_unset=True, exclude={"profile"})
        kept = {
            name: value
            for name, value in sent.items()
            if value is not None or name in {"custom_host", "stores_limit"}
        }
        return kept | ({"profile": self.profile.given()} if self.profile else {})


class TenantDetail(BaseModel):
    """A business whole: itself, its paper side, how it came here."""

    tenant: TenantLine
    profile: ProfileView
    onboarding_origin: str
    activation_mode: str
    payment_provider: str
    payment_reference: str
    activated_at: datetime | None
    onboarded_at: datetime | None


class SwitchView(BaseModel):
    """A module for one business: in its plan, switched by the platform or left to the plan, and on right now."""

    name: str
    title: str
    in_plan: bool
    switch: SwitchState
    is_on: bool


class Switches(Page[SwitchView]):
    """Every module that can be switched."""


class SwitchesBody(BaseModel):
    """Modules by name: `on` or `off` whatever the plan says, `plan` to leave it to the plan."""

    model_config = example(modules={"contacts": "on"})
    modules: Annotated[dict[Annotated[str, Field(max_length=40)], SwitchState], Field(max_length=40)]


class SubscriptionBody(BaseModel):
    """The plan of a business and its state. Dates that are left out are emptied."""

    model_config = example(plan="completo", status="trialing", trial_end_at="2026-12-31T23:59:00-03:00")
    plan: Slug
    status: SubscriptionStatus
    current_period_end: AwareDatetime | None = None
    trial_end_at: AwareDatetime | None = None
    cancel_at: AwareDatetime | None = None

    def values(self) -> dict[str, Any]:
        """Status and dates."""
        return self.model_dump(exclude={"plan"})


class Plans(Page[PlanLine]):
    """Every plan."""


class PlanCreate(BaseModel):
    """A plan: its price in centavos for each interval, its modules, its ceilings by name (see the list in the docs)."""

    model_config = example(
        slug="essencial",
        name="Essencial",
        price_cents=9900,
        modules=["store"],
        limits={"users": 3, "stores": 1},
    )
    slug: Slug
    name: BusinessName
    price_cents: Cents = 0
    interval: Interval = "monthly"
    modules: ModuleNames = []
    limits: Ceilings = {}
    is_active: bool = True


class PlanPatch(BaseModel):
    """What to change of a plan; what is left out stays."""

    model_config = example(is_active=False)
    name: BusinessName | None = None
    price_cents: Cents | None = None
    interval: Interval | None = None
    modules: ModuleNames | None = None
    limits: Ceilings | None = None
    is_active: bool | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_none=True)


class Team(BaseModel):
    """People of a business, and who was invited."""

    items: list[PersonView]
    total: int
    limit: int
    offset: int
    invitations: list[InvitationView]


class OwnerInvitation(BaseModel):
    """Whom to invite as the first owner."""

    model_config = example(owner_email="dona@vila.example")
    owner_email: Email


class FirstAccessTest(BaseModel):
    """Whether the first steps are shown again."""

    model_config = example(is_forced=True)
    is_forced: bool


class ImpersonationBody(BaseModel):
    """Why, and in whose name; the first owner's when nobody is named. The business reads the reason."""

    model_config = example(reason="Chamado 812: o cardápio não abre", user_id=EXAMPLE_ID)
    reason: Annotated[str, Field(min_length=5, max_length=300, pattern=CLEAN)]
    user_id: UUID | None = None


class Impersonated(BaseModel):
    """A session of sixty minutes inside the business. The own one stays as it is."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a scheme, not a secret
    expires_at: datetime
    user_id: UUID
    tenant_slug: str


class TrailQuery(PageQuery):
    """Which slice of the trail."""

    limit: Annotated[int, Field(ge=1, le=100)] = 30


class Trail(Page[TrailLine]):
    """Entries of a business's audit trail, newest first."""
