"""Placing orders through HTTP: prices, keys, stock, and what must not happen."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import pytest

from balcao.brazil.pix_code import decode
from tests.factories.shops import Shop
from tests.integration.store.ordering import ADDRESS, cart, ledger, move, place


async def test_an_order_is_placed_and_priced(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão na chapa", 1250)
    body = cart(shop, ("Pão na chapa", 2), expected_total_cents=2500)
    preview = await client.post("/checkout/preview", json=body, headers=shop.headers)
    assert preview.status_code == 200, preview.text
    assert preview.json()["total_cents"] == 2500

    placed = await place(client, shop, body)

    assert placed.status_code == 201, placed.text
    order = placed.json()["order"]
    assert (order["code"], order["status"], order["version"], order["total_cents"]) == (
        1,
        "received",
        1,
        2500,
    )
    assert placed.json()["payment"]["method"] == "cash"
    seen = await client.get(
        f"/orders/{order['id']}", headers={**shop.headers, "X-Tracking-Token": order["tracking_token"]}
    )
    assert seen.status_code == 200, seen.text
    assert seen.json()["customer"]["name"] == "Ana"
    assert "98765" not in seen.text


async def test_pix_order_carries_a_valid_code_and_is_received_when_confirmed(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Bolo", 7514)
    placed = (await place(client, shop, cart(shop, ("Bolo", 1), payment={"method": "pix"}))).json()
    assert placed["order"]["status"] == "awaiting_payment"
    code = decode(placed["payment"]["pix"]["copy_paste"])
    assert code.amount_cents == 7514
    assert code.txid == "P1"
    assert placed["payment"]["pix"]["qr_svg"].startswith("<svg")

    order_id = placed["order"]["id"]
    confirmed = await client.post(
        f"/admin/orders/{order_id}/payments/confirm",
        json={"payment_id": placed["payment"]["id"]},
        headers=shop.staff,
    )
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["status"] == "received"
    for status in ("confirmed", "preparing", "ready", "picked_up", "completed"):
        moved = await move(client, shop, order_id, status)
        assert moved.status_code == 200, moved.text
        assert moved.json()["status"] == status
    kinds = [event["to"] for event in moved.json()["events"] if event["kind"] == "status"]
    assert kinds == ["received", "confirmed", "preparing", "ready", "picked_up", "completed"]


async def test_delivery_uses_the_quoted_freight(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Torta", 3000)
    quote = await client.post(
        "/shipping/quote", json={"store_id": str(shop.store_id), "address": ADDRESS}, headers=shop.headers
    )
    assert quote.status_code == 200, quote.text
    body = cart(shop, ("Torta", 1), fulfilment="delivery", address=ADDRESS, quote_id=quote.json()["quote_id"])
    placed = await place(client, shop, body)
    assert placed.status_code == 201, placed.text
    assert placed.json()["order"]["shipping_cents"] == 1000
    assert placed.json()["order"]["total_cents"] == 4000


async def test_tampered_freight_and_foreign_quotes_are_refused(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    await shop.add_product("Torta", 3000)
    foreign = await client.post(
        "/shipping/quote",
        json={"store_id": str(other_shop.store_id), "address": ADDRESS},
        headers=other_shop.headers,
    )
    body = cart(
        shop, ("Torta", 1), fulfilment="delivery", address=ADDRESS, quote_id=foreign.json()["quote_id"]
    )
    refused = await place(client, shop, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "quote_expired")
    tampered = await place(client, shop, {**body, "shipping_cents": -5000})
    assert tampered.status_code == 422
    assert tampered.json()["errors"][0]["pointer"] == "/shipping_cents"


async def test_last_unit_many_buyers(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Último pão", 500, stock=1)
    bodies = [
        cart(shop, ("Último pão", 1), customer={"name": f"B{n}", "phone": f"(11) 98765-{n:04d}"})
        for n in range(50)
    ]
    answers = await asyncio.gather(*(place(client, shop, body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {answer["code"] for answer in refused} == {"insufficient_stock"}
    assert all(answer["items"][0]["available"] == 0 for answer in refused)
    stock = await ledger(shop, "Último pão")
    assert (stock["on_hand"], stock["reserved"], stock["sum_reserved"], stock["reserves"]) == (1, 1, 1, 1)
    listed = await client.get("/admin/orders", headers=shop.staff)
    assert [item["code"] for item in listed.json()["items"]] == [1]


async def test_same_product_twice_is_summed(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=5)
    refused = await place(client, shop, cart(shop, ("Pão", 3), ("Pão", 3)))
    assert refused.status_code == 409
    item = refused.json()["items"]
    assert len(item) == 1
    assert (item[0]["requested"], item[0]["available"], item[0]["name"]) == (6, 5, "Pão")
    assert (await ledger(shop, "Pão"))["reserved"] == 0
    assert (await client.get("/admin/orders", headers=shop.staff)).json()["total"] == 0


async def test_opposite_order_never_deadlocks(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("P", 100, stock=1000)
    await shop.add_product("Q", 100, stock=1000)
    bodies = [cart(shop, ("P", 1), ("Q", 1)) if n % 2 else cart(shop, ("Q", 1), ("P", 1)) for n in range(40)]
    for n, body in enumerate(bodies):
        body["customer"] = {"name": "X", "phone": f"(11) 98765-{n:04d}"}
    answers = await asyncio.gather(*(place(client, shop, body) for body in bodies))
    assert {answer.status_code for answer in answers} == {201}
    assert (await ledger(shop, "P"))["reserved"] == 40
    assert (await ledger(shop, "Q"))["sum_reserved"] == 40


async def test_double_tap_answers_one_order(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=10)
    key, body = str(uuid4()), cart(shop, ("Pão", 1), payment={"method": "pix"})
    first, second = await asyncio.gather(place(client, shop, body, key), place(client, shop, body, key))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    replays = [answer.headers.get("idempotent-replayed") for answer in (first, second)]
    assert sorted(replays, key=str) == ["true", None] or sorted(replays, key=str) == [None, "true"]
    assert (await ledger(shop, "Pão"))["reserves"] == 1


async def test_key_reuse_and_other_tenants(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    await shop.add_product("Pão", 500)
    await other_shop.add_product("Pão", 500)
    key = str(uuid4())
    assert (await place(client, shop, cart(shop, ("Pão", 1)), key)).status_code == 201
    reused = await place(client, shop, cart(shop, ("Pão", 2)), key)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    assert (await place(client, other_shop, cart(other_shop, ("Pão", 1)), key)).status_code == 201
    missing = await client.post("/checkout", json=cart(shop, ("Pão", 1)), headers=shop.headers)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")


async def test_failed_then_fixed_with_the_same_key(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=1)
    key, body = str(uuid4()), cart(shop, ("Pão", 2))
    assert (await place(client, shop, body, key)).status_code == 409
    item = (await ledger(shop, "Pão"))["id"]
    received = await client.post(
        f"/admin/inventory/{item}/movements",
        json={"kind": "receive", "quantity": 5, "reason": "entrega"},
        headers=shop.staff,
    )
    assert received.status_code < 300, received.text
    assert (await place(client, shop, body, key)).status_code == 201


async def test_options_with_limits_and_highest_price(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pizza", 0)
    await shop.add_product("Suco", 900)
    await shop.add_group(
        "Pizza",
        "Sabores",
        [("Calabresa", 4000), ("Camarão", 4600), ("Alho", 3500)],
        low=1,
        high=2,
        mode="highest",
    )
    await shop.add_group("Suco", "Gelo", [("Com gelo", 0)])

    async def try_with(*options: str) -> httpx.Response:
        body = cart(shop, ("Pizza", 1))
        body["items"][0]["options"] = [{"option_id": str(shop.options[name])} for name in options]
        return await client.post("/checkout/preview", json=body, headers=shop.headers)

    for chosen in ((), ("Calabresa", "Camarão", "Alho"), ("Com gelo",)):
        refused = await try_with(*chosen)
        assert (refused.status_code, refused.json()["code"]) == (422, "option_rule"), chosen
    half = await try_with("Calabresa", "Camarão")
    assert half.json()["lines"][0]["options_cents"] == 4600
    assert half.json()["total_cents"] == 4600


async def test_price_change_between_preview_and_order(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500)
    refused = await place(client, shop, cart(shop, ("Pão", 1), expected_total_cents=450))
    assert (refused.status_code, refused.json()["code"]) == (409, "total_changed")
    assert refused.json()["breakdown"]["total_cents"] == 500
    assert (await client.get("/admin/orders", headers=shop.staff)).json()["total"] == 0


async def test_cancel_and_dispatch_at_once(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=5)
    order = (await place(client, shop, cart(shop, ("Pão", 2)))).json()["order"]
    for status in ("confirmed", "ready"):
        assert (await move(client, shop, order["id"], status)).status_code == 200
    answers = await asyncio.gather(
        move(client, shop, order["id"], "canceled", version=3, reason="sumiu"),
        move(client, shop, order["id"], "picked_up", version=3),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(a for a in answers if a.status_code == 409).json()["code"] in {
        "bad_transition",
        "version_conflict",
    }
    stock = await ledger(shop, "Pão")
    assert (stock["on_hand"], stock["reserved"]) == (stock["sum_on_hand"], stock["sum_reserved"])
    assert stock["reserved"] == 0
    assert stock["on_hand"] in {3, 5}


async def test_canceling_gives_the_stock_back_once(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=5)
    order = (await place(client, shop, cart(shop, ("Pão", 2)))).json()["order"]
    for _ in range(2):
        answer = await move(client, shop, order["id"], "canceled", reason="teste")
        assert answer.status_code == 200, answer.text
    stock = await ledger(shop, "Pão")
    assert (stock["on_hand"], stock["reserved"], stock["sum_reserved"]) == (5, 0, 0)


async def test_daily_quota_counts_by_day(client: httpx.AsyncClient, shop: Shop, clock) -> None:
    await shop.add_product("Feijoada", 4500, daily=2)
    assert (await place(client, shop, cart(shop, ("Feijoada", 2)))).status_code == 201
    refused = await place(client, shop, cart(shop, ("Feijoada", 1)))
    assert (refused.status_code, refused.json()["items"][0]["available"]) == (409, 0)
    clock.advance(days=1)
    assert (await place(client, shop, cart(shop, ("Feijoada", 1)))).status_code == 201


async def test_hostile_names(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500)
    for name in ("x" * 5000, "a\x00b", "a\x1bb", "", "   "):
        body = cart(shop, ("Pão", 1), customer={"name": name, "phone": "(11) 98765-4321"})
        refused = await place(client, shop, body)
        assert refused.status_code == 422, name[:10]
        assert refused.json()["code"] == "validation"
    for name in ("<b>_*Zé*_", "Zé 🥐👩‍👩‍👧"):
        body = cart(shop, ("Pão", 1), customer={"name": name, "phone": "(11) 98765-4321"})
        assert (await place(client, shop, body)).status_code == 201


@pytest.mark.parametrize(
    ("phone", "stored"),
    [
        ("(55) 99999-1234", "+5555999991234"),
        ("(11) 3456-7890", "+551134567890"),
        ("1198765432", "+5511998765432"),
    ],
)
async def test_phones_are_stored_in_e164(
    client: httpx.AsyncClient, shop: Shop, phone: str, stored: str
) -> None:
    await shop.add_product("Pão", 500)
    order = (
        await place(client, shop, cart(shop, ("Pão", 1), customer={"name": "A", "phone": phone}))
    ).json()["order"]
    detail = (await client.get(f"/admin/orders/{order['id']}", headers=shop.staff)).json()
    assert detail["customer"]["phone"] == stored


async def test_no_tenant_is_unknown(client: httpx.AsyncClient, shop: Shop) -> None:
    answer = await client.post("/checkout/preview", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "tenant_unknown")
    assert answer.headers["content-type"] == "application/problem+json"
