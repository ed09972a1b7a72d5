"""Ready answers as bytes: in this process, and in Redis when the processes share one.

An entry belongs to a tenant and names the topics it was made from; `invalidate` drops every entry of a topic, after the
commit that changed it. Redis keys carry the versions of their topics, so a changed topic is never read again. What this
process holds is trusted for half a second before Redis is asked, and Redis may die at any moment.
"""

from __future__ import annotations

import asyncio
import random
import struct
import time
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final
from uuid import UUID

from balcao.kernel.ids import new_token
from balcao.kernel.redis_link import RedisDownError, RedisLink

CacheKey = tuple[UUID, str]
Maker = Callable[[], Awaitable[bytes]]

MAX_BYTES: Final = 64 * 1024 * 1024
ENTRY_OVERHEAD: Final = 400  # bytes of bookkeeping per entry, roughly
JITTER: Final = 0.1
TRUST_SECONDS: Final = 0.5
VERSION_SECONDS: Final = 7 * 24 * 3600
MAX_TTL_SECONDS: Final = 24 * 3600
_EXPIRY = struct.Struct(">d")


class CachedBytes(bytes):
    """The bytes of an answer, with the strong ETag computed once."""

    etag: str

    @classmethod
    def of(cls, body: bytes) -> CachedBytes:
        """Wraps a body; one that is wrapped already comes back as it is."""
        if isinstance(body, cls):
            return body
        cached = cls(body)
        cached.etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        return cached


@dataclass(slots=True)
class CacheStats:
    """Counters since the start. A hit is an answer that nobody had to make."""

    hits: int = 0
    misses: int = 0
    evictions: int = 0
    invalidations: int = 0
    bytes: int = 0


@dataclass(slots=True)
class _Entry:
    body: CachedBytes
    expires: float
    trusted_until: float
    topics: tuple[str, ...]
    versions: bytes = b""


@dataclass(slots=True, eq=False)
class _Flight:
    """One making under way. `done` holds the bytes, an error, or None when whoever made it was cancelled."""

    done: asyncio.Future[CachedBytes | None]
    topics: tuple[str, ...]
    stale: bool = False
    waiters: int = field(default=0)


