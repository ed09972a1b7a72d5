"""A message for other programs: what happened, to what, and how that stood at that moment.

It is written once, with one delivery for each endpoint that asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.ids import new_id
from balcao.kernel.queue import DOUBTFUL
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from balcao.modules.admin.webhook_events import PING, events_of
from balcao.modules.admin.webhook_jobs import send_webhook
from balcao.modules.admin.webhook_rests import lock_of
from balcao.modules.contacts.public import digests_naming


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be told: the type of the event, the subject its sequence counts for, and the document."""

    event_type: str
    subject: str
    data: Mapping[str, Any]


async def tell(uow: UnitOfWork, told: Told, *, only: UUID | None = None) -> UUID | None:
    """Writes a message and its deliveries, to every endpoint that asks for it or to `only` one, whatever its state.

    None when nobody asks.
    """
    endpoints = await _endpoints_for(uow, told.event_type, only)
    if not endpoints:
        return None
    message_id = await _write(uow, told)
    for endpoint in endpoints:
        # A stopped endpoint misses nothing: what comes meanwhile waits for somebody to switch it on again.
        state = "waiting" if endpoint.status == "on" or only is not None else "held"
        await _add_delivery(uow, endpoint, message_id, state, is_ping=told.event_type == PING)
    return message_id


async def _endpoints_for(uow: UnitOfWork, event_type: str, only: UUID | None) -> list[Any]:
    query = select(
        WebhookEndpoint.id, WebhookEndpoint.status, WebhookEndpoint.events, WebhookEndpoint.rest_until
    ).where(WebhookEndpoint.tenant_id == uow.tenant_id)
    rows = (await uow.session.execute(query.order_by(WebhookEndpoint.id))).all()
    if only is not None:
        return [row for row in rows if row.id == only]
    return [row for row in rows if row.status != "off" and event_type in events_of(row.events)]


def _named_in(uow: UnitOfWork, data: Mapping[str, Any]) -> list[str]:
    """Digests of whom a document names: a person themselves, or an order's buyer."""
    people: list[Mapping[str, Any]] = [data, data["customer"]] if "customer" in data else [data]
    return sorted(
        digests_naming(
            uow.tenant_id,
            emails=[mail for person in people for mail in _texts(person, "email", "additional_emails")],
            phones=[phone for person in people for phone in _texts(person, "phone", "additional_phones")],
            documents=[paper for person in people for paper in _texts(person, "document")],
        )
    )


def _texts(person: Mapping[str, Any], *names: str) -> list[str]:
    found: list[str] = []
    for name in names:
        value = person.get(name)
        found += [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]
    return found


async def _write(uow: UnitOfWork, told: Told) -> UUID:
    """The message, numbered after the last one of its subject."""
    lock = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
    await uow.session.execute(lock, {"key": f"webhooks:{uow.tenant_id}:{told.subject}"})
    last = select(func.coalesce(func.max(WebhookMessage.sequence), 0)).where(
        WebhookMessage.tenant_id == uow.tenant_id, WebhookMessage.subject == told.subject
    )
    sequence = int((await uow.session.execute(last)).scalar_one()) + 1
    message_id = new_id()
    await uow.session.execute(
        insert(WebhookMessage).values(
            tenant_id=uow.tenant_id, id=message_id, event_type=told.event_type, subject=told.subject, sequence=sequence,
            source_event=str(uow.event_id or message_id), payload=orjson.loads(orjson.dumps(dict(told.data))),
            people=_named_in(uow, told.data), created_at=uow.now(),
        )
    )  # fmt: skip
    return message_id


async def _add_delivery(
    uow: UnitOfWork, endpoint: Any, message_id: UUID, state: str, *, is_ping: bool
) -> None:
    """A message on its way to an endpoint: now or after its rest (`waiting`), or when somebody says so (`held`)."""
    delivery_id, now = new_id(), uow.now()
    is_resting = endpoint.rest_until is not None and endpoint.rest_until > now and not is_ping
    due = endpoint.rest_until if is_resting else now
    await uow.session.execute(
        insert(WebhookDelivery).values(
            tenant_id=uow.tenant_id, id=delivery_id, endpoint_id=endpoint.id, message_id=message_id, status=state,
            next_try_at=due if state == "waiting" else None, created_at=now,
        )
    )  # fmt: skip
    if state == "waiting":
        # First tries leave one after the other, so that without trouble they arrive in order. Somebody waits for a ping.
        uow.enqueue(
            send_webhook, at=due if is_resting else None, lock=lock_of(endpoint.id),
            priority=DOUBTFUL if is_resting else int(is_ping), delivery_id=delivery_id, after=0,
        )  # fmt: skip
