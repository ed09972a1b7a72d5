"""A buyer orders from the demo bakery, with and without JavaScript, on a phone and on a wide screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import Visitor, visit
from tests.e2e.shop_steps import SHOP, fill_checkout, put_bread_in_basket


def _fill_basket(visitor: Visitor, *, javascript: bool) -> None:
    page = visitor.page
    visitor.open(SHOP)
    page.get_by_role("link", name="Pão francês").first.click()
    if javascript:
        expect(page.locator("#sheet")).to_be_visible()
    page.locator("form[action$='/sacola'] button[type=submit]").last.click()
    if javascript:
        expect(page.locator("#cart-button .cart-button__count")).to_be_visible()
    visitor.open(f"{SHOP}/sacola")
    expect(page.get_by_text("Pão francês").first).to_be_visible()


@pytest.mark.e2e
@pytest.mark.parametrize(("width", "javascript"), [(390, True), (1280, True), (390, False)])
def test_a_buyer_orders_for_pickup_and_pays_with_pix(
    base_url: str, browser: Browser, width: int, javascript: bool
) -> None:
    visitor = visit(browser, base_url, width=width, javascript=javascript)
    page = visitor.page
    _fill_basket(visitor, javascript=javascript)
    visitor.open(f"{SHOP}/finalizar")
    page.locator("input[name=fulfilment][value=pickup]").check(force=True)
    page.locator("input[name=name]").fill("Ana Souza")
    page.locator("input[name=phone]").fill(f"(11) 98765-{width:04d}" if javascript else "(11) 98765-0001")
    page.locator("input[name=payment][value=pix]").check(force=True)
    if page.locator("input[name=preorder_confirmed]").count():  # the bakery sleeps while this runs
        page.locator("input[name=preorder_confirmed]").check(force=True)
    page.locator("button[name=do][value=order]:visible").last.click()
    page.wait_for_url("**/pedido/**")
    expect(page.get_by_role("heading", name="Pague com Pix")).to_be_visible()
    assert "br.gov.bcb.pix" in page.content()
    visitor.assert_clean()


@pytest.mark.e2e
def test_an_order_does_not_wait_for_a_reckoning_that_is_under_way(base_url: str, browser: Browser) -> None:
    visitor = visit(browser, base_url, width=390)
    page, on_the_way = visitor.page, list[Route]()

    def hold_the_reckoning(route: Route) -> None:
        if "do=freight" in (route.request.post_data or ""):
            on_the_way.append(route)
        else:
            route.fallback()

    visitor.open(SHOP)
    put_bread_in_basket(visitor)
    visitor.open(f"{SHOP}/finalizar")
    page.route("**/finalizar", hold_the_reckoning)
    fill_checkout(page, fulfilment="delivery", phone="(11) 98765-0777")
    expect(page.locator("#freight .notice[data-tone=done]")).to_be_visible()
    with page.expect_request(lambda request: "do=freight" in (request.post_data or "")):
        page.locator("#calculate").click()
    page.locator("#place-order").dblclick()
    page.wait_for_url("**/pedido/**")
    assert len(on_the_way) == 1
    # What was given up is told in the console by htmx, in two lines.
    given_up = [line for line in visitor.seen.problems if re.search(r"htmx:(sendAbort|afterRequest)", line)]
    assert (len(given_up), visitor.seen.problems) == (2, given_up)


@pytest.mark.e2e
def test_searching_shows_counts_and_leads_back(base_url: str, browser: Browser) -> None:
    visitor = visit(browser, base_url, width=390)
    page = visitor.page
    visitor.open(SHOP)
    page.get_by_role("searchbox").press_sequentially("croisant")  # with a slip of the finger
    expect(page.locator("#menu")).to_contain_text("Croissant")
    expect(page.locator("#found")).to_have_text(re.compile(r"Encontrados: [1-9]"))
    expect(page).to_have_url(re.compile(r"\?q=croisant$"))
    page.get_by_role("link", name="Café e bebidas", exact=True).click()
    expect(page.get_by_role("link", name="Café coado")).to_be_in_viewport()
    visitor.assert_clean()


@pytest.mark.e2e
def test_a_product_opens_in_a_new_tab_for_whoever_asks(base_url: str, browser: Browser) -> None:
    visitor = visit(browser, base_url, width=1280)
    page = visitor.page
    visitor.open(SHOP)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Pão francês").first.click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Pão francês")
    expect(page.locator("#sheet")).to_be_hidden()
    visitor.assert_clean()
