"""The worker on a queue of its own: what it does, tries again, gives up, and takes back from the dead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.db.migrate import migrate
from balcao.kernel.errors import NotFoundError
from balcao.kernel.job_runner import KEEP_FINISHED_HOURS, Backoff, build_queue, run_worker
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.registry import build_runtime
from balcao.web_app import web_app
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop, make_shop
from tests.integration.store.ordering import cart, place


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(settings: Settings, database_url: str, clock: MovableClock) -> AsyncIterator[Runtime]:
    """An installation whose queue nobody else fills."""
    name = "balcao_worker"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}")  # pyright: ignore[reportArgumentType]
        connection.execute(f"create database {name}")  # pyright: ignore[reportArgumentType]
    url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    migrate(url)
    runtime = build_runtime(settings, url, clock=clock)
    yield runtime
    await runtime.close()


@pytest_asyncio.fixture
async def own_shop(house: Runtime) -> Shop:
    shop = await make_shop(house)
    await shop.add_product("Pão", 500)
    return shop


async def _order(shop: Shop) -> str:
    transport = httpx.ASGITransport(app=web_app(shop.runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        customer = {"name": "Ana Souza", "phone": "(11) 98765-4321", "email": "ana@example.com"}
        answer = await place(client, shop, cart(shop, ("Pão", 1), customer=customer))
        assert answer.status_code == 201, answer.text
        return answer.json()["order"]["id"]


async def _work_until_idle(runtime: Runtime) -> None:
    queue = build_queue(runtime)
    async with queue.open_async():
        await queue.run_worker_async(wait=False, install_signal_handlers=False)


async def _rows(runtime: Runtime, query: str, **values: Any) -> list[tuple[Any, ...]]:
    async with platform_work(runtime.database) as session:
        return [tuple(row) for row in await session.execute(text(query), values)]


async def _keep_house(runtime: Runtime) -> None:
    """What happens each minute."""
    queue = build_queue(runtime)
    async with queue.open_async():
        await queue.tasks["kernel.recover_jobs"].func(timestamp=0)


async def test_what_an_order_asks_for_is_done_once(house: Runtime, own_shop: Shop) -> None:
    await _order(own_shop)
    await _work_until_idle(house)
    assert await _rows(house, "select distinct status::text from procrastinate_jobs") == [("succeeded",)]
    messages = "select channel, status from messages where tenant_id = :t order by channel"
    sent = [("email", "sent"), ("whatsapp_link", "ready")]
    assert await _rows(house, messages, t=own_shop.tenant.id) == sent
    await _rows(house, "update procrastinate_jobs set status = 'todo', scheduled_at = null returning id")
    await _work_until_idle(house)
    assert await _rows(house, messages, t=own_shop.tenant.id) == sent


async def test_a_job_of_a_killed_worker_is_done_by_the_next(house: Runtime, own_shop: Shop) -> None:
    await _order(own_shop)
    dead = (
        await _rows(
            house,
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id",
        )
    )[0][0]
    stuck = await _rows(
        house,
        "update procrastinate_jobs set status = 'doing', worker_id = :dead where status = 'todo' returning id",
        dead=dead,
    )
    assert stuck
    await _work_until_idle(house)
    assert await _rows(house, "select count(*) from procrastinate_jobs where status = 'doing'") == [
        (len(stuck),)
    ]
    await _keep_house(house)
    await _work_until_idle(house)
    states = await _rows(
        house,
        "select distinct status::text from procrastinate_jobs where id = any(:ids)",
        ids=[row[0] for row in stuck],
    )
    assert states == [("succeeded",)]


async def test_finished_jobs_are_forgotten_in_time(house: Runtime, own_shop: Shop) -> None:
    await _order(own_shop)
    await _work_until_idle(house)
    before = (await _rows(house, "select count(*) from procrastinate_jobs"))[0][0]
    await _keep_house(house)
    assert await _rows(house, "select count(*) from procrastinate_jobs") == [(before,)]
    aged = (
        f"update procrastinate_events set at = at - interval '{KEEP_FINISHED_HOURS + 1} hours' returning id"
    )
    await _rows(house, aged)
    await _keep_house(house)
    assert await _rows(house, "select count(*) from procrastinate_jobs where status = 'succeeded'") == [(0,)]


async def test_a_periodic_job_is_asked_for_each_business_it_is_due_for(
    house: Runtime, own_shop: Shop
) -> None:
    neighbour = await make_shop(house, modules=[])
    queue = build_queue(house)
    await queue.tasks["schedule:store.forget_old_things"].func(timestamp=0)
    asked = await _rows(
        house,
        "select args->>'tenant_id', lock from procrastinate_jobs where task_name = 'store.forget_old_things' "
        "and status = 'todo'",
    )
    mine, theirs = str(own_shop.tenant.id), str(neighbour.tenant.id)
    assert (mine, f"store.forget_old_things:{mine}") in asked
    assert theirs not in {tenant for tenant, _ in asked}
    await _work_until_idle(house)


async def test_a_worker_that_is_told_to_stop_stops(house: Runtime, own_shop: Shop) -> None:
    worker = asyncio.create_task(run_worker(build_queue(house), concurrency=1, signals=False))
    order_id = await _order(own_shop)
    for _ in range(200):
        found = await _rows(
            house, "select status from messages where subject_id = :id and status = 'sent'", id=order_id
        )
        if found:
            break
        await asyncio.sleep(0.1)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert (found, worker.done()) == ([("sent",)], True)


@dataclass
class _Tried:
    attempts: int


@pytest.mark.parametrize(
    ("error", "attempts", "least", "most"),
    [
        (RuntimeError("x"), 0, 9, 12),
        (RuntimeError("x"), 1, 90, 120),
        (ProviderUnavailable("down"), 0, 9, 12),
        (ProviderUnavailable("busy", retry_after=60.0), 0, 54, 72),
        (ProviderUnavailable("busy", retry_after=1.0), 1, 90, 120),
    ],
)
def test_the_waits_before_another_try(error: Exception, attempts: int, least: int, most: int) -> None:
    decision = Backoff((10, 100)).get_retry_decision(exception=error, job=_Tried(attempts))  # type: ignore[arg-type]
    assert decision is not None
    wait = decision.retry_at
    assert wait is not None
    seconds = (wait - datetime.now(UTC)).total_seconds()
    assert least - 1 <= seconds <= most + 1


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (RuntimeError("x"), 2),
        (ProviderRejected("no_such_box", "no"), 0),
        (NotFoundError(), 0),
        (ProviderUnavailable("x"), 2),
    ],
)
def test_what_is_not_tried_again(error: Exception, attempts: int) -> None:
    assert Backoff((10, 100)).get_retry_decision(exception=error, job=_Tried(attempts)) is None  # type: ignore[arg-type]
