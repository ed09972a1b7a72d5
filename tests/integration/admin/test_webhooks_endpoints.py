"""Webhook endpoints: their secrets, what they ask for, who may change them, their log and how long it is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.modules.admin.module import MODULE
from balcao.modules.admin.webhook_events import EVENTS
from tests.contracts.webhook_receiver import Receiver, receiving
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop
from tests.integration.admin.webhook_town import (
    add_endpoint,
    log_of,
    order,
    settle,
    types,
    verified,
    waiting,
    wishes,
)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


async def test_the_secret_is_shown_once_and_the_old_one_signs_for_a_day(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, clock: MovableClock
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    url = f"/admin/webhooks/{endpoint['id']}"
    assert endpoint["secret"].startswith("whsec_")
    for answer in (
        await client.get(url, headers=shop.staff),
        await client.get("/admin/webhooks", headers=shop.staff),
    ):
        assert "whsec_" not in answer.text
    rotated = (await client.post(f"{url}/rotate", headers=shop.staff)).json()
    assert rotated["secret"] != endpoint["secret"]
    await order(client, shop)
    await settle(shop)
    heard = receiver.heard[0]
    assert verified(heard.headers, heard.body, endpoint["secret"])
    assert verified(heard.headers, heard.body, rotated["secret"])
    assert len(heard.headers["x-signature"].split(",")) == 2
    clock.advance(hours=25)
    fresh = await order(client, shop)
    await settle(shop)
    heard = receiver.heard[-1]
    assert json.loads(heard.body)["data"]["id"] == fresh["id"]
    assert not verified(heard.headers, heard.body, endpoint["secret"])
    assert verified(heard.headers, heard.body, rotated["secret"])


async def test_the_secret_lies_sealed_in_the_database(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    async with platform_work(shop.runtime.database, read_only=True) as session:
        rows = (
            await session.execute(
                text("select to_jsonb(e)::text from webhook_endpoints e where id = :id"),
                {"id": endpoint["id"]},
            )
        ).scalars()
        trail = (
            await session.execute(
                text(
                    "select coalesce(string_agg(t::text, ''), '') from audit_entries t where t.tenant_id = :id"
                ),
                {"id": shop.tenant.id},
            )
        ).scalar_one()
    assert endpoint["secret"] not in "".join(rows)
    assert endpoint["secret"] not in trail


async def test_a_ping_reaches_even_what_is_off_and_is_tried_once(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    url = f"/admin/webhooks/{endpoint['id']}"
    await client.patch(url, json={"status": "off"}, headers=shop.staff)
    assert (await client.post(f"{url}/ping", headers=shop.staff)).status_code == 202
    await settle(shop)
    assert types(receiver) == ["ping"]
    receiver.always = "500"
    await client.post(f"{url}/ping", headers=shop.staff)
    await settle(shop)
    assert [job for job in await waiting(shop) if job.task_name == "admin.send_webhook"] == []
    view = (await client.get(url, headers=shop.staff)).json()
    assert (view["failures"], view["failed"], view["status"]) == (0, 1, "off")


async def test_an_inner_address_is_refused_when_it_is_called(client: httpx.AsyncClient, shop: Shop) -> None:
    made = await client.post(
        "/admin/webhooks",
        json={"url": "http://localhost:1/x", "events": ["order.created"]},
        headers=shop.staff,
    )
    await order(client, shop)
    await settle(shop, sender=shop.runtime.providers.webhooks)
    item = (await log_of(client, shop, made.json()))["items"][0]
    assert (item["status"], item["last_try"]["problem"]) == ("waiting", "webhook_address")
    assert item["last_try"]["excerpt"] == ""


async def test_the_tenant_knows_what_its_endpoints_ask_for(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    one = await add_endpoint(client, shop, receiver, ["payment.*", "payment.approved", "stock.low"])
    assert one["events"] == ["payment.*", "stock.low"]
    payments = sorted(event for event in EVENTS if event.startswith("payment."))
    assert await wishes(shop) == [*payments, "stock.low"]
    two = await add_endpoint(client, shop, receiver, ["order.created"])
    assert await wishes(shop) == ["order.created", *payments, "stock.low"]
    await client.patch(f"/admin/webhooks/{one['id']}", json={"events": ["stock.low"]}, headers=shop.staff)
    assert await wishes(shop) == ["order.created", "stock.low"]
    await client.patch(f"/admin/webhooks/{two['id']}", json={"status": "off"}, headers=shop.staff)
    assert await wishes(shop) == ["stock.low"]
    await client.patch(f"/admin/webhooks/{two['id']}", json={"status": "on"}, headers=shop.staff)
    assert await wishes(shop) == ["order.created", "stock.low"]
    assert (await client.delete(f"/admin/webhooks/{one['id']}", headers=shop.staff)).status_code == 204
    assert await wishes(shop) == ["order.created"]


async def test_people_who_change_endpoints_at_once_lose_no_wish(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    asked = [
        "order.created",
        "order.ready",
        "payment.approved",
        "stock.low",
        "customer.created",
        "customer.erased",
    ]
    gone = await add_endpoint(client, shop, receiver, ["order.canceled"])
    await asyncio.gather(
        *(add_endpoint(client, shop, receiver, [event]) for event in asked),
        client.delete(f"/admin/webhooks/{gone['id']}", headers=shop.staff),
    )
    assert sorted(await wishes(shop)) == sorted(asked)


async def test_what_restore_put_aside_is_sent_when_somebody_says_so(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    receiver.faults.append("500")
    await order(client, shop)
    await settle(shop)
    async with shop.runtime.transactions.begin(shop.tenant) as uow:  # row security keeps it to this business
        await uow.session.execute(text(MODULE.after_restore["webhooks_held"]))
    await settle(shop)
    assert [item["status"] for item in (await log_of(client, shop, endpoint))["items"]] == ["held"]
    asked = await client.post(f"/admin/webhooks/{endpoint['id']}/redeliver", json={}, headers=shop.staff)
    assert asked.json() == {"asked": 1}
    await settle(shop)
    assert len(receiver.heard) == 2


async def test_the_log_is_read_in_pages(client: httpx.AsyncClient, shop: Shop, receiver: Receiver) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    for _ in range(5):
        await order(client, shop)
    await settle(shop)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await log_of(client, shop, endpoint, limit=2, **cursor)
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 5
    assert (await log_of(client, shop, endpoint, status="failed"))["items"] == []


async def test_after_thirty_days_messages_are_gone(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, clock: MovableClock
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    await client.post(f"/admin/webhooks/{endpoint['id']}/rotate", headers=shop.staff)
    await order(client, shop)
    await settle(shop)
    job = next(job for job in MODULE.jobs if job.name == "admin.forget_webhooks")
    for days, left in ((29, 1), (2, 0)):
        clock.advance(days=days)
        async with shop.runtime.transactions.begin(shop.tenant) as uow:
            uow.enqueue(job)
        await settle(shop)
        async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
            for table in ("webhook_messages", "webhook_deliveries", "webhook_tries"):
                count = await uow.session.execute(text(f"select count(*) from {table}"))  # noqa: S608
                assert count.scalar_one() == left
            former = await uow.session.execute(text("select sealed_previous from webhook_endpoints"))
            assert former.scalar_one() is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "ftp://example.com/"}, "/url"), ({"url": "https://"}, "/url"), ({"url": "https://a b/"}, "/url"),
        ({"url": "https://me:pw@example.com/"}, "/url"), ({"url": "https://example.com/#x"}, "/url"),
        ({"url": "https://example.com:99999/"}, "/url"), ({"url": "https://exämple.com/"}, "/url"),
        ({"events": ["order.nothing"]}, "/events"), ({"events": []}, "/events"),
    ],
)  # fmt: skip
async def test_what_cannot_work_is_refused(
    client: httpx.AsyncClient, shop: Shop, change: dict[str, Any], pointer: str
) -> None:
    body = {"url": "https://example.com/in", "events": ["order.created"], **change}
    answer = await client.post("/admin/webhooks", json=body, headers=shop.staff)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert await wishes(shop) == []


async def test_only_who_may_sees_and_changes_and_nobody_elses(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    url = f"/admin/webhooks/{endpoint['id']}"
    viewer = await shop.add_user("manager", ["admin.webhooks:view"])
    assert (await client.get(url, headers=viewer)).status_code == 200
    for answer in (
        await client.post(f"{url}/rotate", headers=viewer),
        await client.post(f"{url}/ping", headers=viewer),
        await client.delete(url, headers=viewer),
    ):
        assert answer.status_code == 403
    for answer in (
        await client.get(url, headers=other_shop.staff),
        await client.patch(url, json={"status": "off"}, headers=other_shop.staff),
        await client.post(f"{url}/rotate", headers=other_shop.staff),
        await client.post(f"{url}/ping", headers=other_shop.staff),
        await client.post(f"{url}/redeliver", json={}, headers=other_shop.staff),
        await client.get(f"{url}/deliveries", headers=other_shop.staff),
        await client.delete(url, headers=other_shop.staff),
    ):
        assert answer.status_code == 404
    assert (await client.get(url, headers=shop.staff)).json()["status"] == "on"


async def test_a_change_over_somebody_elses_is_refused(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(client, shop, receiver, ["order.created"])
    url = f"/admin/webhooks/{endpoint['id']}"
    body = {"description": "ERP", "version": endpoint["version"]}
    assert (await client.patch(url, json=body, headers=shop.staff)).status_code == 200
    assert (await client.patch(url, json=body, headers=shop.staff)).status_code == 409


async def test_there_is_room_for_twenty(client: httpx.AsyncClient, shop: Shop, receiver: Receiver) -> None:
    for _ in range(20):
        await add_endpoint(client, shop, receiver, ["order.created"])
    body = {"url": receiver.url(), "events": ["order.created"]}
    answer = await client.post("/admin/webhooks", json=body, headers=shop.staff)
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_limit")


async def test_every_event_has_a_way_to_happen(client: httpx.AsyncClient, shop: Shop) -> None:
    listed = (await client.get("/admin/webhooks/events", headers=shop.staff)).json()
    assert listed["events"] == list(EVENTS)
    from balcao.modules.store.order_states import OrderStatus

    statuses = {event.partition(".")[2] for event in EVENTS if event.startswith("order.")} - {"created"}
    # An order that waits for its payment is a new one: order.created says it.
    assert statuses == {str(status) for status in OrderStatus} - {"awaiting_payment"}


async def test_other_work_of_the_business_goes_on(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    await add_endpoint(client, shop, receiver, ["order.created"])
    await order(client, shop)
    names = [job.task_name for job in await waiting(shop)]
    assert "reaction:store.tell_buyer_of_new_order" in names
    assert "reaction:store.tell_buyer_of_new_order" in await settle(shop)


async def test_lists_say_how_many_there_are_and_give_the_slice_that_is_asked_for(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver
) -> None:
    made = [
        await add_endpoint(client, shop, receiver, ["order.created"], f"/{number}") for number in range(3)
    ]
    for _ in range(3):
        await order(client, shop)
    await settle(shop)
    listed = (await client.get("/admin/webhooks", headers=shop.staff)).json()
    assert [one["id"] for one in listed["items"]] == [one["id"] for one in made]
    assert (listed["total"], listed["limit"], listed["offset"]) == (3, 20, 0)
    part = (await client.get("/admin/webhooks", params={"limit": 1, "offset": 1}, headers=shop.staff)).json()
    assert [one["id"] for one in part["items"]] == [made[1]["id"]]
    assert (part["total"], part["limit"], part["offset"]) == (3, 1, 1)
    whole = await log_of(client, shop, made[0])
    assert (whole["total"], whole["limit"], whole["offset"], whole["next_cursor"]) == (3, 20, 0, None)
    second = await log_of(client, shop, made[0], limit=1, offset=1)
    assert [one["id"] for one in second["items"]] == [whole["items"][1]["id"]]
    assert (await log_of(client, shop, made[0], status="failed"))["total"] == 0
    for number in range(2):
        body = {"email": f"gente{number}@example.com", "role": "operator"}
        sent = await client.post("/admin/users/invitations", json=body, headers=shop.staff)
        assert sent.status_code == 201, sent.text
    for url, total in (("/admin/users/invitations", 2), ("/admin/api-keys", 0)):
        found = (await client.get(url, params={"limit": 1}, headers=shop.staff)).json()
        assert (found["total"], found["limit"], found["offset"], len(found["items"])) == (
            total,
            1,
            0,
            min(1, total),
        )
