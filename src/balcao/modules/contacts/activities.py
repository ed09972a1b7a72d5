"""What happened with a person, told by any module."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.models import ContactActivity


class ActivityView(BaseModel):
    """Something that happened. `title` is an English text whose braces `arguments` fills; `link` is a page of the panel."""

    id: UUID
    kind: str
    title: str
    arguments: dict[str, Any]
    subject_id: UUID | None
    amount_cents: int | None
    link: str
    at: datetime


_LIVE_ID = text("""
select coalesce(merged_into, id) from contacts where tenant_id = :tenant and id = :id and erased_at is null
""")


async def note_activity(
    uow: UnitOfWork, contact_id: UUID, kind: str, title: str, at: datetime, dedupe_key: str, *,
    arguments: Mapping[str, Any] | None = None, subject_id: UUID | None = None, amount_cents: int | None = None,
    link: str = "",
) -> bool:  # fmt: skip
    """Adds a line to a person's history, once per `dedupe_key`. False when it was there, or nobody is.

    `title` is an English msgid and `arguments` fills its braces: codes and numbers, never personal data. Somebody who
    was merged meanwhile is found under the person kept.
    """
    who = (
        await uow.session.execute(_LIVE_ID, {"tenant": uow.tenant_id, "id": contact_id})
    ).scalar_one_or_none()
    if who is None:
        return False
    row = (
        insert(ContactActivity)
        .values(
            tenant_id=uow.tenant_id, id=new_id(), contact_id=who, kind=kind, title=title,
            arguments=dict(arguments or {}), subject_id=subject_id, amount_cents=amount_cents, link=link, at=at,
            dedupe_key=dedupe_key,
        )
        .on_conflict_do_nothing()
        .returning(ContactActivity.id)
    )  # fmt: skip
    is_new = (await uow.session.execute(row)).first() is not None
    if is_new:
        uow.announce("contacts")
    return is_new


async def person_of_activity(uow: UnitOfWork, dedupe_key: str) -> UUID | None:
    """Whose history holds a line, or None."""
    query = text("select contact_id from contact_activities where tenant_id = :tenant and dedupe_key = :key")
    return (
        await uow.session.execute(query, {"tenant": uow.tenant_id, "key": dedupe_key})
    ).scalar_one_or_none()


_PAGE = text("""
with family as (
  select id from contacts where tenant_id = :tenant and (id = :id or merged_into = :id)
)
select a.id, a.kind, a.title, a.arguments, a.subject_id, a.amount_cents, a.link, a.at, count(*) over () as total
from contact_activities a where a.tenant_id = :tenant and a.contact_id in (select id from family)
order by a.at desc, a.id desc limit :limit offset :offset
""")


async def list_activities(uow: UnitOfWork, contact_id: UUID, page: PageQuery) -> Page[ActivityView]:
    """A person's history, newest first, with that of everybody merged into them."""
    values = {"tenant": uow.tenant_id, "id": contact_id, "limit": page.limit, "offset": page.offset}
    rows = (await uow.session.execute(_PAGE, values)).mappings().all()
    items = [ActivityView(**{name: row[name] for name in ActivityView.model_fields}) for row in rows]
    return Page(items=items, total=rows[0]["total"] if rows else 0, limit=page.limit, offset=page.offset)


def said(words: Any, title: str, arguments: Mapping[str, Any]) -> str:
    """The line in the reader's language. A title whose arguments are missing is shown as it is."""
    try:
        return str(words(title, **arguments))
    except (KeyError, IndexError, ValueError):
        return title
