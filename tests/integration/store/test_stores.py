"""GET /stores, and the open state that the clock changes without anybody's help."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from balcao.kernel.ids import new_id
from balcao.modules.store.api.schemas_public import StoresDocument
from balcao.modules.store.models import Store, StoreException, StoreHours, StorePause
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop


async def stores(client: httpx.AsyncClient, shop: Shop, **page: int) -> dict[str, Any]:
    answer = await client.get("/stores", params=page, headers=shop.headers)
    assert answer.status_code == 200, answer.text
    StoresDocument.model_validate(answer.json())
    return answer.json()


async def add(shop: Shop, *rows: Any) -> None:
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        uow.session.add_all(rows)
        uow.announce("catalog")


def hours(shop: Shop, weekday: int, opens: time, closes: time) -> StoreHours:
    return StoreHours(
        tenant_id=shop.tenant.id, store_id=shop.store_id, weekday=weekday, opens=opens, closes=closes
    )


async def is_open(client: httpx.AsyncClient, shop: Shop) -> bool:
    """The state, on which the list and the catalogue must agree."""
    listed = (await stores(client, shop))["items"][0]
    shown = (await client.get("/catalog", headers=shop.headers)).json()["store"]
    assert listed == shown
    return listed["is_open"]


async def test_the_shape_of_a_store(client: httpx.AsyncClient, shop: Shop) -> None:
    document = await stores(client, shop)
    assert (document["total"], document["limit"], document["offset"]) == (1, 20, 0)
    store = document["items"][0]
    assert store["id"] == str(shop.store_id)
    assert store["is_open"] is True
    assert store["next_opening"] is None
    assert store["fulfilments"] == ["delivery", "pickup"]
    assert store["payment_methods"] == ["pix", "cash", "card_on_delivery", "meal_voucher"]
    assert (store["sla_minutes"], store["timezone"]) == (45, "America/Sao_Paulo")
    assert store["address"]["postal_code"] == "01001000"
    assert "pix_key" not in store


async def test_pages_order_and_walls(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    tenant_id = shop.tenant.id
    await add(
        shop,
        Store(tenant_id=tenant_id, id=new_id(), slug="b", name="B", position=2),
        Store(tenant_id=tenant_id, id=new_id(), slug="a", name="A", position=2),
        Store(tenant_id=tenant_id, id=new_id(), slug="x", name="X", position=1, is_active=False),
    )
    assert [item["slug"] for item in (await stores(client, shop))["items"]] == ["centro", "a", "b"]
    second = await stores(client, shop, limit=1, offset=1)
    assert ([item["slug"] for item in second["items"]], second["total"]) == (["a"], 3)
    assert (await stores(client, shop, offset=50))["items"] == []
    assert [item["id"] for item in (await stores(client, other_shop))["items"]] == [str(other_shop.store_id)]
    for bad in ({"limit": 0}, {"limit": 101}, {"offset": -1}):
        assert (await client.get("/stores", params=bad, headers=shop.headers)).status_code == 422


async def test_etag_of_the_list(client: httpx.AsyncClient, shop: Shop) -> None:
    first = await client.get("/stores", headers=shop.headers)
    tag = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/stores", headers={**shop.headers, **tag})).status_code == 304
    await shop.change_store(name="Centro Novo")
    after = await client.get("/stores", headers={**shop.headers, **tag})
    assert after.json()["items"][0]["name"] == "Centro Novo"


# Scenario 12. Manaus is four hours behind UTC all year; 3 July 2026 is a Friday.
@pytest.mark.parametrize("warm", [True, False])
async def test_overnight_store_in_manaus(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock, warm: bool
) -> None:
    await shop.change_store(timezone="America/Manaus")
    await add(shop, hours(shop, 4, time(18), time(2)))

    async def at(moment: datetime) -> bool:
        clock.go_to(moment)
        if not warm:
            shop.runtime.cache.invalidate_local(shop.tenant.id, "catalog")
        return await is_open(client, shop)

    friday = datetime(2026, 7, 3, 22, 0, tzinfo=UTC)  # 18:00 in Manaus
    assert await at(friday - timedelta(seconds=5)) is False
    store = (await stores(client, shop))["items"][0]
    assert store["next_opening"] == "2026-07-03T18:00:00-04:00"
    assert await at(friday) is True
    assert await at(friday + timedelta(hours=7, minutes=30)) is True  # Saturday 01:30
    assert (await stores(client, shop))["items"][0]["closes_at"] == "2026-07-04T02:00:00-04:00"
    assert await at(friday + timedelta(hours=7, minutes=59, seconds=58)) is True
    assert await at(friday + timedelta(hours=8)) is False  # Saturday 02:00
    assert (await stores(client, shop))["items"][0]["next_opening"] == "2026-07-10T18:00:00-04:00"


async def test_a_pause_ends_by_itself(client: httpx.AsyncClient, shop: Shop, clock: MovableClock) -> None:
    now = datetime(2026, 7, 3, 15, 0, tzinfo=UTC)
    clock.go_to(now)
    assert await is_open(client, shop) is True
    until = now + timedelta(minutes=10, microseconds=500_000)
    await add(
        shop,
        StorePause(
            tenant_id=shop.tenant.id, store_id=shop.store_id, until=until, reason="Forno quebrou", actor="t"
        ),
    )
    assert await is_open(client, shop) is False
    store = (await stores(client, shop))["items"][0]
    assert (store["open_reason"], store["note"]) == ("paused", "Forno quebrou")
    clock.go_to(until)
    assert await is_open(client, shop) is True


async def test_a_holiday_replaces_the_day(client: httpx.AsyncClient, shop: Shop, clock: MovableClock) -> None:
    await add(shop, *(hours(shop, day, time(8), time(18)) for day in range(7)))
    day = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)  # noon in São Paulo
    clock.go_to(day)
    assert await is_open(client, shop) is True
    await add(
        shop,
        StoreException(
            tenant_id=shop.tenant.id, store_id=shop.store_id, day=day.date(), reason="Independência"
        ),
    )
    assert await is_open(client, shop) is False
    store = (await stores(client, shop))["items"][0]
    assert (store["note"], store["next_opening"]) == ("Independência", "2026-09-08T08:00:00-03:00")
