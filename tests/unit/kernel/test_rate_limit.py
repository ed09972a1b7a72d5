import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.rate_limit import (
    ALLOWED,
    NANO,
    RULES,
    Allowed,
    Burst,
    RateLimiter,
    Refused,
    Rule,
    Window,
)


class FakeClock:
    def __init__(self) -> None:
        self.now = 1_000 * NANO

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * NANO)


def passed(limiter: RateLimiter, rule: Rule, tries: int, key: str = "a") -> int:
    return sum(isinstance(limiter.hit_local(rule, key), Allowed) for _ in range(tries))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("general", 40),
        ("auth", 10),
        ("uploads", 5),
        ("rendering", 2),
        ("checkout", 30),
        ("quote", 30),
        ("checkout_phone", 5),
    ],
)
def test_exactly_n_pass_and_twenty_more_are_refused(name: str, first: int) -> None:
    limiter = RateLimiter(clock_ns=FakeClock())
    assert passed(limiter, RULES[name], first) == first
    assert passed(limiter, RULES[name], 20) == 0


def test_a_bucket_refills_at_its_rate_and_no_further_than_its_size() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock_ns=clock)
    rule = RULES["general"]
    passed(limiter, rule, 40)
    clock.advance(0.3)
    assert passed(limiter, rule, 10) == 3
    clock.advance(3600)
    assert passed(limiter, rule, 60) == 40


def test_a_window_lets_the_next_one_in_when_the_oldest_leaves() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock_ns=clock)
    rule = Rule("w", (Window(3, 60),))
    for _ in range(3):
        assert limiter.hit_local(rule, "a") is ALLOWED
        clock.advance(10)
    refused = limiter.hit_local(rule, "a")
    assert refused == Refused(30.0, 3)
    clock.advance(30)
    assert passed(limiter, rule, 5) == 1


def test_coming_back_after_retry_after_does_pass() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock_ns=clock)
    passed(limiter, RULES["auth"], 10)
    refused = limiter.hit_local(RULES["auth"], "a")
    assert isinstance(refused, Refused)
    assert refused.limit == 10
    assert refused.retry_after == 60.0
    clock.advance(refused.retry_after)
    assert limiter.hit_local(RULES["auth"], "a") is ALLOWED


def test_a_refusal_by_one_part_costs_nothing_in_the_others() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock_ns=clock)
    rule = Rule("both", (Window(10, 60), Burst(1, 1)))
    assert passed(limiter, rule, 50) == 1
    for _ in range(9):
        clock.advance(1)
        assert passed(limiter, rule, 50) == 1
    clock.advance(1)
    assert passed(limiter, rule, 1) == 0


def test_keys_and_rules_are_counted_apart() -> None:
    limiter = RateLimiter(clock_ns=FakeClock())
    assert passed(limiter, RULES["rendering"], 9, "a") == 2
    assert passed(limiter, RULES["rendering"], 9, "b") == 2
    assert passed(limiter, RULES["uploads"], 9, "a") == 5
    assert limiter.hit_local(RULES["rendering"], "a", "x") is ALLOWED


def test_the_scale_multiplies_rate_and_size() -> None:
    clock = FakeClock()
    limiter = RateLimiter(scale=10, clock_ns=clock)
    assert passed(limiter, RULES["general"], 1000) == 400
    clock.advance(0.1)
    assert passed(limiter, RULES["general"], 1000) == 10
    assert passed(limiter, RULES["quote"], 1000) == 300


def test_retry_after_is_a_whole_second_at_least() -> None:
    assert Refused(0.01, 1).retry_after_seconds == 1
    assert Refused(1.2, 1).retry_after_seconds == 2


def test_a_flood_of_addresses_cannot_fill_the_memory_and_forgets_the_oldest_first() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock_ns=clock, max_keys=100)
    rules = (Rule("b", (Burst(0.001, 1),)), Rule("w", (Window(1, 3600),)))
    for rule in rules:
        for number in range(1000):
            assert limiter.hit_local(rule, str(number)) is ALLOWED
        assert isinstance(limiter.hit_local(rule, "999"), Refused)
        assert limiter.hit_local(rule, "0") is ALLOWED
    kept = [len(limiter._local["b"]._counters[0]._full_at), len(limiter._local["w"]._counters[0]._moments)]
    assert max(kept) <= 100


