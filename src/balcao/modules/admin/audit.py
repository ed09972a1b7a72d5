"""The trail of changes as a list: found by who, what, when and request, with the names of today."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.public import shop_subjects

MAX_EXPORT: Final = 10_000


class NotOurCursorError(ValidationFailedError):
    """A mark of a page that was never handed out."""

    def __init__(self) -> None:
        super().__init__([{"pointer": "/cursor", "message": "This page mark is not one of ours."}])


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; empty fields look for everything. `since` is inclusive, `until` is not."""

    who: UUID | None = None
    entity: str = ""
    entity_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry. `actor_name` is None for somebody who is not of this business: the platform's people."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str | None
    impersonator: str | None
    address: str | None
    request_id: str | None
    verb: str
    entity: str
    entity_id: str
    before: dict[str, Any]
    after: dict[str, Any]


Names = Mapping[tuple[str, UUID], str]

# Columns that point at a row with a name.
_POINTERS: Final[Mapping[str, str]] = {
    "store_id": "stores", "product_id": "products", "category_id": "categories", "user_id": "users", "user": "users",
    "created_by": "users", "connected_by": "users", "plan_id": "plans",
}  # fmt: skip
# Rows without a name of their own are called like what they belong to, by the first of these that is known.
_PARENTS: Final = ("product_id", "store_id", "user_id", "plan_id")

_ENTRIES: Final = text("""
select a.id, a.at, a.actor_kind, a.actor_id, coalesce(u.name, k.name) as actor_name, a.impersonator, a.address,
       a.request_id, a.verb, a.entity, a.entity_id, a.before, a.after
from audit_entries a
  left join users u on (u.tenant_id, u.id) = (a.tenant_id, a.actor_id)
  left join api_keys k on (k.tenant_id, k.id) = (a.tenant_id, a.actor_id)
where a.tenant_id = :tenant
  and (cast(:who as uuid) is null or a.actor_id = cast(:who as uuid))
  and (:entity = '' or a.entity = :entity) and (:entity_id = '' or a.entity_id = :entity_id)
  and (:request_id = '' or a.request_id = :request_id)
  and (cast(:since as timestamptz) is null or a.at >= cast(:since as timestamptz))
  and (cast(:until as timestamptz) is null or a.at < cast(:until as timestamptz))
  and (cast(:after_at as timestamptz) is null
       or (a.at, a.id) < (cast(:after_at as timestamptz), cast(:after_id as uuid)))
order by a.at desc, a.id desc limit :limit
""")


def write_cursor(line: AuditLine) -> str:
    """Where the next page begins."""
    return urlsafe_b64encode(f"{line.at.isoformat()}|{line.id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime | None, UUID | None]:
    """The place a cursor stands for; NotOurCursorError for one we did not write."""
    if not cursor:
        return None, None
    try:
        moment, _, line_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        at, last = datetime.fromisoformat(moment), UUID(line_id)
    except (ValueError, binascii.Error):
        raise NotOurCursorError from None
    if at.tzinfo is None:
        raise NotOurCursorError
    return at, last


async def find_entries(
    uow: UnitOfWork, wanted: AuditFilter, *, limit: int, cursor: str = ""
) -> tuple[list[AuditLine], str | None]:
    """Entries newest first, and the cursor of the next page, None at the end. One statement."""
    after_at, after_id = read_cursor(cursor)
    parameters: dict[str, Any] = {
        "tenant": uow.tenant_id, "who": wanted.who, "entity": wanted.entity, "entity_id": wanted.entity_id,
        "request_id": wanted.request_id, "since": wanted.since, "until": wanted.until, "after_at": after_at,
        "after_id": after_id, "limit": limit + 1,
    }  # fmt: skip
    rows = (await uow.session.execute(_ENTRIES, parameters)).mappings().all()
    lines = [AuditLine(**dict(row)) for row in rows]
    more = len(lines) > limit
    return lines[:limit], write_cursor(lines[limit - 1]) if more else None


_OWN_NAMES: Final = text("""
select 'users' as entity, id, name from users where tenant_id = :tenant and id = any(:users)
union all select 'user_groups', id, name from user_groups where tenant_id = :tenant and id = any(:user_groups)
union all select 'api_keys', id, name from api_keys where tenant_id = :tenant and id = any(:api_keys)
union all select 'webhook_endpoints', id, url from webhook_endpoints where tenant_id = :tenant and id = any(:webhook_endpoints)
union all select 'plans', id, name from plans where id = any(:plans)
union all select 'user_sessions', s.id, u.name from user_sessions s
  join users u on (u.tenant_id, u.id) = (s.tenant_id, s.user_id) where s.tenant_id = :tenant and s.id = any(:user_sessions)
union all select 'second_factors', f.id, u.name from second_factors f
  join users u on (u.tenant_id, u.id) = (f.tenant_id, f.user_id) where f.tenant_id = :tenant and f.id = any(:second_factors)
""")
_OWN: Final = (
    "users", "user_groups", "api_keys", "webhook_endpoints", "plans", "user_sessions", "second_factors",
)  # fmt: skip


async def names_for(uow: UnitOfWork, lines: Sequence[AuditLine]) -> Names:
    """What everything in these entries is called, in two statements however many entries there are."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for line in lines:
        for table, row_id in _pointed_at(line):
            wanted[table].add(row_id)
    own = {table: list(wanted[table]) for table in _OWN}
    rows = await uow.session.execute(_OWN_NAMES, {"tenant": uow.tenant_id, **own})
    names: dict[tuple[str, UUID], str] = {(row.entity, row.id): row.name for row in rows}
    return names | await shop_subjects(uow, wanted)


def _pointed_at(line: AuditLine) -> Iterable[tuple[str, UUID]]:
    row_id = _uuid(line.entity_id)
    if row_id is not None:
        yield line.entity, row_id
    for picture in (line.before, line.after):
        for column, value in picture.items():
            table, target = pointer_of(line.entity, column), _uuid(value)
            if table is not None and target is not None:
                yield table, target


def pointer_of(entity: str, column: str) -> str | None:
    """The table a column points into, if it is one whose rows have names."""
    if column == "group_id":
        return "user_groups" if entity in {"users", "one_time_tokens"} else "option_groups"
    return _POINTERS.get(column)


def subject_of(line: AuditLine, names: Names) -> str:
    """What the changed row is called: as it is now, as it was, or like what it belongs to; empty when nobody knows."""
    row_id = _uuid(line.entity_id)
    if row_id is not None and (line.entity, row_id) in names:
        return names[line.entity, row_id]
    for picture in (line.after, line.before):
        name = picture.get("name")
        if isinstance(name, str) and name:
            return name
    for column in _PARENTS:
        for picture in (line.after, line.before):
            found = name_of(line.entity, column, picture.get(column), names)
            if found:
                return found
    return ""


def name_of(entity: str, column: str, value: Any, names: Names) -> str:
    """What the row is called that a value points at; empty when it points at none or the row is gone."""
    table, target = pointer_of(entity, column), _uuid(value)
    return names.get((table, target), "") if table is not None and target is not None else ""


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
