"""Reading connections, sendings and their items. Tokens are not among the columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.errors import NotFoundError
from balcao.kernel.tenant_secrets import SealingKeys, SecretLostError
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_pacing import FULL_RATE
from balcao.modules.contacts.crm_people import opened_person
from balcao.modules.contacts.crm_push_rows import ARRIVED, ON_THE_WAY, STATES, count_items, get_push

ItemStateName = Literal["pending", "sent", "retry", "created", "updated", "partial", "skipped", "failed"]
LAST_PROBLEMS: Final = 5


class ConnectionView(BaseModel):
    """An account that was connected. The token is not shown to anybody, not even to who pasted it."""

    id: UUID
    provider: str
    kind: Literal["token", "consent"]
    location_id: str
    name: str
    status: Literal["connected", "needs_reconnect", "disconnected"]
    problem: str
    scopes: list[str]
    daily_limit: int | None
    daily_remaining: int | None
    checked_at: datetime | None
    created_at: datetime


class PushCounts(BaseModel):
    """Contacts of a sending by state, and what an undo did."""

    pending: int = 0
    sent: int = 0
    retry: int = 0
    created: int = 0
    updated: int = 0
    partial: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def waiting(self) -> int:
        """Those who are still on the way."""
        return self.pending + self.sent + self.retry

    @property
    def arrived(self) -> int:
        """Those who are there."""
        return self.created + self.updated + self.partial

    @property
    def finished(self) -> int:
        """Those for whom nothing more is done."""
        return self.arrived + self.skipped + self.failed


class PushSummary(BaseModel):
    """A sending of an import to an account."""

    id: UUID
    import_id: UUID
    connection_id: UUID
    only: Literal["all", "new", "changed", "fresh"]
    safe_mode: bool
    send_suppressed_as_dnd: bool
    status: str
    problem: str
    total: int
    counts: PushCounts
    filename: str
    account: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    resume_at: datetime | None
    undone_at: datetime | None


class ItemProblem(BaseModel):
    """A contact that did not arrive as it was: the spreadsheet's row, a code, and GoHighLevel's own word."""

    row: int
    state: str
    code: str
    detail: str
    missing: list[str]


class PushDocument(PushSummary):
    """A sending with what is left: seconds until the end (None when that cannot be told) and the last problems."""

    eta_seconds: int | None
    tags_waiting: int
    last_problems: list[ItemProblem]
    undo: dict[str, int]


class ItemView(ItemProblem):
    """One contact of a sending. `name` is shown while the contact has not arrived, or from the address book."""

    id: UUID
    contact_id: UUID | None
    name: str
    attempts: int
    remote_id: str
    tags: str
    undone: str
    finished_at: datetime | None


_CONNECTIONS = text(f"""
select {", ".join(ConnectionView.model_fields)} from ghl_connections
where tenant_id = :tenant and (cast(:id as uuid) is null or id = :id) order by status, name, id limit 200
""")  # noqa: S608 - column names of a class
_PUSHES = text("""
select p.id, p.import_id, p.connection_id, p.only, p.safe_mode, p.suppressed_as_dnd as send_suppressed_as_dnd, p.status,
       p.problem, p.total, p.counts, j.filename_original as filename,
       case when c.name = '' then c.location_id else c.name end as account,
       p.created_at, p.started_at, p.finished_at, p.resume_at, p.undone_at, count(*) over () as of_all
from ghl_pushes p
join import_jobs j on j.tenant_id = :tenant and j.id = p.import_id
join ghl_connections c on c.tenant_id = :tenant and c.id = p.connection_id
where p.tenant_id = :tenant and (cast(:id as uuid) is null or p.id = :id)
  and (cast(:import as uuid) is null or p.import_id = :import)
order by p.created_at desc, p.id desc limit :limit offset :offset
""")
_REST = text("""
select count(*) filter (where tag_state = 'pending') as tags_waiting,
       count(*) filter (where undone = 'deleted') as deleted, count(*) filter (where undone = 'restored') as restored,
       count(*) filter (where undone = 'gone') as gone, count(*) filter (where undone = 'failed') as failed
from ghl_push_items where tenant_id = :tenant and push_id = :push
  and (tag_state = 'pending' or undone <> '')
""")
_PROBLEMS = text("""
select row, state, code, detail, missing from ghl_push_items
where tenant_id = :tenant and push_id = :push and state in ('failed', 'partial')
order by finished_at desc nulls last, row desc limit :limit
""")
_ITEMS = text("""
select i.id, i.row, i.contact_id, i.state, i.code, i.detail, i.missing, i.attempts, i.remote_id, i.tag_state as tags,
       i.undone, i.finished_at, i.person, trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')) as known
