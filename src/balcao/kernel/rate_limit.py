"""Rate limits: how often one address, account or e-mail may do something. Figures: platform.md 4.

Counts live in this process, or in Redis when all processes share them (the `limits` library keeps the windows, a few
lines of Lua the buckets). When Redis dies requests go on under the count of this process.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from balcao.kernel.observability.metrics import RATE_LIMIT_REFUSALS
from balcao.kernel.redis_link import RedisDownError, RedisLink

NANO: Final = 1_000_000_000
MAX_KEYS: Final = 100_000
REDIS_PREFIX: Final = "balcao:limit"

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Burst:
    """A token bucket: `burst` requests at once, refilled at `per_second`."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Window:
    """At most `amount` requests in any stretch of `seconds`."""

    amount: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A named limit; all its parts must agree. The name is the identity: one name, one set of limits."""

    name: str
    limits: tuple[Burst | Window, ...]


@dataclass(frozen=True, slots=True)
class Allowed:
    """The request may pass and has been counted."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The request is one too many: `retry_after` seconds until the next may pass, `limit` the size exceeded, `window` the
    seconds in which so many may pass."""

    retry_after: float
    limit: int
    window: int = field(default=0, compare=False)

    @property
    def retry_after_seconds(self) -> int:
        """Whole seconds for the Retry-After header, never under 1."""
        return max(1, math.ceil(self.retry_after))

    def headers(self, rule: Rule) -> dict[str, str]:
        """What a refusal tells programs: Retry-After, and the RateLimit fields as they are written now
        (draft-ietf-httpapi-ratelimit-headers-10) and as most programs read them (its third draft)."""
        seconds = str(self.retry_after_seconds)
        return {
            "Retry-After": seconds,
            "RateLimit-Policy": f'"{rule.name}";q={self.limit};w={self.window}',
            "RateLimit": f'"{rule.name}";r=0;t={seconds}',
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": seconds,
        }


ALLOWED: Final = Allowed()

RULES: Final[Mapping[str, Rule]] = {
    rule.name: rule
    for rule in (
        Rule("metrics", (Burst(5, 20),)),
        Rule("general", (Burst(10, 40),)),
        Rule("static", (Burst(100, 400),)),
        Rule("auth", (Burst(5, 10), Window(10, 60))),
        Rule("uploads", (Burst(2, 5),)),
        Rule("rendering", (Burst(1, 2),)),
        Rule("checkout", (Window(30, 60),)),
        Rule("checkout_phone", (Window(5, 60),)),
        Rule("quote", (Window(30, 60),)),
        Rule("billing", (Burst(10, 40),)),
    )
}


def _seconds_of(nanoseconds: float) -> int:
    return max(1, round(nanoseconds / NANO))


class _Counter(Protocol):
    size: int
    window: int

    def wait(self, key: str, now: int) -> int: ...
    def charge(self, key: str, now: int) -> None: ...


class _Bucket:
    """GCRA: one number per key, the moment at which its bucket will be full again (nanoseconds, exact)."""

    __slots__ = ("_full_at", "interval", "max_keys", "size", "tolerance", "window")

    def __init__(self, limit: Burst, scale: float, max_keys: int) -> None:
        self.size = max(1, int(limit.burst * scale))
        self.interval = max(1, round(NANO / (limit.per_second * scale)))
        self.tolerance = self.interval * (self.size - 1)
        self.window = _seconds_of(self.interval * self.size)
        self.max_keys = max_keys
        self._full_at: dict[str, int] = {}

    def wait(self, key: str, now: int) -> int:
        return self._full_at.get(key, 0) - now - self.tolerance

    def charge(self, key: str, now: int) -> None:
        full_at = self._full_at
        before = full_at.get(key, 0)
        full_at[key] = max(before, now) + self.interval
        if len(full_at) > self.max_keys:
            self._purge(now)

    def _purge(self, now: int) -> None:
        live = {key: moment for key, moment in self._full_at.items() if moment > now}
        self._full_at = _newest(live, self.max_keys)


class _Log:
    """An exact moving window: the moments of the requests that passed, at most `size` per key."""

    __slots__ = ("_moments", "max_keys", "period", "size", "window")

    def __init__(self, limit: Window, scale: float, max_keys: int) -> None:
        self.size = max(1, int(limit.amount * scale))
        self.window = limit.seconds
        self.period = limit.seconds * NANO
        self.max_keys = max_keys
        self._moments: dict[str, deque[int]] = {}

    def wait(self, key: str, now: int) -> int:
        moments = self._moments.get(key)
        if moments is None:
            return 0
        while moments and moments[0] <= now - self.period:
            moments.popleft()
        return moments[0] + self.period - now if len(moments) >= self.size else 0

    def charge(self, key: str, now: int) -> None:
        moments = self._moments.get(key)
        if moments is None:
            moments = self._moments[key] = deque()
            if len(self._moments) > self.max_keys:
                self._purge(now)
        moments.append(now)

    def _purge(self, now: int) -> None:
        oldest = now - self.period
        live = {key: moments for key, moments in self._moments.items() if not moments or moments[-1] > oldest}
        self._moments = _newest(live, self.max_keys)


def _newest(entries: dict[str, V], max_keys: int) -> dict[str, V]:
    """Bounds the memory a flood of addresses can take: near the cap, the longest known are forgotten."""
    kept = max_keys * 9 // 10
    return entries if len(entries) <= kept else dict(list(entries.items())[len(entries) - kept :])


class _LocalRule:
    """The counters of one rule in this process: all must agree before any of them counts."""

    __slots__ = ("_counters",)

    def __init__(self, rule: Rule, scale: float, max_keys: int) -> None:
        self._counters: tuple[_Counter, ...] = tuple(
            _Bucket(limit, scale, max_keys) if isinstance(limit, Burst) else _Log(limit, scale, max_keys)
            for limit in rule.limits
        )

    def hit(self, key: str, now: int) -> Allowed | Refused:
        for counter in self._counters:
            wait = counter.wait(key, now)
            if wait > 0:
                return self._refuse(key, now)
        for counter in self._counters:
            counter.charge(key, now)
        return ALLOWED

    def _refuse(self, key: str, now: int) -> Refused:
        """The longest wait of all parts, so that coming back after Retry-After does pass."""
        waits = [(counter.wait(key, now), counter.size, counter.window) for counter in self._counters]
        wait, size, window = max(waits)
        return Refused(wait / NANO, size, window)


# KEYS[1] bucket; ARGV interval, tolerance (microseconds). Answers the microseconds to wait, 0 when the hit counts.
_BUCKET_LUA: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local full_at = tonumber(redis.call('GET', KEYS[1]) or '0')
if full_at < now then full_at = now end
local wait = full_at - now - tonumber(ARGV[2])
if wait > 0 then return math.ceil(wait) end
full_at = full_at + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1)
return 0
"""


