"""The line to an optional Redis: short time-outs, and a switch that leaves it alone for a moment once it failed.

Nothing may depend on Redis. Callers run a command through `run` and have an answer of their own for `RedisDownError`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import structlog

from balcao.kernel.observability.metrics import REDIS_FAILURES, REDIS_UP

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool, Redis

T = TypeVar("T")

TIMEOUT_SECONDS = 0.25
REST_SECONDS = 1.0

log = structlog.get_logger("balcao.redis")


class RedisDownError(Exception):
    """Redis did not answer, or failed a moment ago and is being left alone."""


class RedisLink:
    """One Redis server as a caller may use it. `purpose` names the caller in the log."""

    def __init__(
        self,
        url: str,
        *,
        purpose: str,
        timeout: float = TIMEOUT_SECONDS,
        rest: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Read here, for most installations have no Redis and its client is a twentieth of a start.
        from redis.asyncio import ConnectionPool, Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError

        self._refusals = (RedisError, OSError)
        # No retries inside the client: a request waits for one time-out at most, then goes on without Redis.
        self.pool: ConnectionPool = ConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            max_connections=64,
        )
        self.client: Redis = Redis(connection_pool=self.pool)
        self._purpose = purpose
        self._rest = rest
        self._clock = clock
        self._closed_until = 0.0
        self._down = False
        self.failures = 0
        self._failures = REDIS_FAILURES.labels(purpose)
        self._up = REDIS_UP.labels(purpose)
        self._up.set(1)

    @property
    def is_down(self) -> bool:
        """Whether the last command failed."""
        return self._down

    async def run(self, command: Callable[[], Awaitable[T]]) -> T:
        """The answer of `command()`. Raises RedisDownError when Redis fails, or failed under a second ago."""
        if self._down:
            now = self._clock()
            if now < self._closed_until:
                raise RedisDownError
            # Only this caller tries again; the others stay away until it comes back with an answer.
            self._closed_until = now + self._rest
        try:
            answer = await command()
        except self._refusals as error:
            await self._fail(error)
            raise RedisDownError from error
        if self._down:
            self._down = False
            self._up.set(1)
            log.info("redis_back", purpose=self._purpose)
        return answer

    async def _fail(self, error: Exception) -> None:
        self.failures += 1
        self._failures.inc()
        self._closed_until = self._clock() + self._rest
        if not self._down:
            self._down = True
            self._up.set(0)
            log.warning("redis_down", purpose=self._purpose, error=type(error).__name__)
        # The idle connections lead to the same dead server; left alone, each would fail once more after its return.
        await self.pool.disconnect(inuse_connections=False)

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.aclose()
        await self.pool.disconnect()
