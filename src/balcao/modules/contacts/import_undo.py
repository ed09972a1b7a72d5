"""Taking an import's people out of the address book again. Who was touched since stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.people_merge import CHUNK_ROWS, FIELDS
from balcao.modules.contacts.pipeline.outputs import contact_id, id_prefix

MOST_LISTED = 1000


@dataclass(slots=True)
class Undone:
    """What came of it; `kept` lists contacts that were changed since, the first thousand."""

    removed: int = 0
    restored: int = 0
    kept: list[str] = field(default_factory=list[str])
    kept_count: int = 0

    def add(self, other: Undone) -> None:
        """Sums up."""
        self.removed += other.removed
        self.restored += other.restored
        self.kept_count += other.kept_count
        self.kept = (self.kept + other.kept)[:MOST_LISTED]


# New people go, unless somebody changed them or something happened with them since.
_REMOVE = text("""
delete from contacts c where c.tenant_id = :tenant and c.id = any(:ids) and c.import_id = :import and c.version = 1
  and not exists (select from contact_activities a where a.tenant_id = :tenant and a.contact_id = c.id)
  and not exists (select from contacts m where m.tenant_id = :tenant and m.merged_into = c.id)
returning c.id
""")
_DUE = text("""
select h.id as change_id, h.contact_id, c.version = h.after_version and c.erased_at is null as is_untouched
from contact_changes h join contacts c on c.tenant_id = :tenant and c.id = h.contact_id
where h.tenant_id = :tenant and h.import_id = :import and h.kind = 'import' and h.contact_id = any(:ids)
""")
_RESTORE_SQL = f"""
update contacts c set {", ".join(f"{name} = b.{name}" for name in FIELDS)}, version = c.version + 1, updated_at = :now
from contact_changes h cross join lateral jsonb_populate_record(null::contacts, h.before) b
where h.tenant_id = :tenant and h.id = any(:changes) and c.tenant_id = :tenant and c.id = h.contact_id
"""  # noqa: S608 - fixed texts
_RESTORE = text(_RESTORE_SQL)
_FORGET_CHANGES = text("delete from contact_changes where tenant_id = :tenant and id = any(:changes)")
_FORGET_KEYS = text(
    "delete from contact_keys where tenant_id = :tenant and contact_id = any(:ids) and kind in ('email', 'phone')"
)
_KEYS_AGAIN = text("""
insert into contact_keys (tenant_id, id, contact_id, kind, value)
select :tenant, gen_random_uuid(), f.id, f.kind, f.value from (
  select c.id, 'email' as kind, mail as value from contacts c cross join unnest(c.additional_emails) mail
    where c.tenant_id = :tenant and c.id = any(:ids)
  union
  select c.id, 'phone', case when number like '+55%' then substr(number, 2, 4) || right(number, 8)
      else ltrim(number, '+') end
    from contacts c cross join unnest(c.additional_phones) number where c.tenant_id = :tenant and c.id = any(:ids)) f
on conflict do nothing
""")


_MADE = text("""
select id from contacts where tenant_id = :tenant and id > :after and id <= :last and import_id = :import
order by id limit :count
""")
_CHANGED = text("""
select distinct contact_id from contact_changes
where tenant_id = :tenant and import_id = :import and kind = 'import' and contact_id > :after
order by contact_id limit :count
""")
_NOBODY = UUID(int=0)
_LAST_ROW = 0xFFFF_FFFF_FFFF


@dataclass(slots=True)
class Cursor:
    """How far an undo is: first the people the import made, by id, then those it changed."""

    after: UUID
    last: UUID
    is_at_changes: bool = False
    is_done: bool = False

    @classmethod
    def of(cls, import_id: UUID, created_ms: int) -> Cursor:
        """From the beginning. The ids of an import's people differ in their last twelve digits only."""
        first = UUID(contact_id(id_prefix(str(import_id), created_ms), 0))
        return cls(first, UUID(int=first.int | _LAST_ROW))


async def undo_chunk(uow: UnitOfWork, import_id: UUID, cursor: Cursor) -> Undone:
    """Undoes the next piece and moves the cursor on. Doing it all twice changes nothing more."""
    undone = Undone()
    values = {"tenant": uow.tenant_id, "import": import_id, "after": cursor.after, "count": CHUNK_ROWS}
    if not cursor.is_at_changes:
        ids = list((await uow.session.execute(_MADE, {**values, "last": cursor.last})).scalars())
        if ids:
            gone = set((await uow.session.execute(_REMOVE, {**_without_range(values), "ids": ids})).scalars())
            undone.removed = len(gone)
            _keep(undone, [contact for contact in ids if contact not in gone])
            cursor.after = ids[-1]
        else:
            cursor.is_at_changes, cursor.after = True, _NOBODY
        return undone
    ids = list((await uow.session.execute(_CHANGED, values)).scalars())
    if not ids:
        cursor.is_done = True
        return undone
    cursor.after = ids[-1]
    due = (await uow.session.execute(_DUE, {**_without_range(values), "ids": ids})).all()
    back = [row.contact_id for row in due if row.is_untouched]
    changes = {"tenant": uow.tenant_id, "changes": [row.change_id for row in due if row.is_untouched]}
    await uow.session.execute(_RESTORE, {**changes, "now": uow.now()})
    await uow.session.execute(_FORGET_CHANGES, changes)
    undone.restored = len(back)
    _keep(undone, [row.contact_id for row in due if not row.is_untouched])
    for statement in (_FORGET_KEYS, _KEYS_AGAIN):
        await uow.session.execute(statement, {"tenant": uow.tenant_id, "ids": back})
    return undone


def _without_range(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in {"after", "count"}}


def _keep(undone: Undone, ids: Sequence[UUID]) -> None:
    undone.kept_count += len(ids)
    undone.kept = (undone.kept + [str(contact) for contact in ids])[:MOST_LISTED]
