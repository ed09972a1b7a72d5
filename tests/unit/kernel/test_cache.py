import asyncio
import time
from uuid import uuid4

import pytest

from balcao.kernel.cache import Cache, CachedBytes

TENANT, OTHER = uuid4(), uuid4()


class FakeClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Maker:
    """Makes b"name 1", b"name 2" … and counts."""

    def __init__(self, name: str = "made", gate: asyncio.Event | None = None) -> None:
        self.name, self.calls, self.gate = name, 0, gate

    async def __call__(self) -> bytes:
        self.calls += 1
        made = f"{self.name} {self.calls}".encode()
        if self.gate is not None:
            await self.gate.wait()
        return made


async def test_what_was_made_is_kept_until_its_time_is_over() -> None:
    clock = FakeClock()
    cache, make = Cache(clock=clock), Maker()
    assert cache.peek((TENANT, "catalog")) is None
    first = await cache.get_or_make(TENANT, "catalog", make, 100)
    assert first == b"made 1"
    assert cache.peek((TENANT, "catalog")) is first
    assert await cache.get_or_make(TENANT, "catalog", make, 100) is first
    clock.now += 89
    assert cache.peek((TENANT, "catalog")) is first
    clock.now += 12
    assert cache.peek((TENANT, "catalog")) is None
    assert await cache.get_or_make(TENANT, "catalog", make, 100) == b"made 2"
    assert (cache.stats.hits, cache.stats.misses) == (3, 2)


async def test_times_differ_a_little_so_that_not_everything_ends_at_once() -> None:
    cache = Cache(clock=FakeClock())
    for number in range(50):
        await cache.get_or_make(TENANT, str(number), Maker(), 100)
    ends = {entry.expires for entry in cache._entries.values()}
    assert len(ends) > 40
    assert all(1090 <= end <= 1100 for end in ends)


async def test_the_etag_names_the_content() -> None:
    cache = Cache()
    one = await cache.get_or_make(TENANT, "a", Maker("x"), 60)
    same = await cache.get_or_make(TENANT, "b", Maker("x"), 60)
    other = await cache.get_or_make(TENANT, "c", Maker("y"), 60)
    assert one.etag == same.etag != other.etag
    assert one.etag.startswith('"') and one.etag.endswith('"')
    assert CachedBytes.of(one) is one


async def test_many_who_ask_at_once_are_served_by_one_making() -> None:
    gate = asyncio.Event()
    cache, make = Cache(), Maker(gate=gate)
    asking = [asyncio.create_task(cache.get_or_make(TENANT, "a", make, 60)) for _ in range(50)]
    await asyncio.sleep(0)
    gate.set()
    assert set(await asyncio.gather(*asking)) == {b"made 1"}
    assert make.calls == 1
    assert (cache.stats.hits, cache.stats.misses) == (49, 1)


