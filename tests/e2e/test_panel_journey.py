"""An order from both sides at once: a buyer pays with Pix, the shop sees the card arrive and moves it on, the buyer watches."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import Visitor, visit
from tests.e2e.panel_steps import ATTENDANT, order_by_api, sign_in

SHOP = "/loja/padaria/vila-mariana"
HOME = {
    "postal_code": "04101-000", "street": "Rua Vergueiro", "number": "3000", "complement": "apto 42",
    "district": "Vila Mariana", "city": "São Paulo", "state": "SP",
}  # fmt: skip


def _open_board(visitor: Visitor) -> None:
    visitor.open("/painel/pedidos")
    expect(visitor.page.locator("[data-live-badge]")).to_have_attribute("data-state", "on")


def _order_by_pix(buyer: Visitor) -> str:
    """Bread to Vila Mariana, paid with Pix, ordered as anybody would. Answers the order's id."""
    page = buyer.page
    buyer.open(SHOP)
    page.get_by_role("link", name="Pão de forma da casa").first.click()
    page.locator("form[action$='/sacola'] button[type=submit]").last.click()
    expect(page.locator("#cart-button .cart-button__count")).to_be_visible()
    buyer.open(f"{SHOP}/finalizar")
    page.locator("input[name=fulfilment][value=delivery]").check(force=True)
    page.locator("input[name=name]").fill("Ana Souza")
    page.locator("input[name=phone]").fill("(11) 98765-1280")
    for name, value in HOME.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("input[name=payment][value=pix]").check(force=True)
    if page.locator("input[name=preorder_confirmed]").count():  # the bakery sleeps while this runs
        page.locator("input[name=preorder_confirmed]").check(force=True)
    page.locator("#calculate").click()
    expect(page.locator("#freight .notice[data-tone=done]")).to_be_visible()
    page.locator("#place-order").click()
    page.wait_for_url("**/pedido/**")
    return page.url.rpartition("/")[2]


def _stands(buyer: Visitor, words: str) -> None:
    expect(buyer.page.locator(".order-now h2")).to_have_text(words)


def _card(shop: Visitor, order_id: str, lane: str) -> Locator:
    """The order's card, once it stands in this column and the server has agreed."""
    card = shop.page.locator(f"[data-lane={lane}] #card-{order_id}:not([aria-busy])")
    expect(card).to_be_visible()
    return card


def _drag(shop: Visitor, card: Locator, lane: str) -> None:
    target = shop.page.locator(f"[data-lane={lane}] header")
    target.scroll_into_view_if_needed()
    card.scroll_into_view_if_needed()
    here, there = card.locator(".ticket__who").bounding_box(), target.bounding_box()
    assert here
    assert there
    mouse = shop.page.mouse
    mouse.move(here["x"] + 20, here["y"] + 5)
    mouse.down()
    mouse.move(here["x"] + 40, here["y"] + 15, steps=3)
    mouse.move(there["x"] + there["width"] / 2, there["y"] + there["height"] + 20, steps=6)
    mouse.up()


