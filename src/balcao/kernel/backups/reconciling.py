"""What a restored database needs before it goes live, so that nothing of its past is done a second time.

The moment of a backup lies hours back: what waited then was probably done since, and nobody knows. So mail that waited
is held for a person, jobs that ran are put back to be done (they are idempotent), and sessions and links that may have
been ended since stay ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import psycopg

from balcao.kernel.backups.maintenance import note
from balcao.kernel.backups.server import connected
from balcao.kernel.db.row_security import PLATFORM_ROLE

_QUEUE: Final = {
    # A job with a queueing lock is a housekeeping one, deferred anew every minute.
    "jobs_dropped": (
        "update procrastinate_jobs set status = 'cancelled', worker_id = null, abort_requested = false "
        "where status = 'doing' and queueing_lock is not null"
    ),
    "jobs_reset": (
        "update procrastinate_jobs set status = 'todo', worker_id = null, abort_requested = false where status = 'doing'"
    ),
    "workers_forgotten": "delete from procrastinate_workers",
}
_IDENTITY: Final = {
    "sessions_ended": (
        "update user_sessions set revoked_at = now(), revoked_reason = 'restored' "
        "where revoked_at is null and expires_at > now()"
    ),
    "links_ended": "update one_time_tokens set used_at = now() where used_at is null and expires_at > now()",
}


def reconcile(database_url: str, after_restore: Mapping[str, str]) -> dict[str, int]:
    """Brings a restored database in order and shuts it, in one transaction. Answers how many rows each step changed."""
    with connected(database_url) as connection, connection.transaction():
        done = _run(connection, _QUEUE)
        connection.execute(f"set local role {PLATFORM_ROLE}".encode())
        done |= _run(connection, {**_IDENTITY, **after_restore})
        connection.execute("reset role")
        note(connection, "restore")
    return done


def _run(connection: psycopg.Connection, steps: Mapping[str, str]) -> dict[str, int]:
    return {name: connection.execute(statement.encode()).rowcount for name, statement in steps.items()}


def carry_runs(live_url: str, fresh_url: str) -> None:
    """Takes the record of what was done with backups along: it is of now, not of the backup's moment."""
    columns = (
        "id, kind, status, backup_name, asked_by, started_at, finished_at, error_code, report, created_at"
    )
    with connected(live_url) as live, connected(fresh_url) as fresh:
        fresh.execute("delete from backup_runs")
        if live.execute("select to_regclass('public.backup_runs')").fetchone() == (None,):
            return
        with (
            live.cursor().copy(f"copy backup_runs ({columns}) to stdout".encode()) as out,
            fresh.cursor().copy(f"copy backup_runs ({columns}) from stdin".encode()) as into,
        ):
            for data in out:
                into.write(data)