class Cache:
    """A cache of bytes, bounded by size, safe to kill. Times are seconds of `clock`."""

    def __init__(
        self,
        *,
        max_bytes: int = MAX_BYTES,
        redis_url: str = "",
        clock: Callable[[], float] = time.monotonic,
        trust_seconds: float = TRUST_SECONDS,
    ) -> None:
        self.stats = CacheStats()
        self._max_bytes = max_bytes
        self._clock = clock
        self._entries: OrderedDict[CacheKey, _Entry] = OrderedDict()
        self._by_topic: defaultdict[CacheKey, set[CacheKey]] = defaultdict(set)
        self._flights: dict[CacheKey, _Flight] = {}
        self._shared = _SharedCache(RedisLink(redis_url, purpose="cache")) if redis_url else None
        self._trust = trust_seconds if self._shared else float("inf")
        self._replay: asyncio.Task[None] | None = None

    @property
    def entries(self) -> int:
        """Answers this process holds."""
        return len(self._entries)

    def peek(self, key: CacheKey) -> CachedBytes | None:
        """The bytes if this process holds them fresh; no waiting, no miss counted."""
        entry = self._entries.get(key)
        if entry is None or entry.trusted_until <= self._clock():
            return None
        self._entries.move_to_end(key)
        self.stats.hits += 1
        return entry.body

    async def get_or_make(
        self, tenant_id: UUID, name: str, make: Maker, ttl: float, topics: Sequence[str] = ()
    ) -> CachedBytes:
        """The cached bytes, or those of `make()`, which runs once however many ask at the same time.

        `ttl` is in seconds (at most a day), shortened by up to a tenth at random. Errors of `make` reach everybody who
        waited for it and nothing is kept. A cache of no bytes makes each answer for whoever asked.
        """
        key = (tenant_id, name)
        if self._max_bytes == 0:
            self.stats.misses += 1
            return CachedBytes.of(await make())
        while True:
            found = self.peek(key)
            if found is not None:
                return found
            flight = self._flights.get(key)
            if flight is None:
                return await self._lead(key, make, min(ttl, MAX_TTL_SECONDS), tuple(topics))
            flight.waiters += 1
            body = await asyncio.shield(flight.done)
            if body is not None:
                self.stats.hits += 1
                return body

    async def _lead(self, key: CacheKey, make: Maker, ttl: float, topics: tuple[str, ...]) -> CachedBytes:
        flight = _Flight(asyncio.get_running_loop().create_future(), topics)
        self._flights[key] = flight
        try:
            body = await self._obtain(key, flight, make, ttl * (1 - JITTER * random.random()))
        except Exception as error:
            if flight.waiters:
                flight.done.set_exception(error)
            raise
        else:
            flight.done.set_result(body)
            return body
        finally:
            if not flight.done.done():
                flight.done.set_result(None)
            if self._flights.get(key) is flight:
                del self._flights[key]

    async def _obtain(self, key: CacheKey, flight: _Flight, make: Maker, ttl: float) -> CachedBytes:
        if self._shared is None:
            self.stats.misses += 1
            body = CachedBytes.of(await make())
            self._keep(key, flight, _Entry(body, self._clock() + ttl, self._clock() + ttl, flight.topics))
            return body
        return await self._obtain_shared(self._shared, key, flight, make, ttl)

    async def _obtain_shared(
        self, shared: _SharedCache, key: CacheKey, flight: _Flight, make: Maker, ttl: float
    ) -> CachedBytes:
        known = self._entries.get(key)
        if known is not None and known.expires <= self._clock():
            known = None
        started = self._clock()
        reply = await shared.read(key, flight.topics, known.versions if known else b"")
        if known is not None and reply.unchanged:
            self.stats.hits += 1
            known.trusted_until = min(known.expires, started + self._trust)
            return known.body
        if reply.body is not None:
            self.stats.hits += 1
            body, ttl = CachedBytes.of(reply.body), reply.ttl
        else:
            self.stats.misses += 1
            started = self._clock()
            body = CachedBytes.of(await make())
            if not flight.stale:
                await shared.write(key, reply.versions, body, ttl)
        expires = started + ttl
        trusted = min(expires, started + self._trust)
        self._keep(key, flight, _Entry(body, expires, trusted, flight.topics, reply.versions))
        return body

    def _keep(self, key: CacheKey, flight: _Flight, entry: _Entry) -> None:
        """Stores what a flight brought, unless its topic changed meanwhile or it alone would fill the cache."""
        self._drop(key)
        if flight.stale or _weight(entry) > self._max_bytes:
            return
        self._entries[key] = entry
        self.stats.bytes += _weight(entry)
        for topic in entry.topics:
            self._by_topic[key[0], topic].add(key)
        while self.stats.bytes > self._max_bytes:
            self.stats.evictions += 1
            self._drop(next(iter(self._entries)))

    def _drop(self, key: CacheKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.stats.bytes -= _weight(entry)
        for topic in entry.topics:
            keys = self._by_topic[key[0], topic]
            keys.discard(key)
            if not keys:
                del self._by_topic[key[0], topic]

    def invalidate_local(self, tenant_id: UUID, topic: str) -> None:
        """Drops what this process holds of a topic; what is being made from it is answered but not kept."""
        self.stats.invalidations += 1
        for key in tuple(self._by_topic.get((tenant_id, topic), ())):
            self._drop(key)
        for key, flight in tuple(self._flights.items()):
            if key[0] == tenant_id and topic in flight.topics:
                flight.stale = True
                del self._flights[key]

    async def invalidate(self, tenant_id: UUID, topic: str) -> None:
        """Drops a topic here and, through Redis when configured, in every process. Call it after the commit."""
        self.invalidate_local(tenant_id, topic)
        if self._shared is None:
            return
        await self._shared.bump(tenant_id, topic)
        self._replay_pending(self._shared)

    def invalidate_shared(self, tenant_id: UUID, topic: str) -> None:
        """Has the topic dropped from Redis, without waiting for it. The process that changed something does this once."""
        if self._shared is not None:
            self._shared.pending.add((tenant_id, topic))
            self._replay_pending(self._shared)

    def _replay_pending(self, shared: _SharedCache) -> None:
        if shared.pending and (self._replay is None or self._replay.done()):
            self._replay = asyncio.create_task(shared.replay_until_done())

    def clear(self) -> None:
        """Forgets everything held by this process; answers under way are not kept either."""
        for flight in self._flights.values():
            flight.stale = True
        self._flights.clear()
        self._entries.clear()
        self._by_topic.clear()
        self.stats.bytes = 0

    async def close(self) -> None:
        """Stops what runs beside and closes the line to Redis."""
        if self._replay is not None:
            self._replay.cancel()
        if self._shared is not None:
            await self._shared.link.close()


def _weight(entry: _Entry) -> int:
    return len(entry.body) + ENTRY_OVERHEAD


@dataclass(frozen=True, slots=True)
class _Reply:
    versions: bytes = b""
    body: bytes | None = None
    ttl: float = 0.0
    unchanged: bool = False


# KEYS: version keys, then the stem of the data key. ARGV: fresh token, life of a version, versions the caller knows.
# A version that is missing (first use, or evicted) gets a token never used before, so no old data can come back.
_READ_LUA: Final = """
local versions = {}
for i = 1, #KEYS - 1 do
  redis.call('SET', KEYS[i], ARGV[1], 'NX', 'EX', ARGV[2])
  versions[i] = redis.call('GET', KEYS[i])
end
local joined = table.concat(versions, '.')
if joined == ARGV[3] then return {joined, false, 1} end
return {joined, redis.call('GET', KEYS[#KEYS] .. joined), 0}
"""


class _SharedCache:
    """The second level, in Redis. Every failure is a miss; changes that could not be told are told again later."""

    def __init__(self, link: RedisLink) -> None:
        self.link = link
        self.pending: set[CacheKey] = set()
        self._read = link.client.register_script(_READ_LUA)

    async def read(self, key: CacheKey, topics: Iterable[str], known: bytes) -> _Reply:
        keys = [_version_key(key[0], topic) for topic in ("all", *topics)]
        arguments = [new_token(9), VERSION_SECONDS, known]
        try:
            if self.pending:
                await self.replay()
            versions, packed, unchanged = await self.link.run(
                lambda: self._read(keys=[*keys, _data_stem(key)], args=arguments)
            )
        except RedisDownError:
            return _Reply()
        if packed is None:
            return _Reply(versions, unchanged=bool(unchanged))
        (expires,) = _EXPIRY.unpack_from(packed)
        return _Reply(versions, packed[_EXPIRY.size :], max(0.0, expires - time.time()))

    async def write(self, key: CacheKey, versions: bytes, body: bytes, ttl: float) -> None:
        if not versions:
            return
        name = _data_stem(key) + versions.decode()
        packed = _EXPIRY.pack(time.time() + ttl) + body
        try:
            await self.link.run(lambda: self.link.client.set(name, packed, px=max(1, int(ttl * 1000))))
        except RedisDownError:
            return  # the next process makes it again

    async def bump(self, tenant_id: UUID, topic: str) -> None:
        self.pending.add((tenant_id, topic))
        try:
            await self.replay()
        except RedisDownError:
            return  # kept in `pending`, replayed before anything is read from Redis again

    async def replay(self) -> None:
        for tenant_id, topic in tuple(self.pending):
            name = _version_key(tenant_id, topic)
            await self.link.run(
                lambda name=name: self.link.client.set(name, new_token(9), ex=VERSION_SECONDS)
            )
            self.pending.discard((tenant_id, topic))

    async def replay_until_done(self) -> None:
        while self.pending:
            try:
                await self.replay()
            except RedisDownError:
                await asyncio.sleep(TRUST_SECONDS)


def _version_key(tenant_id: UUID, topic: str) -> str:
    return f"balcao:cache:{{{tenant_id}}}:version:{topic}"


def _data_stem(key: CacheKey) -> str:
    return f"balcao:cache:{{{key[0]}}}:data:{key[1]}:"
