"""Lanes: at most a few transactions at a time where all of them want the same row.

Orders of one tenant queue for its number counter and for the goods everybody wants. A crowd inside the database only
makes whoever holds the lock slower; in a lane the crowd waits outside, in order, and holds nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from balcao.kernel.errors import UnavailableError
from balcao.kernel.observability.metrics import LANE_TIMEOUTS, LANE_WAITERS

PATIENCE_SECONDS = 10.0


@dataclass(slots=True)
class _Lane:
    places: asyncio.Semaphore
    visitors: int = field(default=0)


class Lanes:
    """Lanes of this process, one for each key in use; each lets `width` in at a time."""

    def __init__(self, width: int, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._width = width
        self._patience = patience_seconds
        self._lanes: dict[Hashable, _Lane] = {}

    @asynccontextmanager
    async def enter(self, key: Hashable) -> AsyncGenerator[None]:
        """Waits for a place. Raises UnavailableError when none gets free in ten seconds."""
        lane = self._lanes.setdefault(key, _Lane(asyncio.Semaphore(self._width)))
        lane.visitors += 1
        try:
            if lane.places.locked():
                await self._wait(lane)
            else:
                await lane.places.acquire()
            try:
                yield
            finally:
                lane.places.release()
        finally:
            lane.visitors -= 1
            if lane.visitors == 0:
                del self._lanes[key]

    async def _wait(self, lane: _Lane) -> None:
        LANE_WAITERS.inc()
        try:
            await asyncio.wait_for(lane.places.acquire(), self._patience)
        except TimeoutError:
            LANE_TIMEOUTS.inc()
            raise UnavailableError(headers={"Retry-After": "2"}) from None
        finally:
            LANE_WAITERS.dec()
