"""A read replica, asked only for what it is known to have.

Twice a second this process notes where the primary's log of changes stood, and how far the replica has replayed it.
From that follows a moment up to which the replica knows everything. A business that wrote after that moment reads from
the primary, and so does everybody when the moment is too long ago. Nothing is written for it, and a line that broke
looks like what it is: a moment that does not move.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Final
from uuid import UUID

import psycopg
import structlog

from balcao.kernel.db.engine import Database
from balcao.kernel.observability.metrics import REPLICA_LAG, REPLICA_READS

LOOK_EVERY_SECONDS: Final = 0.5
ANSWER_WITHIN_SECONDS: Final = 2.0
NEVER: Final = float("-inf")
# The number of a cluster stays the same in its replicas, and differs from every other cluster's.
_WRITTEN: Final = (
    "select (pg_current_wal_lsn() - '0/0')::bigint, (select system_identifier from pg_control_system())"
)
_REPLAYED: Final = (
    "select (pg_last_wal_replay_lsn() - '0/0')::bigint, (select system_identifier from pg_control_system()) "
    "where pg_is_in_recovery()"
)
log = structlog.get_logger("balcao.replica")


class Replica:
    """The replica of a database. `read_from` says whether it may answer; moments are seconds of `clock`."""

    def __init__(
        self,
        primary_url: str,
        database: Database,
        *,
        max_lag_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self._primary_url = primary_url
        self._max_lag = max_lag_seconds
        self._clock = clock
        self._known_until = NEVER
        self._positions: deque[tuple[float, int]] = deque()
        self._wrote: dict[UUID, float] = {}
        self._all_wrote = NEVER
        self._task: asyncio.Task[None] | None = None
        self._yes, self._no = REPLICA_READS.labels("replica"), REPLICA_READS.labels("primary")

    def start(self) -> None:
        """Begins to watch how far the replica is."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Ends watching, and closes the connections."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self.database.close()

    def wrote(self, tenant_id: UUID | None) -> None:
        """A business changed something just now; None: any of them may have."""
        if tenant_id is None:
            self._all_wrote = self._clock()
        else:
            self._wrote[tenant_id] = self._clock()

    def failed(self) -> None:
        """It did not answer: nobody asks it until it was looked at again."""
        self._known_until = NEVER

    def knows(self, tenant_id: UUID) -> bool:
        """Whether it has every change of this business that this process heard of, and is not too far behind."""
        known = self._known_until
        fresh = known > self._clock() - self._max_lag
        answer = fresh and known > max(self._wrote.get(tenant_id, NEVER), self._all_wrote)
        (self._yes if answer else self._no).inc()
        return answer

    def note(self, moment: float, written: int, replayed: int | None) -> None:
        """At `moment` the primary's log ended at `written`; a little later the replica had replayed up to `replayed`."""
        self._positions.append((moment, written))
        if replayed is None:
            self.failed()
            return
        while self._positions and self._positions[0][1] <= replayed:
            self._known_until = self._positions.popleft()[0]
        # What is too old to be of use is forgotten; it could make nobody ask.
        while self._positions and self._positions[0][0] < moment - self._max_lag:
            self._positions.popleft()
        for tenant_id in [one for one, when in self._wrote.items() if when < self._known_until]:
            del self._wrote[tenant_id]
        REPLICA_LAG.set(max(0.0, moment - self._known_until) if self._known_until > NEVER else -1)

    async def _watch(self) -> None:
        was_there = None
        while True:
            try:
                async with contextlib.AsyncExitStack() as lines:
                    primary, replica = [await lines.enter_async_context(line) for line in await self._lines()]
                    while True:
                        await self._look(primary, replica)
                        was_there = self._said(True, was_there)
                        await asyncio.sleep(LOOK_EVERY_SECONDS)
            except (psycopg.Error, OSError, TimeoutError) as error:
                self.failed()
                self._positions.clear()
                REPLICA_LAG.set(-1)
                was_there = self._said(False, was_there, type(error).__name__)
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _lines(self) -> list[psycopg.AsyncConnection]:
        urls = (self._primary_url, self.database.direct_url)
        return [
            await psycopg.AsyncConnection.connect(
                url, autocommit=True, connect_timeout=3, application_name="balcao-replica-watch"
            )
            for url in urls
        ]

    async def _look(self, primary: psycopg.AsyncConnection, replica: psycopg.AsyncConnection) -> None:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            moment = self._clock()
            written = await (await primary.execute(_WRITTEN)).fetchone()
            replayed = await (await replica.execute(_REPLAYED)).fetchone()
        assert written is not None
        same = replayed is not None and replayed[1] == written[1]
        self.note(moment, written[0], replayed[0] if replayed is not None and same else None)

    @staticmethod
    def _said(is_there: bool, was_there: bool | None, error: str = "") -> bool:
        if is_there != was_there:
            (log.info if is_there else log.warning)(
                "replica_answers" if is_there else "replica_lost", error=error
            )
        return is_there
