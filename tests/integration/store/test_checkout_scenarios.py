"""A shop's hard days, as a buyer meets them at the counter: piled-up orders, closed doors, odd names."""

from __future__ import annotations

import asyncio
import html
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from balcao.brazil.pix_code import decode
from balcao.modules.store.models import StoreHours
from tests.digest import digest_of
from tests.factories.clock import MovableClock
from tests.factories.jobs import work_off
from tests.factories.shops import Shop
from tests.integration.store.ordering import ADDRESS, cart, ledger, place

PILE = 40


def buyer(number: int, **fields: str) -> dict[str, str]:
    return {"name": "B", "phone": f"(11) 98765-{number:04d}", **fields}


async def test_orders_that_pile_up_behind_a_lock_all_succeed(
    client: httpx.AsyncClient, shop: Shop, database_url: str
) -> None:
    """Scenario 3 with the delay: everybody waits for the same goods, named in opposite order."""
    await shop.add_product("P", 100, stock=1000)
    await shop.add_product("Q", 100, stock=1000)
    bodies = [
        cart(shop, *((("P", 1), ("Q", 1)) if n % 2 else (("Q", 1), ("P", 1))), customer=buyer(n))
        for n in range(PILE)
    ]
    async with await psycopg.AsyncConnection.connect(database_url) as holder:
        await holder.execute("select 1 from stock_items where tenant_id = %s for update", [shop.tenant.id])
        crowd = [asyncio.create_task(place(client, shop, body)) for body in bodies]
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as watcher:
            await _until_somebody_waits(watcher, holder.info.backend_pid)
        await holder.rollback()
    answers = await asyncio.gather(*crowd)
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["order"]["code"] for answer in answers) == list(range(1, PILE + 1))
    for name in ("P", "Q"):
        stock = await ledger(shop, name)
        assert (stock["reserved"], stock["sum_reserved"], stock["reserves"]) == (PILE,) * 3


async def _until_somebody_waits(watcher: psycopg.AsyncConnection[Any], holder: int) -> None:
    for _ in range(400):
        found = await watcher.execute(
            "select count(*) from pg_stat_activity where %s = any(pg_blocking_pids(pid))", [holder]
        )
        row = await found.fetchone()
        if row is not None and row[0] > 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody came to the shelf")


@pytest.mark.parametrize("freight", [-5000, 0, 1000, 10**30, "0", None])
async def test_money_from_the_buyer_is_refused(client: httpx.AsyncClient, shop: Shop, freight: Any) -> None:
    """Scenario 9: the total always uses the fee of the server."""
    await shop.add_product("Torta", 3000)
    asked = {"store_id": str(shop.store_id), "address": ADDRESS}
    quote = (await client.post("/shipping/quote", json=asked, headers=shop.headers)).json()
    body = cart(shop, ("Torta", 1), fulfilment="delivery", address=ADDRESS, quote_id=quote["quote_id"])
    before = await digest_of(shop.runtime, shop.tenant.id)
    for name in ("shipping_cents", "fee_cents", "total_cents", "discount_cents", "unit_price_cents"):
        refused = await place(client, shop, {**body, name: freight})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{name}")
        in_line = {**body, "items": [{**body["items"][0], name: freight}]}
        refused = await place(client, shop, in_line)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/items/0/{name}")
    assert await digest_of(shop.runtime, shop.tenant.id) == before


async def test_catalogue_and_checkout_agree_all_night(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    """Scenario 12: Friday 18:00 to 02:00 in Manaus."""
    await shop.add_product("Pizza", 4000)
    await shop.change_store(timezone="America/Manaus", preorder=False)
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        uow.session.add(
            StoreHours(
                tenant_id=shop.tenant.id, store_id=shop.store_id, weekday=4, opens=time(18), closes=time(2)
            )
        )
        uow.announce("catalog")
    friday = datetime(2026, 7, 3, 22, tzinfo=UTC)  # 18:00 in Manaus
    for number, (later, is_open) in enumerate(
        [
            (timedelta(seconds=-2), False),
            (timedelta(), True),
            (timedelta(hours=7, minutes=30), True),
            (timedelta(hours=7, minutes=59, seconds=50), True),
            (timedelta(hours=8), False),
        ]
    ):
        clock.go_to(friday + later)
        catalogue = (await client.get("/catalog?store=centro", headers=shop.headers)).json()
        assert catalogue["store"]["is_open"] is is_open, later
        answer = await place(client, shop, cart(shop, ("Pizza", 1), customer=buyer(number)))
        if is_open:
            assert answer.status_code == 201, answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "store_closed")
            opening = datetime.fromisoformat(answer.json()["next_opening"])
            assert opening == friday + (timedelta(days=7) if later > timedelta() else timedelta())


