"""The table of rate limits, asked of the whole program: exactly so many pass, the next twenty are refused and told when.

The clock stands still unless a test moves it, so that nothing refills meanwhile.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from balcao.kernel.rate_limit import NANO, RULES, RateLimiter
from balcao.kernel.runtime import Runtime
from balcao.web_app import web_app
from tests.factories.shops import Shop
from tests.integration.store.ordering import cart
from tests.unit.kernel.conftest import RedisServer

BEYOND = 20
PROXY = "203.0.113.7"
# Rule, how it is asked, how many pass at once: platform.md 4.
TABLE: list[tuple[str, str, str, int]] = [
    ("general", "GET", "/api/v1/stores", 40),
    ("general", "GET", "/painel/entrar", 40),
    ("general", "DELETE", "/nothing/here", 40),
    ("auth", "POST", "/api/v1/auth/login", 10),
    ("auth", "POST", "/painel/entrar", 10),
    ("auth", "POST", "/auth/reset-password", 10),
    ("uploads", "POST", "/api/v1/jobs", 5),
    ("uploads", "POST", f"/admin/catalog/products/{UUID(int=7)}/pictures", 5),
    ("checkout", "POST", "/api/v1/checkout", 30),
    ("checkout", "POST", "/loja/a/b/finalizar", 30),
    ("quote", "POST", "/api/v1/shipping/quote", 30),
    ("billing", "POST", "/api/v1/billing/webhook/status", 40),
]


class StandingClock:
    """Seconds pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000 * NANO

    def __call__(self) -> int:
        return self.now


