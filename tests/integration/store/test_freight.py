"""POST /shipping/quote: the server's fee or an honest refusal, never the buyer's number and never free by accident."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from math import degrees
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import delete, func, select

from balcao.brazil.addresses import EARTH_RADIUS_METRES
from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Runtime
from balcao.modules.store import places_lookup
from balcao.modules.store.models import DeliveryArea, Quote
from balcao.ports.places import Address, Point
from balcao.web_app import web_app
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop
from tests.integration.store.ordering import ADDRESS, cart, place


async def ask(client: httpx.AsyncClient, shop: Shop, **address: Any) -> httpx.Response:
    body = {"store_id": str(shop.store_id), "address": {**ADDRESS, **address}}
    return await client.post("/shipping/quote", json=body, headers=shop.headers)


async def only(shop: Shop, *areas: dict[str, Any]) -> None:
    """The delivery table, instead of the one the shop was made with."""
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(delete(DeliveryArea).where(DeliveryArea.tenant_id == shop.tenant.id))
    for area in areas:
        await shop.add_area(**{"name": area["kind"], **area})


async def stored(shop: Shop, quote_id: str) -> Quote:
    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        return (await uow.session.execute(select(Quote).where(Quote.id == UUID(quote_id)))).scalar_one()


async def test_the_shape_of_a_quote(client: httpx.AsyncClient, shop: Shop, clock: MovableClock) -> None:
    await only(
        shop,
        {
            "kind": "postal_range", "postal_from": "01000000", "postal_to": "01999999", "fee_cents": 1290,
            "min_order_cents": 3000, "free_above_cents": 15000, "eta_min": 25, "eta_max": 40,
        },
    )  # fmt: skip
    answer = await ask(client, shop)
    assert answer.status_code == 200, answer.text
    quote = answer.json()
    expires = datetime.fromisoformat(quote.pop("expires_at"))
    row = await stored(shop, quote.pop("quote_id"))
    assert timedelta(minutes=29) < expires - clock() <= timedelta(minutes=30)
    assert quote == {
        "fee_cents": 1290, "distance_km": row.metres / 1000 if row.metres is not None else None,
        "estimated": row.is_estimated, "eta_minutes": {"min": 25, "max": 40}, "min_order_cents": 3000,
        "free_above_cents": 15000,
    }  # fmt: skip
    assert (row.fee_cents, row.store_id, row.settings_version) == (1290, shop.store_id, 1)


# Scenario 10. The way is due north, the factor 1, so the metres are exact.
@pytest.mark.parametrize(
    ("metres", "fee"), [(0, 900), (4999, 900), (5000, 1400), (9999, 1400), (10000, None), (200_000, None)]
)
async def test_tier_edges(client: httpx.AsyncClient, shop: Shop, metres: int, fee: int | None) -> None:
    await shop.change_store(distance_factor_percent=100)
    await only(
        shop,
        {"kind": "km", "metres_min": 0, "metres_max": 5000, "fee_cents": 900},
        {"kind": "km", "metres_min": 5000, "metres_max": 10000, "fee_cents": 1400},
    )
    lat = -23.55052 + degrees(metres / EARTH_RADIUS_METRES)
    answer = await ask(client, shop, lat=lat, lng=-46.633308)
    if fee is None:
        assert (answer.status_code, answer.json()["reason"]) == (409, "out_of_area")
    else:
        assert (answer.json()["fee_cents"], answer.json()["distance_km"]) == (fee, metres / 1000)


async def test_the_worked_distance(client: httpx.AsyncClient, shop: Shop) -> None:
    await only(shop, {"kind": "km", "metres_min": 0, "metres_max": 10000, "fee_cents": 900})
    quote = (await ask(client, shop, lat=-23.561414, lng=-46.655881)).json()
    assert (quote["distance_km"], quote["estimated"]) == (3.25, True)


class SilentPlaces:
    """A provider that never answers."""

    name = "silent"

    async def lookup_cep(self, cep: str) -> Address | None:
        await asyncio.sleep(60)
        return None

    async def locate(self, address: Address) -> Point | None:
        await asyncio.sleep(60)
        return None


@pytest_asyncio.fixture
async def deaf(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The same installation, with maps that do not answer."""
    assert places_lookup.LOCATE_SECONDS <= 3.0
    monkeypatch.setattr(places_lookup, "LOCATE_SECONDS", 0.05)
    lost = replace(runtime, providers=replace(runtime.providers, places=SilentPlaces()))
    runtime.cache.clear()
    transport = httpx.ASGITransport(app=web_app(lost), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


# Scenario 11.
async def test_maps_down(deaf: httpx.AsyncClient, shop: Shop) -> None:
    await only(shop, {"kind": "km", "metres_min": 0, "metres_max": 10000, "fee_cents": 900})
    with_point = (await ask(deaf, shop, lat=-23.561414, lng=-46.655881)).json()
    assert (with_point["distance_km"], with_point["estimated"], with_point["fee_cents"]) == (3.25, True, 900)
    without = await ask(deaf, shop)
    assert (without.status_code, without.json()["code"]) == (409, "shipping_unavailable")
    assert without.json()["reason"] == "address_not_found"
    await shop.add_product("Pão", 1000)
    refused = await place(deaf, shop, cart(shop, ("Pão", 1), fulfilment="delivery", address=ADDRESS))
    assert refused.status_code == 409, refused.text


async def test_bairro_and_cep_need_no_map(deaf: httpx.AsyncClient, shop: Shop) -> None:
    await only(
        shop,
        {"kind": "postal_range", "postal_from": "01300000", "postal_to": "01399999", "fee_cents": 700},
        {"kind": "district", "districts": ["Bela Vista"], "city": "São Paulo", "fee_cents": 500},
    )
    quote = (await ask(deaf, shop, district="BELA  VISTA")).json()
    assert (quote["fee_cents"], quote["distance_km"], quote["estimated"]) == (500, None, False)
    assert (await ask(deaf, shop, district="Outro")).json()["fee_cents"] == 700
    away = await ask(deaf, shop, district="Outro", postal_code="02000-000")
    assert away.json()["reason"] == "out_of_area"


async def test_delivery_off(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.change_store(accepts_delivery=False)
    answer = await ask(client, shop)
    assert (answer.status_code, answer.json()["reason"]) == (409, "delivery_off")


async def test_a_store_that_is_not_there(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    for store in (new_id(), other_shop.store_id):
        body = {"store_id": str(store), "address": ADDRESS}
        answer = await client.post("/shipping/quote", json=body, headers=shop.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    await shop.change_store(is_active=False)
    assert (await ask(client, shop)).status_code == 404
    async with other_shop.runtime.transactions.begin(other_shop.tenant, read_only=True) as uow:
        assert (await uow.session.execute(select(func.count()).select_from(Quote))).scalar_one() == 0


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("postal_code", "123"), ("postal_code", "00000000"), ("state", "XX"), ("street", ""), ("street", "x" * 121),
        ("number", "\x00"), ("lat", 91), ("lng", -181), ("fee_cents", 0), ("district", 5),
    ],
)  # fmt: skip
async def test_what_is_refused(client: httpx.AsyncClient, shop: Shop, pointer: str, value: Any) -> None:
    answer = await ask(client, shop, **{pointer: value})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == f"/address/{pointer}"


async def test_no_money_from_the_buyer(client: httpx.AsyncClient, shop: Shop) -> None:
    body = {"store_id": str(shop.store_id), "address": ADDRESS, "shipping_cents": -5000}
    assert (await client.post("/shipping/quote", json=body, headers=shop.headers)).status_code == 422


async def test_a_quote_of_another_business_or_address_does_not_count(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    await shop.add_product("Pão", 1000)
    foreign = (await ask(client, other_shop)).json()["quote_id"]
    mine = (await ask(client, shop)).json()["quote_id"]
    elsewhere = {**ADDRESS, "number": "2000"}

    async def order(quote_id: str, address: dict[str, Any]) -> httpx.Response:
        wish = cart(shop, ("Pão", 1), fulfilment="delivery", address=address, quote_id=quote_id)
        return await place(client, shop, wish)

    for quote_id, address in ((foreign, ADDRESS), (str(new_id()), ADDRESS), (mine, elsewhere)):
        refused = await order(quote_id, address)
        assert (refused.status_code, refused.json()["code"]) == (409, "quote_expired")
    placed = await order(mine, ADDRESS)
    assert placed.status_code == 201, placed.text
    assert placed.json()["order"]["shipping_cents"] == 1000


async def test_a_quote_ends_with_its_time_and_with_new_settings(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    await shop.add_product("Pão", 1000)

    async def order(quote_id: str) -> str:
        wish = cart(shop, ("Pão", 1), fulfilment="delivery", address=ADDRESS, quote_id=quote_id)
        return (await place(client, shop, wish)).json().get("code", "placed")

    early = (await ask(client, shop)).json()["quote_id"]
    await shop.change_store(description="Outra tabela")
    assert await order(early) == "quote_expired"
    late = (await ask(client, shop)).json()["quote_id"]
    clock.advance(minutes=30, seconds=1)
    assert await order(late) == "quote_expired"