async def test_an_error_reaches_everybody_who_waited_and_is_not_kept() -> None:
    gate = asyncio.Event()

    async def fail() -> bytes:
        await gate.wait()
        raise RuntimeError("no database")

    cache = Cache()
    asking = [asyncio.create_task(cache.get_or_make(TENANT, "a", fail, 60)) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["no database"] * 3
    assert await cache.get_or_make(TENANT, "a", Maker(), 60) == b"made 1"


async def test_when_the_one_who_makes_is_cancelled_another_takes_over() -> None:
    gate = asyncio.Event()
    cache, make = Cache(), Maker(gate=gate)
    leader = asyncio.create_task(cache.get_or_make(TENANT, "a", make, 60))
    await asyncio.sleep(0)
    waiter = asyncio.create_task(cache.get_or_make(TENANT, "a", make, 60))
    await asyncio.sleep(0)
    leader.cancel()
    gate.set()
    assert await waiter == b"made 2"
    with pytest.raises(asyncio.CancelledError):
        await leader


async def test_a_waiter_who_leaves_takes_nothing_from_the_others() -> None:
    gate = asyncio.Event()
    cache, make = Cache(), Maker(gate=gate)
    leader = asyncio.create_task(cache.get_or_make(TENANT, "a", make, 60))
    await asyncio.sleep(0)
    waiters = [asyncio.create_task(cache.get_or_make(TENANT, "a", make, 60)) for _ in range(2)]
    await asyncio.sleep(0)
    waiters[0].cancel()
    gate.set()
    assert await leader == await waiters[1] == b"made 1"


async def test_a_topic_drops_its_entries_of_one_tenant_only() -> None:
    cache = Cache()
    for tenant in (TENANT, OTHER):
        await cache.get_or_make(tenant, "catalog", Maker(), 60, ("catalog", "stock"))
        await cache.get_or_make(tenant, "plans", Maker(), 60, ("plans",))
    await cache.invalidate(TENANT, "stock")
    assert cache.peek((TENANT, "catalog")) is None
    assert cache.peek((TENANT, "plans")) == b"made 1"
    assert cache.peek((OTHER, "catalog")) == b"made 1"
    assert cache.stats.invalidations == 1
    assert (TENANT, "catalog") not in cache._by_topic


async def test_what_was_under_way_when_its_topic_changed_is_not_kept_nor_given_to_late_comers() -> None:
    gate = asyncio.Event()
    cache, make = Cache(), Maker(gate=gate)
    early = asyncio.create_task(cache.get_or_make(TENANT, "a", make, 60, ("t",)))
    await asyncio.sleep(0)
    cache.invalidate_local(TENANT, "t")
    late = asyncio.create_task(cache.get_or_make(TENANT, "a", make, 60, ("t",)))
    await asyncio.sleep(0)
    gate.set()
    assert await early == b"made 1"
    assert await late == b"made 2"
    assert cache.peek((TENANT, "a")) == b"made 2"


async def test_the_size_is_bounded_and_what_was_used_last_stays() -> None:
    cache = Cache(max_bytes=5000)

    async def kilobyte() -> bytes:
        return b"x" * 1000

    for name in ("a", "b", "c"):
        await cache.get_or_make(TENANT, name, kilobyte, 60, ("t",))
    cache.peek((TENANT, "a"))
    await cache.get_or_make(TENANT, "d", kilobyte, 60, ("t",))
    assert cache.peek((TENANT, "b")) is None
    assert cache.peek((TENANT, "a")) and cache.peek((TENANT, "c")) and cache.peek((TENANT, "d"))
    assert cache.stats.evictions == 1
    assert cache.stats.bytes <= 5000

    async def huge() -> bytes:
        return b"x" * 6000

    assert len(await cache.get_or_make(TENANT, "huge", huge, 60)) == 6000
    assert cache.peek((TENANT, "huge")) is None
    assert cache.peek((TENANT, "a"))


async def test_clear_forgets_everything() -> None:
    gate = asyncio.Event()
    cache, make = Cache(), Maker(gate=gate)
    under_way = asyncio.create_task(cache.get_or_make(TENANT, "b", make, 60))
    await asyncio.sleep(0)
    await cache.get_or_make(TENANT, "a", Maker(), 60, ("t",))
    cache.clear()
    gate.set()
    await under_way
    assert cache.peek((TENANT, "a")) is None
    assert cache.peek((TENANT, "b")) is None
    assert cache.stats.bytes == 0
    await cache.close()


async def test_processes_share_what_one_of_them_made(redis_server) -> None:
    one, two = Cache(redis_url=redis_server.url), Cache(redis_url=redis_server.url)
    first, second = Maker("one"), Maker("two")
    assert await one.get_or_make(TENANT, "catalog", first, 60, ("t",)) == b"one 1"
    assert await two.get_or_make(TENANT, "catalog", second, 60, ("t",)) == b"one 1"
    assert second.calls == 0
    assert two.stats.hits == 1
    await one.close()
    await two.close()


async def test_a_change_is_seen_by_the_other_process_within_a_second(redis_server) -> None:
    one, two = Cache(redis_url=redis_server.url), Cache(redis_url=redis_server.url)
    await one.get_or_make(TENANT, "catalog", Maker("old"), 60, ("t",))
    await two.get_or_make(TENANT, "catalog", Maker("old"), 60, ("t",))
    await one.invalidate(TENANT, "t")
    assert await one.get_or_make(TENANT, "catalog", Maker("new"), 60, ("t",)) == b"new 1"
    await asyncio.sleep(0.55)
    assert two.peek((TENANT, "catalog")) is None
    assert await two.get_or_make(TENANT, "catalog", Maker("late"), 60, ("t",)) == b"new 1"
    await one.close()
    await two.close()


async def test_an_unchanged_entry_is_confirmed_without_being_fetched_or_made_again(redis_server) -> None:
    clock = FakeClock()
    cache, make = Cache(redis_url=redis_server.url, clock=clock), Maker()
    body = await cache.get_or_make(TENANT, "catalog", make, 60, ("t",))
    clock.now += 1
    assert cache.peek((TENANT, "catalog")) is None
    assert await cache.get_or_make(TENANT, "catalog", make, 60, ("t",)) is body
    assert cache.peek((TENANT, "catalog")) is body
    assert make.calls == 1
    await cache.close()


async def test_a_version_lost_by_redis_brings_nothing_old_back(redis_server) -> None:
    from redis.asyncio import Redis

    cache, other = Cache(redis_url=redis_server.url), Cache(redis_url=redis_server.url)
    await cache.get_or_make(TENANT, "catalog", Maker("old"), 60, ("t",))
    async with Redis.from_url(redis_server.url) as client:
        async for name in client.scan_iter("*version*"):
            await client.delete(name)
    assert await other.get_or_make(TENANT, "catalog", Maker("new"), 60, ("t",)) == b"new 1"
    await cache.close()
    await other.close()


async def test_the_cache_lives_on_when_redis_is_killed_and_tells_the_missed_change_later(
    redis_server,
) -> None:
    from redis.asyncio import Redis

    one, two = Cache(redis_url=redis_server.url), Cache(redis_url=redis_server.url)
    await one.get_or_make(TENANT, "catalog", Maker("old"), 60, ("t",))
    await two.get_or_make(TENANT, "catalog", Maker("old"), 60, ("t",))
    async with Redis.from_url(redis_server.url) as client:
        kept = {name: await client.get(name) async for name in client.scan_iter("*")}
    redis_server.stop()
    await one.invalidate(TENANT, "t")
    assert await one.get_or_make(TENANT, "catalog", Maker("new"), 60, ("t",)) == b"new 1"
    redis_server.start()
    async with Redis.from_url(redis_server.url) as client:
        await client.mset(kept)  # as if Redis had only been out of reach and still held the old answer
    deadline = time.monotonic() + 10
    while one._shared.pending and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    assert not one._shared.pending
    assert await two.get_or_make(TENANT, "catalog", Maker("fresh"), 60, ("t",)) in {b"fresh 1", b"new 1"}
    await one.close()
    await two.close()