class _SharedCounts:
    """The counts of all processes, in Redis. Buckets come first: a part that refuses later costs only one token."""

    def __init__(self, link: RedisLink, scale: float) -> None:
        # Read here: without Redis nobody needs them, and a start is quicker.
        from limits import RateLimitItemPerSecond
        from limits.aio.storage import RedisStorage
        from limits.aio.strategies import MovingWindowRateLimiter

        self._item = RateLimitItemPerSecond
        self._link = link
        self._scale = scale
        self._bucket = link.client.register_script(_BUCKET_LUA)
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix=REDIS_PREFIX,
            connection_pool=link.pool,  # pyright: ignore[reportArgumentType] - typed for plain options only
        )
        self._windows = MovingWindowRateLimiter(storage)

    async def hit(self, rule: Rule, key: str) -> Allowed | Refused:
        for limit in sorted(rule.limits, key=lambda limit: isinstance(limit, Window)):
            refusal = await (
                self._hit_bucket(rule.name, limit, key)
                if isinstance(limit, Burst)
                else self._hit_window(rule.name, limit, key)
            )
            if refusal is not None:
                return refusal
        return ALLOWED

    async def _hit_bucket(self, name: str, limit: Burst, key: str) -> Refused | None:
        size = max(1, int(limit.burst * self._scale))
        interval = 1_000_000 / (limit.per_second * self._scale)
        arguments = [f"{interval:.0f}", f"{interval * (size - 1):.0f}"]
        keys = [f"{REDIS_PREFIX}:{name}:{key}"]
        wait = await self._link.run(lambda: self._bucket(keys=keys, args=arguments))
        return Refused(wait / 1_000_000, size, _seconds_of(interval * size * 1000)) if wait else None

    async def _hit_window(self, name: str, limit: Window, key: str) -> Refused | None:
        size = max(1, int(limit.amount * self._scale))
        item = self._item(size, limit.seconds, namespace=name)
        if await self._link.run(lambda: self._windows.hit(item, key)):
            return None
        stats = await self._link.run(lambda: self._windows.get_window_stats(item, key))
        return Refused(max(0.0, stats.reset_time - time.time()), size, limit.seconds)


def _counted(rule: Rule, refused: Allowed | Refused) -> Allowed | Refused:
    RATE_LIMIT_REFUSALS.labels(rule.name).inc()
    return refused


class RateLimiter:
    """Counts hits under rules. `scale` multiplies every rate and size; it exists for load tests.

    Without `redis_url` nothing here waits, and `hit_local` answers without a coroutine.
    """

    def __init__(
        self,
        *,
        scale: float = 1.0,
        redis_url: str = "",
        clock_ns: Callable[[], int] = time.monotonic_ns,
        max_keys: int = MAX_KEYS,
    ) -> None:
        self._scale = scale
        self._clock_ns = clock_ns
        self._max_keys = max_keys
        self._local: dict[str, _LocalRule] = {}
        self._link = RedisLink(redis_url, purpose="rate limits") if redis_url else None
        self._shared = _SharedCounts(self._link, scale) if self._link else None
        self.is_local = self._shared is None

    def hit_local(self, rule: Rule, *keys: str) -> Allowed | Refused:
        """Counts one hit in this process. `keys` together name who is counted."""
        counters = self._local.get(rule.name)
        if counters is None:
            counters = self._local[rule.name] = _LocalRule(rule, self._scale, self._max_keys)
        outcome = counters.hit(keys[0] if len(keys) == 1 else "|".join(keys), self._clock_ns())
        return outcome if outcome is ALLOWED else _counted(rule, outcome)

    async def hit(self, rule: Rule, *keys: str) -> Allowed | Refused:
        """Counts one hit, shared by all processes when Redis is configured and answers."""
        if self._shared is None:
            return self.hit_local(rule, *keys)
        try:
            outcome = await self._shared.hit(rule, "|".join(keys))
        except RedisDownError:
            return self.hit_local(rule, *keys)
        return outcome if outcome is ALLOWED else _counted(rule, outcome)

    async def close(self) -> None:
        """Closes the line to Redis, if there is one."""
        if self._link is not None:
            await self._link.close()
