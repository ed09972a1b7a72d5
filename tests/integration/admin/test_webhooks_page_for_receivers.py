"""docs/webhooks.md says what is really sent: its examples have the shape of real messages, and its code verifies them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from balcao.modules.admin.webhook_events import EVENTS
from balcao.modules.admin.webhook_jobs import STOP_AFTER, TRIES
from balcao.ports.webhooks import TIMEOUT_SECONDS
from tests.contracts.webhook_receiver import Heard, receiving
from tests.factories.shops import Shop
from tests.integration.admin.webhook_town import add_endpoint, settle
from tests.integration.store.ordering import cart, move, place

PAGE = Path(__file__).parents[3] / "docs" / "webhooks.md"
SHOWN = {
    "order.created", "order.confirmed", "payment.approved", "stock.low", "customer.created", "customer.erased", "ping",
}  # fmt: skip


async def everything(client: httpx.AsyncClient, shop: Shop) -> tuple[dict[str, Heard], str]:
    """One message of each type on the page, and the secret they are signed with."""
    async with receiving() as receiver:
        endpoint = await add_endpoint(client, shop, receiver, ["*"])
        await shop.add_product("Bolo de cenoura", 4500, stock=2)
        await shop.add_group("Bolo de cenoura", "Cobertura", [("Chocolate", 500)])
        async with shop.runtime.transactions.begin(shop.tenant) as uow:
            await uow.session.execute(text("update stock_items set low_threshold = 1"))
        body = cart(shop, ("Bolo de cenoura", 1), payment={"method": "pix"})
        body["items"][0]["options"] = [{"option_id": str(shop.options["Chocolate"]), "quantity": 1}]
        placed = await place(client, shop, body)
        assert placed.status_code == 201, placed.text
        order, payment = placed.json()["order"], placed.json()["payment"]
        await client.post(
            f"/admin/orders/{order['id']}/payments/confirm",
            json={"payment_id": payment["id"]},
            headers=shop.staff,
        )
        await move(client, shop, order["id"], "confirmed")
        await settle(shop)
        people = (await client.get("/contacts", headers=shop.staff)).json()["items"]
        await client.post(
            f"/contacts/{people[0]['id']}/erase", json={"confirm": "Ana Souza"}, headers=shop.staff
        )
        await client.post(f"/admin/webhooks/{endpoint['id']}/ping", headers=shop.staff)
        await settle(shop)
        return {json.loads(heard.body)["type"]: heard for heard in receiver.heard}, endpoint["secret"]


def examples() -> dict[str, Any]:
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)]
    return {block["type"]: block for block in blocks}


def shape(value: Any) -> Any:
    """Which keys a document has, level by level; of lists, those of the first entry."""
    if isinstance(value, Mapping):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


async def test_examples_have_the_shape_of_what_is_sent(client: httpx.AsyncClient, shop: Shop) -> None:
    heard, _ = await everything(client, shop)
    bodies = {name: json.loads(one.body) for name, one in heard.items()}
    if folder := os.environ.get("WEBHOOK_EXAMPLES"):
        Path(folder, "examples.json").write_text(json.dumps(bodies, indent=2, ensure_ascii=False))
    found = examples()
    assert set(found) == SHOWN
    assert {name: shape(found[name]) for name in SHOWN} == {name: shape(bodies[name]) for name in SHOWN}


async def test_the_code_on_the_page_verifies_a_real_message_and_no_other(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    heard, secret = await everything(client, shop)
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert code is not None
    lines = [line for line in code.group(1).splitlines() if line.strip()]
    assert len(lines) <= 14
    space: dict[str, Any] = {}
    exec(compile(code.group(1), "docs/webhooks.md", "exec"), space)  # noqa: S102 - the page's own lines
    verify = space["is_ours"]
    one = heard["order.created"]
    assert verify(one.headers, one.body, secret)
    assert not verify(one.headers, one.body + b" ", secret)
    assert not verify(one.headers, one.body, "whsec_" + "A" * 43 + "=")
    assert not verify({**one.headers, "webhook-id": "another"}, one.body, secret)
    assert not verify({**one.headers, "webhook-timestamp": "1700000000"}, one.body, secret)


def test_every_event_and_every_number_is_on_the_page() -> None:
    page = PAGE.read_text()
    assert [name for name in EVENTS if f"`{name}`" not in page] == []
    assert f"{TRIES} tries" in page
    assert f"{STOP_AFTER} failures" in page
    assert f"{TIMEOUT_SECONDS:.0f} seconds" in page
