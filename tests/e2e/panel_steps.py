"""What every journey through the panel begins with: somebody who signed in, and an order to look at."""

from __future__ import annotations

import json
import urllib.request
import uuid
from typing import Any

from tests.e2e.conftest import Visitor

OWNER, ATTENDANT = "dona@padaria.example", "balcao@padaria.example"
PASSWORD = "balcao-demo"


def sign_in(visitor: Visitor, email: str = OWNER) -> None:
    """Through the form, up to the first page."""
    page = visitor.page
    visitor.open("/painel/entrar")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form[action='/painel/entrar'] button").last.click()
    page.wait_for_url("**/painel")


def _ask(base: str, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {
        "X-Tenant": "padaria",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(base + path, data, headers), timeout=10) as answer:
        return json.load(answer)


def order_by_api(base: str, phone: str, method: str = "pix") -> str:
    """Six rolls to be picked up in Vila Mariana. Answers the order's id."""
    store = next(item for item in _ask(base, "/api/v1/stores")["items"] if item["slug"] == "vila-mariana")
    menu = _ask(base, f"/api/v1/catalog?store_id={store['id']}")
    products = [product for shelf in menu["categories"] for product in shelf["products"]]
    bread = next(product for product in products if product["name"] == "Pão francês")
    placed = _ask(
        base,
        "/api/v1/checkout",
        {
            "store_id": store["id"], "fulfilment": "pickup", "preorder_confirmed": True,
            "items": [{"product_id": bread["id"], "quantity": 6, "notes": "Bem moreninho"}],
            "customer": {"name": "Davi Nakamura", "phone": phone}, "payment": {"method": method},
        },
    )  # fmt: skip
    return str(placed["order"]["id"])
