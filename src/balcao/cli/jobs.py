"""`balcao jobs`: what the queue holds, and putting it right. What a job is about is never printed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.cli.instance import fail, load_settings, running
from balcao.cli.serve import need_schema
from balcao.kernel.db.engine import Database
from balcao.kernel.jobs.administration import (
    Outcome,
    QueuedJob,
    Status,
    cancel_jobs,
    failed_jobs,
    list_jobs,
    retry_jobs,
)
from balcao.kernel.platform_work import platform_work

Result = TypeVar("Result")

WORDS: Final[Mapping[Outcome, str]] = {
    "retried": "runs again",
    "cancelled": "taken out",
    "abort_asked": "asked to stop",
    "forgotten": "forgotten",
    "unknown": "there is no such job",
    "not_failed": "left alone: it has not failed",
    "waits_already": "left alone: another one like it waits already",
    "over": "left alone: it is over",
}
DONE: Final = frozenset({"retried", "cancelled", "abort_asked", "forgotten"})
HEAD: Final = ("NUMBER", "TASK", "BUSINESS", "STATE", "TRIES", "AGE", "LAST ERROR")


def run_list(*, data: Path | None, status: Status | Literal[""], task: str, tenant: str, limit: int) -> None:
    """Prints the jobs as a table."""
    jobs = _in_queue(
        data, lambda session: list_jobs(session, status=status, task=task, tenant=tenant, limit=limit)
    )
    if not jobs:
        typer.echo("No such jobs." if status != "failed" else "No failed jobs.")
        return
    now = datetime.now(UTC)
    rows = [HEAD, *(_row(job, now) for job in jobs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def run_retry(*, data: Path | None, numbers: Sequence[int], every: bool, task: str, tenant: str) -> None:
    """Retries the numbered jobs, or all failed ones of a task and a tenant."""
    if bool(numbers) == every:
        fail("Name the jobs by number, or take them all with --all (and --task, --tenant).")

    async def work(session: AsyncSession) -> dict[int, Outcome]:
        chosen = numbers or await failed_jobs(session, task=task, tenant=tenant)
        return await retry_jobs(session, chosen)

    _report(_in_queue(data, work))


def run_cancel(*, data: Path | None, numbers: Sequence[int]) -> None:
    """Cancels the numbered jobs."""
    if not numbers:
        fail("Name the jobs by number, as `balcao jobs list --status all` shows them.")
    _report(_in_queue(data, lambda session: cancel_jobs(session, numbers)))


def _in_queue(data: Path | None, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    async def once(url: str) -> Result:
        database = Database(url, pool_size=1)
        try:
            async with platform_work(database) as session:
                return await work(session)
        finally:
            await database.close()

    with running(load_settings(data_dir=data)) as url:
        need_schema(url)
        return asyncio.run(once(url))


def _report(outcomes: Mapping[int, Outcome]) -> None:
    """One line for each job; exit code 1 when one was left alone."""
    for job_id, outcome in outcomes.items():
        typer.echo(f"{job_id}: {WORDS[outcome]}")
    if not outcomes:
        typer.echo("No failed jobs.")
    if not DONE.issuperset(outcomes.values()):
        raise typer.Exit(1)


def _row(job: QueuedJob, now: datetime) -> tuple[str, ...]:
    tenant, error = job.tenant or "-", job.error or "-"
    return (str(job.id), job.task, tenant, job.status, str(job.attempts), _age(job.asked_at, now), error)


def _age(asked_at: datetime | None, now: datetime) -> str:
    if asked_at is None:
        return "-"
    seconds = max(0, int((now - asked_at).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