def test_expired_keys_are_dropped_before_live_ones() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock_ns=clock, max_keys=100)
    rules = (Rule("b", (Burst(1, 1),)), Rule("w", (Window(1, 1),)))
    for rule in rules:
        passed(limiter, rule, 1, "live")
        for number in range(99):
            passed(limiter, rule, 1, str(number))
    clock.advance(0.5)
    for rule in rules:
        limiter.hit_local(rule, "late")
        assert isinstance(limiter.hit_local(rule, "late"), Refused)


@settings(deadline=None)
@given(
    steps=st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=60),
    rate=st.sampled_from([0.5, 1.0, 7.0, 10.0]),
    burst=st.integers(1, 8),
)
def test_a_bucket_never_lets_more_through_than_its_size_and_refill(
    steps: list[float], rate: float, burst: int
) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock_ns=clock)
    rule = Rule("p", (Burst(rate, burst),))
    moments: list[int] = []
    for step in steps:
        clock.advance(step)
        if isinstance(limiter.hit_local(rule, "a"), Allowed):
            moments.append(clock.now)
    for start in range(len(moments)):
        for end in range(start, len(moments)):
            seconds = (moments[end] - moments[start]) / NANO
            assert end - start + 1 <= burst + seconds * rate + 1e-6


@settings(deadline=None)
@given(steps=st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=80), amount=st.integers(1, 6))
def test_no_window_of_a_minute_ever_holds_more_than_its_amount(steps: list[float], amount: int) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock_ns=clock)
    rule = Rule("p", (Window(amount, 60),))
    moments: list[int] = []
    for step in steps:
        clock.advance(step)
        before = [m for m in moments if m > clock.now - 60 * NANO]
        allowed = isinstance(limiter.hit_local(rule, "a"), Allowed)
        assert allowed == (len(before) < amount)
        if allowed:
            moments.append(clock.now)


async def test_hit_without_redis_is_the_local_count() -> None:
    limiter = RateLimiter(clock_ns=FakeClock())
    assert limiter.is_local
    assert await limiter.hit(RULES["rendering"], "a") is ALLOWED
    assert await limiter.hit(RULES["rendering"], "a") is ALLOWED
    assert isinstance(await limiter.hit(RULES["rendering"], "a"), Refused)
    await limiter.close()


async def hits(limiter: RateLimiter, rule: Rule, tries: int, key: str = "a") -> int:
    outcomes = await asyncio.gather(*(limiter.hit(rule, key) for _ in range(tries)))
    return sum(isinstance(outcome, Allowed) for outcome in outcomes)


async def test_two_processes_share_one_count_through_redis(redis_server) -> None:
    one, two = RateLimiter(redis_url=redis_server.url), RateLimiter(redis_url=redis_server.url)
    slow_bucket = Rule("slow", (Burst(0.01, 6),))
    assert (
        await hits(one, slow_bucket, 4) + await hits(two, slow_bucket, 20) + await hits(one, slow_bucket, 20)
        == 6
    )
    assert await hits(one, RULES["checkout"], 20) == 20
    assert await hits(two, RULES["checkout"], 20) == 10
    assert await hits(two, RULES["checkout"], 3, "another") == 3
    refused = await one.hit(RULES["checkout"], "a")
    assert isinstance(refused, Refused)
    assert refused.limit == 30
    assert 1 <= refused.retry_after_seconds <= 60
    bucket_refused = await two.hit(slow_bucket, "a")
    assert isinstance(bucket_refused, Refused)
    assert 90 < bucket_refused.retry_after <= 100
    await one.close()
    await two.close()


async def test_a_bucket_in_redis_refills(redis_server) -> None:
    limiter = RateLimiter(redis_url=redis_server.url)
    rule = Rule("quick", (Burst(20, 2),))
    assert await hits(limiter, rule, 10) == 2
    await asyncio.sleep(0.06)
    assert await limiter.hit(rule, "a") is ALLOWED
    await limiter.close()


async def test_when_redis_dies_the_local_count_goes_on_and_redis_is_found_again(redis_server) -> None:
    limiter = RateLimiter(redis_url=redis_server.url)
    rule = Rule("mixed", (Burst(0.01, 3), Window(3, 60)))
    assert await hits(limiter, rule, 5) == 3
    redis_server.stop()
    assert sum([isinstance(await limiter.hit(rule, "a"), Allowed) for _ in range(10)]) == 3
    redis_server.start()
    link = limiter._link
    assert link is not None
    deadline = time.monotonic() + 10
    while link.is_down and time.monotonic() < deadline:
        await limiter.hit(rule, "b")
        await asyncio.sleep(0.1)
    assert not link.is_down
    assert await hits(limiter, rule, 5, "c") == 3
    await limiter.close()
