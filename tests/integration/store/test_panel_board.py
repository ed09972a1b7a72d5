"""The board when a shop has more open orders than one can look at, and what a page of an order keeps."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.factories.shops import Shop
from tests.integration.store.test_panel_orders import an_order, page

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def short_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balcao.modules.store.order_queries.BOARD_ENDS", 1)


@pytest.mark.usefixtures("short_board")
async def test_a_crowded_column_shows_its_ends_and_who_wants_to_cancel_and_says_so(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    orders = [(await an_order(client, shop))["order"] for _ in range(5)]
    lanes = (await page(client, shop, "/painel/pedidos", **ENGLISH)).text
    shown = re.findall(r'id="card-([0-9a-f-]{36})"', lanes)
    assert shown == [orders[0]["id"], orders[-1]["id"]]
    assert "2 of 5: the oldest and the newest." in lanes
    assert "/painel/pedidos/lista?situacao=received" in lanes
    assert lanes.count(" data-lane-count>") == 6  # every column but the crowded one counts its own cards
    answer = (await client.get("/admin/orders/board", headers=shop.staff)).json()
    assert [order["id"] for order in answer["items"]] == shown
    assert answer["totals"] == {"received": 5}


@pytest.mark.usefixtures("short_board")
async def test_whoever_wants_to_cancel_is_on_the_board_however_crowded_it_is(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    placed = [await an_order(client, shop) for _ in range(4)]
    for one in placed:
        accepted = await client.post(
            f"/admin/orders/{one['order']['id']}/status",
            json={"status": "confirmed", "version": one["order"]["version"]},
            headers=shop.staff,
        )
        assert accepted.status_code == 200, accepted.text
    wish = await client.post(
        f"/orders/{placed[1]['order']['id']}/cancel-request",
        json={"reason": "Mudei de ideia"},
        headers={**shop.headers, "X-Tracking-Token": placed[1]["order"]["tracking_token"]},
    )
    assert wish.status_code == 200, wish.text
    lanes = (await page(client, shop, "/painel/pedidos", **ENGLISH)).text
    shown = re.findall(r'id="card-([0-9a-f-]{36})"', lanes)
    assert shown == [placed[at]["order"]["id"] for at in (0, 1, 3)]


async def test_a_board_that_holds_everything_says_nothing_of_a_cut(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    for _ in range(3):
        await an_order(client, shop)
    lanes = (await page(client, shop, "/painel/pedidos", **ENGLISH)).text
    assert lanes.count('id="card-') == 3
    assert "the oldest and the newest" not in lanes
    assert lanes.count(" data-lane-count>") == 7


async def test_a_reason_survives_a_colleague_who_was_faster(client: httpx.AsyncClient, shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    moved = await client.post(
        f"/admin/orders/{order['id']}/status",
        json={"status": "confirmed", "version": order["version"]},
        headers=shop.staff,
    )
    assert moved.status_code == 200, moved.text
    late = await client.post(
        f"/painel/pedidos/{order['id']}/mover",
        data={"status": "canceled", "version": order["version"], "reason": "Acabou o gás"},
        headers={**shop.staff, **ENGLISH, "Accept": "text/html"},
    )
    assert late.status_code == 409
    assert 'value="Acabou o gás"' in late.text
    assert re.search(r'<details class="fold" id="cancel" hx-preserve open>', late.text)
    assert f'name="version" value="{order["version"] + 1}" form="cancel-form"' in late.text
