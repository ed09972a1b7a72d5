"""A person as other programs read them, and how such a text is found again when the person asks to be forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import select

from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.cleaning.phones import clean_phone, phone_key
from balcao.modules.contacts.models import Contact, ContactActivity, ContactChange, ContactKey
from balcao.modules.contacts.people_rules import as_json, full_name
from balcao.modules.contacts.suppression_digests import digest_of

SHOWN: Final = (
    "first_name", "last_name", "company", "job_title", "email", "additional_emails", "phone", "additional_phones",
    "document", "birthday", "address", "city", "state", "postal_code", "country", "website", "tags", "source",
)  # fmt: skip
"""What is told of a person: not the notes the team made, nor what an import brought without a column."""


async def person_document(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    """A person as they stand, merged ones included; None when nobody is there or they were erased."""
    query = select(Contact).where(Contact.id == contact_id)
    contact = (await uow.session.execute(query)).scalar_one_or_none()
    if contact is None or contact.erased_at is not None:
        return None
    return {
        "id": str(contact.id), "version": contact.version, "name": full_name(contact.first_name, contact.last_name),
        **{name: as_json(getattr(contact, name)) for name in SHOWN},
        "created_at": contact.created_at, "updated_at": contact.updated_at,
    }  # fmt: skip


def digests_naming(
    tenant_id: UUID,
    *,
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    phone_keys: Iterable[str] = (),
    documents: Iterable[str] = (),
) -> set[str]:
    """One digest for each e-mail, telephone and CPF or CNPJ, however it is written; nobody reads them back."""
    found = {("email", email.strip().lower()) for email in emails if email.strip()}
    found |= {("phone", key) for key in phone_keys}
    for phone in phones:
        numbers = clean_phone(phone).numbers if phone else ()
        found |= {("phone", phone_key(number.e164)) for number in numbers}
    for document in documents:
        if plain := "".join(mark for mark in document.upper() if mark.isalnum()):
            found.add(("document", plain))
    return {digest_of(tenant_id, kind, value) for kind, value in found if value}


@dataclass(frozen=True, slots=True)
class Traces:
    """Whom and what an erasure is about (see `PersonErased`)."""

    merged_ids: tuple[UUID, ...]
    subject_ids: tuple[UUID, ...]
    digests: tuple[str, ...]


_IMAGES: Final = ("before", "after")
_EMAILS, _PHONES, _DOCUMENTS = ("email", "additional_emails"), ("phone", "additional_phones"), ("document",)


async def traces_of(uow: UnitOfWork, contact_id: UUID, ids: Iterable[UUID]) -> Traces:
    """How a person and those merged into them are recognised elsewhere, by what is and what was known of them.

    To be asked before anything of theirs goes.
    """
    family = sorted(set(ids))
    rows = (await uow.session.execute(select(Contact).where(Contact.id.in_(family)))).scalars()
    images = [{name: getattr(row, name) for name in (*_EMAILS, *_PHONES, *_DOCUMENTS)} for row in rows]
    changes = select(ContactChange.before, ContactChange.after).where(ContactChange.contact_id.in_(family))
    for change in (await uow.session.execute(changes)).all():
        images += [change.before, change.after]
    keys = select(ContactKey.kind, ContactKey.value).where(ContactKey.contact_id.in_(family))
    further = (await uow.session.execute(keys)).all()
    images += [{kind: value} for kind, value in further if kind != "phone"]
    subjects = select(ContactActivity.subject_id).where(
        ContactActivity.contact_id.in_(family), ContactActivity.subject_id.is_not(None)
    )
    subject_ids = {one for one in (await uow.session.execute(subjects)).scalars() if one is not None}
    digests = digests_naming(
        uow.tenant_id,
        emails=_said(images, _EMAILS),
        phones=_said(images, _PHONES),
        phone_keys=(value for kind, value in further if kind == "phone"),
        documents=_said(images, _DOCUMENTS),
    )
    merged = tuple(one for one in family if one != contact_id)
    return Traces(merged, tuple(sorted(subject_ids)), tuple(sorted(digests)))


def _said(images: Iterable[dict[str, Any]], names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for value in (image.get(name) for image in images for name in names):
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, list):
            found += cast("list[str]", value)
    return found
