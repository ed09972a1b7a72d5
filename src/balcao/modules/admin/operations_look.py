"""One look at the installation, put together for the operations page; and orders to the queue."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import text

from balcao.kernel.backups.catalogue import newest_verified_here
from balcao.kernel.backups.manifest import moment_of
from balcao.kernel.backups.retention import OVERDUE
from balcao.kernel.backups.shelf import Shelf
from balcao.kernel.db.activity import look_at_activity
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.figures.scrape import Scrape
from balcao.kernel.jobs.administration import Outcome, cancel_jobs, list_jobs, retry_jobs
from balcao.kernel.jobs.overview import (
    failed_of_kind,
    failures_by_kind,
    running_jobs,
    workers_seen,
)
from balcao.kernel.observability.logging import security_log
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.modules.admin.backup_jobs import nightly_backup
from balcao.modules.admin.central_work import Central
from balcao.modules.admin.operations_figures import (
    Known,
    cache_of,
    database_of,
    disk_of,
    next_daily,
    providers_of,
    queues_of,
    slow_places_of,
    tasks_of,
)
from balcao.modules.admin.operations_values import BackupState, DeadJob, Operations, Statements

Order = Literal["retry", "cancel"]
DEAD_SHOWN: Final = 50
_INSTALLED = text("select min(created_at) from tenants")


class JobNotDeadError(DomainError):
    """Only a dead job is put back into the queue."""

    code = "job_not_failed"
    title = "Job not failed."
    detail = "This job has not failed."


class JobWaitsAlreadyError(DomainError):
    """Another of the same kind waits, of which only one may."""

    code = "job_waits_already"
    title = "Job waiting already."
    detail = "Another job of this kind is waiting already."


class JobOverError(DomainError):
    """What ended cannot be cancelled."""

    code = "job_over"
    title = "Job finished."
    detail = "This job is over."


_REFUSALS: Final[Mapping[Outcome, type[DomainError]]] = {
    "unknown": NotFoundError,
    "not_failed": JobNotDeadError,
    "waits_already": JobWaitsAlreadyError,
    "over": JobOverError,
}


async def look(runtime: Runtime, scrape: Scrape, health: Mapping[str, Any]) -> Operations:
    """Everything at once: the installation's figures (seconds old at most), its queue, its server; `health` is the document
    of /health."""
    known = Known(await scrape.samples())
    activity, backups = await asyncio.gather(look_at_activity(runtime.database), _backups(runtime))
    async with platform_work(runtime.database, read_only=True) as session:
        failures, running = await failures_by_kind(session), await running_jobs(session)
        workers = await workers_seen(session)
        dead = await list_jobs(session, status="failed", limit=DEAD_SHOWN)
    return Operations(
        at=runtime.clock(),
        status=health["status"],
        version=known.label("build_info", "version"),
        python=known.label("build_info", "python"),
        schema_revision=known.label("build_info", "schema"),
        processes=int(known.one("processes")),
        parts=health["parts"],
        queues=queues_of(known),
        tasks=tasks_of(known),
        failures=failures,
        dead_jobs=[DeadJob.model_validate(one, from_attributes=True) for one in dead],
        running=running,
        workers=workers,
        providers=providers_of(known),
        disk=disk_of(known),
        database=database_of(known),
        statements=Statements(
            running=activity.running,
            slowest=activity.slowest,
            slow_places=slow_places_of(known),
            slow_ms=runtime.settings.slow_statement_ms,
        ),
        cache=cache_of(known),
        backups=backups,
    )


async def _backups(runtime: Runtime) -> BackupState:
    """What lies on this machine: a bucket is asked on the page of backups, not every few seconds."""
    settings, now = runtime.settings, runtime.clock()
    shelf = Shelf(settings.backup_path.absolute())
    names = await asyncio.to_thread(shelf.names)
    verified = await asyncio.to_thread(newest_verified_here, shelf)
    async with platform_work(runtime.database, read_only=True) as session:
        installed = (await session.execute(_INSTALLED)).scalar_one()
    verified_at = datetime.fromtimestamp(verified, UTC) if verified else None
    since = max(filter(None, (verified_at, installed)), default=now)
    cron = nightly_backup.cron
    return BackupState(
        last_at=max((moment_of(name) for name in names), default=None),
        last_verified_at=verified_at,
        next_at=next_daily(cron, now) if settings.backup_enabled and cron else None,
        is_overdue=settings.backup_enabled and now - since > OVERDUE,
    )


async def order_one(central: Central, order: Order, job_id: int) -> Outcome:
    """Retries or cancels one job. NotFoundError, JobNotDeadError, JobWaitsAlreadyError, JobOverError."""
    outcomes = await _ordered(central, order, [job_id])
    outcome = outcomes[job_id]
    if refusal := _REFUSALS.get(outcome):
        raise refusal
    return outcome


async def order_kind(central: Central, order: Order, task: str, kind: str) -> dict[str, int]:
    """Retries or forgets the dead jobs of one kind, at most 500 at once; how many ended in which way."""
    async with platform_work(central.runtime.database, read_only=True) as session:
        ids = await failed_of_kind(session, task, kind)
    return dict(Counter((await _ordered(central, order, ids)).values()))


async def _ordered(central: Central, order: Order, ids: Sequence[int]) -> dict[int, Outcome]:
    async with platform_work(
        central.runtime.database, actor=central.actor, request_id=central.request_id, address=central.address
    ) as session:
        verb = retry_jobs if order == "retry" else cancel_jobs
        outcomes = await verb(session, ids)
    told = dict(Counter(outcomes.values()))
    security_log.warning("jobs_ordered", order=order, jobs=len(ids), actor=central.actor.label, outcomes=told)
    return outcomes
