"""A buyer without script: menu, product, basket, freight, order, tracking. Every step is a form and a redirect."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.runtime import Runtime
from balcao.web_app import web_app
from tests.factories.shops import Shop

ADDRESS = {
    "postal_code": "01310-100", "street": "Avenida Paulista", "number": "1578", "district": "Bela Vista",
    "city": "São Paulo", "state": "SP", "complement": "ap 12",
}  # fmt: skip
BUYER = {"phone": "(11) 98765-4321", "name": "Marina Duarte"}


@pytest_asyncio.fixture
async def buyer(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of its own for each test: it keeps cookies and says where its forms come from."""
    transport = httpx.ASGITransport(app=web_app(runtime), raise_app_exceptions=False)
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "pt-BR"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://testserver", headers=headers
    ) as client:
        yield client


def home(shop: Shop) -> str:
    return f"/loja/{shop.tenant.slug}/centro"


def hidden(page: str, name: str) -> str | None:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else None


async def put(buyer: httpx.AsyncClient, shop: Shop, product: str, **more: Any) -> httpx.Response:
    fields = {
        "product_id": str(shop.products[product]),
        "sku": str(shop.skus[product]),
        "quantity": "1",
        **more,
    }
    return await buyer.post(f"{home(shop)}/sacola", data=fields)


async def counted(shop: Shop, table: str) -> int:
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        query = text(f"select count(*) from {table} where tenant_id = :tenant")
        return int((await uow.session.execute(query, {"tenant": shop.tenant.id})).scalar_one())


