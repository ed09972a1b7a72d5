"""What was changed about a person, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.errors import NotFoundError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.events import PersonChanged
from balcao.modules.contacts.models import Contact, ContactChange, ContactKey
from balcao.modules.contacts.people_errors import (
    ChangedSinceError,
    ChangeNotUndoableError,
    PersonExistsError,
)
from balcao.modules.contacts.people_rules import COLUMNS, Values, as_json, derived, from_json, keys_of

ChangeKind = Literal["import", "edit", "merge", "undo", "erase"]
MERGED: Final = "merged"
"""In the image of a merge: what besides the fields must be put back."""


def image_of(contact: Contact) -> Values:
    """The fields of a person as they stand."""
    return {name: getattr(contact, name) for name in COLUMNS}


async def find_person(uow: UnitOfWork, contact_id: UUID, *, lock: bool = False) -> Contact:
    """A person of the address book. NotFoundError for one who was merged into another or erased."""
    query = select(Contact).where(Contact.id == contact_id)
    if lock:
        # What another transaction wrote while we waited must be seen, not what this session read before.
        query = query.with_for_update().execution_options(populate_existing=True)
    contact = (await uow.session.execute(query)).scalar_one_or_none()
    if contact is None or contact.erased_at is not None:
        raise NotFoundError
    if contact.merged_into is not None:
        raise NotFoundError(merged_into=str(contact.merged_into))
    return contact


async def put_person(
    uow: UnitOfWork, contact: Contact, wanted: Mapping[str, Any], kind: ChangeKind, **besides: Any
) -> bool:
    """Writes fields of a locked person, with what follows from them, their keys and the history. False: nothing new.

    `besides` is kept in the image under MERGED. Raises PersonExistsError when an e-mail or mobile is somebody else's.
    """
    old = image_of(contact)
    new = {**old, **wanted}
    changed = [name for name in COLUMNS if old[name] != new[name]]
    if not changed and not besides:
        return False
    await check_free(uow, new, but=contact.id)
    for name, value in ({name: new[name] for name in changed} | derived(new)).items():
        setattr(contact, name, value)
    contact.version += 1
    contact.updated_at = uow.now()
    await put_keys(uow, contact.id, keys_of(old), keys_of(new))
    before = {name: as_json(old[name]) for name in changed} | ({MERGED: besides} if besides else {})
    await note_change(uow, contact, kind, before, {name: as_json(new[name]) for name in changed})
    if kind != "merge":
        uow.publish(PersonChanged(contact.id))
    uow.announce("contacts")
    return True


async def note_change(
    uow: UnitOfWork, contact: Contact, kind: ChangeKind, before: Values, after: Values
) -> None:
    """A line of the person's history, under the version the person has now."""
    uow.session.add(
        ContactChange(
            tenant_id=uow.tenant_id, id=new_id(), contact_id=contact.id, kind=kind, before=before, after=after,
            after_version=contact.version, actor=uow.actor.label, at=uow.now(),
        )
    )  # fmt: skip
    await uow.session.flush()


async def put_keys(
    uow: UnitOfWork, contact_id: UUID, old: set[tuple[str, str]], new: set[tuple[str, str]]
) -> None:
    """Brings the further keys of a person from one state to another; keys of other kinds stay."""
    for kind, value in old - new:
        await uow.session.execute(
            delete(ContactKey).where(
                ContactKey.tenant_id == uow.tenant_id, ContactKey.contact_id == contact_id,
                ContactKey.kind == kind, ContactKey.value == value,
            )
        )  # fmt: skip
    rows = [
        {"tenant_id": uow.tenant_id, "id": new_id(), "contact_id": contact_id, "kind": kind, "value": value}
        for kind, value in sorted(new - old)
    ]
    if rows:
        await uow.session.execute(insert(ContactKey).values(rows).on_conflict_do_nothing())


