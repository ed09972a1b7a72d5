"""Why a job failed last: the kind of the error, never its message, which may hold somebody's data."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from sqlalchemy import func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.engine import Database
from balcao.kernel.db.models import PlatformModel
from balcao.kernel.errors import DomainError
from balcao.kernel.platform_work import platform_work
from balcao.ports.errors import ProviderRejected

_NOTE = text(
    "insert into job_failures (job_id, attempt, kind) values (:job_id, :attempt, :kind) "
    "on conflict (job_id) do update set attempt = excluded.attempt, kind = excluded.kind, failed_at = now()"
)
# The queue forgets old jobs by itself, and asks nobody.
_SWEEP = text(
    "delete from job_failures f where not exists (select from procrastinate_jobs j where j.id = f.job_id)"
)

log = structlog.get_logger("balcao.jobs")


class JobFailure(PlatformModel):
    """The last failed try of one job of the queue."""

    __tablename__ = "job_failures"
    job_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt: Mapped[int]
    kind: Mapped[str]
    failed_at: Mapped[datetime] = mapped_column(server_default=func.now())


def kind_of(error: BaseException) -> str:
    """The error's class, and the code that a rule or a provider gave it."""
    code = error.code if isinstance(error, ProviderRejected | DomainError) else ""
    return f"{type(error).__name__} {code}".strip()


@asynccontextmanager
async def failure_noted(database: Database, job_id: int | None, attempt: int) -> AsyncGenerator[None]:
    """Notes the kind of an error that leaves the block, which then goes on its way."""
    try:
        yield
    except Exception as error:
        if job_id is not None:
            await _note(database, job_id, attempt, kind_of(error))
        raise


async def _note(database: Database, job_id: int, attempt: int, kind: str) -> None:
    try:
        async with platform_work(database) as session:
            await session.execute(_NOTE, {"job_id": job_id, "attempt": attempt, "kind": kind})
    except (SQLAlchemyError, OSError) as error:
        # The job's own error is the one to tell; this one only loses the note.
        log.warning("job_failure_not_noted", job_id=job_id, error=type(error).__name__)


async def sweep_failures(session: AsyncSession) -> None:
    """Forgets the notes of jobs that are no longer in the queue."""
    await session.execute(_SWEEP)
