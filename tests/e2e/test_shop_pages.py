"""Every page of the shop in light and dark, narrow and wide, in both languages: no barrier that axe finds, a quiet console."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import visit
from tests.e2e.page_checks import assert_accessible
from tests.e2e.shop_steps import SHOP, Staff, fill_checkout, place_order, put_bread_in_basket

pytestmark = pytest.mark.e2e
Look = Callable[[str], None]
EVERYWHERE = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
TWO = [(390, "light"), (1280, "dark")]
EXTREME_ACCENTS = ("#ffff00", "#00ff00", "#ffffff", "#000000", "#ff0000")


def looker(page: Page, views: list[tuple[int, str]], language: str) -> Look:
    """Looks at the page as it stands in each view, without loading it again."""

    def look(about: str) -> None:
        expect(page.locator("html")).to_have_attribute("lang", language)
        for width, theme in views:
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=theme)
            assert_accessible(page, f"{about} ({language}, {width} px, {theme})")
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{about} ({width} px): {overflow} px stick out"
        page.set_viewport_size({"width": views[0][0], "height": 844})
        page.emulate_media(color_scheme="light")

    return look


@pytest.mark.parametrize(
    ("language", "html_code", "views", "fulfilment"),
    [("pt-BR", "pt-BR", EVERYWHERE, "delivery"), ("en-US", "en", TWO, "pickup")],
)
def test_no_page_of_the_shop_has_a_barrier(
    base_url: str,
    browser: Browser,
    language: str,
    html_code: str,
    views: list[tuple[int, str]],
    fulfilment: str,
) -> None:
    visitor = visit(browser, base_url, width=390, language=language)
    page, look = visitor.page, looker(visitor.page, views, html_code)
    visitor.open("/")
    look("home")
    visitor.open(SHOP)
    look("menu")
    page.get_by_role("link", name="X-salada").first.click()
    expect(page.locator("#sheet")).to_be_visible()
    look("product sheet")
    page.keyboard.press("Escape")
    put_bread_in_basket(visitor)
    page.locator("#cart-button").click()
    expect(page.locator("#drawer")).to_be_visible()
    look("basket in the drawer")
    visitor.open(f"{SHOP}?q=pao")
    look("search results")
    visitor.open(f"{SHOP}?q=zzzzzz")
    look("nothing found")
    visitor.open(f"{SHOP}/sacola")
    look("basket")
    _checkout(visitor.page, visitor.open, look, fulfilment)
    expect(page.get_by_role("timer")).to_be_visible()
    look("Pix")
    page.locator("#cancel-summary").click()
    page.locator("#cancel button").click()
    expect(page.locator("#confirm")).to_be_visible()
    look("asking before the order is called off")
    page.locator("#confirm button[value=yes]").click()
    expect(page.locator("#cancel")).to_have_count(0)
    look("cancelled order")
    visitor.open("/loja/padaria/privacidade")
    look("privacy")
    visitor.open("/loja/padaria/sem-conexao")
    look("offline")
    with visitor.seen.expecting(404, "/loja/padaria/nao-existe"):
        visitor.open("/loja/padaria/nao-existe")
        look("not found")
    visitor.assert_clean()


def _checkout(page: Page, open_path: Callable[[str], None], look: Look, fulfilment: str) -> None:
    """The checkout empty, with every mistake, and filled in; ends on the Pix screen."""
    open_path(f"{SHOP}/finalizar")
    look("empty checkout")
    # The browser's own check of required fields would keep the form: the shop's answer is what is looked at.
    page.evaluate("document.getElementById('checkout').noValidate = true")
    page.locator("#place-order").click()
    message = page.locator("#checkout .notice[data-focus-me]")
    expect(message).to_be_focused()
    expect(page.locator("#f-name")).to_have_attribute("aria-invalid", "true")
    look("checkout with mistakes")
    fill_checkout(page, fulfilment=fulfilment, phone="(11) 98765-4390")
    expect(page.locator("#f-name[aria-invalid]")).to_have_count(0)
    look(f"checkout for {fulfilment}")
    place_order(page)


def test_a_closed_shop_says_so(base_url: str, browser: Browser) -> None:
    Staff(base_url).pause("pinheiros")
    visitor = visit(browser, base_url, width=390)
    visitor.open("/loja/padaria/pinheiros")
    expect(visitor.page.locator("#menu .notice")).to_contain_text("encher a sacola")
    looker(visitor.page, EVERYWHERE, "pt-BR")("closed shop")
    visitor.assert_clean()


def test_any_accent_stays_readable(base_url: str, browser: Browser) -> None:
    """A tenant may choose any colour; lightness is bounded where the stylesheet uses it."""
    visitor = visit(browser, base_url, width=390)
    page = visitor.page
    accent = EXTREME_ACCENTS[0]
    page.route(
        "**/aparencia/padaria.css",
        lambda route: route.fulfill(
            content_type="text/css", body=f":root {{ --tenant-accent: {accent}; --tenant-second: {accent}; }}"
        ),
    )
    for accent in EXTREME_ACCENTS:
        visitor.open(f"{SHOP}/produto/{_first_product(page, base_url)}")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert_accessible(page, f"accent {accent} ({theme})")
    visitor.assert_clean()


def _first_product(page: Page, base: str) -> str:
    """The id of some product, asked once per page."""
    answer = page.request.get(f"{base}/api/v1/catalog", headers={"x-tenant": "padaria"})
    return answer.json()["categories"][0]["products"][0]["id"]