async def check_free(uow: UnitOfWork, person: Mapping[str, Any], *, but: UUID | None = None) -> None:
    """Raises PersonExistsError when the e-mail or the mobile is another person's. The indexes keep the rule in a race."""
    facts = derived(person)
    wanted = [("email", Contact.email == person["email"])] if person["email"] else []
    if facts["phone_key"] and facts["phone_kind"] != "landline":
        owned = (Contact.phone_key == facts["phone_key"]) & (Contact.phone_kind != "landline")
        wanted.append(("phone", owned))
    for field, condition in wanted:
        query = select(Contact.id).where(condition, Contact.merged_into.is_(None)).limit(2)
        for other in (await uow.session.execute(query)).scalars():
            if other != but:
                raise PersonExistsError(field=field, contact_id=str(other))


async def undo_change(uow: UnitOfWork, contact_id: UUID, change_id: UUID) -> Contact:
    """Puts back what a change replaced, a merge included. The undoing is a change too, and can be undone.

    Raises NotFoundError, ChangeNotUndoableError for a beginning or an erasure, ChangedSinceError when a field of the
    change holds something else by now.
    """
    contact = await find_person(uow, contact_id, lock=True)
    query = select(ContactChange).where(ContactChange.id == change_id, ContactChange.contact_id == contact_id)
    change = (await uow.session.execute(query)).scalar_one_or_none()
    if change is None:
        raise NotFoundError
    if not is_undoable(change.kind, change.before, change.after):
        raise ChangeNotUndoableError
    differs = fields_changed_since(contact, change.before, change.after)
    if differs:
        raise ChangedSinceError(current={"id": str(contact.id), "version": contact.version}, differs=differs)
    wanted = {
        name: from_json(name, change.before[name]) for name in changed_fields(change.before, change.after)
    }
    if MERGED in change.before:
        await _undo_merge(uow, contact, wanted, change.before[MERGED])
    else:
        await put_person(uow, contact, wanted, "undo")
    return contact


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields a change really changed: an import notes the whole person before and after."""
    return [name for name in COLUMNS if name in before and before[name] != after.get(name)]


def is_undoable(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a line of the history has something to put back."""
    merge = before.get(MERGED, {})
    return kind != "erase" and "undone_merge" not in merge and bool(merge or changed_fields(before, after))


def fields_changed_since(
    contact: Contact, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Fields of a change that hold something else by now."""
    return [
        {"field": name, "then": after.get(name), "now": as_json(getattr(contact, name))}
        for name in changed_fields(before, after)
        if as_json(getattr(contact, name)) != after.get(name)
    ]


async def _undo_merge(uow: UnitOfWork, contact: Contact, wanted: Values, merge: Mapping[str, Any]) -> None:
    """Makes the merged person a row of their own again, with their keys and those who had been merged into them."""
    query = select(Contact).where(Contact.id == UUID(merge["contact_id"])).with_for_update()
    other = (await uow.session.execute(query)).scalar_one_or_none()
    if other is None or other.merged_into != contact.id or other.erased_at is not None:
        raise ChangeNotUndoableError
    # The kept person lets go of what was the other's first: an e-mail belongs to one person at any moment.
    await put_person(uow, contact, wanted, "undo", undone_merge=str(other.id))
    await put_keys(uow, contact.id, _pairs(merge["keys_lent"]), set())
    await put_keys(uow, other.id, set(), _pairs(merge["keys_moved"]))
    followers = [UUID(follower) for follower in merge["followers"]]
    rows = select(Contact).where(Contact.id.in_(followers), Contact.merged_into == contact.id)
    for row in (await uow.session.execute(rows)).scalars().all():
        row.merged_into = other.id
    other.merged_into = None
    other.version += 1
    other.updated_at = uow.now()
    await uow.session.flush()
    uow.publish(PersonChanged(other.id))


def _pairs(listed: list[list[str]]) -> set[tuple[str, str]]:
    return {(kind, value) for kind, value in listed}
