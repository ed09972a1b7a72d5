"""A whole order, delivered and paid in Pix, with nothing but the keyboard; and one always sees where one is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import visit
from tests.e2e.shop_steps import ADDRESS, SHOP

pytestmark = pytest.mark.e2e
TABS_MAX = 80
BUYER = {"phone": "11987650777", "name": "Ana Souza", **ADDRESS}
# Where the focus is: its name, the dialog around it, whether a ring is drawn (on itself, on what stretches it over a card, or on
# the label that stands for a hidden radio), and whether something else lies over it.
STAND = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const label = at.closest("label");
  const seen = ring(getComputedStyle(at)) || ring(getComputedStyle(at, "::after"))
    || (label && (ring(getComputedStyle(label)) || [...label.querySelectorAll("*")].some((part) => ring(getComputedStyle(part)))));
  const box = (label ?? at).getBoundingClientRect();
  const on = document.elementFromPoint(Math.min(innerWidth - 1, box.x + box.width / 2), Math.min(innerHeight - 1, box.y + box.height / 2));
  const shown = box.bottom > 0 && box.top < innerHeight && on && (at.contains(on) || on.contains(at) || label?.contains(on) || on.closest("label, li, [data-drop]")?.contains(at));
  return { tag: at.tagName, id: at.id, name: at.getAttribute("name"), value: at.value ?? "", href: at.getAttribute("href"), checked: at.checked ?? null,
           text: (at.textContent ?? "").trim().slice(0, 60), dialog: at.closest("dialog")?.id ?? null, ring: Boolean(seen), shown: Boolean(shown) };
}
"""


def stand(page: Page) -> dict[str, Any] | None:
    """What has the focus; it must be seen to have it."""
    at = page.evaluate(STAND)
    if at is not None:
        assert at["ring"], f"nothing shows that this has the focus: {at}"
        assert at["shown"], f"this has the focus but cannot be seen: {at}"
    return at


def tab_to(page: Page, *, backwards: bool = False, **wanted: str) -> dict[str, Any]:
    """Presses Tab until the focus is on an element whose facts begin with what is wanted."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        at = stand(page)
        if at and all(str(at[fact] or "").startswith(text) for fact, text in wanted.items()):
            return at
    raise AssertionError(f"{TABS_MAX} times Tab did not lead to {wanted}")


def test_skip_link_leads_past_the_head(base_url: str, browser: Browser) -> None:
    visitor = visit(browser, base_url, width=1280)
    page = visitor.page
    visitor.open(SHOP)
    page.keyboard.press("Tab")
    at = stand(page)
    assert at is not None and at["href"] == "#main"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    assert tab_to(page, tag="A")["text"] == "Pão francês"
    visitor.assert_clean()


def test_dialogs_keep_the_focus_and_give_it_back(base_url: str, browser: Browser) -> None:
    visitor = visit(browser, base_url, width=1280)
    page = visitor.page
    visitor.open(SHOP)
    opener = tab_to(page, text="Pão francês")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        at = stand(page)
        assert at is None or at["dialog"] == "sheet", f"the focus left the open sheet: {at}"
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    back = stand(page)
    assert back is not None and back["href"] == opener["href"]
    visitor.assert_clean()


@pytest.mark.parametrize("width", [390, 1280])
def test_keyboard_alone_orders_a_delivery_and_reaches_the_pix(
    base_url: str, browser: Browser, width: int
) -> None:
    visitor = visit(browser, base_url, width=width)
    page = visitor.page
    visitor.open(SHOP)
    tab_to(page, text="Pão francês")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    tab_to(page, name="quantity")
    page.keyboard.type("15")
    tab_to(page, text="Adicionar")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_hidden()
    back = stand(page)
    assert back is not None and back["text"] == "Pão francês"
    tab_to(page, backwards=True, id="cart-button")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_visible()
    tab_to(page, text="Fechar pedido")
    page.keyboard.press("Enter")
    page.wait_for_url("**/finalizar")
    _fill_form(page)
    page.wait_for_url("**/pedido/**")
    expect(page.get_by_role("heading", name="Pague com Pix")).to_be_visible()
    tab_to(page, id="copy-pix")
    page.keyboard.press("Space")
    expect(page.locator("#copy-pix")).to_contain_text("Copiado")
    visitor.assert_clean()


def _fill_form(page: Page) -> None:
    """Goes from field to field as one does; what the CEP filled in by itself is left as it is."""
    page.keyboard.press("Tab")
    for _ in range(TABS_MAX):
        at = stand(page)
        if at and at["name"] in BUYER and not at["value"]:
            page.keyboard.type(BUYER[at["name"]])
            expect(page.locator("[data-cep]")).not_to_have_attribute("aria-busy", "true")
            if page.evaluate("document.activeElement.name") != at["name"]:
                continue  # the CEP filled the street in and led on to the number
        elif at and at["name"] == "preorder_confirmed" and not at["checked"]:
            page.keyboard.press("Space")
        elif at and at["id"] == "place-order" and _order(page):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the order could not be placed with the keyboard")


def _order(page: Page) -> bool:
    """Presses the button; False when the form came back, with the reason under the reader's eyes."""
    expect(page.locator("#freight")).to_contain_text("Entrega em")
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "do=order" in (answer.request.post_data or "")
    ) as heard:
        page.keyboard.press("Enter")
    if heard.value.headers.get("hx-redirect"):
        return True
    expect(page.locator("[data-focus-me]")).to_be_focused()
    return False