async def test_flavours_switched_off_or_of_other_goods_are_refused(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    """Scenario 14, at the door: dearest flavour, inactive option, group of another product."""
    await shop.add_product("Pizza", 0)
    await shop.add_product("Suco", 900)
    flavours = [("Calabresa", 4000), ("Camarão", 4600), ("Alho", 3500)]
    group = await shop.add_group("Pizza", "Sabores", flavours, low=1, high=2, mode="highest")
    await shop.add_group("Suco", "Gelo", [("Com gelo", 0)])

    async def order(*options: str) -> httpx.Response:
        body = cart(shop, ("Pizza", 1))
        body["items"][0]["options"] = [{"option_id": str(shop.options[name])} for name in options]
        return await place(client, shop, body)

    placed = await order("Calabresa", "Camarão")
    assert (placed.status_code, placed.json()["order"]["total_cents"]) == (201, 4600)
    off = {
        "name": "Sabores",
        "pricing_mode": "highest",
        "options": [
            {
                "id": str(shop.options[name]),
                "name": name,
                "price_cents": cents,
                "is_active": name != "Camarão",
            }
            for name, cents in flavours
        ],
    }
    current = (await client.get(f"/admin/catalog/option-groups/{group}", headers=shop.staff)).json()
    changed = await client.patch(
        f"/admin/catalog/option-groups/{group}",
        json={**off, "version": current["version"]},
        headers=shop.staff,
    )
    assert changed.status_code == 200, changed.text
    before = await digest_of(shop.runtime, shop.tenant.id)
    for chosen in ((), ("Camarão",), ("Calabresa", "Camarão"), ("Calabresa", "Com gelo"), ("Com gelo",)):
        refused = await order(*chosen)
        assert (refused.status_code, refused.json()["code"]) == (422, "option_rule"), chosen
    assert await digest_of(shop.runtime, shop.tenant.id) == before


async def test_what_is_previewed_is_charged_to_the_cent(client: httpx.AsyncClient, shop: Shop) -> None:
    """Scenario 15 without campaigns: lines, options and freight of the worked order; the Pix code carries the sum."""
    await shop.add_product("A", 2990)
    await shop.add_product("B", 1250)
    await shop.add_group("A", "Extra", [("Borda", 300)])
    asked = {"store_id": str(shop.store_id), "address": ADDRESS}
    quote = (await client.post("/shipping/quote", json=asked, headers=shop.headers)).json()
    body = cart(
        shop, ("A", 2), ("B", 1), fulfilment="delivery", address=ADDRESS, quote_id=quote["quote_id"],
        payment={"method": "pix"},
    )  # fmt: skip
    body["items"][0]["options"] = [{"option_id": str(shop.options["Borda"])}]
    preview = (await client.post("/checkout/preview", json=body, headers=shop.headers)).json()
    assert [line["total_cents"] for line in preview["lines"]] == [6580, 1250]
    assert (preview["subtotal_cents"], preview["shipping_cents"], preview["total_cents"]) == (
        7830,
        1000,
        8830,
    )
    placed = (await place(client, shop, {**body, "expected_total_cents": 8830})).json()
    assert {name: placed["order"][name] for name in preview if name != "notices"} == {
        name: preview[name] for name in preview if name != "notices"
    }
    assert decode(placed["payment"]["pix"]["copy_paste"]).amount_cents == 8830


@pytest.mark.parametrize(
    ("document", "stored"),
    [
        ("529.982.247-25", "52998224725"),
        ("11.222.333/0001-81", "11222333000181"),
        ("12.ABC.345/01de-35", "12ABC34501DE35"),
        ("12.ABC.345/01DE-36", None),
        ("12ABC34501DE3A", None),
        ("111.111.111-11", None),
        ("529.982.247-26", None),
    ],
)
async def test_documents(client: httpx.AsyncClient, shop: Shop, document: str, stored: str | None) -> None:
    """Scenario 22: stored clean, or refused beside the field."""
    await shop.add_product("Pão", 500)
    answer = await place(client, shop, cart(shop, ("Pão", 1), customer=buyer(1, document=document)))
    if stored is None:
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/customer/document")
        return
    assert answer.status_code == 201, answer.text
    order = await client.get(f"/admin/orders/{answer.json()['order']['id']}", headers=shop.staff)
    assert order.json()["customer"]["document"] == stored


async def test_an_odd_name_goes_everywhere_and_breaks_nothing(client: httpx.AsyncClient, shop: Shop) -> None:
    """Scenario 25: what a buyer typed is text on every page and in every message."""
    await shop.add_product("Pão", 500)
    name = "<b>_*Zé*_ {x} %s ${7*7} 🥐👩‍👩‍👧"
    body = cart(shop, ("Pão", 1), customer=buyer(1, name=name, email="ze@example.com"), notes="</td><script>")
    placed = await place(client, shop, body)
    assert placed.status_code == 201, placed.text
    order = placed.json()["order"]
    await work_off(shop)
    pages = (
        "/painel", "/painel/pedidos", "/painel/pedidos/lista", f"/painel/pedidos/{order['id']}", "/painel/mensagens",
        f"/painel/pedidos/{order['id']}/comanda",
    )  # fmt: skip
    shown = 0
    for page in pages:
        for language in ("pt-BR", "en"):
            headers = {**shop.staff, "Accept": "text/html", "Accept-Language": language}
            answer = await client.get(page, headers=headers)
            assert answer.status_code == 200, (page, answer.status_code)
            assert "<b>_*" not in answer.text and "</td><script>" not in answer.text, page
            shown += html.escape(name, quote=False) in answer.text.replace("&#39;", "'")
    assert shown >= 8, "the name is to be read somewhere"
    messages = (await client.get("/admin/messages", headers=shop.staff)).json()["items"]
    assert {message["status"] for message in messages} == {"sent", "ready"}
    link = next(message["link"] for message in messages if message["channel"] == "whatsapp_link")
    assert "<" not in link and " " not in link
