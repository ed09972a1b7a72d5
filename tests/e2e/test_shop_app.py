"""The shop as an app on the phone: it can be installed, it is kind without a network, and it never shows an old menu."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import visit
from tests.e2e.page_checks import cdp

pytestmark = pytest.mark.e2e
SHOP = "/loja/padaria"


def test_installed_shop_without_a_network(base_url: str, browser: Browser) -> None:
    visitor = visit(browser, base_url, width=390)
    page = visitor.page
    visitor.open(SHOP)
    with cdp(page) as session:
        found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith(f"{SHOP}/manifest.webmanifest")
    scope = page.evaluate("navigator.serviceWorker.ready.then((ready) => new URL(ready.scope).pathname)")
    assert scope == SHOP
    kept = page.evaluate(
        "caches.keys().then((names) => caches.open(names[0])).then((cache) => cache.keys()).then((all) => all.map((one) => new URL(one.url).pathname))"
    )
    shown_goods = [path for path in kept if path.startswith("/loja") and not path.endswith("/sem-conexao")]
    assert shown_goods == [], "no page with goods or prices on it is ever kept"
    visitor.assert_clean()

    page.context.set_offline(True)
    page.goto(f"{base_url}{SHOP}/vila-mariana")
    expect(page.get_by_role("heading", name="Você está sem internet")).to_be_visible()
    expect(page.get_by_role("heading", name="You are without internet")).to_be_visible()
    assert page.evaluate("document.fonts.check('16px \"Instrument Sans\"')")
    page.context.set_offline(False)
    page.get_by_role("link", name="Tentar de novo").click()
    expect(page.get_by_role("heading", name="Cardápio")).to_be_attached()
