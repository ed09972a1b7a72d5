"""Maintenance: every door answers 503 while the database is exchanged. One row of the database shuts all processes.

A process reads the row when the bulletin says so, after a broken line, and every few seconds in case a message got
lost; a request looks at a plain attribute.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from balcao.kernel.backups.look import revision_of
from balcao.kernel.backups.server import LOCK_KEY, connected
from balcao.kernel.bulletin import CHANNEL, PLATFORM, Bulletin
from balcao.kernel.db.engine import Database

MAINTENANCE_TOPIC = "maintenance"
RETRY_AFTER_SECONDS = 30
LOOK_EVERY_SECONDS = 3.0
_NOTICE = json.dumps({"from": "maintenance", "topics": [[str(PLATFORM), MAINTENANCE_TOPIC]]})
# Who shuts the house holds the lock of backups. One that was killed leaves its row behind, and after a minute it counts
# no more; the minute covers the exchange, when the lock is in the database that went.
_IS_SHUT = text(
    "select 1 from maintenance where since > now() - interval '60 seconds' or exists (select from pg_locks l "
    "join pg_database d on d.oid = l.database where d.datname = current_database() and l.locktype = 'advisory' "
    "and l.granted and l.objsubid = 1 and l.classid = :high and l.objid = :low)"
).bindparams(high=LOCK_KEY >> 32, low=LOCK_KEY & 0xFFFFFFFF)
log = structlog.get_logger("balcao.backups")


class Maintenance:
    """Whether the house is shut, as this process knows."""

    def __init__(self, database: Database, bulletin: Bulletin) -> None:
        self.is_on = False
        self._database = database
        self._look_again = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        bulletin.listen(self._heard, on_gap=self._look_again.set)

    def start(self) -> None:
        """Starts to watch."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Ends watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def look(self) -> None:
        """Reads the row. While the database does not answer, what was known stays."""
        try:
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(_IS_SHUT)).first() is not None
        except (SQLAlchemyError, psycopg.Error, OSError):
            return
        if found != self.is_on:
            log.warning("maintenance_began" if found else "maintenance_ended")
        self.is_on = found

    def _heard(self, tenant_id: UUID, topic: str) -> None:
        if tenant_id == PLATFORM and topic == MAINTENANCE_TOPIC:
            self._look_again.set()

    async def _watch(self) -> None:
        while True:
            self._look_again.clear()
            await self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look_again.wait(), LOOK_EVERY_SECONDS)


def shut(database_url: str, reason: str) -> None:
    """Shuts every process on the database. A database without our tables has none."""
    with connected(database_url) as connection:
        if revision_of(connection) is not None:
            note(connection, reason)
            connection.execute("select pg_notify(%s, %s)", (CHANNEL, _NOTICE))


def note(connection: psycopg.Connection, reason: str) -> None:
    """Writes the row that shuts the house."""
    connection.execute(
        "insert into maintenance (reason) values (%s) on conflict (id) do update set reason = excluded.reason, since = now()",
        (reason,),
    )


def open_again(database_url: str) -> None:
    """Opens every process on the database."""
    with connected(database_url) as connection:
        if revision_of(connection) is not None:
            connection.execute("delete from maintenance")
            connection.execute("select pg_notify(%s, %s)", (CHANNEL, _NOTICE))
