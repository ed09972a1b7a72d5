"""Who asks to be forgotten is forgotten in stored webhooks: emptied, sent no more, and said so to whoever asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from tests.contracts.webhook_receiver import Receiver, receiving
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop
from tests.integration.admin.webhook_town import (
    SENDER,
    add_endpoint,
    bodies,
    log_of,
    order,
    settle,
    types,
    waiting,
)

NAMES = ("Ana Souza", "98765-4321", "987654321", "5511987654321", "Outra", "outra@", "912345678")


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


async def _everything_stored(shop: Shop) -> str:
    """All that is kept of webhooks of the business, as text."""
    query = text("""
    select coalesce(string_agg(t.row, ' '), '') from (
      select to_jsonb(m)::text as row from webhook_messages m where m.tenant_id = :tenant
      union all select to_jsonb(r)::text from webhook_tries r where r.tenant_id = :tenant
      union all select to_jsonb(d)::text from webhook_deliveries d where d.tenant_id = :tenant) t
    """)
    async with platform_work(shop.runtime.database, read_only=True) as session:
        return (await session.execute(query, {"tenant": shop.tenant.id})).scalar_one()


async def _person(client: httpx.AsyncClient, shop: Shop, q: str = "Ana") -> dict[str, Any]:
    return (await client.get("/contacts", params={"q": q}, headers=shop.staff)).json()["items"][0]


async def _erase(
    client: httpx.AsyncClient, shop: Shop, person: dict[str, Any], confirm: str = "Ana Souza"
) -> None:
    answer = await client.post(
        f"/contacts/{person['id']}/erase", json={"confirm": confirm}, headers=shop.staff
    )
    assert answer.status_code == 204, answer.text


async def test_what_names_the_person_is_emptied_and_not_sent_again(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.*", "customer.*", "payment.created"])
    receiver.faults.append("500")  # the first message waits for its second try
    mine = await order(client, shop)
    other = await order(client, shop, customer={"name": "Zeca Lima", "phone": "(11) 91111-2222"})
    await settle(shop)
    await _erase(client, shop, await _person(client, shop))
    await settle(shop)
    stored = await _everything_stored(shop)
    assert [name for name in NAMES[:4] if name in stored] == []
    assert "Zeca Lima" in stored
    items = (await log_of(client, shop, endpoint, limit=100))["items"]
    emptied = [item for item in items if item["erased_at"]]
    assert {item["event_type"] for item in emptied} == {"order.created", "customer.created"}
    assert {item["subject"] for item in emptied if item["event_type"] == "order.created"} == {
        f"order:{mine['id']}"
    }
    # Its id, type and time are still there; of other people's messages everything.
    assert all(item["message_id"] and item["created_at"] for item in emptied)
    kept = next(item for item in items if item["subject"] == f"order:{other['id']}")
    for item, code in ((emptied[0], 410), (kept, 202)):
        url = f"/admin/webhooks/{endpoint['id']}/deliveries/{item['id']}"
        again = await client.post(f"{url}/redeliver", headers=shop.staff)
        assert again.status_code == code, again.text
        if code == 410:
            assert again.json()["code"] == "webhook_message_erased"
            assert (await client.get(url, headers=shop.staff)).json()["data"] == {}
    # The one that waited is called off, and its planned try finds nothing to do.
    waited = next(item for item in emptied if item["event_type"] == "order.created")
    assert (waited["status"], waited["next_try_at"]) == ("failed", None)
    everything = await client.post(f"/admin/webhooks/{endpoint['id']}/redeliver", json={}, headers=shop.staff)
    assert everything.json() == {"asked": 0}
    page = await client.get(
        f"/painel/webhooks/{endpoint['id']}/entregas/{waited['id']}",
        headers={**shop.staff, "Accept-Language": "en"},
    )
    assert page.status_code == 200
    assert "asked to be forgotten" in page.text


async def test_what_waits_is_never_sent_once_somebody_is_forgotten(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, clock: MovableClock
) -> None:
    await add_endpoint(client, shop, receiver, ["order.*", "customer.erased"])
    await order(client, shop)
    await settle(shop, leave="admin.send_webhook")
    assert [job.task_name for job in await waiting(shop)] == ["admin.send_webhook"]
    await _erase(client, shop, await _person(client, shop))
    clock.advance(hours=2)
    await settle(shop)
    assert types(receiver) == ["customer.erased"]


async def test_a_try_that_is_on_the_line_leaves_nothing_behind(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, clock: MovableClock
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.*"])

    class Echoes:
        """Says back what it heard, but only when the person is forgotten already; the first time badly."""

        name = "echoes"

        async def send(self, message: Any) -> Any:
            from balcao.ports.webhooks import WebhookAnswer

            on_the_line.set()
            await forgotten.wait()
            return WebhookAnswer(500, json.dumps(json.loads(message.body)["data"]["customer"]))

    on_the_line, forgotten = asyncio.Event(), asyncio.Event()
    await order(client, shop)
    await settle(shop, leave="admin.send_webhook")
    person = await _person(client, shop)
    sending = asyncio.create_task(settle(shop, sender=Echoes()))
    await on_the_line.wait()
    await _erase(client, shop, person)
    forgotten.set()
    await sending
    stored = await _everything_stored(shop)
    assert [name for name in NAMES[:4] if name in stored] == []
    item = (await log_of(client, shop, endpoint))["items"][0]
    assert (item["status"], item["last_try"]["status_code"], item["last_try"]["excerpt"]) == (
        "failed",
        500,
        "",
    )
    clock.advance(hours=2)
    await settle(shop)
    assert receiver.heard == []


async def test_who_was_merged_and_what_was_known_before_go_too(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    await add_endpoint(client, shop, receiver, ["order.created", "customer.*"])
    await order(client, shop)
    await settle(shop)
    ana = await _person(client, shop)
    made = await client.post(
        "/contacts",
        json={"first_name": "Outra", "email": "outra@example.com", "phone": "+5511912345678"},
        headers=shop.staff,
    )
    assert made.status_code == 201, made.text
    # An order under a number that the team corrects afterwards, and somebody who turns out to be the same person.
    await order(client, shop, customer={"name": "Outra", "phone": "(11) 91234-5678"})
    await settle(shop)
    fresh = await _person(client, shop, "Outra")
    corrected = await client.patch(
        f"/contacts/{fresh['id']}",
        json={"phone": "+5511933334444", "version": fresh["version"]},
        headers=shop.staff,
    )
    assert corrected.status_code == 200, corrected.text
    merged = await client.post(
        "/contacts/merge", json={"keep_id": ana["id"], "merge_id": fresh["id"]}, headers=shop.staff
    )
    assert merged.status_code == 200, merged.text
    await settle(shop)
    told = [body for body in bodies(receiver) if body["type"] == "customer.merged"]
    assert [(body["data"]["id"], body["data"]["merged_id"]) for body in told] == [(ana["id"], fresh["id"])]
    stored = await _everything_stored(shop)
    assert "Outra" in stored
    await _erase(client, shop, ana)
    await settle(shop)
    stored = await _everything_stored(shop)
    assert [name for name in (*NAMES, "933334444") if name in stored] == []
    last = bodies(receiver)[-1]
    assert (last["type"], last["data"]["merged_ids"]) == ("customer.erased", [fresh["id"]])


async def test_a_message_is_of_its_moment_and_no_trouble_of_ours_keeps_a_sale(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, monkeypatch: Any
) -> None:
    await add_endpoint(client, shop, receiver, ["order.*"])
    from balcao.modules.admin import webhook_telling

    async def broken(*_: Any) -> Any:
        raise ValueError("a listener's own trouble")

    with monkeypatch.context() as patched:
        patched.setattr(webhook_telling, "order_document", broken)
        placed = await order(client, shop)
    # The sale stands, and the listener is asked again.
    assert "reaction:admin.tell_of_new_order" in [job.task_name for job in await waiting(shop)]
    await settle(shop, sender=SENDER)
    assert [body["data"]["id"] for body in bodies(receiver)] == [placed["id"]]
