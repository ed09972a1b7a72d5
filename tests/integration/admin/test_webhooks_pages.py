"""Webhooks in the panel: forms, the secret shown once, the log, sending again."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from tests.contracts.webhook_receiver import Receiver, receiving
from tests.factories.shops import Shop
from tests.integration.admin.webhook_town import add_endpoint, log_of, settle

HERE = "/painel/webhooks"


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


async def test_an_address_is_made_tested_changed_and_deleted(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    empty = await client.get(HERE, headers=shop.staff)
    assert "Ninguém está ouvindo ainda" in empty.text
    assert (await client.get(f"{HERE}/novo", headers=shop.staff)).status_code == 200
    typed = {"url": receiver.url(), "description": "ERP", "events": ["order.*", "stock.low"]}
    made = await client.post(f"{HERE}/novo", data=typed, headers=shop.staff)
    assert made.status_code == 200
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", html.unescape(made.text))
    assert secret is not None
    items = (await client.get("/admin/webhooks", headers=shop.staff)).json()["items"]
    url = f"{HERE}/{items[0]['id']}"
    assert items[0]["events"] == ["order.*", "stock.low"]
    page = await client.get(url, headers=shop.staff)
    assert "whsec_" not in page.text
    assert (await client.post(f"{url}/testar", headers=shop.staff)).status_code == 303
    await settle(shop)
    assert len(receiver.heard) == 1
    assert "ping" in (await client.get(url, headers=shop.staff)).text
    rotated = await client.post(f"{url}/novo-segredo", headers=shop.staff)
    assert "whsec_" in rotated.text
    assert secret.group() not in html.unescape(rotated.text)
    wrong = await client.post(url, data={**typed, "url": "https://"}, headers=shop.staff)
    assert wrong.status_code == 422
    assert "Este endereço não está completo" in wrong.text
    saved = await client.post(url, data={**typed, "events": ["payment.*"]}, headers=shop.staff)
    assert saved.status_code == 303
    for act in ("desligar", "ligar", "excluir"):
        assert (await client.post(f"{url}/{act}", headers=shop.staff)).status_code == 303
    assert (await client.get(url, headers=shop.staff)).status_code == 404


async def test_what_was_not_heard_is_seen_and_sent_again(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    url = f"{HERE}/{endpoint['id']}"
    receiver.faults.append("500")
    await client.post(f"/admin/webhooks/{endpoint['id']}/ping", headers=shop.staff)
    await settle(shop)
    one = (await log_of(client, shop, endpoint))["items"][0]
    listed = await client.get(f"{url}?estado=failed", headers=shop.staff)
    assert "Respondeu com erro." in listed.text
    other = await client.get(f"{url}?estado=held&abaixo=x", headers=shop.staff)
    assert (other.status_code, "/entregas/" in other.text) == (200, False)
    assert "/entregas/" in listed.text
    detail = await client.get(f"{url}/entregas/{one['id']}", headers=shop.staff)
    assert "no  thanks" in detail.text
    assert one["message_id"] in detail.text
    again = await client.post(f"{url}/entregas/{one['id']}/reenviar", headers=shop.staff)
    assert again.status_code == 303
    await settle(shop)
    assert [heard.headers["webhook-id"] for heard in receiver.heard] == [one["message_id"]] * 2
    assert (await client.post(f"{url}/reenviar", headers=shop.staff)).status_code == 303
    await client.post(f"{url}/desligar", headers=shop.staff)
    refused = await client.post(f"{url}/reenviar", headers=shop.staff)
    assert refused.status_code == 409
    assert "Este endereço está desligado" in refused.text


async def test_who_may_only_look_finds_no_buttons(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    viewer = await shop.add_user("manager", ["admin.webhooks:view"])
    page = await client.get(f"{HERE}/{endpoint['id']}", headers=viewer)
    assert "novo-segredo" not in page.text
    assert (await client.post(f"{HERE}/{endpoint['id']}/novo-segredo", headers=viewer)).status_code == 403
