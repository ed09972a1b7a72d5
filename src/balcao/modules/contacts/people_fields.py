"""The fields a column may become, and the shape of a clean person: one list of texts, in one order, everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the mapping. `many`: several columns may be mapped to it. `label` is an English msgid."""

    name: str
    label: str
    many: bool = False


FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        Field("full_name", "Full name"),
        Field("first_name", "First name"),
        Field("last_name", "Last name"),
        Field("email", "E-mail", many=True),
        Field("phone", "Telephone", many=True),
        Field("mobile", "Mobile", many=True),
        Field("whatsapp", "WhatsApp", many=True),
        Field("ddd", "Area code (DDD)", many=True),
        Field("ddi", "Country code (DDI)", many=True),
        Field("extra_phone", "Further telephone", many=True),
        Field("extra_email", "Further e-mail", many=True),
        Field("company", "Company"),
        Field("job_title", "Job title"),
        Field("address", "Street"),
        Field("address_number", "House number"),
        Field("address_extra", "Complement"),
        Field("neighborhood", "District"),
        Field("city", "City"),
        Field("state", "State"),
        Field("postal_code", "CEP"),
        Field("country", "Country"),
        Field("birthday", "Birthday"),
        Field("cpf", "CPF"),
        Field("cnpj", "CNPJ"),
        Field("cpf_cnpj", "CPF or CNPJ"),
        Field("gender", "Gender"),
        Field("tags", "Tags", many=True),
        Field("source", "Source"),
        Field("notes", "Notes", many=True),
        Field("website", "Site"),
        Field("instagram", "Instagram"),
        Field("owner", "Person in charge"),
        Field("external_id", "External id"),
        Field("created_at", "Date of registration"),
        Field("opt_out", "Does not want contact"),
        Field("opt_in", "Agreed to contact"),
    )
}

PERSON: Final = (
    "first_name", "last_name", "email", "phone", "company", "address", "city", "state", "postal_code", "country",
    "source", "tags", "additional_emails", "additional_phones", "birthday", "website", "notes", "contact_id", "owner",
    "job_title", "gender", "instagram", "cpf", "cnpj", "external_id", "created_at", "opt_out", "opt_in",
)  # fmt: skip
"""The order of a clean person's texts. Tags and further e-mails and telephones are joined with ", "."""

INDEX: Final[Mapping[str, int]] = {name: position for position, name in enumerate(PERSON)}

GHL_COLUMNS: Final = (
    ("First Name", "first_name"),
    ("Last Name", "last_name"),
    ("Email", "email"),
    ("Phone", "phone"),
    ("Business Name", "company"),
    ("Address", "address"),
    ("City", "city"),
    ("State", "state"),
    ("Postal Code", "postal_code"),
    ("Country", "country"),
    ("Contact Source", "source"),
    ("Tags", "tags"),
)
"""GoHighLevel's own labels, so that its import screen maps them by itself (contacts specification, section 2)."""

EXTRA_COLUMNS: Final = (
    ("Additional Email(s)", "additional_emails"),
    ("Additional Phones", "additional_phones"),
    ("Date of Birth", "birthday"),
    ("Website", "website"),
    ("Notes", "notes"),
    ("Contact ID", "contact_id"),
    ("Contact Owner", "owner"),
    ("Job Title", "job_title"),
    ("Gender", "gender"),
    ("Instagram", "instagram"),
    ("CPF", "cpf"),
    ("CNPJ", "cnpj"),
    ("External ID", "external_id"),
)
"""What the extended profile adds: each only when at least one person has a value."""
