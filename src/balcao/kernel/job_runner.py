"""The worker: takes jobs from the queue, opens the tenant's door for them, and decides about the next try."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, Literal
from uuid import UUID

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as QueuedJob
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import text

from balcao.kernel.backups.maintenance import RETRY_AFTER_SECONDS
from balcao.kernel.bulletin import PLATFORM
from balcao.kernel.errors import DomainError, TenantUnknownError
from balcao.kernel.events import Reaction
from balcao.kernel.jobs.failures import failure_noted, sweep_failures
from balcao.kernel.jobs.fair_share import FairShare
from balcao.kernel.jobs.job import JobContext
from balcao.kernel.jobs.reactions import deliver
from balcao.kernel.jobs.watching import watched
from balcao.kernel.observability.metrics import DB_SLOW, JOB_SECONDS
from balcao.kernel.observability.query_stats import current_stats, start_counting
from balcao.kernel.platform_work import platform_work
from balcao.kernel.queue import Job, QueueName
from balcao.kernel.runtime import Runtime
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

REACTION_BACKOFF = (1, 5, 30, 120, 600, 3600)
STALLED_SECONDS = 30.0
RECONNECT_SECONDS = 2.0
KEEP_FINISHED_HOURS = 72
# Long jobs have places of their own, so that a message never waits behind a spreadsheet; two let another tenant in.
QUICK_QUEUES: Sequence[QueueName] = ("now", "soon")
# What waits for a stranger's server, for seconds sometimes, must not keep a buyer's message waiting.
OUTSIDE_QUEUES: Sequence[QueueName] = ("outside",)
BULK_QUEUES: Sequence[QueueName] = ("bulk",)
BULK_AT_ONCE = 2
Part = Literal["all", "quick", "bulk"]
"""Which queues a worker takes: long jobs may have machines of their own."""
log = structlog.get_logger("balcao.jobs")


class HouseShutError(Exception):
    """Maintenance: no job begins, so that none is cut off when the database is exchanged."""


class Backoff(BaseRetryStrategy):
    """Waits the listed seconds, with jitter, before each retry; never retries what a provider or a rule refused."""

    def __init__(self, seconds: tuple[float, ...]) -> None:
        self._seconds = seconds

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """The moment of the next try, or None to give up and leave the job for a person to see."""
        if isinstance(exception, HouseShutError):
            return RetryDecision(retry_in={"seconds": RETRY_AFTER_SECONDS})
        if isinstance(exception, (ProviderRejected, DomainError)) or job.attempts >= len(self._seconds):
            return None
        wait = self._seconds[job.attempts]
        if isinstance(exception, ProviderUnavailable) and exception.retry_after is not None:
            wait = max(wait, exception.retry_after)
        return RetryDecision(retry_in={"seconds": max(1, round(wait * random.uniform(0.9, 1.2)))})


def build_queue(runtime: Runtime) -> procrastinate.App:
    """The queue with every job and reaction of the installation as a task."""
    line = procrastinate.PsycopgConnector(conninfo=runtime.database.direct_url, min_size=1, max_size=6)
    app = procrastinate.App(connector=line)
    app.job_manager = FairShare(
        line,
        queue=OUTSIDE_QUEUES[0],
        places=runtime.settings.outside_places,
        share=runtime.settings.outside_share,
        freed=lambda: runtime.bulletin.post(PLATFORM, set(), jobs=True),
    )
    for module in runtime.modules:
        for job in module.jobs:
            app.task(name=job.name, queue=job.queue, retry=Backoff(job.backoff), pass_context=True)(
                _job_task(runtime, module.name, job)
            )
            if job.cron is not None:
                _schedule(app, runtime, module.name, job)
    for reaction in runtime.transactions.reactions.all:
        app.task(name=reaction.job_name, queue="now", retry=Backoff(REACTION_BACKOFF), pass_context=True)(
            _reaction_task(runtime, reaction)
        )
    _keep_house(app, runtime)
    return app


Task = Callable[..., Awaitable[None]]


def _need_open_house(runtime: Runtime) -> None:
    if runtime.maintenance.is_on:
        raise HouseShutError


@contextlib.contextmanager
def _timed(task: str) -> Generator[None]:
    """Counts one run and how it ended. A run that was cut off is `failed`: the queue takes it up again."""
    began, outcome = time.perf_counter(), "failed"
    queries = current_stats.get() or start_counting()
    slow_before = queries.slow
    try:
        yield
        outcome = "succeeded"
    except (ProviderRejected, DomainError):
        outcome = "refused"
        raise
    finally:
        JOB_SECONDS.labels(task, outcome).observe(time.perf_counter() - began)
        if queries.slow > slow_before:
            DB_SLOW.labels(task).inc(queries.slow - slow_before)


def _job_task(runtime: Runtime, module: str, job: Job) -> Task:
    async def run(
        context: procrastinate.JobContext,
        tenant_id: str,
        args: dict[str, Any],
        request_id: str = "",
        traceparent: str = "",
    ) -> None:
        _need_open_house(runtime)
        try:
            tenant = await runtime.tenants.find("id", tenant_id)
        except TenantUnknownError:
            log.warning("job_of_unknown_tenant", job=job.name, tenant_id=tenant_id)
            return
        if module not in tenant.modules:
            log.info("job_of_switched_off_module", job=job.name, tenant=tenant.slug)
            return
        attempts = context.job.attempts
        job_context = JobContext(
            tenant,
            runtime.transactions,
            runtime.providers,
            runtime.settings,
            runtime.blobs,
            attempt=attempts + 1,
            last_attempt=attempts >= len(job.backoff),
            request_id=request_id,
        )
        with watched(
            job.name,
            tenant=tenant.slug,
            request_id=request_id,
            traceparent=traceparent,
            attempt=attempts + 1,
        ):
            async with failure_noted(runtime.database, context.job.id, attempts + 1):
                arguments = job.arguments.model_validate(args)
                with _timed(job.name):
                    await job.function(
                        job_context,
                        **{name: getattr(arguments, name) for name in type(arguments).model_fields},
                    )

    return run


def _reaction_task(runtime: Runtime, reaction: Reaction) -> Task:
    async def run(
        context: procrastinate.JobContext,
        tenant_id: str,
        args: dict[str, Any],
        request_id: str = "",
        traceparent: str = "",
    ) -> None:
        _need_open_house(runtime)
        tenant = await runtime.tenants.find("id", tenant_id)
        if reaction.module not in tenant.modules:
            return
        with (
            watched(
                reaction.job_name,
                tenant=tenant.slug,
                request_id=request_id,
                traceparent=traceparent,
                attempt=context.job.attempts + 1,
            ),
            _timed(reaction.job_name),
        ):
            async with failure_noted(runtime.database, context.job.id, context.job.attempts + 1):
                await deliver(
                    runtime.transactions, tenant, reaction, UUID(args["event_id"]), args["event"], request_id
                )

    return run


def _schedule(app: procrastinate.App, runtime: Runtime, module: str, job: Job) -> None:
    assert job.cron is not None
    assert job.due is not None, f"periodic job {job.name} says for whom it is due"
    statement = text(job.due)

    async def fan_out(timestamp: int) -> None:
        async with platform_work(runtime.database, read_only=True) as session:
            tenant_ids = [row[0] for row in await session.execute(statement)]
        for tenant_id in tenant_ids:
            tenant = await runtime.tenants.find("id", str(tenant_id))
            if module in tenant.modules:
                async with runtime.transactions.begin(tenant) as uow:
                    uow.enqueue(job, lock=f"{job.name}:{tenant.id}")

    task = app.task(name=f"schedule:{job.name}", queue="now")(fan_out)
    app.periodic(cron=job.cron)(task)


def _keep_house(app: procrastinate.App, runtime: Runtime) -> None:
    async def recover(timestamp: int) -> None:
        """Gives the jobs of a killed worker back to the queue, and forgets old finished ones."""
        for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            log.warning("job_recovered", job=stalled.task_name, id=stalled.id)
            await app.job_manager.retry_job(stalled)
        await app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS)
        async with platform_work(runtime.database) as session:
            await sweep_failures(session)

    task = app.task(name="kernel.recover_jobs", queue="now", queueing_lock="kernel.recover_jobs")(recover)
    app.periodic(cron="* * * * *")(task)


async def run_worker(
    app: procrastinate.App,
    *,
    concurrency: int = 4,
    outside: int = 4,
    signals: bool = True,
    only: Part = "all",
) -> None:
    """Works until cancelled or, with `signals`, until SIGTERM or Ctrl-C; running jobs get 20 seconds to finish or are
    handed back. A broken line to the database is not an end: the worker comes back when the line does."""
    with _stop_signals(enabled=signals) as told_to_stop:
        while not told_to_stop.is_set():
            try:
                await _work_until_broken(app, concurrency, outside, only)
                await asyncio.sleep(RECONNECT_SECONDS)
            except asyncio.CancelledError:
                if told_to_stop.is_set():
                    return
                raise


async def _work_until_broken(app: procrastinate.App, concurrency: int, outside: int, only: Part) -> None:
    try:
        await _work_once(app, concurrency, outside, only)
    except (ConnectorException, OSError) as error:
        log.warning("worker_line_broken", error=type(error).__name__)
    else:
        # Nobody told it to: the library ends a worker whose line broke as if somebody had.
        log.warning("worker_line_broken")


async def _work_once(app: procrastinate.App, concurrency: int, outside: int, only: Part) -> None:
    async with app.open_async():
        taken: Sequence[tuple[Part, Sequence[QueueName], int]] = (
            ("quick", QUICK_QUEUES, concurrency),
            ("quick", OUTSIDE_QUEUES, outside),
            ("bulk", BULK_QUEUES, BULK_AT_ONCE),
        )
        lines = [
            asyncio.create_task(_take_jobs(app, queues, at_once))
            for part, queues, at_once in taken
            if only in {"all", part}
        ]
        try:
            ended, _ = await asyncio.wait(lines, return_when=asyncio.FIRST_COMPLETED)
            for line in ended:
                line.result()
        finally:
            for line in lines:
                line.cancel()
            await asyncio.gather(*lines, return_exceptions=True)


async def _take_jobs(app: procrastinate.App, queues: Sequence[str], concurrency: int) -> None:
    await app.run_worker_async(
        queues=list(queues),  # the library hands it to the database, which takes a tuple for a record
        concurrency=concurrency,
        install_signal_handlers=False,
        fetch_job_polling_interval=5.0,
        shutdown_graceful_timeout=20.0,
        update_heartbeat_interval=10.0,
        stalled_worker_timeout=STALLED_SECONDS,
    )


@contextlib.contextmanager
def _stop_signals(*, enabled: bool) -> Generator[asyncio.Event]:
    """An event set by SIGTERM or Ctrl-C, which also cancel the current task; the library then finishes its jobs."""
    told_to_stop, loop, worker = asyncio.Event(), asyncio.get_running_loop(), asyncio.current_task()
    kinds = (signal.SIGINT, signal.SIGTERM) if enabled else ()

    def stop() -> None:
        if worker is not None and not told_to_stop.is_set():
            told_to_stop.set()
            worker.cancel()

    for kind in kinds:
        loop.add_signal_handler(kind, stop)
    try:
        yield told_to_stop
    finally:
        for kind in kinds:
            loop.remove_signal_handler(kind)
