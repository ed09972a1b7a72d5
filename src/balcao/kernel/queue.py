"""Jobs as rows of the transaction that wants them.

The queue is Procrastinate's tables in the same database: a rollback leaves no job, a commit loses none. All jobs of a
unit of work go in with one statement just before the commit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson
from pydantic import BaseModel

from balcao.kernel.db.engine import Question

QueueName = Literal["now", "soon", "outside", "bulk"]


@dataclass(frozen=True, slots=True)
class Job:
    """A declared job. `arguments` validates what goes in and what comes out; `backoff` is seconds before each retry.

    A job with `cron` runs for every tenant that `due`, a SELECT of tenant ids over all tenants, returns at that time.
    """

    name: str
    function: Callable[..., Awaitable[None]]
    queue: QueueName
    arguments: type[BaseModel]
    backoff: tuple[float, ...] = (5, 30, 120, 600, 3600)
    lock: str | None = None
    cron: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True)
class PendingJob:
    """A job asked for by a unit of work, not yet written."""

    name: str
    queue: QueueName
    args: dict[str, Any]
    lock: str | None = None
    scheduled_at: datetime | None = None
    priority: int = field(default=0)


DOUBTFUL = -1
"""Priority of jobs for somebody who did not answer lately: after all others, in half of the places at most."""
_DEFER = (
    "select procrastinate_defer_jobs_v1(array("
    "select jsonb_populate_recordset(null::procrastinate_job_to_defer_v1, cast(%(jobs)s as jsonb))))"
)


_POSTPONE = (
    "update procrastinate_jobs set priority = %(priority)s, "
    "scheduled_at = greatest(coalesce(scheduled_at, %(until)s), %(until)s) where lock = %(lock)s and status = 'todo'"
)


_HASTEN = (
    "update procrastinate_jobs set priority = 0, scheduled_at = null "
    "where lock = %(lock)s and status = 'todo' and priority = %(priority)s"
)


def postpone_question(lock: str, until: datetime) -> Question[None]:
    """Puts off all jobs that wait under a lock: they are doubtful from now on."""
    return Question(_POSTPONE, {"lock": lock, "until": until, "priority": DOUBTFUL}, lambda _: None)


def hasten_question(lock: str) -> Question[None]:
    """Doubt is over: the jobs that were put off under a lock may go now, as all others."""
    return Question(_HASTEN, {"lock": lock, "priority": DOUBTFUL}, lambda _: None)


def jobs_question(jobs: Sequence[PendingJob]) -> Question[None]:
    """Writes jobs into the queue, in the transaction that asks."""
    rows = [
        {
            "queue_name": job.queue,
            "task_name": job.name,
            "priority": job.priority,
            "lock": job.lock,
            "queueing_lock": None,
            "args": job.args,
            "scheduled_at": job.scheduled_at,
        }
        for job in jobs
    ]
    return Question(_DEFER, {"jobs": orjson.dumps(rows).decode()}, lambda _: None)
