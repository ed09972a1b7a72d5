"""What the database server is busy with, as the account the program signs in with may see it. No value is ever shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection, errors

from balcao.kernel.db.engine import Database, begin_plain

ASK_WITHIN_MS: Final = 2000
SHOWN: Final = 300
# A text in quotes may be somebody's name; numbers of a statement's text are the program's own.
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'?")

_NOW: LiteralString = """
select pid, state, extract(epoch from clock_timestamp() - case when state = 'active' then query_start else xact_start end)::float8,
  coalesce(wait_event_type, ''), query
from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
  and (state = 'active' or state like 'idle in transaction%') and query not ilike 'listen%'
order by 3 desc nulls last limit 15
"""
_HAS_STATISTICS: LiteralString = "select to_regclass('pg_stat_statements') is not null"
_SLOWEST: LiteralString = """
select query, calls, mean_exec_time, total_exec_time from pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database()) and query not ilike 'explain%'
order by mean_exec_time desc limit 15
"""


@dataclass(frozen=True, slots=True)
class RunningStatement:
    """A statement under way, or a transaction left open; `seconds` since either began."""

    pid: int
    state: str
    seconds: float
    waits_for: str
    sql: str


@dataclass(frozen=True, slots=True)
class StatementFigures:
    """A statement as pg_stat_statements counts it. Times in milliseconds."""

    sql: str
    calls: int
    mean_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class Activity:
    """`slowest` is None where the server keeps no statistics of statements."""

    running: list[RunningStatement]
    slowest: list[StatementFigures] | None


def without_values(sql: str) -> str:
    """A statement's text on one line, cut, with nothing left of what stood in quotes."""
    return _QUOTED.sub("'…'", " ".join(sql.split()))[:SHOWN]


async def look_at_activity(database: Database) -> Activity:
    """What runs now, and what was slow on the whole where pg_stat_statements is installed."""
    bind = f"begin read only; set local statement_timeout = {ASK_WITHIN_MS}".encode()
    async with database.engine.connect() as connection:
        driver = await begin_plain(connection, bind)
        rows = await (await driver.execute(_NOW)).fetchall()
        running = [
            RunningStatement(row[0], row[1], float(row[2] or 0), row[3], without_values(row[4]))
            for row in rows
        ]
        return Activity(running, await _slowest(driver))


async def _slowest(driver: AsyncConnection[Any]) -> list[StatementFigures] | None:
    known = await (await driver.execute(_HAS_STATISTICS)).fetchone()
    if known != (True,):
        return None
    try:
        rows = await (await driver.execute(_SLOWEST)).fetchall()
    except (errors.ObjectNotInPrerequisiteState, errors.InsufficientPrivilege):
        return None  # installed, yet not loaded with the server, or not for this account
    return [StatementFigures(without_values(row[0]), row[1], float(row[2]), float(row[3])) for row in rows]
