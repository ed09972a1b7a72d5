"""The last places of a time slot: exactly as many orders as fit, and a place that comes back is sold again."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, ledger, move, place

RACERS = 12


def tomorrow_noon() -> datetime:
    return datetime.combine(datetime.now(UTC).date() + timedelta(days=2), datetime.min.time(), UTC).replace(
        hour=15
    )


def racer(shop: Shop, number: int, **extra: Any) -> dict[str, Any]:
    """A cart of somebody of their own."""
    return cart(shop, ("Bolo", 1), customer={"name": "B", "phone": f"(11) 98765-{number:04d}"}, **extra)


async def race(client: httpx.AsyncClient, shop: Shop, when: datetime, **extra: Any) -> list[httpx.Response]:
    bodies = [racer(shop, n, scheduled_for=when.isoformat(), **extra) for n in range(RACERS)]
    return list(await asyncio.gather(*(place(client, shop, body) for body in bodies)))


def outcome(answers: list[httpx.Response]) -> Counter[str]:
    return Counter("placed" if answer.status_code == 201 else answer.json()["code"] for answer in answers)


async def taken(shop: Shop) -> list[int]:
    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        query = text("select taken from time_slots where tenant_id = :t order by starts_at")
        return [row.taken for row in await uow.session.execute(query, {"t": shop.tenant.id})]


@pytest.mark.parametrize("capacity", [1, 5])
async def test_exactly_as_many_orders_as_fit(client: httpx.AsyncClient, shop: Shop, capacity: int) -> None:
    await shop.add_product("Bolo", 3000, stock=100)
    await shop.change_store(slot_capacity=capacity)
    answers = await race(client, shop, tomorrow_noon())
    assert outcome(answers) == {"placed": capacity, "slot_full": RACERS - capacity}
    stock = await ledger(shop, "Bolo")
    assert (stock["reserved"], stock["sum_reserved"], stock["reserves"]) == (capacity,) * 3
    listed = (await client.get("/admin/orders", headers=shop.staff)).json()
    assert sorted(item["code"] for item in listed["items"]) == list(range(1, capacity + 1))
    assert await taken(shop) == [capacity]
    # The next slot is another counter.
    later = (tomorrow_noon() + timedelta(minutes=30)).isoformat()
    assert (await place(client, shop, racer(shop, 99, scheduled_for=later))).status_code == 201


async def test_preorder_of_a_closed_store(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 3000)
    pause = await client.post(
        f"/admin/stores/{shop.store_id}/pause", json={"minutes": 60, "reason": "x"}, headers=shop.staff
    )
    assert pause.status_code < 300, pause.text
    await shop.change_store(slot_capacity=2, preorder=True)
    asked = await place(client, shop, racer(shop, 50))
    assert (asked.status_code, asked.json()["code"]) == (409, "preorder_confirm_required")
    assert datetime.fromisoformat(asked.json()["next_opening"]) > datetime.now(UTC)
    bodies = [racer(shop, n, preorder_confirmed=True) for n in range(3)]
    answers = list(await asyncio.gather(*(place(client, shop, body) for body in bodies)))
    assert outcome(answers) == {"placed": 2, "slot_full": 1}
    slots = {answer.json()["order"]["scheduled_for"] for answer in answers if answer.status_code == 201}
    assert len(slots) == 1


async def test_a_place_given_back_is_sold_once_again(
    client: httpx.AsyncClient, shop: Shop, clock: Any
) -> None:
    await shop.add_product("Bolo", 3000)
    await shop.change_store(slot_capacity=2, accept_minutes=0)
    when = tomorrow_noon()
    answers = await race(client, shop, when)
    first, second = (a.json()["order"]["id"] for a in answers if a.status_code == 201)
    canceled = [await move(client, shop, first, "canceled", reason="desistiu") for _ in range(2)]
    assert [answer.status_code for answer in canceled] == [200, 200]
    assert await taken(shop) == [1], "twice canceled gives one place"
    assert outcome(await race(client, shop, when)) == {"placed": 1, "slot_full": RACERS - 1}
    # Canceling one and placing others at the same instant never lets in more than fit.
    mixed = await asyncio.gather(move(client, shop, second, "canceled", reason="x"), race(client, shop, when))
    assert mixed[0].status_code == 200
    assert outcome(mixed[1])["placed"] <= 1
    left = 1 - outcome(mixed[1])["placed"]
    assert await taken(shop) == [2 - left]
    assert outcome(await race(client, shop, when))["placed"] == left


async def test_an_unpaid_order_gives_its_place_back_and_late_money_takes_one_again(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Bolo", 3000)
    await shop.change_store(slot_capacity=1)
    when = tomorrow_noon()
    answers = await race(client, shop, when, payment={"method": "pix"})
    [placed] = [answer.json() for answer in answers if answer.status_code == 201]
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        from balcao.modules.store.orders import move_order

        await move_order(uow, placed["order"]["id"], "expired", as_kind="timer")
    assert await taken(shop) == [0]
    confirmed = await client.post(
        f"/admin/orders/{placed['order']['id']}/payments/confirm",
        json={"payment_id": placed["payment"]["id"]},
        headers=shop.staff,
    )
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "received")
    assert await taken(shop) == [1]
    assert outcome(await race(client, shop, when)) == {"slot_full": RACERS}


async def test_orders_for_now_touch_no_slot(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 3000)
    await shop.change_store(slot_capacity=1)
    order = (await place(client, shop, racer(shop, 1))).json()["order"]
    assert (await move(client, shop, order["id"], "canceled", reason="x")).status_code == 200
    assert await taken(shop) == []


async def test_a_capacity_set_late_counts_the_orders_that_stand(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Bolo", 3000, stock=100)
    when = tomorrow_noon()
    for number in range(2):
        placed = await place(client, shop, racer(shop, number, scheduled_for=when.isoformat()))
        assert placed.status_code == 201
    await shop.change_store(slot_capacity=3)
    answers = await race(client, shop, when)
    assert outcome(answers) == {"placed": 1, "slot_full": RACERS - 1}
    assert await taken(shop) == [3]
