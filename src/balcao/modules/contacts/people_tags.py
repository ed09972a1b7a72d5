"""Tags: which there are, and putting them on many people at once or taking them off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import insert, select, text

from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.models import Contact, ContactChange
from balcao.modules.contacts.people_rules import MOST_TAGS, tags_of

MOST_PEOPLE: Final = 1_000
RECENT: Final = 2_000


class TagView(BaseModel):
    """A tag and how many people have it."""

    tag: str
    people: int


_ALL = text("""
select t.tag, count(*) as people from contacts c cross join lateral unnest(c.tags) as t (tag)
where c.tenant_id = :tenant and c.merged_into is null and c.erased_at is null
group by t.tag order by people desc, t.tag limit 1000
""")
_RECENT = text("""
select distinct t.tag from (
  select c.tags from contacts c where c.tenant_id = :tenant and c.merged_into is null and c.erased_at is null
  order by c.id desc limit :recent
) c cross join lateral unnest(c.tags) as t (tag) order by t.tag limit 200
""")


async def list_tags(uow: UnitOfWork) -> list[TagView]:
    """Every tag with its people, the commonest first (1,000 at most)."""
    rows = await uow.session.execute(_ALL, {"tenant": uow.tenant_id})
    return [TagView(tag=row.tag, people=row.people) for row in rows]


async def recent_tags(uow: UnitOfWork) -> list[str]:
    """Tags of those who were added last: what a form offers, at a price that does not grow with the book."""
    rows = await uow.session.execute(_RECENT, {"tenant": uow.tenant_id, "recent": RECENT})
    return list(rows.scalars())


async def change_tags(
    uow: UnitOfWork, ids: Sequence[UUID], *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> int:
    """Puts tags on people and takes others off, each change in their history; answers how many people changed.

    Ids that are nobody's are passed over. Raises validation for more than 1,000 people or a person's 51st tag.
    """
    if len(ids) > MOST_PEOPLE:
        raise ValidationFailedError.at("/ids", "A thousand people at most.")
    gone = {tag.casefold() for tag in tags_of(remove)}
    query = (
        select(Contact)
        .where(Contact.id.in_(set(ids)), Contact.merged_into.is_(None), Contact.erased_at.is_(None))
        .order_by(Contact.id)
        .with_for_update()
    )
    changes: list[dict[str, object]] = []
    for contact in (await uow.session.execute(query)).scalars().all():
        tags = [tag for tag in tags_of([*contact.tags, *add]) if tag.casefold() not in gone]
        if tags == contact.tags:
            continue
        if len(tags) > MOST_TAGS:
            raise ValidationFailedError.at("/add", "Fifty tags at most, of up to 60 characters.")
        before, contact.tags = contact.tags, tags
        contact.version += 1
        contact.updated_at = uow.now()
        changes.append(
            {
                "tenant_id": uow.tenant_id, "id": new_id(), "contact_id": contact.id, "kind": "edit",
                "before": {"tags": before}, "after": {"tags": tags}, "after_version": contact.version,
                "actor": uow.actor.label, "at": uow.now(),
            }
        )  # fmt: skip
    if changes:
        await uow.session.flush()
        await uow.session.execute(insert(ContactChange), changes)
        uow.announce("contacts")
    return len(changes)
