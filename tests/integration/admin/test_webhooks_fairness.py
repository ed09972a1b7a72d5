"""Real workers and a receiver that hangs: who does not answer holds up nobody else, and what is in order stays so."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.db.migrate import migrate
from balcao.kernel.job_runner import build_queue, run_worker
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.modules.admin import webhook_endpoints
from balcao.modules.admin.webhook_rests import FIRST_REST
from balcao.registry import build_runtime
from balcao.web_app import web_app
from tests.contracts.webhook_receiver import Receiver, receiving
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop, make_shop
from tests.integration.admin.webhook_town import (
    SENDER,
    add_endpoint,
    bodies,
    log_of,
    order,
    settle,
    types,
    waiting,
)
from tests.integration.store.ordering import move

DEAD = 50


class Hanging(Receiver):
    """Never answers at addresses that begin with /dead, and counts who is on the line at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.open: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        fed = asyncio.StreamReader()
        fed.feed_data(head)
        names = (path, path.split("/")[1])
        for name in names:
            self.open[name] += 1
            self.most[name] = max(self.most[name], self.open[name])
        try:
            if path.startswith("/dead"):
                self.heard_dead += 1
                await reader.read(-1)  # until the other side gives up
            else:
                fed.feed_data(await reader.read(100_000))
                fed.feed_eof()
                await super().answer(fed, writer)
        finally:
            for name in names:
                self.open[name] -= 1
            writer.close()

    heard_dead: int = 0


@asynccontextmanager
async def hanging() -> AsyncGenerator[Hanging]:
    receiver = Hanging()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(settings: Settings, database_url: str, clock: MovableClock) -> AsyncIterator[Runtime]:
    """An installation of its own, whose webhooks give up after a second."""
    name = "balcao_fairness"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}")  # pyright: ignore[reportArgumentType]
        connection.execute(f"create database {name}")  # pyright: ignore[reportArgumentType]
    url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    migrate(url)
    built = build_runtime(settings, url, clock=clock)
    runtime = dataclasses.replace(built, providers=dataclasses.replace(built.providers, webhooks=SENDER))
    runtime.start()
    yield runtime
    await runtime.close()


@asynccontextmanager
async def working(house: Runtime, workers: int = 2) -> AsyncGenerator[None]:
    """So many workers with four places each."""
    tasks = [asyncio.create_task(run_worker(build_queue(house), signals=False)) for _ in range(workers)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: object, *, seconds: float = 60) -> None:
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


async def test_fifty_dead_addresses_of_one_business_keep_no_message_of_another(
    house: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_endpoints, "MOST_ENDPOINTS", DEAD)
    transport = httpx.ASGITransport(app=web_app(house))
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
        hanging() as receiver,
    ):
        crowd, lone = await make_shop(house), await make_shop(house)
        for number in range(DEAD):
            await add_endpoint(client, crowd, receiver, ["order.*"], f"/dead/{number}")
        await add_endpoint(client, lone, receiver, ["order.*"], "/live/lone")
        for _ in range(2):
            await order(client, crowd)
        async with working(house):
            await until(lambda: receiver.heard_dead >= 4)
            for _ in range(3):
                await order(client, lone)
            await until(lambda: len(receiver.heard) == 3)
            # The crowd was far from done when the lone one had all that is theirs.
            assert receiver.heard_dead < DEAD
            assert set(types(receiver)) == {"order.created"}
        assert receiver.most["dead"] == 2
        assert {receiver.most[f"/dead/{number}"] for number in range(DEAD)} <= {0, 1}


async def test_messages_of_an_address_arrive_in_order_though_two_workers_send(house: Runtime) -> None:
    transport = httpx.ASGITransport(app=web_app(house))
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
        hanging() as receiver,
    ):
        shop = await make_shop(house)
        await add_endpoint(client, shop, receiver, ["order.*"], "/live/one")
        placed = [await order(client, shop) for _ in range(3)]
        for status in ("confirmed", "preparing", "ready"):
            for one in placed:
                await move(client, shop, one["id"], status)
        async with working(house):
            await until(lambda: len(receiver.heard) == 12)
        async with platform_work(house.database, read_only=True) as session:
            query = text("select id::text from webhook_messages where tenant_id = :t order by created_at, id")
            written = list((await session.execute(query, {"t": shop.tenant.id})).scalars())
        assert [body["id"] for body in bodies(receiver)] == written
        assert receiver.most["/live/one"] == 1


