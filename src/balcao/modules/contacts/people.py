"""Adding people by hand, changing them, taking them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from balcao.kernel.errors import ValidationFailedError, VersionConflictError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.documents import traces_of
from balcao.modules.contacts.events import PersonAdded, PersonDeleted
from balcao.modules.contacts.models import Contact, ContactChange
from balcao.modules.contacts.people_changes import (
    check_free,
    find_person,
    note_change,
    put_keys,
    put_person,
)
from balcao.modules.contacts.people_rules import blank_person, clean_person, derived, keys_of, settled


def check_version(contact: Contact, version: int | None) -> None:
    """Raises VersionConflictError when a version was given and it is not the present one."""
    if version is not None and version != contact.version:
        raise VersionConflictError(current={"id": str(contact.id), "version": contact.version})


def check_identified(person: Mapping[str, Any]) -> None:
    """A person has a name, a company, an e-mail or a telephone, else nobody would know who it is."""
    if not any(person[name] for name in ("first_name", "last_name", "company", "email", "phone")):
        raise ValidationFailedError.at("/first_name", "Give a name, an e-mail or a telephone.")


async def create_person(uow: UnitOfWork, typed: Mapping[str, Any]) -> Contact:
    """Adds a person. Raises validation, and PersonExistsError when e-mail or mobile are somebody's already."""
    person = settled({**blank_person(), "country": "BR", **clean_person(typed)})
    check_identified(person)
    await check_free(uow, person)
    return await add_row(uow, person)


async def add_row(uow: UnitOfWork, person: Mapping[str, Any]) -> Contact:
    """Writes a new person with keys and the first line of the history."""
    contact = Contact(
        tenant_id=uow.tenant_id, id=new_id(), version=1, created_at=uow.now(), updated_at=uow.now(), **person,
        **derived(person),
    )  # fmt: skip
    uow.session.add(contact)
    await uow.session.flush()
    await put_keys(uow, contact.id, set(), keys_of(person))
    await note_change(uow, contact, "edit", {}, {})
    uow.publish(PersonAdded(contact.id))
    uow.announce("contacts")
    return contact


async def update_person(
    uow: UnitOfWork, contact_id: UUID, typed: Mapping[str, Any], version: int | None = None
) -> Contact:
    """Changes the given fields. Raises NotFoundError, VersionConflictError, validation, PersonExistsError."""
    contact = await find_person(uow, contact_id, lock=True)
    check_version(contact, version)
    person = {name: getattr(contact, name) for name in blank_person()}
    # Several numbers typed into one field add to the further ones, they do not take their place.
    extras = {name: person[name] for name in ("additional_emails", "additional_phones") if name not in typed}
    clean = clean_person({**_only_if_split(typed, extras), **typed})
    wanted = settled({**person, **clean})
    check_identified(wanted)
    await put_person(uow, contact, wanted, "edit")
    return contact


def _only_if_split(typed: Mapping[str, Any], extras: Mapping[str, list[str]]) -> dict[str, list[str]]:
    pairs = {"additional_emails": "email", "additional_phones": "phone"}
    return {name: list(value) for name, value in extras.items() if pairs[name] in typed}


async def delete_person(uow: UnitOfWork, contact_id: UUID, version: int | None = None) -> None:
    """Takes a person out for good, with history and everybody merged into them. NotFoundError, VersionConflictError.

    What was kept to undo changes goes too: nothing of the person is left that nobody sees.
    """
    contact = await find_person(uow, contact_id, lock=True)
    check_version(contact, version)
    merged = select(Contact.id).where(Contact.merged_into == contact_id)
    ids = [*(await uow.session.execute(merged)).scalars(), contact_id]
    traces = await traces_of(uow, contact_id, ids)
    await uow.session.execute(delete(ContactChange).where(ContactChange.contact_id.in_(ids)))
    for row_id in ids:
        await uow.session.execute(delete(Contact).where(Contact.id == row_id))
    uow.publish(PersonDeleted(contact_id, traces.merged_ids, traces.subject_ids, traces.digests))
    uow.announce("contacts")
