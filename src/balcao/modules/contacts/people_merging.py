"""Two rows that are one person become one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from balcao.kernel.errors import VersionConflictError
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.events import PeopleMerged
from balcao.modules.contacts.models import Contact, ContactKey
from balcao.modules.contacts.people_changes import find_person, image_of, put_keys, put_person
from balcao.modules.contacts.people_errors import SamePersonError
from balcao.modules.contacts.people_rules import keys_of, merged_person


async def merge_people(uow: UnitOfWork, keep_id: UUID, merge_id: UUID, version: int | None = None) -> Contact:
    """Joins `merge_id` into `keep_id`: what the kept person lacks is filled in, lists and notes are united.

    The other row stays, points to the kept one and is found no more; its history shows there. Taken back by undoing the
    change. Raises NotFoundError, SamePersonError, VersionConflictError (`version` is the kept person's).
    """
    if keep_id == merge_id:
        raise SamePersonError
    # Always in one order, so that two merges of the same pair wait for each other and do not block each other.
    for contact_id in sorted((keep_id, merge_id)):
        await find_person(uow, contact_id, lock=True)
    keep, other = await find_person(uow, keep_id), await find_person(uow, merge_id)
    if version is not None and version != keep.version:
        raise VersionConflictError(current={"id": str(keep.id), "version": keep.version})
    wanted = merged_person(image_of(keep), image_of(other))
    followers = await _lead_on(uow, other, keep)
    moved = await _keys(uow, other.id)
    own = await _keys(uow, keep.id)
    # From now on the e-mail and the mobile of the merged row are free, and the kept person may take them.
    other.merged_into = keep.id
    other.version += 1
    other.updated_at = uow.now()
    await uow.session.flush()
    await uow.session.execute(
        delete(ContactKey).where(ContactKey.tenant_id == uow.tenant_id, ContactKey.contact_id == other.id)
    )
    lent = (moved | keys_of(wanted)) - own
    await put_person(
        uow, keep, wanted, "merge", contact_id=str(other.id), keys_moved=sorted(moved),
        keys_lent=sorted(lent), followers=[str(follower) for follower in followers],
    )  # fmt: skip
    await put_keys(uow, keep.id, set(), lent)
    uow.publish(PeopleMerged(keep.id, other.id))
    return keep


async def _keys(uow: UnitOfWork, contact_id: UUID) -> set[tuple[str, str]]:
    query = select(ContactKey.kind, ContactKey.value).where(
        ContactKey.tenant_id == uow.tenant_id, ContactKey.contact_id == contact_id
    )
    return {(kind, value) for kind, value in (await uow.session.execute(query)).all()}


async def _lead_on(uow: UnitOfWork, other: Contact, keep: Contact) -> list[UUID]:
    """Those merged into the other before now point to the kept person, so that one step finds anybody."""
    rows = (await uow.session.execute(select(Contact).where(Contact.merged_into == other.id))).scalars().all()
    for row in rows:
        row.merged_into = keep.id
    return [row.id for row in rows]
