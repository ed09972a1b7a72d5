"""Steps that several browser tests of the shop take, and the staff's side of them through the API."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor

SHOP = "/loja/padaria/vila-mariana"
OWNER = {"email": "dona@padaria.example", "password": "balcao-demo"}
ADDRESS = {
    "postal_code": "04101-000", "street": "Rua Vergueiro", "number": "3000", "district": "Vila Mariana",
    "city": "São Paulo", "state": "SP",
}  # fmt: skip


class Staff:
    """The owner of the demo bakery, signed in to the API."""

    def __init__(self, base: str) -> None:
        self._client = httpx.Client(base_url=f"{base}/api/v1", timeout=20)
        signed_in = self._client.post("/auth/login", json=OWNER).raise_for_status()
        self._client.headers["authorization"] = f"Bearer {signed_in.json()['access_token']}"

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post(path, json=body)
        assert answer.status_code < 300, f"{path}: {answer.text}"
        return answer.json()

    def order(self, order_id: str) -> dict[str, Any]:
        """The order as the staff sees it."""
        return self._client.get(f"/admin/orders/{order_id}").raise_for_status().json()

    def confirm_pix(self, order_id: str) -> None:
        """A person saw the money arrive."""
        payment = next(item for item in self.order(order_id)["payments"] if item["status"] == "pending")
        self._post(f"/admin/orders/{order_id}/payments/confirm", {"payment_id": payment["id"]})

    def move(self, order_id: str, status: str) -> None:
        """Moves the order on."""
        version = self.order(order_id)["version"]
        self._post(f"/admin/orders/{order_id}/status", {"status": status, "version": version})

    def pause(self, store_slug: str) -> None:
        """The store takes no orders for half an hour."""
        stores = self._client.get("/admin/stores").raise_for_status().json()
        found = stores["items"] if isinstance(stores, dict) else stores
        store = next(item for item in found if item["slug"] == store_slug)
        self._post(f"/admin/stores/{store['id']}/pause", {"minutes": 30, "reason": "Forno em manutenção"})


def put_bread_in_basket(visitor: Visitor, count: int = 15) -> None:
    """Adds French bread through the sheet; fifteen are more than the least a delivery takes."""
    page = visitor.page
    page.get_by_role("link", name="Pão francês").first.click()
    expect(page.locator("#sheet")).to_be_visible()
    page.locator("#sheet input[name=quantity]").fill(str(count))
    page.locator("#sheet button[type=submit]").last.click()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#cart-button .cart-button__count")).to_be_visible()


def fill_checkout(page: Page, *, fulfilment: str, phone: str) -> None:
    """Fills the whole form; the shop may sleep while this runs, then the order is for later."""
    page.locator(f"input[name=fulfilment][value={fulfilment}]").check(force=True)
    page.locator("input[name=name]").fill("Ana Souza")
    page.locator("input[name=phone]").fill(phone)
    if fulfilment == "delivery":
        with page.expect_response("**/finalizar"):
            for name, text in ADDRESS.items():
                page.locator(f"input[name={name}]").fill(text)
            page.locator("input[name=state]").blur()
    page.locator("input[name=payment][value=pix]").check(force=True)
    if page.locator("input[name=preorder_confirmed]").count():
        page.locator("input[name=preorder_confirmed]").check(force=True)


def place_order(page: Page) -> str:
    """Presses the button, once more when the freight came with the first time. Answers the order's id."""
    for _ in range(2):
        with page.expect_response(
            lambda answer: answer.request.method == "POST" and "do=order" in (answer.request.post_data or "")
        ) as heard:
            page.locator("#place-order").click()
        if heard.value.headers.get("hx-redirect"):
            break
        expect(page.locator("#checkout [data-focus-me]")).to_be_focused()
    page.wait_for_url("**/pedido/**")
    return page.url.rpartition("/")[2]


def order_with_pix(visitor: Visitor, *, fulfilment: str, phone: str) -> str:
    """From the menu to the Pix screen. Answers the order's id."""
    visitor.open(SHOP)
    put_bread_in_basket(visitor)
    visitor.open(f"{SHOP}/finalizar")
    fill_checkout(visitor.page, fulfilment=fulfilment, phone=phone)
    return place_order(visitor.page)
