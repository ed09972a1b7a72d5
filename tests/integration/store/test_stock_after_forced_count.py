"""Orders promised before a forced count fell below them: they leave the shop, and the ledger still sums up."""

from __future__ import annotations

import random
from typing import Any

import httpx
import pytest

from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, ledger, move, place

ON_THE_WAY = ("confirmed", "ready", "picked_up")


async def force_count(client: httpx.AsyncClient, shop: Shop, product: str, on_hand: int) -> dict[str, Any]:
    item = (await ledger(shop, product))["id"]
    answer = await client.post(
        f"/admin/inventory/{item}/count",
        json={"on_hand": on_hand, "reason": "contagem", "force": True},
        headers=shop.staff,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def movements(client: httpx.AsyncClient, shop: Shop, product: str) -> list[dict[str, Any]]:
    item = (await ledger(shop, product))["id"]
    answer = await client.get(f"/admin/inventory/{item}/movements?limit=100", headers=shop.staff)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def order_of(client: httpx.AsyncClient, shop: Shop, *items: tuple[str, int]) -> str:
    placed = await place(client, shop, cart(shop, *items))
    assert placed.status_code == 201, placed.text
    return placed.json()["order"]["id"]


async def hand_over(client: httpx.AsyncClient, shop: Shop, order_id: str) -> None:
    for status in ON_THE_WAY:
        moved = await move(client, shop, order_id, status)
        assert moved.status_code == 200, (status, moved.text)


async def assert_ledger(shop: Shop, product: str, on_hand: int, reserved: int) -> None:
    stock = await ledger(shop, product)
    assert (stock["on_hand"], stock["reserved"]) == (on_hand, reserved)
    assert (stock["sum_on_hand"], stock["sum_reserved"]) == (on_hand, reserved)


@pytest.mark.parametrize("counted", [0, 1, 3])
async def test_an_order_in_hand_leaves_though_the_count_says_there_is_less(
    client: httpx.AsyncClient, shop: Shop, counted: int
) -> None:
    await shop.add_product("Bolo", 3000, stock=5)
    order_id = await order_of(client, shop, ("Bolo", 4))
    assert (await force_count(client, shop, "Bolo", counted))["shortfall"] == 4 - counted
    await hand_over(client, shop, order_id)
    await assert_ledger(shop, "Bolo", 0, 0)
    newest, before = (await movements(client, shop, "Bolo"))[:2]
    assert (newest["kind"], newest["on_hand"], newest["reserved"], newest["on_hand_after"]) == (
        "commit",
        -4,
        -4,
        0,
    )
    assert (before["kind"], before["on_hand"], before["on_hand_after"]) == ("adjust", 4 - counted, 4)
    assert before["order_code"] == newest["order_code"] == 1
    page = await client.get(
        f"/painel/estoque/{(await ledger(shop, 'Bolo'))['id']}",
        headers={**shop.staff, "Accept": "text/html", "Accept-Language": "pt-BR"},
    )
    assert page.status_code == 200
    assert "Saiu mais do que o contado" in page.text


async def test_two_orders_leave_and_a_third_waits_for_goods(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 3000, stock=6)
    first = await order_of(client, shop, ("Bolo", 3))
    second = await order_of(client, shop, ("Bolo", 3))
    await force_count(client, shop, "Bolo", 4)
    await hand_over(client, shop, first)
    await assert_ledger(shop, "Bolo", 1, 3)
    refused = await place(client, shop, cart(shop, ("Bolo", 1)))
    assert (refused.status_code, refused.json()["items"][0]["available"]) == (409, 0)
    await hand_over(client, shop, second)
    await assert_ledger(shop, "Bolo", 0, 0)
    # The shelf ends at zero, not in debt: what arrives next may be sold whole.
    item = (await ledger(shop, "Bolo"))["id"]
    received = await client.post(
        f"/admin/inventory/{item}/movements", json={"kind": "receive", "quantity": 2}, headers=shop.staff
    )
    assert (received.json()["available"], received.json()["shortfall"]) == (2, 0)
    await order_of(client, shop, ("Bolo", 2))
    await assert_ledger(shop, "Bolo", 2, 2)


async def test_calling_the_order_off_needs_no_correction(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 3000, stock=5)
    await shop.add_product("Café", 500, stock=5)
    order_id = await order_of(client, shop, ("Bolo", 4), ("Café", 1))
    await force_count(client, shop, "Bolo", 1)
    canceled = await move(client, shop, order_id, "canceled", reason="acabou")
    assert canceled.status_code == 200, canceled.text
    await assert_ledger(shop, "Bolo", 1, 0)
    await assert_ledger(shop, "Café", 5, 0)
    assert [row["kind"] for row in await movements(client, shop, "Bolo")] == [
        "release",
        "count",
        "reserve",
        "receive",
    ]


async def test_only_the_item_that_is_short_is_corrected(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 3000, stock=5)
    await shop.add_product("Café", 500, stock=5)
    await shop.add_product("Feijoada", 4500, daily=3)
    order_id = await order_of(client, shop, ("Bolo", 4), ("Café", 2), ("Feijoada", 3))
    await force_count(client, shop, "Bolo", 2)
    await hand_over(client, shop, order_id)
    await assert_ledger(shop, "Bolo", 0, 0)
    await assert_ledger(shop, "Café", 3, 0)
    assert {row["kind"] for row in await movements(client, shop, "Café")} == {"receive", "reserve", "commit"}
    kinds = [row["kind"] for row in await movements(client, shop, "Feijoada")]
    assert kinds == ["commit", "reserve", "receive"]


async def test_whatever_happens_the_ledger_sums_up(client: httpx.AsyncClient, shop: Shop) -> None:
    """Orders placed, handed over, called off and recalled among wild counts: never a debt, never a lost unit."""
    dice = random.Random(9)
    await shop.add_product("Bolo", 3000, stock=8)
    item = str((await ledger(shop, "Bolo"))["id"])
    standing: list[str] = []
    for number in range(45):
        action = dice.choice(("order", "order", "hand over", "cancel", "count", "receive"))
        if action == "order":
            customer = {"name": "B", "phone": f"(11) 98765-{number:04d}"}
            placed = await place(client, shop, cart(shop, ("Bolo", dice.randint(1, 3)), customer=customer))
            assert placed.status_code in {201, 409}, placed.text
            if placed.status_code == 201:
                standing.append(placed.json()["order"]["id"])
        elif action == "count":
            await force_count(client, shop, "Bolo", dice.randint(0, 6))
        elif action == "receive":
            body = {"kind": "receive", "quantity": dice.randint(1, 4)}
            received = await client.post(f"/admin/inventory/{item}/movements", json=body, headers=shop.staff)
            assert received.status_code == 201, received.text
        elif standing:
            order_id = standing.pop(dice.randrange(len(standing)))
            if action == "cancel":
                assert (await move(client, shop, order_id, "canceled", reason="x")).status_code == 200
            else:
                await hand_over(client, shop, order_id)
                late = await move(client, shop, order_id, "canceled", reason="voltou")
                assert late.status_code in {200, 409}, late.text
        stock = await ledger(shop, "Bolo")
        assert stock["on_hand"] == stock["sum_on_hand"] >= 0, (number, action)
        assert stock["reserved"] == stock["sum_reserved"] >= 0, (number, action)
    seen = {row["kind"] for row in await movements(client, shop, "Bolo")}
    assert {"reserve", "release", "commit", "count", "receive", "adjust"} <= seen
