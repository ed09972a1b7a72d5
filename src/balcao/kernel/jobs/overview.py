"""The queue at a glance: what died and of what, what is being worked on, by whom. Arguments of jobs are never read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

KINDS: Final = 50
AT_ONCE: Final = 500
"""Jobs retried or cancelled by one order; the rest takes another."""

_KINDS = text("""
select j.task_name as task, coalesce(f.kind, '') as kind, count(*) as jobs, max(f.failed_at) as last_at
from procrastinate_jobs j left join job_failures f on f.job_id = j.id
where j.status = 'failed' group by 1, 2 order by 3 desc, 1, 2 limit :limit
""")
_OF_KIND = text("""
select j.id from procrastinate_jobs j left join job_failures f on f.job_id = j.id
where j.status = 'failed' and j.task_name = :task and coalesce(f.kind, '') = :kind order by j.id limit :limit
""")
_RUNNING = text("""
select j.id, j.task_name as task, j.queue_name as queue, t.slug as tenant, j.attempts,
  (select max(e.at) from procrastinate_events e where e.job_id = j.id and e.type = 'started') as started_at
from procrastinate_jobs j left join tenants t on t.id::text = j.args ->> 'tenant_id'
where j.status = 'doing' order by started_at nulls last, j.id limit :limit
""")
_WORKERS = text("""
select w.id, w.last_heartbeat as seen_at, count(j.id) as jobs
from procrastinate_workers w left join procrastinate_jobs j on j.worker_id = w.id and j.status = 'doing'
group by w.id, w.last_heartbeat order by w.id
""")


@dataclass(frozen=True, slots=True)
class FailureKind:
    """Dead jobs of one task that failed last in the same way. `kind` is a class and a code, empty when not noted."""

    task: str
    kind: str
    jobs: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job somebody works on. `tenant` is a slug; `attempts` counts the tries before this one."""

    id: int
    task: str
    queue: str
    tenant: str | None
    attempts: int
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker's line to the queue: when it was last heard of, and how many jobs it holds."""

    id: int
    seen_at: datetime
    jobs: int


async def failures_by_kind(session: AsyncSession) -> list[FailureKind]:
    """Dead jobs by task and kind of their last error, the most frequent first."""
    rows = await session.execute(_KINDS, {"limit": KINDS})
    return [FailureKind(**row) for row in rows.mappings()]


async def failed_of_kind(session: AsyncSession, task: str, kind: str) -> list[int]:
    """Ids of dead jobs of one kind, the oldest first, at most `AT_ONCE`."""
    rows = await session.execute(_OF_KIND, {"task": task, "kind": kind, "limit": AT_ONCE})
    return [row[0] for row in rows]


async def running_jobs(session: AsyncSession, limit: int = 50) -> list[RunningJob]:
    """What is being worked on, the longest first."""
    return [RunningJob(**row) for row in (await session.execute(_RUNNING, {"limit": limit})).mappings()]


async def workers_seen(session: AsyncSession) -> list[Worker]:
    """Every worker the queue knows; those that stopped without a word are forgotten by the queue itself."""
    return [Worker(**row) for row in (await session.execute(_WORKERS)).mappings()]
