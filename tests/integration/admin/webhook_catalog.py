"""Makes a business do everything that other programs can hear of, once at least."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from balcao.modules.store.orders import move_order
from balcao.providers.webhooks.addresses import networks_of
from balcao.providers.webhooks.direct import DirectWebhooks
from tests.contracts.webhook_receiver import Heard, receiving
from tests.factories.shops import Shop
from tests.integration.admin.webhook_town import add_endpoint, here, settle
from tests.integration.store.ordering import ADDRESS, cart, move, place

BODY = dict[str, Any]
PATIENT = DirectWebhooks(
    plain_http=True, networks=networks_of(["127.0.0.0/8"]), resolver=here, timeout_seconds=30
)
"""A machine with much to do is no reason to leave somebody alone."""


async def _placed(client: httpx.AsyncClient, shop: Shop, method: str, **extra: Any) -> BODY:
    body = cart(shop, ("Bolo de cenoura", 1), payment={"method": method}, **extra)
    body["items"][0]["options"] = [{"option_id": str(shop.options["Chocolate"]), "quantity": 1}]
    answer = await place(client, shop, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def _pay(client: httpx.AsyncClient, shop: Shop, placed: BODY) -> None:
    answer = await client.post(
        f"/admin/orders/{placed['order']['id']}/payments/confirm",
        json={"payment_id": placed["payment"]["id"]},
        headers=shop.staff,
    )
    assert answer.status_code == 200, answer.text


async def _orders(client: httpx.AsyncClient, shop: Shop) -> None:
    paid = await _placed(client, shop, "pix")
    await _pay(client, shop, paid)
    for status in ("confirmed", "preparing", "ready", "picked_up", "completed"):
        answer = await move(client, shop, paid["order"]["id"], status)
        assert answer.status_code == 200, answer.text
    called_off = await _placed(client, shop, "pix")
    await _pay(client, shop, called_off)
    await move(client, shop, called_off["order"]["id"], "canceled", reason="teste")
    unpaid = await _placed(client, shop, "pix")
    await move(client, shop, unpaid["order"]["id"], "canceled", reason="teste")
    late = await _placed(client, shop, "pix")
    # As it is now: with what its endpoints ask for.
    tenant = await shop.runtime.tenants.find("id", str(shop.tenant.id))
    async with shop.runtime.transactions.begin(tenant) as uow:
        await move_order(uow, UUID(late["order"]["id"]), "expired", as_kind="timer")
    where = {"store_id": str(shop.store_id), "address": ADDRESS}
    quote = (await client.post("/shipping/quote", json=where, headers=shop.headers)).json()["quote_id"]
    brought = await _placed(client, shop, "cash", fulfilment="delivery", address=ADDRESS, quote_id=quote)
    for status in ("confirmed", "preparing", "ready", "out_for_delivery", "delivered"):
        answer = await move(client, shop, brought["order"]["id"], status)
        assert answer.status_code == 200, answer.text


async def _goods(client: httpx.AsyncClient, shop: Shop) -> None:
    store = str(shop.store_id)
    made = await client.post(
        "/admin/catalog/products",
        json={"name": "Pão de queijo", "skus": [{"price_cents": 300}]},
        headers=shop.staff,
    )
    assert made.status_code == 201, made.text
    product = made.json()
    url = f"/admin/catalog/products/{product['id']}"
    changed = await client.patch(
        url, json={"description": "Quentinho", "version": product["version"]}, headers=shop.staff
    )
    assert changed.status_code == 200, changed.text
    assert (await client.delete(url, headers=shop.staff)).status_code in {200, 204}
    paused = await client.post(
        f"/admin/stores/{store}/pause", json={"minutes": 30, "reason": "Almoço"}, headers=shop.staff
    )
    assert paused.status_code < 300, paused.text
    assert (await client.post(f"/admin/stores/{store}/resume", headers=shop.staff)).status_code == 200


async def _people(client: httpx.AsyncClient, shop: Shop) -> None:
    made: list[BODY] = []
    for name, phone in (
        ("Bruna", "+5511912345678"),
        ("Bruna Lima", "+5511912345679"),
        ("Caio", "+5511912345670"),
    ):
        answer = await client.post("/contacts", json={"first_name": name, "phone": phone}, headers=shop.staff)
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    keep, other, gone = made
    await settle(shop, sender=PATIENT)
    changed = await client.patch(
        f"/contacts/{keep['id']}", json={"city": "Santos", "version": keep["version"]}, headers=shop.staff
    )
    assert changed.status_code == 200, changed.text
    pair = {"keep_id": keep["id"], "merge_id": other["id"]}
    merged = await client.post("/contacts/merge", json=pair, headers=shop.staff)
    assert merged.status_code == 200, merged.text
    await settle(shop, sender=PATIENT)  # who is forgotten is forgotten in what was not sent yet, too
    erased = await client.post(f"/contacts/{keep['id']}/erase", json={"confirm": "Bruna"}, headers=shop.staff)
    assert erased.status_code == 204, erased.text
    assert (await client.delete(f"/contacts/{gone['id']}", headers=shop.staff)).status_code == 204


async def everything(client: httpx.AsyncClient, shop: Shop) -> tuple[list[Heard], str]:
    """All messages that came, each sent before anybody was forgotten, and the secret they are signed with."""
    async with receiving() as receiver:
        endpoint = await add_endpoint(client, shop, receiver, ["*"])
        await shop.add_product("Bolo de cenoura", 4500, stock=20)
        await shop.add_group("Bolo de cenoura", "Cobertura", [("Chocolate", 500)])
        async with shop.runtime.transactions.begin(shop.tenant) as uow:
            await uow.session.execute(text("update stock_items set low_threshold = 19"))
        await _orders(client, shop)
        await _goods(client, shop)
        await settle(shop, sender=PATIENT)
        await _people(client, shop)
        await client.post(f"/admin/webhooks/{endpoint['id']}/ping", headers=shop.staff)
        await settle(shop, sender=PATIENT)
        return list(receiver.heard), endpoint["secret"]
