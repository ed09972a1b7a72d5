"""The queue as its operator sees and mends it: what waits, what died, once more, no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

Status = Literal["failed", "todo", "doing", "cancelled", "succeeded", "aborted"]
Outcome = Literal[
    "retried", "cancelled", "abort_asked", "forgotten", "unknown", "not_failed", "waits_already", "over"
]

# Neither arguments nor locks are read: they may name people.
_LIST = """
select j.id, j.task_name as task, j.queue_name as queue, j.status::text as status, j.attempts, t.slug as tenant,
  (select min(e.at) from procrastinate_events e where e.job_id = j.id) as asked_at, j.scheduled_at, f.kind as error,
  f.failed_at
from procrastinate_jobs j
left join tenants t on t.id::text = j.args ->> 'tenant_id'
left join job_failures f on f.job_id = j.id
where (cast(:status as text) = '' or j.status = cast(nullif(:status, '') as procrastinate_job_status))
  and (cast(:task as text) = '' or j.task_name = :task) and (cast(:tenant as text) = '' or t.slug = :tenant)
order by j.id desc limit :limit
"""
_FAILED_IDS = """
select j.id from procrastinate_jobs j left join tenants t on t.id::text = j.args ->> 'tenant_id'
where j.status = 'failed' and (cast(:task as text) = '' or j.task_name = :task)
  and (cast(:tenant as text) = '' or t.slug = :tenant)
order by j.id
"""
_STATUS = "select status::text from procrastinate_jobs where id = :id for update"
# With all its tries before it: who asks again has mended something.
_RETRY = (
    "select procrastinate_retry_job_v2(:id, now(), null, null, null)",
    "update procrastinate_jobs set attempts = 0 where id = :id",
)
_CANCEL = "select procrastinate_cancel_job_v1(:id, true, false)"
_FORGET = (
    "delete from job_failures where job_id = :id",
    "delete from procrastinate_jobs where id = :id",
)
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """One job, without its arguments. `asked_at` is when it was enqueued; `tenant` is a slug."""

    id: int
    task: str
    queue: str
    status: Status
    attempts: int
    tenant: str | None
    asked_at: datetime | None
    scheduled_at: datetime | None
    error: str | None
    failed_at: datetime | None


async def list_jobs(
    session: AsyncSession, *, status: Status | Literal[""], task: str = "", tenant: str = "", limit: int = 50
) -> list[QueuedJob]:
    """Jobs of a status (any when empty), the newest first, of one task and one tenant where named."""
    parameters = {"status": status, "task": task, "tenant": tenant, "limit": min(limit, MOST)}
    rows = await session.execute(text(_LIST), parameters)
    return [QueuedJob(**row) for row in rows.mappings()]


async def failed_jobs(session: AsyncSession, *, task: str = "", tenant: str = "") -> list[int]:
    """Ids of the dead ones, the oldest first."""
    rows = await session.execute(text(_FAILED_IDS), {"task": task, "tenant": tenant})
    return [row[0] for row in rows]


async def retry_jobs(session: AsyncSession, ids: Sequence[int]) -> dict[int, Outcome]:
    """Puts dead jobs back into the queue, to run now."""
    return {job_id: await _retry(session, job_id) for job_id in ids}


async def cancel_jobs(session: AsyncSession, ids: Sequence[int]) -> dict[int, Outcome]:
    """Takes waiting jobs out, asks running ones to stop, and forgets dead ones."""
    return {job_id: await _cancel(session, job_id) for job_id in ids}


async def _retry(session: AsyncSession, job_id: int) -> Outcome:
    status = await _status(session, job_id)
    if status is None:
        return "unknown"
    if status != "failed":
        return "not_failed"
    try:
        async with session.begin_nested():
            for statement in _RETRY:
                await session.execute(text(statement), {"id": job_id})
    except IntegrityError:
        return "waits_already"  # another of the same kind, of which only one may wait
    return "retried"


async def _cancel(session: AsyncSession, job_id: int) -> Outcome:
    status = await _status(session, job_id)
    if status is None:
        return "unknown"
    if status == "failed":
        for statement in _FORGET:
            await session.execute(text(statement), {"id": job_id})
        return "forgotten"
    if status not in {"todo", "doing"}:
        return "over"
    await session.execute(text(_CANCEL), {"id": job_id})
    return "cancelled" if status == "todo" else "abort_asked"


async def _status(session: AsyncSession, job_id: int) -> str | None:
    return (await session.execute(text(_STATUS), {"id": job_id})).scalar_one_or_none()