async def test_the_whole_way_with_delivery(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão de queijo", 700)
    await shop.add_product("Café", 900)
    await shop.add_group("Café", "Leite", [("Integral", 0), ("Aveia", 250)], low=1, high=1)

    menu = await buyer.get(f"/loja/{shop.tenant.slug}")
    assert menu.status_code == 200
    assert "Pão de queijo" in menu.text and "Pães" in menu.text
    sheet = await buyer.get(f"{home(shop)}/produto/{shop.products['Café']}")
    assert sheet.status_code == 200 and "Aveia" in sheet.text

    added = await put(buyer, shop, "Pão de queijo", quantity="3")
    assert added.status_code == 303
    group = f"g-{shop.groups['Leite']}"
    added = await put(buyer, shop, "Café", **{group: str(shop.options["Aveia"]), "notes": "bem quente"})
    assert added.status_code == 303
    basket = (await buyer.get(added.headers["location"])).text
    assert "Pão de queijo" in basket and "Aveia" in basket and "bem quente" in basket
    assert 'value="3250"' in basket

    page = (await buyer.get(f"{home(shop)}/finalizar")).text
    assert hidden(page, "without_freight") == "1"
    key = hidden(page, "idempotency_key")
    assert key
    typed = {**BUYER, **ADDRESS, "fulfilment": "delivery", "payment": "pix", "idempotency_key": key}
    freight = await buyer.post(f"{home(shop)}/finalizar", data={**typed, "do": "freight"})
    assert freight.status_code == 303
    page = (await buyer.get(freight.headers["location"].partition("#")[0])).text
    assert 'value="Marina Duarte"' in page and 'value="Avenida Paulista"' in page
    expected = hidden(page, "expected_total_cents")
    assert expected == "4250" and hidden(page, "without_freight") is None

    order = {**typed, "do": "order", "expected_total_cents": expected}
    placed = await buyer.post(f"{home(shop)}/finalizar", data=order)
    assert placed.status_code == 303, placed.text
    assert "/acompanhar/" in placed.headers["location"]
    again = await buyer.post(f"{home(shop)}/finalizar", data=order)
    assert again.status_code == 303
    assert again.headers["location"] == placed.headers["location"]
    assert await counted(shop, "orders") == 1

    exchanged = await buyer.get(placed.headers["location"])
    assert exchanged.status_code == 303
    assert "HttpOnly" in exchanged.headers["set-cookie"]
    tracking = await buyer.get(exchanged.headers["location"])
    assert tracking.status_code == 200
    assert "000201" in tracking.text and "<svg" in tracking.text
    assert "1578" not in tracking.text and "Duarte" not in tracking.text and "98765-4321" not in tracking.text
    assert "Pão de queijo" in tracking.text

    empty = (await buyer.get(f"{home(shop)}/sacola")).text
    assert "Sua sacola está vazia" in empty


async def test_pickup_in_cash_asks_for_change(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 4000)
    await put(buyer, shop, "Bolo")
    page = (await buyer.get(f"{home(shop)}/finalizar")).text
    typed = {
        **BUYER, "fulfilment": "pickup", "payment": "cash", "change_for": "20,00", "do": "order",
        "idempotency_key": hidden(page, "idempotency_key"), "expected_total_cents": "4000", "notes": "sem vela",
    }  # fmt: skip
    refused = await buyer.post(f"{home(shop)}/finalizar", data=typed)
    assert refused.status_code == 422
    assert 'value="20,00"' in refused.text and "sem vela" in refused.text and "Marina Duarte" in refused.text
    assert await counted(shop, "orders") == 0
    placed = await buyer.post(f"{home(shop)}/finalizar", data={**typed, "change_for": "50,00"})
    assert placed.status_code == 303
    exchanged = await buyer.get(placed.headers["location"])
    tracking = (await buyer.get(exchanged.headers["location"])).text
    assert "sem vela" in tracking and "50,00" in tracking


async def test_errors_keep_what_was_typed(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão")
    typed = {
        "name": "Marina <b>",
        "phone": "12",
        **ADDRESS,
        "number": "",
        "fulfilment": "delivery",
        "payment": "pix",
    }
    page = await buyer.post(f"{home(shop)}/finalizar", data={**typed, "do": "order", "idempotency_key": "k"})
    assert page.status_code == 422
    assert 'value="Marina &lt;b&gt;"' in page.text and 'value="12"' in page.text
    assert (
        'aria-invalid="true"' in page.text
        and 'href="#f-number"' in page.text
        and 'href="#f-phone"' in page.text
    )
    far = {**BUYER, **ADDRESS, "postal_code": "90010-000", "city": "Porto Alegre", "state": "RS"}
    page = await buyer.post(
        f"{home(shop)}/finalizar",
        data={**far, "fulfilment": "delivery", "payment": "pix", "do": "order", "idempotency_key": "k"},
    )
    assert page.status_code == 409
    assert 'data-code="shipping_unavailable"' in page.text and 'value="Porto Alegre"' in page.text
    assert await counted(shop, "orders") == 0


async def test_the_first_click_shows_the_freight_before_it_orders(
    buyer: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão")
    typed = {
        **BUYER,
        **ADDRESS,
        "fulfilment": "delivery",
        "payment": "pix",
        "do": "order",
        "idempotency_key": "k1",
    }
    page = await buyer.post(f"{home(shop)}/finalizar", data=typed)
    assert page.status_code == 409
    assert 'data-code="total_changed"' in page.text
    expected = hidden(page.text, "expected_total_cents")
    assert expected == "1100"
    placed = await buyer.post(f"{home(shop)}/finalizar", data={**typed, "expected_total_cents": expected})
    assert placed.status_code == 303


async def test_option_rules_come_back_with_the_choice(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pizza", 4000)
    await shop.add_group("Pizza", "Sabores", [("Calabresa", 0), ("Portuguesa", 500)], low=2, high=2)
    one = {f"o-{shop.options['Calabresa']}": "1"}
    refused = await put(buyer, shop, "Pizza", **one, notes="bem passada")
    assert refused.status_code == 422
    assert "Sabores" in refused.text and "bem passada" in refused.text
    assert re.search(rf'name="o-{shop.options["Calabresa"]}" value="1" checked', refused.text)
    both = {**one, f"o-{shop.options['Portuguesa']}": "1"}
    assert (await put(buyer, shop, "Pizza", **both)).status_code == 303


async def test_the_basket_changes_and_empties(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão", quantity="2")
    await put(buyer, shop, "Pão", quantity="3")
    page = (await buyer.get(f"{home(shop)}/sacola")).text
    line = re.search(r'/sacola/([0-9a-f]{16})"', page)
    assert line and 'value="500"' in page
    url = f"{home(shop)}/sacola/{line.group(1)}"
    assert (await buyer.post(url, data={"quantity": "1"})).status_code == 303
    assert 'value="100"' in (await buyer.get(f"{home(shop)}/sacola")).text
    await buyer.post(url, data={"quantity": "7", "remove": "1"})
    assert "Sua sacola está vazia" in (await buyer.get(f"{home(shop)}/sacola")).text
    assert (await buyer.get(f"{home(shop)}/finalizar")).status_code == 303


async def test_htmx_gets_parts(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100)
    part = {"hx-request": "true"}
    sheet = await buyer.get(f"{home(shop)}/produto/{shop.products['Pão']}", headers=part)
    assert sheet.status_code == 200 and "<html" not in sheet.text and "data-sheet" in sheet.text
    fields = {"product_id": str(shop.products["Pão"]), "sku": str(shop.skus["Pão"]), "quantity": "2"}
    added = await buyer.post(f"{home(shop)}/sacola", data=fields, headers=part)
    assert added.status_code == 200 and 'id="cart-button"' in added.text and "hx-swap-oob" in added.text
    assert "balcao:toast" in added.headers["hx-trigger"]
    drawer = await buyer.get(f"{home(shop)}/sacola", headers=part)
    assert "<html" not in drawer.text and "data-basket" in drawer.text


async def test_sold_out_meanwhile_is_said_in_the_basket(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Sonho", 600, stock=1)
    await put(buyer, shop, "Sonho")
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(
            text("update products set availability = 'unavailable' where tenant_id = :tenant"),
            {"tenant": shop.tenant.id},
        )
        uow.announce("catalog")
    page = (await buyer.get(f"{home(shop)}/sacola")).text
    assert "Esgotado por enquanto" in page and "/finalizar" not in page


async def test_closed_shop_takes_an_order_for_later_once_confirmed(
    buyer: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão")
    now = shop.runtime.clock()
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(
            text(
                "insert into store_pauses (tenant_id, id, store_id, until, actor) values "
                "(:tenant, gen_random_uuid(), :store, :now + interval '3 hours', 'test')"
            ),
            {"tenant": shop.tenant.id, "store": shop.store_id, "now": now},
        )
        uow.announce("catalog")
    typed = {**BUYER, "fulfilment": "pickup", "payment": "cash", "do": "order", "idempotency_key": "later",
             "expected_total_cents": "100"}  # fmt: skip
    page = await buyer.post(f"{home(shop)}/finalizar", data=typed)
    assert page.status_code == 409 and 'data-code="preorder_confirm_required"' in page.text
    assert 'name="preorder_confirmed"' in page.text and "<optgroup" in page.text
    placed = await buyer.post(f"{home(shop)}/finalizar", data={**typed, "preorder_confirmed": "1"})
    assert placed.status_code == 303


async def test_what_is_made_to_order_asks_for_a_day(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo de festa", 9000, availability="order", lead_days=2)
    await put(buyer, shop, "Bolo de festa")
    page = (await buyer.get(f"{home(shop)}/finalizar")).text
    times = re.findall(r'<option value="(\d{4}-[^"]+)"', page)
    assert times and times[0] > (shop.runtime.clock() + timedelta(days=1)).isoformat()
    typed = {**BUYER, "fulfilment": "pickup", "payment": "cash", "do": "order", "idempotency_key": "feast",
             "expected_total_cents": "9000"}  # fmt: skip
    refused = await buyer.post(f"{home(shop)}/finalizar", data=typed)
    assert refused.status_code == 409 and "2 dias de antecedência" in refused.text
    placed = await buyer.post(
        f"{home(shop)}/finalizar", data={**typed, "scheduled_for": html.unescape(times[0])}
    )
    assert placed.status_code == 303


async def test_too_little_stock_is_named_and_nothing_is_lost(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Sonho", 600, stock=2)
    await put(buyer, shop, "Sonho", quantity="5")
    typed = {**BUYER, "fulfilment": "pickup", "payment": "cash", "do": "order", "idempotency_key": "few",
             "expected_total_cents": "3000", "notes": "para a tarde"}  # fmt: skip
    page = await buyer.post(f"{home(shop)}/finalizar", data=typed)
    assert page.status_code == 409
    assert "Sonho: restam 2" in page.text and "para a tarde" in page.text
    assert await counted(shop, "orders") == 0


async def _placed(buyer: httpx.AsyncClient, shop: Shop, payment: str = "cash") -> str:
    """An order to pick up; answers the address of its page, the cookie already there."""
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão")
    typed = {**BUYER, "fulfilment": "pickup", "payment": payment, "do": "order", "idempotency_key": "one",
             "expected_total_cents": "100"}  # fmt: skip
    placed = await buyer.post(f"{home(shop)}/finalizar", data=typed)
    assert placed.status_code == 303, placed.text
    return (await buyer.get(placed.headers["location"])).headers["location"]


async def test_order_again_and_cancel(buyer: httpx.AsyncClient, shop: Shop) -> None:
    page = await _placed(buyer, shop)
    again = await buyer.post(f"{page}/repetir")
    assert again.status_code == 303
    assert 'value="100"' in (await buyer.get(again.headers["location"])).text
    assert (await buyer.post(f"{page}/cancelar")).status_code == 303
    shown = (await buyer.get(page)).text
    assert "Cancelado" in shown and "data-live-source" not in shown
    assert (await buyer.post(f"{page}/cancelar")).status_code == 409


async def test_another_business_sees_nothing(buyer: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    page = await _placed(buyer, shop)
    order_id = page.rsplit("/", 1)[1]
    token = next(cookie.value for cookie in buyer.cookies.jar if cookie.name == "order")
    cart = next(cookie.value for cookie in buyer.cookies.jar if cookie.name == "cart")
    await buyer.post(f"{page}/repetir")
    stolen = {"cookie": f"order={token}; cart={cart}"}
    async with httpx.AsyncClient(
        transport=buyer._transport, base_url="http://testserver", headers={"accept": "text/html"}
    ) as other:
        url = f"/loja/{other_shop.tenant.slug}"
        assert (await other.get(f"{url}/pedido/{order_id}", headers=stolen)).status_code == 404
        assert (await other.get(f"{url}/pedido/{order_id}/eventos", headers=stolen)).status_code == 404
        assert (await other.get(f"{url}/acompanhar/{order_id}/{token}")).status_code == 404
        assert "Sua sacola está vazia" in (await other.get(f"{url}/centro/sacola", headers=stolen)).text
        assert (await other.get(page)).status_code == 404
        assert (await other.get(page, headers={"cookie": "order=" + "x" * 43})).status_code == 404


async def test_what_is_shared_is_escaped_and_complete(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo </script><script>alert(1)</script>", 100, description="<img src=x>")
    name = next(iter(shop.products))
    menu = await buyer.get(home(shop))
    assert 'property="og:title"' in menu.text and 'rel="canonical"' in menu.text
    assert "<script>alert" not in menu.text and "<img src=x>" not in menu.text
    sheet = await buyer.get(f"{home(shop)}/produto/{shop.products[name]}")
    assert "<script>alert" not in sheet.text and "application/ld+json" in sheet.text
    manifest = await buyer.get(f"/loja/{shop.tenant.slug}/manifest.webmanifest")
    assert manifest.json()["start_url"] == f"/loja/{shop.tenant.slug}"
    assert 'content="noindex"' in (await buyer.get(f"{home(shop)}/sacola")).text


async def test_search_is_a_form(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão de queijo", 700)
    await shop.add_product("Café coado", 500)
    found = (await buyer.get(home(shop), params={"q": "cafe"})).text
    assert "Café coado" in found and "Pão de queijo" not in found
    assert "Nada encontrado" in (await buyer.get(home(shop), params={"q": "xyzw"})).text


async def test_unknown_things_are_not_found(buyer: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    await other_shop.add_product("Alheio", 100)
    alien = other_shop.products["Alheio"]
    assert (await buyer.get(f"/loja/{shop.tenant.slug}/nao-existe")).status_code == 404
    assert (await buyer.get(f"{home(shop)}/produto/{alien}")).status_code == 404
    foreign = {"product_id": str(alien), "sku": str(other_shop.skus["Alheio"]), "quantity": "1"}
    assert (await buyer.post(f"{home(shop)}/sacola", data=foreign)).status_code == 404


HTMX = {"hx-request": "true", "accept": "*/*"}


async def test_script_is_told_of_a_refusal_without_an_error_status(
    buyer: httpx.AsyncClient, shop: Shop
) -> None:
    """Browsers write every 4xx that a script receives into the console; the plain form still gets the status itself."""
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão")
    url = f"{home(shop)}/finalizar"
    typed = {"fulfilment": "pickup", "payment": "cash", "do": "order", "idempotency_key": "x1",
             "expected_total_cents": "100"}  # fmt: skip
    told = await buyer.post(url, data=typed, headers=HTMX)
    assert (told.status_code, told.headers["x-form-status"]) == (200, "422")
    assert 'href="#f-phone"' in told.text and "data-focus-me" in told.text
    plain = await buyer.post(url, data=typed)
    assert plain.status_code == 422 and "x-form-status" not in plain.headers
    placed = await buyer.post(url, data={**typed, **BUYER}, headers=HTMX)
    assert placed.status_code == 204
    assert "/acompanhar/" in placed.headers["hx-redirect"]
    again = await buyer.post(url, data={**typed, **BUYER}, headers=HTMX)
    assert again.headers["hx-redirect"] == placed.headers["hx-redirect"]
    gone = await buyer.post(f"{home(shop)}/sacola", data={"product_id": "x"}, headers=HTMX)
    assert (gone.status_code, gone.headers["x-form-status"], gone.headers["hx-reswap"]) == (
        200,
        "404",
        "none",
    )
    assert "balcao:toast" in gone.headers["hx-trigger"]


async def test_mistakes_are_listed_from_the_top_of_the_page_down(
    buyer: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão")
    typed = {"fulfilment": "delivery", "payment": "cash", "change_for": "muito", "do": "order"}
    page = (await buyer.post(f"{home(shop)}/finalizar", data=typed)).text
    named = re.findall(r'href="#f-(\w+)"', page)
    assert named == [
        "phone", "name", "postal_code", "street", "number", "district", "city", "state", "change_for"
    ]  # fmt: skip


async def test_cep_of_another_state_is_a_kind_warning(buyer: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão")
    typed = {**BUYER, **ADDRESS, "state": "RJ", "fulfilment": "delivery", "payment": "pix", "do": "look"}
    look = await buyer.post(f"{home(shop)}/finalizar", data=typed, headers=HTMX)
    assert look.status_code == 200 and "Este CEP é de SP" in look.text
    right = await buyer.post(f"{home(shop)}/finalizar", data={**typed, "state": "sp"}, headers=HTMX)
    assert "Este CEP é de" not in right.text


async def test_looking_never_takes_the_focus(buyer: httpx.AsyncClient, shop: Shop) -> None:
    """What cannot be delivered is said beside the address while one is still writing it."""
    await shop.add_product("Pão", 100)
    await put(buyer, shop, "Pão")
    far = {**BUYER, **ADDRESS, "postal_code": "90010-000", "city": "Porto Alegre", "state": "RS"}
    typed = {**far, "fulfilment": "delivery", "payment": "pix", "do": "look"}
    look = await buyer.post(f"{home(shop)}/finalizar", data=typed, headers=HTMX)
    assert 'data-code="shipping_unavailable"' in look.text.partition('id="freight"')[2]
    assert "data-focus-me" not in look.text


async def test_accepted_order_can_be_asked_back(buyer: httpx.AsyncClient, shop: Shop) -> None:
    page = await _placed(buyer, shop)
    order_id = page.rsplit("/", 1)[1]
    moved = await buyer.post(
        f"/api/v1/admin/orders/{order_id}/status", json={"status": "confirmed"}, headers=shop.staff
    )
    assert moved.status_code == 200, moved.text
    assert 'name="reason"' in (await buyer.get(page)).text
    assert (await buyer.post(f"{page}/cancelar", data={"reason": "Mudei de ideia"})).status_code == 303
    shown = (await buyer.get(page)).text
    assert "Você pediu o cancelamento" in shown and 'name="reason"' not in shown


async def test_who_sells_and_what_is_kept_is_told_in_both_languages(
    buyer: httpx.AsyncClient, shop: Shop
) -> None:
    url = f"/loja/{shop.tenant.slug}/privacidade"
    page = await buyer.get(url)
    assert page.status_code == 200
    assert shop.tenant.name in page.text and "LGPD" in page.text and "30 dias" in page.text
    assert url in (await buyer.get(home(shop))).text
    assert "What we keep, and why" in (await buyer.get(url, headers={"accept-language": "en"})).text


async def test_shop_is_an_app_that_keeps_no_goods(buyer: httpx.AsyncClient, shop: Shop) -> None:
    base = f"/loja/{shop.tenant.slug}"
    manifest = (await buyer.get(f"{base}/manifest.webmanifest")).json()
    assert manifest["scope"] == base
    icon = await buyer.get(manifest["icons"][0]["src"])
    assert icon.headers["content-type"].startswith("image/svg")
    worker = await buyer.get(f"{base}/app.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["service-worker-allowed"] == base
    kept = re.findall(r'"(/[^"]+)"', worker.text.partition("KEPT = ")[2].partition("FRESH = ")[0])
    assert len(kept) > 10 and all(address.startswith("/static/") for address in kept)
    for address in kept:
        assert (await buyer.get(address)).status_code == 200
    offline = await buyer.get(f"{base}/sem-conexao")
    assert "Você está sem internet" in offline.text and "You are without internet" in offline.text
    assert 'content="noindex"' in offline.text


async def test_lost_in_a_shop_leads_back_to_it(buyer: httpx.AsyncClient, shop: Shop) -> None:
    lost = (await buyer.get(f"/loja/{shop.tenant.slug}/nao-existe")).text
    assert f'href="/loja/{shop.tenant.slug}"' in lost and "Voltar à loja" in lost
    nowhere = (await buyer.get("/loja/ninguem/centro")).text
    assert 'href="/"' in nowhere and "Voltar ao início" in nowhere


async def test_panel_part_without_a_session_leads_to_the_sign_in(buyer: httpx.AsyncClient) -> None:
    page = "http://testserver/painel/pedidos"
    asked = await buyer.get("/painel/pedidos", headers={**HTMX, "hx-current-url": page})
    assert asked.headers["hx-redirect"] == "/painel/entrar?next=/painel/pedidos"
