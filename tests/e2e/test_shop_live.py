"""The page of an order moves by itself: it leaves alone what one is writing, says what changed, and does without the stream."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import visit
from tests.e2e.shop_steps import Staff, order_with_pix

pytestmark = pytest.mark.e2e


def test_moving_page_leaves_the_reader_alone(base_url: str, browser: Browser) -> None:
    visitor, staff = visit(browser, base_url, width=390), Staff(base_url)
    page = visitor.page
    order_id = order_with_pix(visitor, fulfilment="pickup", phone="(11) 98765-4501")
    heading, said = page.locator("#now"), page.locator("[data-live-said]")
    expect(heading).to_have_text("Pague com Pix")
    expect(page.locator("#order")).to_have_attribute("data-live", "order.changed")
    page.locator("#copy-pix").focus()
    staff.confirm_pix(order_id)
    expect(page.locator("#copy-pix")).to_have_count(0)
    expect(said).not_to_be_empty()
    expect(heading, "the button is gone: its reader stands where the news is").to_be_focused()

    page.locator("#cancel-summary").click()
    reason = page.locator("#f-reason")
    reason.press_sequentially("Mudei")
    for status, words in (
        ("confirmed", "Confirmado pela loja"),
        ("preparing", "Em preparo"),
        ("ready", "Pronto para retirar"),
    ):
        if staff.order(order_id)["status"] != status:
            staff.move(order_id, status)
        expect(heading).to_have_text(words)
        expect(said).to_have_text(words)
        expect(reason).to_be_focused()
        page.keyboard.type(".")
    expect(reason).to_have_value("Mudei...")
    staff.move(order_id, "picked_up")
    expect(page.locator("#cancel")).to_have_count(0)
    expect(said).to_have_text("Retirado")
    visitor.assert_clean()


def test_page_asks_by_itself_while_there_is_no_stream(base_url: str, browser: Browser) -> None:
    visitor, staff = visit(browser, base_url, width=390), Staff(base_url)
    page = visitor.page
    order_id = order_with_pix(visitor, fulfilment="pickup", phone="(11) 98765-4502")
    page.route("**/eventos*", lambda route: route.abort("connectionrefused"))
    page.clock.install()
    with page.expect_event("requestfailed", lambda request: "eventos" in request.url):
        page.reload()
    staff.confirm_pix(order_id)
    expect(page.locator("#now")).to_have_text("Pague com Pix")
    page.clock.fast_forward(16_000)
    expect(page.locator("#now")).not_to_have_text("Pague com Pix")
    expect(page.locator("[data-live-said]")).not_to_be_empty()


def test_page_looks_again_when_the_network_is_back(base_url: str, browser: Browser) -> None:
    visitor, staff = visit(browser, base_url, width=390), Staff(base_url)
    page = visitor.page
    order_id = order_with_pix(visitor, fulfilment="pickup", phone="(11) 98765-4503")
    expect(page.locator("#now")).to_have_text("Pague com Pix")
    page.context.set_offline(True)
    staff.confirm_pix(order_id)
    page.context.set_offline(False)
    expect(page.locator("#now")).not_to_have_text("Pague com Pix")
