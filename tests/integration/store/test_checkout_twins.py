"""One key, many requests at the same instant."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import uuid4

import httpx

from tests.factories.jobs import waiting_jobs, work_off
from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, ledger, place

TWINS = 10


async def test_ten_twins_are_one_order(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 3000, stock=50)
    key, body = str(uuid4()), cart(shop, ("Bolo", 2), payment={"method": "pix"})
    answers = await asyncio.gather(*(place(client, shop, body, key) for _ in range(TWINS)))
    assert Counter(answer.status_code for answer in answers) == {201: TWINS}
    assert Counter(answer.headers.get("idempotent-replayed") for answer in answers) == {
        None: 1,
        "true": TWINS - 1,
    }
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert answers[0].json()["order"]["code"] == 1
    stock = await ledger(shop, "Bolo")
    assert (stock["reserves"], stock["reserved"], stock["sum_reserved"]) == (1, 2, 2)
    assert (await client.get("/admin/orders", headers=shop.staff)).json()["total"] == 1
    assert Counter(await waiting_jobs(shop)) == {
        "reaction:store.tell_buyer_of_new_order": 1,
        "reaction:store.remember_buyer": 1,
    }


async def test_one_key_for_two_carts_places_one_of_them(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 3000, stock=50)
    key, bodies = str(uuid4()), [cart(shop, ("Bolo", 1)), cart(shop, ("Bolo", 2))]
    answers = await asyncio.gather(*(place(client, shop, bodies[n % 2], key) for n in range(TWINS)))
    assert Counter(answer.status_code for answer in answers) == {201: TWINS // 2, 422: TWINS // 2}
    assert {a.json()["code"] for a in answers if a.status_code == 422} == {"idempotency_key_reused"}
    assert len({a.json()["order"]["id"] for a in answers if a.status_code == 201}) == 1
    stock = await ledger(shop, "Bolo")
    assert stock["reserves"] == 1
    assert stock["reserved"] == stock["sum_reserved"] in {1, 2}


async def test_twins_of_a_refused_cart_are_all_refused_and_leave_the_key_free(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Bolo", 3000, stock=1)
    key, body = str(uuid4()), cart(shop, ("Bolo", 2))
    answers = await asyncio.gather(*(place(client, shop, body, key) for _ in range(TWINS)))
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(409, "insufficient_stock")}
    assert (await ledger(shop, "Bolo"))["reserved"] == 0
    item = (await ledger(shop, "Bolo"))["id"]
    more = {"kind": "receive", "quantity": 1}
    assert (
        await client.post(f"/admin/inventory/{item}/movements", json=more, headers=shop.staff)
    ).status_code == 201
    again = await asyncio.gather(*(place(client, shop, body, key) for _ in range(TWINS)))
    assert Counter(answer.status_code for answer in again) == {201: TWINS}
    assert len({answer.json()["order"]["id"] for answer in again}) == 1


async def test_one_message_of_each_kind_for_twins_delivered_twice(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Bolo", 3000, stock=50)
    customer = {"name": "Ana", "phone": "(11) 98765-4321", "email": "ana@example.com"}
    key, body = str(uuid4()), cart(shop, ("Bolo", 1), customer=customer)
    await asyncio.gather(*(place(client, shop, body, key) for _ in range(3)))
    await work_off(shop, again=True)
    told = (await client.get("/admin/messages", headers=shop.staff)).json()["items"]
    assert Counter(message["channel"] for message in told) == {"email": 1, "whatsapp_link": 1}
    assert {message["attempts"] for message in told if message["channel"] == "email"} == {1}
