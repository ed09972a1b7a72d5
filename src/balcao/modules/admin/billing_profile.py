"""The paper side of a business: the legal person, whom to call, where the bill goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.brazil.addresses import UFS, InvalidCep, parse_cep
from balcao.brazil.documents import DocumentKind, InvalidDocument, format_document, parse_document
from balcao.brazil.phones import InvalidPhone, parse_phone
from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.modules.admin.models import BusinessProfile
from balcao.modules.admin.people import clean_email

ADDRESS_LENGTHS: Final[Mapping[str, int]] = {
    "postal_code": 9, "street": 120, "number": 20, "complement": 80, "district": 80, "city": 80, "state": 2,
}  # fmt: skip
TEXT_LENGTHS: Final[Mapping[str, int]] = {
    "legal_name": 120, "trade_name": 120, "state_registration": 30, "municipal_registration": 30, "contact_name": 120,
    "financial_name": 120, "onboarding_origin": 40, "activation_notes": 2000, "payment_provider": 60,
    "payment_reference": 120,
}  # fmt: skip
EMAILS: Final = ("contact_email", "financial_email")
PHONES: Final = ("contact_phone", "financial_phone")
# What a business may say of itself; the rest is for the platform and the billing system.
OWN_FIELDS: Final = (
    "person_type", "document", "legal_name", "trade_name", "state_registration", "municipal_registration", "contact_name",
    "contact_email", "contact_phone", "financial_name", "financial_email", "financial_phone", "billing_address",
)  # fmt: skip
_REASONS: Final[Mapping[str, str]] = {
    "document_length": "A CPF has 11 digits, a CNPJ 14 digits or letters.",
    "document_check_digit": "The check digits do not fit. Look for a typing mistake.",
    "document_repeated": "This number repeats one digit and belongs to nobody.",
    "document_characters": "Only digits, and in a CNPJ capital letters, belong here.",
}


class ProfileView(BaseModel):
    """The legal person and its contacts. `document` is clean, `document_shown` as people read it."""

    person_type: Literal["individual", "company"]
    document: str
    document_shown: str
    legal_name: str
    trade_name: str
    state_registration: str
    municipal_registration: str
    contact_name: str
    contact_email: str
    contact_phone: str
    financial_name: str
    financial_email: str
    financial_phone: str
    billing_address: dict[str, str]
    version: int


def clean_profile(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in the form they are stored. ValidationFailedError names every field that is wrong."""
    errors: list[dict[str, str]] = []
    clean: dict[str, Any] = {}

    def keep(name: str, check: Callable[[], Any]) -> None:
        try:
            clean[name] = check()
        except ValidationFailedError as error:
            errors.extend(error.ext["errors"])

    for name, value in values.items():
        keep(name, lambda name=name, value=value: _clean_field(name, value))
    if not errors:
        keep("person_type", lambda: _fitting_person(values, clean))
    if errors:
        raise ValidationFailedError(errors)
    if clean["person_type"] is None:
        del clean["person_type"]
    return clean


def _clean_field(name: str, value: Any) -> Any:
    if name in TEXT_LENGTHS:
        return _text(f"/{name}", value, TEXT_LENGTHS[name])
    if name == "document":
        return _document(str(value))
    if name in EMAILS:
        return clean_email(str(value), f"/{name}") if str(value).strip() else ""
    if name in PHONES:
        return _phone(f"/{name}", str(value))
    if name == "billing_address":
        return _address(value)
    return value


def _text(pointer: str, value: Any, length: int) -> str:
    text = " ".join(str(value or "").split())
    if len(text) > length or any(mark < " " or mark == "\x7f" for mark in text):
        raise ValidationFailedError.at(pointer, "This is too long.")
    return text


def _document(value: str) -> str:
    if not value.strip():
        return ""
    try:
        return parse_document(value).value
    except InvalidDocument as error:
        raise ValidationFailedError.at(
            "/document", _REASONS.get(error.reason, "This is no CPF and no CNPJ.")
        ) from None


def _fitting_person(values: Mapping[str, Any], clean: Mapping[str, Any]) -> str | None:
    """A CPF is an individual's, a CNPJ a company's; said or not, the number decides."""
    stated, document = values.get("person_type"), clean.get("document", "")
    if not document:
        return stated
    fitting = "individual" if parse_document(document).kind is DocumentKind.CPF else "company"
    if stated is not None and stated != fitting:
        raise ValidationFailedError.at("/document", "An individual has a CPF, a company a CNPJ.")
    return fitting


def _phone(pointer: str, value: str) -> str:
    if not value.strip():
        return ""
    try:
        return parse_phone(value)
    except InvalidPhone:
        raise ValidationFailedError.at(pointer, "This is no Brazilian telephone number.") from None


def _address(value: Any) -> dict[str, str]:
    parts = dict(value or {})
    clean = {
        name: _text(f"/billing_address/{name}", parts.get(name), length)
        for name, length in ADDRESS_LENGTHS.items()
    }
    if clean["postal_code"]:
        try:
            clean["postal_code"] = parse_cep(clean["postal_code"])
        except InvalidCep:
            raise ValidationFailedError.at(
                "/billing_address/postal_code", "A CEP has eight digits."
            ) from None
    clean["state"] = clean["state"].upper()
    if clean["state"] and clean["state"] not in UFS:
        raise ValidationFailedError.at(
            "/billing_address/state", "Write the two letters of a state, such as SP."
        )
    return clean if any(clean.values()) else {}


async def save_profile(session: AsyncSession, tenant_id: UUID, values: Mapping[str, Any]) -> None:
    """Writes clean values over what is there; a business without a profile gets one."""
    if not values:
        return
    await session.execute(
        insert(BusinessProfile)
        .values(tenant_id=tenant_id, id=new_id(), **values)
        .on_conflict_do_update(
            index_elements=["tenant_id"], set_={**values, "version": BusinessProfile.version + 1}
        )
    )


async def load_profile(session: AsyncSession, tenant_id: UUID) -> BusinessProfile:
    """The profile, or an empty one that is in no table."""
    query = select(BusinessProfile).where(BusinessProfile.tenant_id == tenant_id)
    found = (await session.execute(query)).scalar_one_or_none()
    return found or blank_profile(tenant_id)


def blank_profile(tenant_id: UUID) -> BusinessProfile:
    """A profile nobody has filled in."""
    texts = dict.fromkeys((*TEXT_LENGTHS, *EMAILS, *PHONES, "document"), "")
    return BusinessProfile(
        tenant_id=tenant_id, id=new_id(), version=0, billing_address={}, signup_payload={},
        **texts | {"person_type": "company", "onboarding_origin": "manual", "activation_mode": "manual"},
    )  # fmt: skip


def profile_view(profile: BusinessProfile) -> ProfileView:
    """The profile as it is shown."""
    shown = format_document(parse_document(profile.document)) if profile.document else ""
    fields = {name: getattr(profile, name) for name in (*OWN_FIELDS, "version")}
    return ProfileView.model_validate({**fields, "document_shown": shown})
