"""What owners hear when the shelf runs low: once per fall, in their language."""

from __future__ import annotations

from typing import Any

import httpx
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from tests.factories.jobs import waiting_jobs, work_off
from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, ledger, move, place

TELL = "reaction:store.tell_owners_of_low_stock"


async def set_low(client: httpx.AsyncClient, shop: Shop, product: str, low: int, **more: Any) -> str:
    item = str((await ledger(shop, product))["id"])
    body = {"track": "quantity", "low_threshold": low, **more}
    answer = await client.patch(f"/admin/inventory/{item}", json=body, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    return item


async def shelf(client: httpx.AsyncClient, shop: Shop, item: str, quantity: int) -> None:
    body = {"kind": "adjust", "quantity": quantity, "reason": "x"}
    answer = await client.post(f"/admin/inventory/{item}/movements", json=body, headers=shop.staff)
    assert answer.status_code == 201, answer.text


async def letters(shop: Shop) -> list[Any]:
    async with platform_work(shop.runtime.database, read_only=True) as session:
        rows = await session.execute(
            text(
                "select recipient, subject, body, status from messages where tenant_id = :t and template = 'stock_low' "
                "order by created_at, recipient"
            ),
            {"t": shop.tenant.id},
        )
        return list(rows)


async def order(client: httpx.AsyncClient, shop: Shop, product: str, quantity: int) -> str:
    placed = await place(client, shop, cart(shop, (product, quantity)))
    assert placed.status_code == 201, placed.text
    return placed.json()["order"]["id"]


async def test_one_letter_per_fall_however_many_orders(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 3000, stock=10)
    item = await set_low(client, shop, "Bolo", 4)
    await order(client, shop, "Bolo", 5)
    assert TELL not in await waiting_jobs(shop)
    falling = await order(client, shop, "Bolo", 2)
    await order(client, shop, "Bolo", 1)
    assert (await waiting_jobs(shop)).count(TELL) == 1
    await work_off(shop, again=True)
    [letter] = await letters(shop)
    assert (letter.recipient, letter.status) == (shop.owner_email, "sent")
    assert letter.subject == "Está acabando: Bolo"
    assert "Bolo está acabando em Centro. Ainda dá para vender: 2." in letter.body
    assert "cai a 4" in letter.body
    # It rises and falls again: another letter.
    await move(client, shop, falling, "canceled", reason="x")
    await shelf(client, shop, item, 5)
    await order(client, shop, "Bolo", 9)
    await work_off(shop)
    assert [letter.subject for letter in await letters(shop)] == ["Está acabando: Bolo", "Acabou: Bolo"]


async def test_filled_again_before_anybody_read_is_nobodys_business(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Bolo", 3000, stock=5)
    item = await set_low(client, shop, "Bolo", 4)
    await order(client, shop, "Bolo", 1)
    await shelf(client, shop, item, 20)
    assert TELL in await work_off(shop)
    assert await letters(shop) == []


async def test_every_owner_is_told_in_the_language_of_the_business(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_user("owner", [])
    await shop.add_user("manager", ["store.stock:view"])
    async with platform_work(shop.runtime.database) as session:
        await session.execute(text("update tenants set locale = 'en' where id = :id"), {"id": shop.tenant.id})
    shop.runtime.tenants.forget()
    shop.tenant = await shop.runtime.tenants.find("id", str(shop.tenant.id))
    await shop.add_product("{Bolo}", 3000, stock=5)
    await set_low(client, shop, "{Bolo}", 4)
    await order(client, shop, "{Bolo}", 2)
    await work_off(shop)
    told = await letters(shop)
    assert len({letter.recipient for letter in told}) == len(told) == 2
    assert {letter.subject for letter in told} == {"Running low: {Bolo}"}
    assert all("{Bolo} is running low at Centro. Left to sell: 3." in letter.body for letter in told)


async def test_daily_items_fall_once_a_day(client: httpx.AsyncClient, shop: Shop, clock: Any) -> None:
    await shop.add_product("Feijoada", 4500, daily=3)
    await set_low(client, shop, "Feijoada", 1, track="daily", daily_quota=3)
    for day in (1, 2):
        await order(client, shop, "Feijoada", 2)
        await work_off(shop)
        assert [letter.subject for letter in await letters(shop)] == ["Está acabando: Feijoada"] * day
        clock.advance(days=1)
