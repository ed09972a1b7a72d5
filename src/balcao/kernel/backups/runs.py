"""The record of what was asked for over HTTP or by the clock, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from balcao.kernel.backups.errors import BackupRunningError
from balcao.kernel.backups.server import connected, one_at_a_time
from balcao.kernel.errors import NotFoundError
from balcao.kernel.ids import new_id

_COLUMNS = "id, kind, status, backup_name, asked_by, created_at, started_at, finished_at, error_code, report"


@dataclass(frozen=True, slots=True)
class Run:
    """One thing asked for. `status` is queued, running, done or failed."""

    id: UUID
    kind: str
    status: str
    backup_name: str
    asked_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error_code: str
    report: dict[str, Any]


def need_quiet(database_url: str) -> None:
    """BackupRunningError while something is under way or waits. What a killed process left as running is ended here."""
    with one_at_a_time(database_url), connected(database_url) as connection:
        connection.execute(
            "update backup_runs set status = 'failed', error_code = 'interrupted', finished_at = now() "
            "where status = 'running' and started_at < now() - interval '1 minute'"
        )
        waits = connection.execute(
            "select 1 from backup_runs where status in ('queued', 'running') "
            "and created_at > now() - interval '10 minutes'"
        ).fetchone()
        if waits is not None:
            raise BackupRunningError


def ask_for(database_url: str, kind: str, *, name: str = "", asked_by: str) -> UUID:
    """Writes that something was asked for, and answers its id."""
    run_id = new_id()
    with connected(database_url) as connection:
        connection.execute(
            "insert into backup_runs (id, kind, backup_name, asked_by) values (%s, %s, %s, %s)",
            (run_id, kind, name, asked_by),
        )
    return run_id


def get_run(database_url: str, run_id: UUID) -> Run:
    """What became of it. NotFoundError."""
    with connected(database_url) as connection, connection.cursor(row_factory=class_row(Run)) as cursor:
        statement = f"select {_COLUMNS} from backup_runs where id = %s"  # noqa: S608 - fixed columns
        found = cursor.execute(statement.encode(), (run_id,)).fetchone()
    if found is None:
        raise NotFoundError
    return found


def list_runs(database_url: str, limit: int = 20) -> list[Run]:
    """What was asked for last, the newest first."""
    with connected(database_url) as connection, connection.cursor(row_factory=class_row(Run)) as cursor:
        statement = f"select {_COLUMNS} from backup_runs order by created_at desc, id desc limit %s"  # noqa: S608 - fixed columns
        return cursor.execute(statement.encode(), (limit,)).fetchall()


def begin_run(database_url: str, run_id: UUID) -> bool:
    """Takes it up; False when somebody did already, so that a job that comes twice works once."""
    with connected(database_url) as connection:
        taken = connection.execute(
            "update backup_runs set status = 'running', started_at = now() where id = %s and status = 'queued'",
            (run_id,),
        )
        return taken.rowcount == 1


def end_run(
    database_url: str,
    run_id: UUID,
    *,
    name: str = "",
    error_code: str = "",
    report: Mapping[str, Any] | None = None,
) -> None:
    """Writes how it ended."""
    with connected(database_url) as connection:
        connection.execute(
            "update backup_runs set status = %s, finished_at = now(), error_code = %s, report = %s, "
            "backup_name = case when %s = '' then backup_name else %s end where id = %s",
            ("failed" if error_code else "done", error_code, Jsonb(dict(report or {})), name, name, run_id),
        )
