"""The changes of a person as a list: what was, what is, who did it, and whether it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.models import Contact
from balcao.modules.contacts.people_changes import (
    MERGED,
    changed_fields,
    fields_changed_since,
    find_person,
    is_undoable,
)
from balcao.modules.contacts.people_rules import masked_document


class FieldChange(BaseModel):
    """One field before and after. Lists are joined; a CPF is masked."""

    field: str
    before: str
    after: str


class ChangeView(BaseModel):
    """A change. `can_undo` is false once a field of it was changed again, and for what cannot be taken back at all."""

    id: UUID
    kind: Literal["import", "edit", "merge", "undo", "erase"]
    at: datetime
    actor: str
    actor_name: str
    import_id: UUID | None
    is_first: bool
    fields: list[FieldChange]
    can_undo: bool


_PAGE = text("""
select h.id, h.kind, h.at, h.actor, h.import_id, h.before, h.after, h.after_version,
  coalesce(u.name, '') as actor_name, count(*) over () as total,
  exists (select 1 from contacts m where m.tenant_id = :tenant and m.merged_into = :id
    and m.id::text = h.before->'merged'->>'contact_id') as still_merged
from contact_changes h left join users u on u.tenant_id = :tenant and 'user:' || u.id::text = h.actor
where h.tenant_id = :tenant and h.contact_id = :id
order by h.after_version desc, h.at desc, h.id desc limit :limit offset :offset
""")


async def list_changes(uow: UnitOfWork, contact_id: UUID, page: PageQuery) -> Page[ChangeView]:
    """What was changed about a person, the last change first. NotFoundError."""
    contact = await find_person(uow, contact_id)
    values = {"tenant": uow.tenant_id, "id": contact_id, "limit": page.limit, "offset": page.offset}
    rows = (await uow.session.execute(_PAGE, values)).mappings().all()
    items = [_view(contact, row) for row in rows]
    return Page(items=items, total=rows[0]["total"] if rows else 0, limit=page.limit, offset=page.offset)


def _view(contact: Contact, row: Mapping[Any, Any]) -> ChangeView:
    before, after = row["before"], row["after"]
    possible = is_undoable(row["kind"], before, after) and (MERGED not in before or row["still_merged"])
    plain = {name: row[name] for name in ("id", "kind", "at", "actor", "actor_name", "import_id")}
    return ChangeView(
        **plain, is_first=not before and not after and row["after_version"] == 1,
        fields=[
            FieldChange(field=name, before=_said(name, before[name]), after=_said(name, after.get(name)))
            for name in changed_fields(before, after)
        ],
        can_undo=possible and not fields_changed_since(contact, before, after),
    )  # fmt: skip


def _said(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, dict):
        pairs = value.items()  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        return ", ".join(f"{key}: {text}" for key, text in pairs)  # pyright: ignore[reportUnknownVariableType]
    return masked_document(value) if name == "document" else str(value)