@pytest.mark.e2e
def test_an_order_is_seen_paid_moved_and_followed_without_reloading(base_url: str, browser: Browser) -> None:
    shop, buyer = visit(browser, base_url, width=1280), visit(browser, base_url, width=390)
    sign_in(shop)
    _open_board(shop)
    shop.page.evaluate("document.body.dataset.opened = 'once'")
    order_id = _order_by_pix(buyer)
    _stands(buyer, "Pague com Pix")

    _card(shop, order_id, "awaiting_payment").get_by_role("link", name=re.compile("Pix")).click()
    shop.page.get_by_label(re.compile("Código da transferência")).fill("E123")
    # What happens to the order meanwhile does not take away what is being written.
    shop.page.evaluate("document.querySelector('[data-live]').dispatchEvent(new CustomEvent('live'))")
    with shop.page.expect_response(re.compile(f"/painel/pedidos/{order_id}$")):
        shop.page.evaluate("document.querySelector('[data-live]').dispatchEvent(new CustomEvent('live'))")
    expect(shop.page.get_by_label(re.compile("Código da transferência"))).to_have_value("E123")
    shop.page.get_by_role("button", name="Confirmar Pix recebido").click()
    expect(shop.page.locator("#payment .badge")).to_have_text("pago")
    _stands(buyer, "Pedido recebido")

    _open_board(shop)
    shop.page.evaluate("document.body.dataset.opened = 'once'")
    _card(shop, order_id, "received").get_by_role("button", name="Aceitar").click()
    card = _card(shop, order_id, "confirmed")
    _stands(buyer, "Confirmado pela loja")
    _drag(shop, card, "preparing")
    card = _card(shop, order_id, "preparing")
    _stands(buyer, "Em preparo")
    card.focus()
    shop.page.keyboard.press("Alt+ArrowRight")
    card = _card(shop, order_id, "ready")
    _stands(buyer, "Pronto")
    card.locator(".ticket__next button").click()
    card = _card(shop, order_id, "left")
    _stands(buyer, "Saiu para entrega")
    card.locator(".ticket__next button").click()
    _card(shop, order_id, "delivered")
    _stands(buyer, "Entregue")
    assert shop.page.evaluate("document.body.dataset.opened") == "once"

    shop.open(f"/painel/pedidos/{order_id}/comanda")
    slip = shop.page.locator(".slip")
    expect(slip).to_contain_text("Pão de forma da casa")
    expect(slip).to_contain_text("Rua Vergueiro, 3000 apto 42")
    expect(slip).to_contain_text("pago")
    expect(shop.page.get_by_role("button", name="Imprimir")).to_be_visible()
    shop.page.emulate_media(media="print")
    expect(shop.page.get_by_role("button", name="Imprimir")).to_be_hidden()
    shop.assert_clean()
    buyer.assert_clean()


def _step(shop: Visitor, button: str, then: str) -> None:
    """A button on the page of an order, and the state it says afterwards."""
    shop.page.get_by_role("button", name=button).click()
    expect(shop.page.locator("[data-live-say]")).to_have_text(then)


@pytest.mark.e2e
def test_on_a_phone_the_pix_is_confirmed_and_the_slower_of_two_is_told_kindly(
    base_url: str, browser: Browser
) -> None:
    order_id = order_by_api(base_url, "(11) 98765-0390")
    shop, colleague = visit(browser, base_url, width=390), visit(browser, base_url, width=1280)
    sign_in(shop)
    _open_board(shop)
    _card(shop, order_id, "awaiting_payment").get_by_role("link", name=re.compile("Pix")).click()
    shop.page.get_by_role("button", name="Confirmar Pix recebido").click()
    expect(shop.page.locator("#payment .badge")).to_have_text("pago")

    sign_in(colleague, ATTENDANT)
    # Her line is down: the server has nothing to say, so her board stays as it was.
    colleague.page.route("**/painel/pedidos/eventos", lambda route: route.fulfill(status=204))
    colleague.open("/painel/pedidos")
    seen = _card(colleague, order_id, "received")

    _step(shop, "Aceitar", "Confirmado")
    _step(shop, "Começar a preparar", "Em preparo")
    seen.get_by_role("button", name="Aceitar").click()
    expect(colleague.page.locator(".toast")).to_contain_text("Maria das Dores foi mais rápido")
    stale = _card(colleague, order_id, "preparing")

    _step(shop, "Está pronto", "Pronto")
    _step(shop, "Foi retirado", "Retirado")
    stale.focus()
    colleague.page.keyboard.press("Alt+ArrowRight")
    told = colleague.page.locator(".toast").last
    expect(told).to_contain_text("Maria das Dores foi mais rápido: o pedido agora está em “Retirado”")
    _card(colleague, order_id, "left")
    shop.assert_clean()
    colleague.assert_clean()