class House:
    """The program with a limiter of its own, and visitors from several addresses."""

    def __init__(self, runtime: Runtime, limiter: RateLimiter, *, proxies: str = "") -> None:
        settings = runtime.settings.model_copy(update={"trusted_proxies": proxies})
        self.app = web_app(dataclasses.replace(runtime, limiter=limiter, settings=settings))

    async def ask(
        self, times: int, method: str, path: str, *, address: str = PROXY, body: Any = None,
        headers: dict[str, str] | None = None, spoofs: bool = False,
    ) -> list[httpx.Response]:  # fmt: skip
        transport = httpx.ASGITransport(app=self.app, client=(address, 5000), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            answers: list[httpx.Response] = []
            for number in range(times):
                claimed = {"X-Forwarded-For": f"198.51.100.{number}"} if spoofs else {}
                # Accounts are counted besides, so each request names another.
                form = None if body or path.startswith("/api/") else {"email": f"{uuid4().hex}@example.com"}
                given = {**(headers or {}), **claimed}
                answers.append(await client.request(method, path, json=body, data=form, headers=given))
                client.cookies.clear()
            return answers


def passed(answers: list[httpx.Response]) -> int:
    return sum(answer.status_code != 429 for answer in answers)


@pytest.mark.parametrize(("rule", "method", "path", "first"), TABLE)
async def test_exactly_so_many_pass_and_twenty_more_are_refused(
    runtime: Runtime, rule: str, method: str, path: str, first: int
) -> None:
    clock = StandingClock()
    house = House(runtime, RateLimiter(clock_ns=clock))
    # Whoever claims another address each time is counted as the one that really asks.
    answers = await house.ask(first + BEYOND, method, path, spoofs=True)
    assert [answer.status_code == 429 for answer in answers] == [False] * first + [True] * BEYOND
    assert Counter(answer.status_code >= 500 for answer in answers) == {False: first + BEYOND}
    for refused in answers[first:]:
        seconds = int(refused.headers["retry-after"])
        assert 1 <= seconds <= 60 and refused.headers["cache-control"] == "no-store"
        assert refused.headers["ratelimit"] == f'"{rule}";r=0;t={seconds}'
        assert refused.headers["ratelimit-policy"].startswith(f'"{rule}";q={first};w=')
        assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == (
            str(first),
            "0",
        )
        assert refused.headers["ratelimit-reset"] == str(seconds)
        assert refused.json()["code"] == "rate_limited"
    assert passed(await house.ask(1, method, path, address="203.0.113.8")) == 1, (
        "another address is counted apart"
    )
    clock.now += int(answers[-1].headers["retry-after"]) * NANO
    assert passed(await house.ask(1, method, path)) == 1, "who comes back when told to, passes"


async def test_one_telephone_orders_five_times_a_minute_from_wherever(runtime: Runtime, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=100)
    house = House(runtime, RateLimiter(clock_ns=StandingClock()))
    body = cart(shop, ("Pão", 1))
    answers: list[httpx.Response] = []
    for number in range(5 + BEYOND):
        headers = {**shop.headers, "Idempotency-Key": str(uuid4())}
        answers += await house.ask(
            1, "POST", "/checkout", address=f"203.0.113.{number}", body=body, headers=headers
        )
    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * BEYOND
    assert answers[-1].headers["ratelimit-policy"] == '"checkout_phone";q=5;w=60'
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    elsewhere = {**body, "customer": {**body["customer"], "phone": "+5511987650001"}}
    assert passed(await house.ask(1, "POST", "/checkout", body=elsewhere, headers=shop.headers)) == 1


async def test_behind_a_known_proxy_each_visitor_is_counted_apart_and_nobody_can_pretend(
    runtime: Runtime,
) -> None:
    house = House(runtime, RateLimiter(clock_ns=StandingClock()), proxies=f"{PROXY}/32")
    many = await house.ask(60, "POST", "/api/v1/auth/login", spoofs=True)
    assert passed(many) == 60
    # The proxy writes whom it heard at the end; what the visitor wrote before is not believed.
    one = []
    for number in range(30):
        claim = {"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.200"}
        one += await house.ask(1, "POST", "/api/v1/auth/login", headers=claim)
    assert passed(one) == 10


async def test_the_addresses_of_one_house_are_one_visitor(runtime: Runtime) -> None:
    house = House(runtime, RateLimiter(clock_ns=StandingClock()))
    answers = []
    for number in range(30):
        answers += await house.ask(1, "POST", "/api/v1/auth/login", address=f"2001:db8:1:2::{number:x}")
    assert passed(answers) == 10
    assert passed(await house.ask(1, "POST", "/api/v1/auth/login", address="2001:db8:1:3::1")) == 1


async def test_what_carries_no_limit_of_its_own_is_not_slowed_by_one(runtime: Runtime) -> None:
    house = House(runtime, RateLimiter(clock_ns=StandingClock()))
    assert passed(await house.ask(30, "POST", "/api/v1/auth/login")) == 10
    assert passed(await house.ask(40, "GET", "/api/v1/stores")) == 40
    assert passed(await house.ask(400, "GET", "/health/live")) == 400
    assert passed(await house.ask(1, "GET", "/health/live")) == 0


def test_the_table_names_every_rule() -> None:
    asked = {rule for rule, *_ in TABLE} | {"checkout_phone", "static", "metrics"}
    # Rendering is limited where something is rendered; its numbers are held by the rule's own test.
    assert asked | {"rendering"} == set(RULES)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(str(tmp_path))
    try:
        server.start()
    except FileNotFoundError:
        pytest.skip("redis-server is not installed")
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("path", "first"),
    [("/api/v1/auth/login", 10), ("/api/v1/checkout", 30), ("/api/v1/shipping/quote", 30)],
)
async def test_two_processes_count_as_one_and_go_on_alone_when_redis_dies(
    runtime: Runtime, redis: RedisServer, path: str, first: int
) -> None:
    limiters = [RateLimiter(redis_url=redis.url, clock_ns=StandingClock()) for _ in range(2)]
    houses = [House(runtime, limiter) for limiter in limiters]
    try:
        answers: list[httpx.Response] = []
        for number in range(first + BEYOND):
            answers += await houses[number % 2].ask(1, "POST", path, spoofs=True)
        assert passed(answers[:first]) == first and passed(answers[first:]) == 0
        assert answers[-1].headers["ratelimit-remaining"] == "0"
        redis.stop()
        for house in houses:  # each under its own count now, and none is turned away by an error
            alone = await house.ask(first + BEYOND, "POST", path)
            assert (passed(alone), max(answer.status_code for answer in alone)) == (first, 429)
    finally:
        for limiter in limiters:
            await limiter.close()
