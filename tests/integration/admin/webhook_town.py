"""A business whose webhooks go to a receiver on this machine, and a worker that takes what is due by the test's clock."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from balcao.kernel.jobs.job import JobContext
from balcao.kernel.jobs.reactions import deliver
from balcao.kernel.platform_work import platform_work
from balcao.providers.webhooks.addresses import networks_of
from balcao.providers.webhooks.direct import DirectWebhooks
from tests.contracts.webhook_receiver import Receiver
from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, place

_TAKE = text(
    "delete from procrastinate_jobs where id = (select id from procrastinate_jobs where args->>'tenant_id' = :tenant "
    "and status = 'todo' and task_name <> :leave and (scheduled_at is null or scheduled_at <= :now) order by id limit 1) returning task_name, args"
)
_WAITING = text(
    "select task_name, scheduled_at, lock from procrastinate_jobs where args->>'tenant_id' = :tenant and status = 'todo'"
)


async def here(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


SENDER = DirectWebhooks(
    plain_http=True, networks=networks_of(["127.0.0.0/8"]), resolver=here, timeout_seconds=2.0
)


async def settle(shop: Shop, *, again: bool = False, sender: Any = SENDER, leave: str = "") -> list[str]:
    """Does what is due of the business and what comes of it; `again` does each job twice, as a queue may; those named `leave` stay."""
    done: list[str] = []
    while True:
        async with platform_work(shop.runtime.database) as session:
            parameters = {"tenant": str(shop.tenant.id), "now": shop.runtime.clock(), "leave": leave}
            row = (await session.execute(_TAKE, parameters)).first()
        if row is None:
            return done
        for _ in range(2 if again else 1):
            await _do(shop, row.task_name, row.args["args"], sender)
        done.append(row.task_name)
    return done


async def send_all_at_once(shop: Shop) -> int:
    """Does every delivery that waits, all at the same time; how many they were."""
    take = text(
        "delete from procrastinate_jobs where args->>'tenant_id' = :tenant and status = 'todo' "
        "and task_name = 'admin.send_webhook' and (scheduled_at is null or scheduled_at <= :now) returning task_name, args"
    )
    async with platform_work(shop.runtime.database) as session:
        parameters = {"tenant": str(shop.tenant.id), "now": shop.runtime.clock()}
        rows = (await session.execute(take, parameters)).all()
    await asyncio.gather(*(_do(shop, row.task_name, row.args["args"], SENDER) for row in rows))
    return len(rows)


async def _do(shop: Shop, name: str, args: dict[str, Any], sender: Any) -> None:
    runtime = shop.runtime
    tenant = await runtime.tenants.find("id", str(shop.tenant.id))
    for reaction in runtime.transactions.reactions.all:
        if reaction.job_name == name:
            await deliver(runtime.transactions, tenant, reaction, UUID(args["event_id"]), args["event"], "")
            return
    job = next(job for module in runtime.modules for job in module.jobs if job.name == name)
    providers = dataclasses.replace(runtime.providers, webhooks=sender)
    context = JobContext(tenant, runtime.transactions, providers, runtime.settings, runtime.blobs)
    await job.function(context, **job.arguments.model_validate(args).model_dump())


async def waiting(shop: Shop) -> list[Any]:
    """The jobs of the business that wait: task_name, scheduled_at, lock."""
    async with platform_work(shop.runtime.database, read_only=True) as session:
        return list((await session.execute(_WAITING, {"tenant": str(shop.tenant.id)})).all())


async def wishes(shop: Shop) -> list[str]:
    """`tenants.webhook_events` of the business."""
    async with platform_work(shop.runtime.database, read_only=True) as session:
        query = text("select webhook_events from tenants where id = :tenant")
        return list((await session.execute(query, {"tenant": shop.tenant.id})).scalar_one())


async def add_endpoint(
    client: httpx.AsyncClient, shop: Shop, receiver: Receiver, events: list[str], path: str = "/in"
) -> dict[str, Any]:
    """A new endpoint of the business, with its secret."""
    body = {"url": receiver.url(path=path), "events": events}
    made = await client.post("/admin/webhooks", json=body, headers=shop.staff)
    assert made.status_code == 201, made.text
    return made.json()


async def log_of(
    client: httpx.AsyncClient, shop: Shop, endpoint: dict[str, Any], **query: Any
) -> dict[str, Any]:
    """A page of an endpoint's log."""
    answer = await client.get(
        f"/admin/webhooks/{endpoint['id']}/deliveries", params=query, headers=shop.staff
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(heard.body) for heard in receiver.heard]


def types(receiver: Receiver) -> list[str]:
    return [body["type"] for body in bodies(receiver)]


async def order(client: httpx.AsyncClient, shop: Shop, **extra: Any) -> dict[str, Any]:
    if "Pão" not in shop.products:
        await shop.add_product("Pão", 500)
    placed = await place(client, shop, cart(shop, ("Pão", 1), **extra))
    assert placed.status_code == 201, placed.text
    return placed.json()["order"]


def verified(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split(" ")
