"""Stock as the merchant moves it: the ledger always adds up, promises are seen before they are broken."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.events import StockLow
from balcao.modules.store.models import StockMovement
from tests.factories.shops import Shop


async def items_of(client: httpx.AsyncClient, shop: Shop, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/admin/inventory", params={"limit": 100, **query}, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def item_of(client: httpx.AsyncClient, shop: Shop, name: str) -> dict[str, Any]:
    return next(
        item for item in await items_of(client, shop) if item["product_id"] == str(shop.products[name])
    )


async def post(client: httpx.AsyncClient, shop: Shop, path: str, **body: Any) -> httpx.Response:
    return await client.post(f"/admin/inventory/{path}", json=body, headers=shop.staff)


async def sums(shop: Shop, item_id: str) -> dict[Any, tuple[int, int]]:
    """Sum of the movements by day, straight from the database."""
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        rows = await uow.session.execute(
            text(
                "select day, sum(on_hand), sum(reserved) from stock_movements where tenant_id = :t and stock_item_id = :i group by day"
            ),
            {"t": shop.tenant.id, "i": item_id},
        )
        return {row[0]: (int(row[1]), int(row[2])) for row in rows}


async def hold(shop: Shop, item_id: str, quantity: int) -> int:
    """An open order that holds units of an item, written as placement writes it; answers its code."""
    order_id, customer_id = new_id(), new_id()
    code = random.randrange(1, 10**9)
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        values = {
            "t": shop.tenant.id,
            "o": order_id,
            "c": customer_id,
            "s": shop.store_id,
            "i": item_id,
            "q": quantity,
            "n": code,
        }
        await uow.session.execute(
            text(
                "insert into customers (tenant_id, id, phone, name) values (:t, :c, '+55119' || lpad(cast(:n as text), 9, '0'), 'Ana')"
            ),
            values,
        )
        await uow.session.execute(
            text(
                "insert into orders (tenant_id, id, store_id, customer_id, code, fulfilment, status, tracking_hash, tracking_expires_at,"
                " customer_name, customer_phone, payment_method, subtotal_cents, shipping_cents, total_cents)"
                " values (:t, :o, :s, :c, :n, 'pickup', 'received', 'x', now(), 'Ana', '+5511900000000', 'cash', 100, 0, 100)"
            ),
            values,
        )
        await uow.session.execute(
            text(
                "update stock_items set reserved = reserved + :q where tenant_id = :t and id = cast(:i as uuid)"
            ),
            values,
        )
        uow.session.add(
            StockMovement(
                tenant_id=shop.tenant.id, stock_item_id=UUID(item_id), kind="reserve", on_hand=0, reserved=quantity,
                order_id=order_id, actor="buyer",
            )
        )  # fmt: skip
    return code


async def test_list_names_and_filters(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão de queijo", 500, stock=10)
    await shop.add_product("Café", 700)
    await shop.add_product("Bolo 100% cacau", 9000, stock=0)
    await shop.add_product("Coxinha", 800, daily=30)
    items = {item["name"]: item for item in await items_of(client, shop, store_id=shop.store_id)}
    assert set(items) == {"Pão de queijo", "Café", "Bolo 100% cacau", "Coxinha"}
    assert items["Pão de queijo"]["available"] == 10
    assert items["Café"]["track"] == "none"
    assert items["Café"]["available"] is None
    assert items["Bolo 100% cacau"]["is_out"] is True
    # No row of today exists yet: the quota is what may be sold.
    assert items["Coxinha"]["available"] == 30
    assert [item["name"] for item in await items_of(client, shop, q="pao de")] == ["Pão de queijo"]
    assert [item["name"] for item in await items_of(client, shop, q="100%")] == ["Bolo 100% cacau"]
    assert [item["name"] for item in await items_of(client, shop, q="%_%")] == []
    assert [item["name"] for item in await items_of(client, shop, out=True)] == ["Bolo 100% cacau"]
    assert [item["name"] for item in await items_of(client, shop, counted=False)] == ["Café"]
    paged = await client.get("/admin/inventory?limit=1&offset=7", headers=shop.staff)
    assert paged.json()["items"] == []
    assert paged.json()["total"] == 4


async def test_the_list_is_one_statement(client: httpx.AsyncClient, shop: Shop) -> None:
    from sqlalchemy import event

    for number in range(5):
        await shop.add_product(f"Item {number}", 100, stock=number)
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = shop.runtime.database.engine.sync_engine
    await items_of(client, shop)
    event.listen(engine, "before_cursor_execute", note)
    try:
        await items_of(client, shop)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(seen) == 1, seen
    assert "stock_items" in seen[0]


async def test_receive_adjust_and_count_write_the_ledger(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100, stock=10)
    item = await item_of(client, shop, "Pão")
    received = await post(
        client, shop, f"{item['id']}/movements", kind="receive", quantity=5, reason="Fornada"
    )
    assert received.status_code == 201
    assert received.json()["on_hand"] == 15
    assert received.json()["version"] > item["version"]
    assert (
        await post(client, shop, f"{item['id']}/movements", kind="adjust", quantity=-3, reason="Queimou")
    ).json()["on_hand"] == 12
    counted = await post(client, shop, f"{item['id']}/count", on_hand=20, reason="Contagem")
    assert counted.status_code == 200
    assert counted.json()["affected_orders"] == []
    ledger = (await client.get(f"/admin/inventory/{item['id']}/movements", headers=shop.staff)).json()
    assert [(line["kind"], line["on_hand"], line["on_hand_after"]) for line in ledger["items"]] == [
        ("count", 8, 20), ("adjust", -3, 12), ("receive", 5, 15), ("receive", 10, 10),
    ]  # fmt: skip
    assert ledger["items"][0]["reason"] == "Contagem"
    assert ledger["items"][0]["actor_name"] == "Dona"
    assert ledger["total"] == 4
    assert await sums(shop, item["id"]) == {None: (20, 0)}


async def test_what_nobody_counts_begins_with_a_count(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Café", 700)
    item = await item_of(client, shop, "Café")
    refused = await post(client, shop, f"{item['id']}/movements", kind="adjust", quantity=1, reason="teste")
    assert refused.json()["code"] == "not_counted"
    counted = await post(client, shop, f"{item['id']}/count", on_hand=7, reason="Começo")
    assert counted.status_code == 200, counted.text
    assert (counted.json()["id"], counted.json()["track"], counted.json()["on_hand"]) == (
        item["id"],
        "quantity",
        7,
    )
    assert (await item_of(client, shop, "Café"))["id"] == item["id"]


async def test_refusals_of_the_body(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100, stock=10)
    item = await item_of(client, shop, "Pão")
    for path, body in (
        ("movements", {"kind": "receive", "quantity": 0}),
        ("movements", {"kind": "receive", "quantity": -1}),
        ("movements", {"kind": "adjust", "quantity": 1}),
        ("movements", {"kind": "commit", "quantity": 1, "reason": "x"}),
        ("movements", {"kind": "receive", "quantity": 1, "price": 3}),
        ("count", {"on_hand": -1, "reason": "x"}),
        ("count", {"on_hand": 1, "reason": ""}),
        ("count", {"on_hand": 1.5, "reason": "x"}),
    ):
        answer = await post(client, shop, f"{item['id']}/{path}", **body)
        assert answer.status_code == 422, (body, answer.text)
        assert answer.json()["errors"]
    short = await post(client, shop, f"{item['id']}/movements", kind="adjust", quantity=-11, reason="x")
    assert short.status_code == 409
    assert short.json()["code"] == "not_enough_on_hand"
    assert await sums(shop, item["id"]) == {None: (10, 0)}


async def test_count_below_what_was_promised_needs_force(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 100, stock=10)
    item = await item_of(client, shop, "Bolo")
    code = await hold(shop, item["id"], 6)
    refused = await post(client, shop, f"{item['id']}/count", on_hand=4, reason="Caiu")
    assert refused.status_code == 409
    assert refused.json()["code"] == "below_reserved"
    assert refused.json()["can_force"] is True
    assert [(order["code"], order["quantity"], order["status"]) for order in refused.json()["orders"]] == [
        (code, 6, "received")
    ]
    assert (await item_of(client, shop, "Bolo"))["on_hand"] == 10
    forced = await post(client, shop, f"{item['id']}/count", on_hand=4, reason="Caiu", force=True)
    assert forced.status_code == 200, forced.text
    body = forced.json()
    assert (body["on_hand"], body["reserved"], body["available"], body["shortfall"]) == (4, 6, 0, 2)
    assert [order["code"] for order in body["affected_orders"]] == [code]
    received = await post(client, shop, f"{item['id']}/movements", kind="receive", quantity=1, reason="")
    assert received.status_code == 201, received.text
    assert (received.json()["shortfall"], received.json()["available"]) == (1, 0)
    enough = await post(client, shop, f"{item['id']}/movements", kind="receive", quantity=5, reason="")
    assert (enough.json()["shortfall"], enough.json()["available"]) == (0, 4)
    adjusted = await post(client, shop, f"{item['id']}/movements", kind="adjust", quantity=-5, reason="x")
    assert adjusted.json()["code"] == "below_reserved"
    assert adjusted.json()["can_force"] is False
    assert await sums(shop, item["id"]) == {None: (10, 6)}


async def test_daily_items_begin_anew_each_date_of_the_store(client: httpx.AsyncClient, shop: Shop) -> None:
    # Two zones 26 hours apart never share a date.
    await shop.change_store(timezone="Etc/GMT+12")
    await shop.add_product("Coxinha", 800, daily=30)
    day = (datetime.now(UTC) - timedelta(hours=12)).date()
    item = await item_of(client, shop, "Coxinha")
    moved = await post(
        client, shop, f"{item['id']}/movements", kind="receive", quantity=10, reason="mais uma fornada"
    )
    assert (moved.json()["on_hand"], moved.json()["available"]) == (40, 40)
    assert await sums(shop, item["id"]) == {day: (40, 0)}
    await shop.change_store(timezone="Etc/GMT-14")
    later = (datetime.now(UTC) + timedelta(hours=14)).date()
    assert (await item_of(client, shop, "Coxinha"))["on_hand"] == 30
    await post(client, shop, f"{item['id']}/count", on_hand=12, reason="x")
    assert await sums(shop, item["id"]) == {day: (40, 0), later: (12, 0)}
    url = f"/admin/inventory/{item['id']}"
    changed = await client.patch(url, json={"track": "daily", "daily_quota": 50}, headers=shop.staff)
    assert changed.json()["on_hand"] == 32
    back = await client.patch(url, json={"track": "daily", "daily_quota": 30}, headers=shop.staff)
    assert back.json()["on_hand"] == 12


async def test_tracking_mode_and_version(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100, stock=10)
    item = await item_of(client, shop, "Pão")
    url = f"/admin/inventory/{item['id']}"
    bad = await client.patch(url, json={"track": "daily"}, headers=shop.staff)
    assert bad.status_code == 422
    assert bad.json()["errors"][0]["pointer"] == "/daily_quota"
    low = await client.patch(
        url, json={"track": "quantity", "low_threshold": 10, "version": item["version"]}, headers=shop.staff
    )
    assert low.json()["is_low"] is True
    stale = await client.patch(url, json={"track": "none", "version": item["version"]}, headers=shop.staff)
    assert stale.status_code == 409
    assert stale.json()["code"] == "version_conflict"
    assert [row["name"] for row in await items_of(client, shop, low=True)] == ["Pão"]
    daily = await client.patch(url, json={"track": "daily", "daily_quota": 3}, headers=shop.staff)
    assert (daily.json()["track"], daily.json()["available"]) == ("daily", 3)
    none = await client.patch(url, json={"track": "none"}, headers=shop.staff)
    assert none.json()["available"] is None


async def test_low_is_told_once_per_crossing(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.add_product("Pão", 100, stock=10)
    item = await item_of(client, shop, "Pão")
    await client.patch(
        f"/admin/inventory/{item['id']}", json={"track": "quantity", "low_threshold": 4}, headers=shop.staff
    )
    told: list[object] = []
    monkeypatch.setattr(UnitOfWork, "publish", lambda _uow, event: told.append(event))
    for quantity in (-5, -1, -1, 8, -7, -1):
        moved = await post(
            client, shop, f"{item['id']}/movements", kind="adjust", quantity=quantity, reason="x"
        )
        assert moved.status_code == 201
    # 10 5 4! 3 11 4! 3
    assert told == [StockLow(UUID(item["id"]))] * 2


async def test_walls(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    await shop.add_product("Pão", 100, stock=10)
    item = await item_of(client, shop, "Pão")
    for path, body in (
        ("movements", {"kind": "receive", "quantity": 1}),
        ("count", {"on_hand": 1, "reason": "x"}),
    ):
        assert (await post(client, other_shop, f"{item['id']}/{path}", **body)).status_code == 404
    assert (
        await client.get(f"/admin/inventory/{item['id']}/movements", headers=other_shop.staff)
    ).status_code == 404
    assert (await client.get(f"/admin/inventory?store_id={shop.store_id}", headers=other_shop.staff)).json()[
        "items"
    ] == []
    looker = await shop.add_user("operator", ["store.stock:view"])
    assert (await client.get("/admin/inventory", headers=looker)).status_code == 200
    refused = await client.post(
        f"/admin/inventory/{item['id']}/count", json={"on_hand": 1, "reason": "x"}, headers=looker
    )
    assert refused.status_code == 403
    elsewhere = await shop.add_user("operator", ["store.stock:view", "store.stock:edit"], [new_id()])
    assert (await client.get("/admin/inventory", headers=elsewhere)).json()["items"] == []
    hidden = await client.post(
        f"/admin/inventory/{item['id']}/count", json={"on_hand": 1, "reason": "x"}, headers=elsewhere
    )
    assert hidden.status_code == 404
    assert (await client.get("/admin/inventory", headers=shop.headers)).status_code == 401


async def test_ledger_adds_up_whatever_the_merchant_does(client: httpx.AsyncClient, shop: Shop) -> None:
    dice = random.Random(20261123)
    await shop.add_product("Pão", 100, stock=10)
    await shop.add_product("Café", 100)
    names = ("Pão", "Café")
    held = dict.fromkeys(names, 0)

    async def one_action() -> None:
        name = dice.choice(names)
        item = await item_of(client, shop, name)
        match dice.randrange(5):
            case 0:
                answer = await post(
                    client,
                    shop,
                    f"{item['id']}/movements",
                    kind="receive",
                    quantity=dice.randint(1, 9),
                    reason="",
                )
            case 1:
                answer = await post(
                    client,
                    shop,
                    f"{item['id']}/movements",
                    kind="adjust",
                    quantity=dice.choice((-9, -2, 1, 4)),
                    reason="x",
                )
            case 2:
                answer = await post(
                    client, shop, f"{item['id']}/count", on_hand=dice.randint(0, 15), reason="x"
                )
            case 3:
                answer = await post(
                    client, shop, f"{item['id']}/count", on_hand=dice.randint(0, 15), reason="x", force=True
                )
            case _:
                quantity = dice.randint(1, 3)
                if item["track"] == "quantity" and (item["available"] or 0) >= quantity:
                    await hold(shop, item["id"], quantity)
                    held[name] += quantity
                return
        assert answer.status_code in {200, 201, 409}, answer.text

    for _ in range(60):
        await one_action()
        for name in names:
            item = await item_of(client, shop, name)
            found = await sums(shop, item["id"])
            expected = {None: (item["on_hand"], item["reserved"])} if found else {}
            assert found == expected
            assert item["reserved"] == held[name]
            assert item["shortfall"] == max(0, item["reserved"] - item["on_hand"])


async def test_many_hands_at_once(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100, stock=5)
    await shop.add_product("Coxinha", 100, daily=5)
    for name in ("Pão", "Coxinha"):
        item = await item_of(client, shop, name)
        answers = await asyncio.gather(
            *(
                post(client, shop, f"{item['id']}/movements", kind="adjust", quantity=-1, reason="x")
                for _ in range(8)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 3
        assert list((await sums(shop, item["id"])).values()) == [(0, 0)]