from ghl_push_items i left join contacts c on c.tenant_id = :tenant and c.id = i.contact_id
where i.tenant_id = :tenant and i.push_id = :push and i.state = any(cast(:states as text[]))
order by i.row, i.id limit :limit offset :offset
""")


async def list_connections(uow: UnitOfWork) -> list[ConnectionView]:
    """The accounts of the business, working ones first."""
    rows = await uow.session.execute(_CONNECTIONS, {"tenant": uow.tenant_id, "id": None})
    return [ConnectionView.model_validate(dict(row)) for row in rows.mappings()]


async def get_connection_view(uow: UnitOfWork, connection_id: UUID) -> ConnectionView:
    """One account. NotFoundError."""
    rows = await uow.session.execute(_CONNECTIONS, {"tenant": uow.tenant_id, "id": connection_id})
    row = rows.mappings().first()
    if row is None:
        raise NotFoundError
    return ConnectionView.model_validate(dict(row))


async def list_pushes(
    uow: UnitOfWork, page: PageQuery, *, import_id: UUID | None = None
) -> Page[PushSummary]:
    """Sendings, newest first, of one import or of all. Counts are those of the last look at a running one."""
    values: dict[str, Any] = {
        "tenant": uow.tenant_id, "id": None, "import": import_id, "limit": page.limit, "offset": page.offset,
    }  # fmt: skip
    rows = (await uow.session.execute(_PUSHES, values)).mappings().all()
    total = rows[0]["of_all"] if rows else 0
    if not rows and page.offset:
        first = (await uow.session.execute(_PUSHES, {**values, "limit": 1, "offset": 0})).mappings().first()
        total = first["of_all"] if first is not None else 0
    items = [PushSummary.model_validate(dict(row)) for row in rows]
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)


async def push_document(uow: UnitOfWork, push_id: UUID) -> PushDocument:
    """One sending, counted now. NotFoundError."""
    values = {"tenant": uow.tenant_id, "id": push_id, "import": None, "limit": 1, "offset": 0}
    row = (await uow.session.execute(_PUSHES, values)).mappings().first()
    if row is None:
        raise NotFoundError
    counts = PushCounts.model_validate(await count_items(uow, push_id))
    mine = {"tenant": uow.tenant_id, "push": push_id}
    rest = (await uow.session.execute(_REST, mine)).one()
    problems = await uow.session.execute(_PROBLEMS, {**mine, "limit": LAST_PROBLEMS})
    document = {
        **row,
        "counts": counts,
        "eta_seconds": await _eta(uow, row, counts, rest.tags_waiting),
        "tags_waiting": rest.tags_waiting,
        "last_problems": [dict(problem) for problem in problems.mappings()],
        "undo": {
            "deleted": rest.deleted,
            "restored": rest.restored,
            "gone": rest.gone,
            "failed": rest.failed,
        },
    }
    return PushDocument.model_validate(document)


async def _eta(uow: UnitOfWork, row: Any, counts: PushCounts, tags_waiting: int) -> int | None:
    """Seconds at the account's present rate; None unless it is on its way."""
    if row["status"] != "running":
        return None
    query = text("select rate from ghl_connections where tenant_id = :tenant and id = :id")
    values = {"tenant": uow.tenant_id, "id": row["connection_id"]}
    rate = (await uow.session.execute(query, values)).scalar_one() or FULL_RATE
    requests = counts.waiting * (2 if row["safe_mode"] else 1) + (counts.waiting + tags_waiting + 99) // 100
    return round(requests / rate)


async def list_items(
    uow: UnitOfWork, keys: SealingKeys, push_id: UUID, page: PageQuery, *, states: tuple[str, ...] = ()
) -> Page[ItemView]:
    """The contacts of a sending in the file's order, of some states or all. NotFoundError."""
    await get_push(uow, push_id)
    wanted = states or STATES
    values = {
        "tenant": uow.tenant_id, "push": push_id, "states": list(wanted), "limit": page.limit, "offset": page.offset,
    }  # fmt: skip
    rows = (await uow.session.execute(_ITEMS, values)).mappings().all()
    counts = await count_items(uow, push_id)
    items = [ItemView.model_validate({**row, "name": _name(uow, keys, row)}) for row in rows]
    return Page(
        items=items, total=sum(counts[state] for state in wanted), limit=page.limit, offset=page.offset
    )


def _name(uow: UnitOfWork, keys: SealingKeys, row: Any) -> str:
    if row["known"]:
        return str(row["known"])
    if row["person"] is None:
        return ""
    try:
        person = opened_person(keys, uow.tenant_id, row["person"])
    except SecretLostError:
        return ""
    return person.name or person.email or person.phone


STATE_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "waiting": ON_THE_WAY,
    "arrived": ARRIVED,
    "partial": ("partial",),
    "failed": ("failed",),
    "skipped": ("skipped",),
}
"""States as people look for them."""
