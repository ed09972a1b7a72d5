"""What becomes of an order when the buyer changes their mind, the money comes late, or nobody does anything."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import pytest_asyncio

from balcao.kernel.job_runner import build_queue
from tests.factories.clock import MovableClock
from tests.factories.jobs import work_off
from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, ledger, move, place


@pytest_asyncio.fixture
async def bakery(shop: Shop) -> Shop:
    await shop.add_product("Pão", 500, stock=3)
    return shop


async def _order(
    client: httpx.AsyncClient, shop: Shop, quantity: int = 1, method: str = "pix"
) -> dict[str, Any]:
    body = cart(shop, ("Pão", quantity), payment={"method": method})
    return (await place(client, shop, body)).json()


def _buyer(shop: Shop, placed: dict[str, Any]) -> dict[str, str]:
    return {**shop.headers, "X-Tracking-Token": placed["order"]["tracking_token"]}


async def _seen(client: httpx.AsyncClient, shop: Shop, order_id: str) -> dict[str, Any]:
    return (await client.get(f"/admin/orders/{order_id}", headers=shop.staff)).json()


async def _sweep(shop: Shop, clock: MovableClock, **later: float) -> None:
    """Lets time pass and does what the clock asks for, for this business."""
    clock.advance(**later)
    job = build_queue(shop.runtime).tasks["store.sweep_orders"]
    await job.func(_Context(), tenant_id=str(shop.tenant.id), args={})


class _Queued:
    id = 1
    attempts = 0


class _Context:
    job = _Queued()


async def _confirm(client: httpx.AsyncClient, shop: Shop, placed: dict[str, Any]) -> httpx.Response:
    path = f"/admin/orders/{placed['order']['id']}/payments/confirm"
    return await client.post(path, json={"payment_id": placed["payment"]["id"]}, headers=shop.staff)


async def test_a_buyer_calls_off_what_nobody_accepted(client: httpx.AsyncClient, bakery: Shop) -> None:
    placed = await _order(client, bakery)
    path = f"/orders/{placed['order']['id']}/cancel-request"
    assert (await ledger(bakery, "Pão"))["reserved"] == 1
    done = await client.post(path, json={"reason": "mudei de ideia"}, headers=_buyer(bakery, placed))
    assert (done.status_code, done.json()["status"]) == (200, "canceled")
    assert (await ledger(bakery, "Pão"))["reserved"] == 0
    again = await client.post(path, json={"reason": "de novo"}, headers=_buyer(bakery, placed))
    assert (again.status_code, again.json()["code"]) == (409, "bad_transition")


async def test_after_that_it_is_a_wish(client: httpx.AsyncClient, bakery: Shop) -> None:
    placed = await _order(client, bakery, method="cash")
    order_id = placed["order"]["id"]
    await move(client, bakery, order_id, "confirmed")
    wished = await client.post(
        f"/orders/{order_id}/cancel-request", json={"reason": "demorou"}, headers=_buyer(bakery, placed)
    )
    assert (wished.status_code, wished.json()["status"]) == (200, "confirmed")
    events = (await _seen(client, bakery, order_id))["events"]
    assert [event["note"] for event in events if event["kind"] == "cancel_requested"] == ["demorou"]


@pytest.mark.parametrize("path", ["cancel-request", "payments"])
async def test_only_the_token_lets_a_buyer_act(client: httpx.AsyncClient, bakery: Shop, path: str) -> None:
    order_id = (await _order(client, bakery))["order"]["id"]
    address = f"/orders/{order_id}/{path}"
    for headers in (bakery.headers, {**bakery.headers, "X-Tracking-Token": "x" * 64}):
        refused = await client.post(address, json={"reason": ""}, headers=headers)
        assert refused.status_code == 404
    assert (await _seen(client, bakery, order_id))["status"] == "awaiting_payment"


async def test_a_new_pix_replaces_the_old_one(client: httpx.AsyncClient, bakery: Shop) -> None:
    placed = await _order(client, bakery)
    path = f"/orders/{placed['order']['id']}/payments"
    renewed = await client.post(path, headers=_buyer(bakery, placed))
    assert renewed.status_code == 201
    payment = renewed.json()["payment"]
    assert (payment["status"], payment["id"] != placed["payment"]["id"]) == ("pending", True)
    assert payment["pix"]["qr_svg"].startswith("<svg")
    await _confirm(client, bakery, {**placed, "payment": payment})
    late = await client.post(path, headers=_buyer(bakery, placed))
    assert (late.status_code, late.json()["code"]) == (409, "payment_closed")


async def test_an_unpaid_order_expires_and_gives_its_goods_back(
    client: httpx.AsyncClient, bakery: Shop, clock: MovableClock
) -> None:
    placed = await _order(client, bakery, quantity=3)
    await _sweep(bakery, clock)
    assert (await _seen(client, bakery, placed["order"]["id"]))["status"] == "awaiting_payment"
    await _sweep(bakery, clock, hours=3)
    assert (await _seen(client, bakery, placed["order"]["id"]))["status"] == "expired"
    assert (await ledger(bakery, "Pão"))["reserved"] == 0


async def test_money_that_comes_late_opens_the_order_again(
    client: httpx.AsyncClient, bakery: Shop, clock: MovableClock
) -> None:
    placed = await _order(client, bakery, quantity=3)
    await _sweep(bakery, clock, hours=3)
    reopened = await _confirm(client, bakery, placed)
    assert (reopened.status_code, reopened.json()["status"]) == (200, "received")
    assert (await ledger(bakery, "Pão"))["reserved"] == 3


async def test_money_that_comes_too_late_has_to_go_back(
    client: httpx.AsyncClient, bakery: Shop, clock: MovableClock
) -> None:
    placed = await _order(client, bakery, quantity=3)
    await _sweep(bakery, clock, hours=3)
    clock.reset()
    assert (await _order(client, bakery, quantity=1, method="cash"))["order"]["status"] == "received"
    paid = await _confirm(client, bakery, placed)
    assert (paid.status_code, paid.json()["status"]) == (200, "expired")
    assert (paid.json()["payment"]["status"], paid.json()["payment"]["refund_due"]) == ("approved", True)
    assert (await ledger(bakery, "Pão"))["reserved"] == 1


async def test_money_for_a_canceled_order_has_to_go_back(client: httpx.AsyncClient, bakery: Shop) -> None:
    placed = await _order(client, bakery)
    await move(client, bakery, placed["order"]["id"], "canceled", reason="acabou o forno")
    paid = (await _confirm(client, bakery, placed)).json()
    assert (paid["status"], paid["payment"]["refund_due"]) == ("canceled", True)


async def test_a_store_that_accepts_by_itself_does(client: httpx.AsyncClient, bakery: Shop) -> None:
    await bakery.change_store(auto_accept=True)
    cash = await _order(client, bakery, method="cash")
    await work_off(bakery, again=True)
    assert (await _seen(client, bakery, cash["order"]["id"]))["status"] == "confirmed"
    paid = await _confirm(client, bakery, await _order(client, bakery))
    assert paid.json()["status"] == "confirmed"


async def test_an_order_nobody_accepts_is_called_off(
    client: httpx.AsyncClient, bakery: Shop, clock: MovableClock
) -> None:
    await bakery.change_store(accept_minutes=20)
    placed = await _order(client, bakery, method="cash")
    await _sweep(bakery, clock, minutes=19)
    assert (await _seen(client, bakery, placed["order"]["id"]))["status"] == "received"
    await _sweep(bakery, clock, minutes=2)
    assert (await _seen(client, bakery, placed["order"]["id"]))["status"] == "canceled"
    assert (await ledger(bakery, "Pão"))["reserved"] == 0


async def test_a_delivered_order_completes_by_itself(
    client: httpx.AsyncClient, bakery: Shop, clock: MovableClock
) -> None:
    order_id = (await _order(client, bakery, method="cash"))["order"]["id"]
    for status in ("confirmed", "preparing", "ready", "picked_up"):
        assert (await move(client, bakery, order_id, status)).status_code == 200
    await _sweep(bakery, clock, days=3)
    assert (await _seen(client, bakery, order_id))["status"] == "completed"


async def test_the_list_of_orders_is_the_staffs(client: httpx.AsyncClient, bakery: Shop) -> None:
    placed = await _order(client, bakery)
    listed = await client.get("/orders", headers=bakery.staff)
    assert [item["id"] for item in listed.json()["items"]] == [placed["order"]["id"]]
    reader = await bakery.add_user("operator", ["store.stock:view"])
    assert (await client.get("/orders", headers=reader)).status_code == 403
    assert (await client.get("/orders", headers=bakery.headers)).status_code == 401
    one = f"/orders/{placed['order']['id']}"
    whole = await client.get(one, headers=bakery.staff)
    masked = await client.get(one, headers=_buyer(bakery, placed))
    assert ("5511987654321" in whole.text, "5511987654321" in masked.text) == (True, False)
    assert (await client.get(one, headers=reader)).status_code == 404
    assert (await client.get(one, headers=bakery.headers)).status_code == 401
