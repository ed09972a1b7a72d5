"""Webhooks that leave: who hears of what, in which order, signed how, and what happens when nobody answers."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.modules.admin.module import MODULE
from tests.contracts.webhook_receiver import Receiver, receiving
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop
from tests.integration.admin.webhook_town import (
    add_endpoint,
    bodies,
    log_of,
    order,
    send_all_at_once,
    settle,
    types,
    verified,
    waiting,
)
from tests.integration.store.ordering import cart, move, place


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


async def test_a_business_without_endpoints_pays_nothing(client: httpx.AsyncClient, shop: Shop) -> None:
    await order(client, shop)
    assert [job.task_name for job in await waiting(shop) if "tell_of" in job.task_name] == []


async def test_an_order_is_told_step_by_step_with_rising_numbers(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.*"])
    placed = await order(client, shop)
    await settle(shop)
    await move(client, shop, placed["id"], "confirmed")
    await move(client, shop, placed["id"], "preparing")
    # Both are written by now, and leave one after the other.
    sending = [job for job in await waiting(shop) if job.task_name == "admin.send_webhook"]
    assert [job.lock for job in sending] == [f"webhook:{endpoint['id']}"] * 2
    assert [job.task_name for job in await waiting(shop) if "tell_of" in job.task_name] == []
    await settle(shop)
    assert types(receiver) == ["order.created", "order.confirmed", "order.preparing"]
    assert [body["sequence"] for body in bodies(receiver)] == [1, 2, 3]
    assert {body["subject"] for body in bodies(receiver)} == {f"order:{placed['id']}"}
    first, second, _ = bodies(receiver)
    assert (first["data"]["code"], first["data"]["total_cents"]) == (placed["code"], 500)
    assert first["data"]["customer"]["phone"] == "+5511987654321"
    # What the team says to itself stays inside, and a later step does not change an earlier message.
    assert not {"events", "tenant_id", "tracking_hash"} & set(first["data"])
    assert (second["data"]["status"], second["data"]["previous_status"]) == ("confirmed", "received")
    assert [body["data"]["version"] for body in bodies(receiver)] == [1, 2, 3]
    for heard, body in zip(receiver.heard, bodies(receiver), strict=True):
        assert heard.headers["webhook-id"] == body["id"]
        assert verified(heard.headers, heard.body, endpoint["secret"])
        plain = hmac.new(
            endpoint["secret"].encode(),
            heard.headers["x-timestamp"].encode() + b"." + heard.body,
            hashlib.sha256,
        )
        assert heard.headers["x-signature"] == plain.hexdigest()
    log = await log_of(client, shop, endpoint)
    assert [item["status"] for item in log["items"]] == ["delivered"] * 3
    assert log["items"][0]["last_try"]["status_code"] == 200


async def test_events_are_told_once_however_often_a_job_runs(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    await add_endpoint(client, shop, receiver, ["*"])
    await order(client, shop)
    await settle(shop, again=True)
    assert sorted(types(receiver)) == ["customer.created", "order.created", "payment.created"]
    await order(client, shop)
    await settle(shop)
    assert types(receiver).count("customer.created") == 1


async def test_payment_stock_and_erasure_are_told(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    await add_endpoint(client, shop, receiver, ["payment.approved", "stock.*", "customer.*"])
    await shop.add_product("Bolo", 2000, stock=2)
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(text("update stock_items set low_threshold = 1"))
    placed = await place(client, shop, cart(shop, ("Bolo", 1), payment={"method": "pix"}))
    document, payment_id = placed.json()["order"], placed.json()["payment"]["id"]
    confirmed = await client.post(
        f"/admin/orders/{document['id']}/payments/confirm",
        json={"payment_id": payment_id},
        headers=shop.staff,
    )
    assert confirmed.status_code == 200, confirmed.text
    await settle(shop)
    told = {body["type"]: body for body in bodies(receiver)}
    assert told["payment.approved"]["data"]["amount_cents"] == 2000
    assert told["payment.approved"]["data"]["order"]["code"] == document["code"]
    assert told["stock.low"]["data"]["available"] == 1
    assert told["stock.low"]["data"]["product"]["name"] == "Bolo"
    assert told["customer.created"]["data"]["phone"] == "+5511987654321"
    people = await client.get("/contacts", params={"q": "Ana"}, headers=shop.staff)
    contact_id = people.json()["items"][0]["id"]
    erased = await client.post(
        f"/contacts/{contact_id}/erase", json={"confirm": "Ana Souza"}, headers=shop.staff
    )
    assert erased.status_code == 204, erased.text
    await settle(shop)
    last = bodies(receiver)[-1]
    assert last["type"] == "customer.erased"
    assert last["data"] == {"id": contact_id, "contact_id": contact_id, "merged_ids": []}


async def test_each_endpoint_hears_what_it_asked_for_and_nobody_elses(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop, receiver: Receiver
) -> None:
    await add_endpoint(client, shop, receiver, ["order.created"], "/one")
    await add_endpoint(client, shop, receiver, ["order.canceled"], "/two")
    await add_endpoint(client, other_shop, receiver, ["*"], "/other")
    placed = await order(client, shop)
    await move(client, shop, placed["id"], "canceled", reason="teste")
    await settle(shop)
    await settle(other_shop)
    assert [(heard.target, json.loads(heard.body)["type"]) for heard in receiver.heard] == [
        ("/one", "order.created"), ("/two", "order.canceled"),
    ]  # fmt: skip


async def test_eight_tries_doubling_from_half_a_minute(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, clock: MovableClock
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    receiver.always = "500"
    await order(client, shop)
    await settle(shop)
    waits: list[int] = []
    while planned := [job for job in await waiting(shop) if job.task_name == "admin.send_webhook"]:
        assert len(planned) == 1
        waits.append(round((planned[0].scheduled_at - clock()).total_seconds()))
        before = len(receiver.heard)
        clock.go_to(planned[0].scheduled_at - timedelta(seconds=1))
        await settle(shop)
        assert len(receiver.heard) == before
        clock.go_to(planned[0].scheduled_at + timedelta(seconds=1))
        await settle(shop)
    assert waits == [30, 60, 120, 240, 480, 960, 1920]
    assert len(receiver.heard) == 8
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    assert len({heard.body for heard in receiver.heard}) == 1
    item = (await log_of(client, shop, endpoint))["items"][0]
    assert (item["status"], item["tries"], item["last_try"]["status_code"]) == ("failed", 8, 500)
    assert item["last_try"]["excerpt"] == "no  thanks �"


@pytest.mark.parametrize(
    ("fault", "problem"),
    [("reset", "broken"), ("redirect", "redirect"), ("slow", "timeout"), ("404", "status")],
)
async def test_a_fault_is_noted_and_the_next_try_arrives(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, clock: MovableClock, fault: str, problem: str
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    receiver.faults.append(fault)
    await order(client, shop)
    await settle(shop)
    item = (await log_of(client, shop, endpoint))["items"][0]
    assert (item["status"], item["last_try"]["problem"]) == ("waiting", problem)
    clock.advance(seconds=40)
    await settle(shop)
    detail = await client.get(f"/admin/webhooks/{endpoint['id']}/deliveries/{item['id']}", headers=shop.staff)
    assert detail.json()["status"] == "delivered"
    assert [one["problem"] for one in detail.json()["history"]] == ["", problem]
    assert detail.json()["data"]["status"] == "received"


async def test_a_worker_killed_before_it_noted_the_answer_sends_again_under_the_same_id(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    class Killed(BaseException):
        pass

    class SendsAndDies:
        name = "dies"

        async def send(self, message: Any) -> Any:
            from tests.integration.admin.webhook_town import SENDER

            await SENDER.send(message)
            raise Killed

    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    await order(client, shop)
    with pytest.raises(Killed):
        await settle(shop, sender=SendsAndDies())
    item = (await log_of(client, shop, endpoint))["items"][0]
    assert (item["status"], item["tries"]) == ("waiting", 0)
    # What the queue does with the job of a worker whose heart stopped.
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        job = next(job for job in MODULE.jobs if job.name == "admin.send_webhook")
        uow.enqueue(job, delivery_id=item["id"], after=0)
    await settle(shop)
    assert len(receiver.heard) == 2
    assert receiver.heard[0].headers["webhook-id"] == receiver.heard[1].headers["webhook-id"]
    assert (await log_of(client, shop, endpoint))["items"][0]["status"] == "delivered"


async def test_twenty_failures_in_a_row_stop_it_and_nothing_is_lost(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    receiver.always = "500"
    for _ in range(19):
        await order(client, shop)
    await settle(shop)
    url = f"/admin/webhooks/{endpoint['id']}"
    view = (await client.get(url, headers=shop.staff)).json()
    assert (view["status"], view["failures"]) == ("on", 19)
    await order(client, shop)
    await settle(shop)
    view = (await client.get(url, headers=shop.staff)).json()
    assert (view["status"], view["waiting"], view["held"]) == ("stopped", 0, 20)
    assert view["stopped_at"]
    mail = (await client.get("/admin/messages", params={"limit": 100}, headers=shop.staff)).json()["items"]
    letters = [item for item in mail if item["template"] == "webhook_stopped"]
    assert len(letters) == 1
    assert receiver.url() in letters[0]["body"]
    # What happens meanwhile waits too, and a stopped address is not called.
    await order(client, shop)
    await settle(shop)
    assert len(receiver.heard) == 20
    again = await client.post(f"{url}/redeliver", json={}, headers=shop.staff)
    assert (again.status_code, again.json()["code"]) == (409, "webhook_endpoint_off")
    receiver.always = ""
    switched = await client.patch(url, json={"status": "on", "version": view["version"]}, headers=shop.staff)
    assert (switched.json()["status"], switched.json()["failures"]) == ("on", 0)
    assert (await client.post(f"{url}/redeliver", json={}, headers=shop.staff)).json() == {"asked": 21}
    await settle(shop)
    codes = [body["data"]["code"] for body in bodies(receiver)[20:]]
    assert codes == sorted(codes)
    assert len(codes) == 21


async def test_failures_noted_by_many_workers_at_once_are_all_counted(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    receiver.always = "500"
    for _ in range(24):
        await order(client, shop)
    await settle(shop, leave="admin.send_webhook")
    assert await send_all_at_once(shop) == 24
    view = (await client.get(f"/admin/webhooks/{endpoint['id']}", headers=shop.staff)).json()
    assert (view["status"], view["held"]) == ("stopped", 24)
    assert view["failures"] == 24
    tries = [item["tries"] for item in (await log_of(client, shop, endpoint, limit=100))["items"]]
    assert tries == [1] * 24


async def test_one_success_forgets_the_failures(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    receiver.faults.extend(["500"] * 3)
    for _ in range(4):
        await order(client, shop)
    await settle(shop)
    view = (await client.get(f"/admin/webhooks/{endpoint['id']}", headers=shop.staff)).json()
    assert (view["failures"], view["waiting"]) == (0, 3)


async def test_one_delivery_is_sent_again_under_its_id(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    await order(client, shop)
    await settle(shop)
    item = (await log_of(client, shop, endpoint))["items"][0]
    url = f"/admin/webhooks/{endpoint['id']}/deliveries/{item['id']}/redeliver"
    assert (await client.post(url, headers=shop.staff)).json() == {"asked": 1}
    await settle(shop)
    assert [heard.headers["webhook-id"] for heard in receiver.heard] == [item["message_id"]] * 2
    elsewhere = f"/admin/webhooks/{endpoint['id']}/deliveries/{uuid4()}/redeliver"
    assert (await client.post(elsewhere, headers=shop.staff)).status_code == 404


async def test_only_what_failed_since_is_sent_again(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, clock: MovableClock
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    receiver.always = "500"
    await order(client, shop)
    for _ in range(8):
        await settle(shop)
        clock.advance(hours=1)
    since = clock()
    await order(client, shop)
    for _ in range(8):
        await settle(shop)
        clock.advance(hours=1)
    receiver.always, before = "", len(receiver.heard)
    url = f"/admin/webhooks/{endpoint['id']}/redeliver"
    asked = await client.post(url, json={"since": since.isoformat()}, headers=shop.staff)
    assert asked.json() == {"asked": 1}
    await settle(shop)
    assert len(receiver.heard) == before + 1
    assert (await client.post(url, json={}, headers=shop.staff)).json() == {"asked": 1}
