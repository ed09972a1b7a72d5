"""The orders pages of the panel, through HTTP: what they show, what they move, and who may not."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from balcao.kernel.ids import new_id
from balcao.kernel.observability.query_stats import QueryStats
from balcao.kernel.web.event_stream import tell_changes
from balcao.modules.store.models import Store
from tests.factories.shops import Shop
from tests.integration.store.ordering import ADDRESS, cart, place

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
HTMX = {"HX-Request": "true", "Accept": "*/*"}


async def an_order(client: httpx.AsyncClient, shop: Shop, **extra: Any) -> dict[str, Any]:
    if "Coxinha" not in shop.products:
        await shop.add_product("Coxinha", 800)
    placed = await place(client, shop, cart(shop, ("Coxinha", 3), **extra))
    assert placed.status_code == 201, placed.text
    return placed.json()


async def post(
    client: httpx.AsyncClient, shop: Shop, path: str, data: dict[str, Any], **headers: str
) -> httpx.Response:
    return await client.post(path, data=data, headers={**shop.staff, **BROWSER, **headers})


async def page(client: httpx.AsyncClient, shop: Shop, path: str, **headers: str) -> httpx.Response:
    return await client.get(path, headers={**shop.staff, **BROWSER, **headers})


async def delivered_order(client: httpx.AsyncClient, shop: Shop, **extra: Any) -> dict[str, Any]:
    await shop.add_product("Coxinha", 800)
    quote = await client.post(
        "/shipping/quote", json={"store_id": str(shop.store_id), "address": ADDRESS}, headers=shop.headers
    )
    return await an_order(
        client, shop, fulfilment="delivery", address=ADDRESS, quote_id=quote.json()["quote_id"], **extra
    )


async def test_board_shows_the_card_in_its_column_with_its_next_step(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    order = (await delivered_order(client, shop, payment={"method": "cash", "change_for_cents": 5000}))[
        "order"
    ]
    seen = await page(client, shop, "/painel/pedidos")
    assert seen.status_code == 200, seen.text
    received = seen.text.split('data-lane="received"')[1].split('data-lane="confirmed"')[0]
    assert f'id="card-{order["id"]}"' in received
    assert 'data-allowed="confirmed"' in received
    assert "Ana Souza" in received
    assert "Bela Vista" in received
    assert "50,00" in received, "change to take along"
    assert f'action="/painel/pedidos/{order["id"]}/mover"' in received
    part = await page(client, shop, "/painel/pedidos", **HTMX)
    assert "<html" not in part.text
    assert f'id="card-{order["id"]}"' in part.text


async def test_every_page_answers_in_both_languages(client: httpx.AsyncClient, shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    base = f"/painel/pedidos/{order['id']}"
    for path in ("/painel", "/painel/pedidos", "/painel/pedidos/lista", base, f"{base}/comanda"):
        for language in ("pt-BR", "en"):
            seen = await page(client, shop, path, **{"Accept-Language": language})
            assert seen.status_code == 200, f"{path} {seen.text}"
            assert f'lang="{language}"' in seen.text
            assert "style=" not in seen.text
            assert "onclick" not in seen.text


async def test_a_pickup_order_goes_all_the_way_by_plain_forms(client: httpx.AsyncClient, shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    version = order["version"]
    for status in ("confirmed", "preparing", "ready", "picked_up", "completed"):
        moved = await post(
            client,
            shop,
            f"/painel/pedidos/{order['id']}/mover",
            {"status": status, "version": version, "from": "board"},
        )
        assert (moved.status_code, moved.headers.get("location")) == (303, "/painel/pedidos"), moved.text
        version += 1
    history = (await page(client, shop, f"/painel/pedidos/{order['id']}", **{"Accept-Language": "en"})).text
    assert "Picked up" in history
    assert "Completed" in history
    assert "/mover" not in history, "a closed order offers no move"


async def test_the_second_of_two_people_learns_who_was_faster(client: httpx.AsyncClient, shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    path = f"/painel/pedidos/{order['id']}/mover"
    answers = await asyncio.gather(
        post(client, shop, path, {"status": "confirmed", "version": order["version"]}),
        post(client, shop, path, {"status": "canceled", "version": order["version"], "reason": "sem massa"}),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert "Dona" in loser.text
    late = await client.post(
        path,
        data={"status": "preparing", "version": order["version"]},
        headers={**shop.staff, **HTMX, "Accept-Language": "en"},
    )
    assert late.headers["x-form-status"] == "409"
    assert "Dona" in late.json()["detail"] or "not possible" in late.json()["detail"]


async def test_dragging_answers_version_and_open_columns(client: httpx.AsyncClient, shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    path, headers = f"/painel/pedidos/{order['id']}/quadro", shop.staff
    version = order["version"]
    for lane, then in (("confirmed", ["preparing", "ready"]), ("ready", ["left"]), ("left", [])):
        moved = await client.post(path, json={"status": lane, "version": version}, headers=headers)
        assert moved.status_code == 200, moved.text
        version += 1
        assert (moved.json()["version"], moved.json()["allowed"]) == (version, then)
    assert moved.json()["status"] == "picked_up"
    stale = await client.post(path, json={"status": "delivered", "version": 1}, headers=headers)
    assert stale.status_code == 409
    assert stale.json()["detail"] == "Dona foi mais rápido: o pedido agora está em “Retirado”."
    unknown = await client.post(path, json={"status": "moon", "version": version}, headers=headers)
    assert unknown.status_code == 422


async def test_late_cancelling_asks_for_the_reason(client: httpx.AsyncClient, shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    path = f"/painel/pedidos/{order['id']}/mover"
    await post(client, shop, path, {"status": "confirmed", "version": order["version"]})
    version = order["version"] + 1
    silent = await post(client, shop, path, {"status": "canceled", "version": version, "reason": "  "})
    assert silent.status_code == 422
    assert 'aria-invalid="true"' in silent.text
    said = await post(
        client, shop, path, {"status": "canceled", "version": version, "reason": "acabou o\x00 gás"}
    )
    assert said.status_code == 303, said.text
    assert "acabou o gás" in (await page(client, shop, f"/painel/pedidos/{order['id']}")).text


@pytest.mark.parametrize(
    "typed", [{}, {"status": "moon", "version": "1"}, {"status": "ready", "version": "x"}]
)
async def test_a_broken_move_form_is_refused(
    client: httpx.AsyncClient, shop: Shop, typed: dict[str, str]
) -> None:
    order = (await an_order(client, shop))["order"]
    assert (await post(client, shop, f"/painel/pedidos/{order['id']}/mover", typed)).status_code == 422


async def test_a_pix_is_confirmed_by_hand(client: httpx.AsyncClient, shop: Shop) -> None:
    placed = await an_order(client, shop, payment={"method": "pix"})
    base = f"/painel/pedidos/{placed['order']['id']}"
    assert f'action="{base}/pagamento"' in (await page(client, shop, base)).text
    typed = {"payment_id": placed["payment"]["id"], "reference": "E123"}
    done = await post(client, shop, f"{base}/pagamento", typed)
    assert (done.status_code, done.headers["location"]) == (303, base)
    seen = (await page(client, shop, base)).text
    assert f'action="{base}/pagamento"' not in seen
    assert "E123" in seen
    assert (await post(client, shop, f"{base}/pagamento", {"payment_id": "x"})).status_code == 422
    assert (await post(client, shop, f"{base}/pagamento", {"payment_id": str(uuid4())})).status_code == 404


async def test_the_slip_carries_options_and_notes(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Coxinha", 800)
    await shop.add_group("Coxinha", "Molho", [("Pimenta", 100)])
    body = cart(shop, ("Coxinha", 2), notes="Tocar a campainha")
    body["items"][0] |= {
        "options": [{"option_id": str(shop.options["Pimenta"]), "quantity": 1}],
        "notes": "bem quente",
    }
    placed = await place(client, shop, body)
    assert placed.status_code == 201, placed.text
    slip = (await page(client, shop, f"/painel/pedidos/{placed.json()['order']['id']}/comanda")).text
    for words in ("Coxinha", "Pimenta", "bem quente", "Tocar a campainha", "Ana Souza"):
        assert words in slip


async def test_list_finds_by_name_state_and_nothing(client: httpx.AsyncClient, shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    link = f'href="/painel/pedidos/{order["id"]}"'
    for query in (
        "?q=ana",
        "?situacao=received",
        "?q=&situacao=&dias=7",
        f"?loja={shop.store_id}",
        "?q=98765",
    ):
        assert link in (await page(client, shop, f"/painel/pedidos/lista{query}")).text, query
    for query in ("?q=zzz", "?situacao=ready"):
        assert link not in (await page(client, shop, f"/painel/pedidos/lista{query}")).text, query
    assert (await page(client, shop, "/painel/pedidos/lista?situacao=moon")).status_code == 422
    assert (await page(client, shop, "/painel/pedidos/lista?q=%00")).status_code == 400


async def test_rights_and_walls(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    base = f"/painel/pedidos/{order['id']}"
    move = {"status": "confirmed", "version": "1"}
    assert (await page(client, other_shop, base)).status_code == 404
    assert (await page(client, other_shop, f"{base}/comanda")).status_code == 404
    assert (await page(client, other_shop, f"{base}/eventos")).status_code == 404
    assert (await post(client, other_shop, f"{base}/mover", move)).status_code == 404
    assert (await page(client, other_shop, f"/painel/pedidos?loja={shop.store_id}")).status_code == 404
    looker = {**await shop.add_user("operator", ["store.orders:view"]), **BROWSER}
    nobody = {**await shop.add_user("operator", ["store.stock:view"]), **BROWSER}
    assert (await client.get("/painel/pedidos", headers=nobody)).status_code == 403
    assert (await client.get("/painel", headers=nobody)).status_code == 403
    seen = await client.get("/painel/pedidos", headers=looker)
    assert seen.status_code == 200
    assert "/mover" not in seen.text
    assert (await client.post(f"{base}/mover", data=move, headers=looker)).status_code == 403
    stranger = await client.get("/painel/pedidos", headers={**BROWSER, **shop.headers})
    assert (stranger.status_code, stranger.headers["location"]) == (
        303,
        "/painel/entrar?next=/painel/pedidos",
    )


async def test_people_of_one_store_see_that_store_only(client: httpx.AsyncClient, shop: Shop) -> None:
    order = (await an_order(client, shop))["order"]
    second = new_id()
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        uow.session.add(
            Store(
                tenant_id=shop.tenant.id, id=second, slug="norte", name="Norte", latitude=-23.5, longitude=-46.6,
                postal_code="02000000", street="Rua A", number="1", district="Santana", city="São Paulo", state="SP",
                phone="+551134567890",
            )
        )  # fmt: skip
    north = {
        **await shop.add_user("operator", ["store.orders:view", "store.orders:edit"], [second]),
        **BROWSER,
    }
    assert f"card-{order['id']}" not in (await client.get("/painel/pedidos", headers=north)).text
    assert (await client.get(f"/painel/pedidos/{order['id']}", headers=north)).status_code == 404
    assert (await client.get(f"/painel/pedidos?loja={shop.store_id}", headers=north)).status_code == 404
    both = (await page(client, shop, f"/painel/pedidos?loja={second}")).text
    assert f"card-{order['id']}" not in both
    assert f"/painel/pedidos?loja={shop.store_id}" in both


async def test_board_needs_few_statements_whatever_it_shows(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await an_order(client, shop)
    await page(client, shop, "/painel/pedidos")
    made: list[QueryStats] = []

    def counting() -> QueryStats:
        from balcao.kernel.observability import query_stats

        made.append(query_stats.start_counting())
        return made[-1]

    monkeypatch.setattr("balcao.kernel.web.middleware.start_counting", counting)
    seen = await page(client, shop, "/painel/pedidos")
    assert seen.status_code == 200
    assert len(made) == 1
    assert 1 <= made[0].count <= 4


async def test_today_counts_orders_and_sales(client: httpx.AsyncClient, shop: Shop) -> None:
    for _ in range(2):
        await an_order(client, shop)
    seen = (await page(client, shop, "/painel")).text
    assert "48,00" in seen
    assert "24,00" in seen
    assert "Coxinha" in seen


async def test_the_stream_tells_new_orders_from_changes_and_ends(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    gone = asyncio.Event()

    async def has_gone() -> bool:
        return gone.is_set()

    events = {"order.placed": ("orders:placed",), "order.changed": ("orders",)}
    stream = tell_changes(
        shop.runtime.bulletin,
        shop.tenant.id,
        events,
        gone=has_gone,
        at_once=("order.changed",),
        heartbeat=0.05,
    )
    assert b"event: order.changed" in await anext(stream)
    assert (await anext(stream)).startswith(b":")
    order = (await an_order(client, shop))["order"]
    told = [line for line in [await anext(stream) for _ in range(3)] if line.startswith(b"event")]
    while len(told) < 2:
        line = await anext(stream)
        told += [line] if line.startswith(b"event") else []
    assert told[0].startswith(b"event: order.placed\n")
    assert told[1].startswith(b"event: order.changed\n")
    await post(client, shop, f"/painel/pedidos/{order['id']}/mover", {"status": "confirmed", "version": "1"})
    line = await anext(stream)
    while line.startswith(b":"):
        line = await anext(stream)
    assert line.startswith(b"event: order.changed\n")
    gone.set()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
