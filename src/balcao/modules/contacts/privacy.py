"""A person's rights: to see everything that is kept (LGPD, article 18, II) and to be forgotten (article 18, VI)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, text, update

from balcao.brazil.addresses import fold
from balcao.kernel.db.paging import PageQuery
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.activities import list_activities
from balcao.modules.contacts.consents import list_consents
from balcao.modules.contacts.documents import traces_of
from balcao.modules.contacts.events import PersonErased
from balcao.modules.contacts.models import (
    Contact,
    ContactActivity,
    ContactChange,
    ContactConsent,
    ContactKey,
)
from balcao.modules.contacts.people_changes import find_person, note_change
from balcao.modules.contacts.people_errors import NameNotConfirmedError
from balcao.modules.contacts.people_rules import COLUMNS, as_json, blank_person, derived, full_name
from balcao.modules.contacts.suppression_digests import digest_of
from balcao.modules.contacts.suppressions import Entry, digests_of, entries_of, known_digests, suppress

ERASED_REASON: Final = "erased"
FROM_ERASURE: Final = "erasure"


async def export_person(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any]:
    """Everything kept of a person, for the person: fields, keys, history, consents, changes, suppression. NotFoundError."""
    contact = await find_person(uow, contact_id)
    ids = await _family(uow, contact_id)
    changes = await uow.session.execute(
        select(ContactChange).where(ContactChange.contact_id.in_(ids)).order_by(ContactChange.at)
    )
    keys = await uow.session.execute(select(ContactKey).where(ContactKey.contact_id.in_(ids)))
    merged = await uow.session.execute(select(Contact).where(Contact.id.in_(ids), Contact.id != contact_id))
    return {
        "exported_at": uow.now().isoformat(),
        "business": uow.tenant.name,
        "person": _document(contact),
        "merged_into_it": [_document(row) for row in merged.scalars()],
        "further_keys": [{"kind": key.kind, "value": key.value} for key in keys.scalars()],
        "consents": [item.model_dump(mode="json") for item in await list_consents(uow, contact_id)],
        "suppressed_as": await _suppressed_as(uow, contact),
        "activities": await _all_activities(uow, contact_id),
        "changes": [
            {"kind": change.kind, "at": change.at.isoformat(), "actor": change.actor, "before": change.before,
             "after": change.after, "import_id": str(change.import_id) if change.import_id else None}
            for change in changes.scalars()
        ],
    }  # fmt: skip


def _document(contact: Contact) -> dict[str, Any]:
    fields = {name: as_json(getattr(contact, name)) for name in COLUMNS}
    return {
        "id": str(contact.id), **fields, "created_at": contact.created_at.isoformat(),
        "updated_at": contact.updated_at.isoformat(),
        "import_id": str(contact.import_id) if contact.import_id else None,
    }  # fmt: skip


async def _all_activities(uow: UnitOfWork, contact_id: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = await list_activities(uow, contact_id, PageQuery(limit=100, offset=len(found)))
        found += [item.model_dump(mode="json") for item in page.items]
        if not page.items:
            return found


async def _suppressed_as(uow: UnitOfWork, contact: Contact) -> list[str]:
    return sorted({kind for kind, _ in await known_digests(uow, digests_of(uow.tenant_id, contact))})


async def _family(uow: UnitOfWork, contact_id: UUID) -> list[UUID]:
    """The person and everybody merged into them."""
    merged = select(Contact.id).where(Contact.merged_into == contact_id)
    return [contact_id, *(await uow.session.execute(merged)).scalars()]


def confirms(typed: str, contact: Contact) -> bool:
    """Whether what was typed names the person: the name, else the company, e-mail or telephone they are listed by."""
    name = full_name(contact.first_name, contact.last_name)
    return fold(typed) == fold(name or contact.company or contact.email or contact.phone)


async def erase_person(uow: UnitOfWork, contact_id: UUID, confirm: str, *, keep_out: bool = True) -> None:
    """Makes a person nobody: the row stays without anything of theirs, keys, history and images of changes go.

    With `keep_out` digests of e-mails, telephones and CPF stay on the suppression list, so that an import does not bring
    them back. What other modules must keep by law (orders) is theirs. Raises NotFoundError, NameNotConfirmedError.
    """
    contact = await find_person(uow, contact_id, lock=True)
    if not confirms(confirm, contact):
        raise NameNotConfirmedError
    ids = await _family(uow, contact_id)
    rows = (
        (await uow.session.execute(select(Contact).where(Contact.id.in_(ids)).with_for_update()))
        .scalars()
        .all()
    )
    entries = [entry for row in rows for entry in entries_of(row)]
    traces = await traces_of(uow, contact_id, ids)
    if keep_out:
        await suppress(uow, entries, source=FROM_ERASURE, reason=ERASED_REASON, hash_only=True)
    await _forget_readable_suppressions(uow, entries)
    for row in rows:
        blank = blank_person()
        for name, value in (blank | derived(blank)).items():
            setattr(row, name, value)
        row.erased_at = row.updated_at = uow.now()
        row.version += 1
    await uow.session.flush()
    for table in (ContactKey, ContactActivity):
        await uow.session.execute(delete(table).where(table.contact_id.in_(ids)))
    await uow.session.execute(
        update(ContactConsent).where(ContactConsent.contact_id.in_(ids)).values(evidence="")
    )
    await uow.session.execute(
        update(ContactChange).where(ContactChange.contact_id.in_(ids)).values(before={}, after={})
    )
    await note_change(uow, contact, "erase", {}, {})
    uow.publish(PersonErased(contact_id, traces.merged_ids, traces.subject_ids, traces.digests))
    uow.announce("contacts")


async def _forget_readable_suppressions(uow: UnitOfWork, entries: list[Entry]) -> None:
    """Lines of the suppression list that named the person keep their digest only."""
    query = text(
        "update suppressions set value = '', reason = :reason "
        "where tenant_id = :tenant and kind = :kind and digest = :digest"
    )
    for entry in entries:
        digest = digest_of(uow.tenant_id, entry.kind, entry.value)
        values = {"tenant": uow.tenant_id, "kind": entry.kind, "digest": digest, "reason": ERASED_REASON}
        await uow.session.execute(query, values)
