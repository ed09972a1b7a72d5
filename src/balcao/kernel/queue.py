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


_DEFER = (
    "select procrastinate_defer_jobs_v1(array("
    "select jsonb_populate_recordset(null::procrastinate_job_to_defer_v1, cast(%(jobs)s as jsonb))))"
)


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