async def test_who_gives_no_answer_rests_and_its_messages_lose_no_tries(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    async with receiving() as receiver:
        endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
        url = f"/admin/webhooks/{endpoint['id']}"
        receiver.faults.extend(["slow", "slow"])
        for _ in range(4):
            await order(client, shop)
        await settle(shop)
        # One was tried; the three others wait with it, and nobody looks at them before their time.
        assert len(receiver.heard) == 1
        view = (await client.get(url, headers=shop.staff)).json()
        items = (await log_of(client, shop, endpoint))["items"]
        assert sorted(item["tries"] for item in items) == [0, 0, 0, 1]
        assert all(item["next_try_at"] >= view["rest_until"] for item in items)
        # What comes meanwhile waits too.
        await order(client, shop)
        await settle(shop)
        assert len(receiver.heard) == 1
        clock.advance(seconds=FIRST_REST.total_seconds() + 1)
        await settle(shop)
        assert len(receiver.heard) == 2
        clock.advance(seconds=FIRST_REST.total_seconds() + 1)
        await settle(shop)
        assert len(receiver.heard) == 2  # the second rest is twice as long
        clock.advance(seconds=FIRST_REST.total_seconds() + 1)
        await settle(shop)
        view = (await client.get(url, headers=shop.staff)).json()
        assert (view["rest_until"], view["failures"]) == (None, 0)
        items = (await log_of(client, shop, endpoint))["items"]
        assert {item["status"] for item in items if item["tries"] == 1} == {"delivered"}
        clock.advance(hours=1)
        await settle(shop)
        codes = {json.loads(heard.body)["data"]["code"] for heard in receiver.heard}
        assert len(codes) == 5
        assert not [job for job in await waiting(shop) if job.task_name == "admin.send_webhook"]


@pytest.mark.parametrize("fault", ["500", "404"])
async def test_who_answers_badly_does_not_rest(client: httpx.AsyncClient, shop: Shop, fault: str) -> None:
    async with receiving() as receiver:
        endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
        receiver.always = fault
        for _ in range(4):
            await order(client, shop)
        await settle(shop)
        assert len(receiver.heard) == 4
        view = (await client.get(f"/admin/webhooks/{endpoint['id']}", headers=shop.staff)).json()
        assert (view["rest_until"], view["failures"]) == (None, 4)


async def test_a_ping_goes_through_a_rest_and_ends_it(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    async with receiving() as receiver:
        endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
        url = f"/admin/webhooks/{endpoint['id']}"
        receiver.faults.append("slow")
        await order(client, shop)
        await settle(shop)
        assert (await client.get(url, headers=shop.staff)).json()["rest_until"] is not None
        await client.post(f"{url}/ping", headers=shop.staff)
        await settle(shop)
        # What waited goes at once.
        assert types(receiver) == ["order.created", "ping", "order.created"]
        assert (await client.get(url, headers=shop.staff)).json()["rest_until"] is None
        fresh = await order(client, shop)
        await settle(shop)
        assert bodies(receiver)[-1]["data"]["id"] == fresh["id"]


async def test_sending_again_by_hand_does_not_wait_for_the_rest(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    async with receiving() as receiver:
        endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
        receiver.faults.append("slow")
        await order(client, shop)
        await settle(shop)
        item = (await log_of(client, shop, endpoint))["items"][0]
        url = f"/admin/webhooks/{endpoint['id']}/deliveries/{item['id']}"
        assert (await client.post(f"{url}/redeliver", headers=shop.staff)).status_code == 202
        await settle(shop)
        assert len(receiver.heard) == 2
        assert (await client.get(url, headers=shop.staff)).json()["status"] == "delivered"
        # The try that was planned meanwhile finds nothing left to do.
        clock.go_to(clock() + timedelta(hours=1))
        await settle(shop)
        assert len(receiver.heard) == 2
