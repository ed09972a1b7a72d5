"""What was sent to whom and how it went; and sending it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, text, update
from sqlalchemy.engine import RowMapping

from balcao.kernel.db.paging import Page
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.models import WebhookDelivery, WebhookMessage
from balcao.modules.admin.webhook_endpoints import get_endpoint
from balcao.modules.admin.webhook_jobs import TOPIC, end_rest, send_webhook
from balcao.modules.admin.webhook_rests import lock_of

DeliveryStatus = Literal["waiting", "delivered", "failed", "held"]
MOST_AT_ONCE = 1000
"""Deliveries one request sends again; asking once more takes the next ones."""


class EndpointOffError(DomainError):
    """The endpoint is off or was stopped: nothing can be sent to it before it is switched on."""

    code = "webhook_endpoint_off"
    title = "Address off."
    detail = "This address is off. Switch it on first, then send again."


class MessageErasedError(DomainError):
    """The message named somebody who asked to be forgotten: nothing of it is left to send."""

    status = 410
    code = "webhook_message_erased"
    title = "Message erased."
    detail = "This message named somebody who asked to be forgotten. Its contents are gone, so it cannot be sent again."


class EndpointView(BaseModel):
    """An address, what it asks for, and how it has been doing. Its secret is never shown again.

    One that gave no answer rests until `rest_until`; what comes meanwhile waits.
    """

    id: UUID
    url: str
    description: str
    events: list[str]
    status: Literal["on", "off", "stopped"]
    failures: int
    stopped_at: datetime | None
    rest_until: datetime | None
    previous_secret_until: datetime | None
    version: int
    created_at: datetime
    waiting: int
    failed: int
    held: int
    last_delivered_at: datetime | None


class TryView(BaseModel):
    """One try: the answer's status, or why there was none, and the beginning of what was said."""

    at: datetime
    status_code: int | None
    problem: str
    excerpt: str
    duration_ms: int


class DeliveryView(BaseModel):
    """A message on its way to an endpoint. Once `erased_at`, its contents are gone and it is sent no more."""

    id: UUID
    message_id: UUID
    event_type: str
    subject: str
    sequence: int
    status: DeliveryStatus
    tries: int
    next_try_at: datetime | None
    delivered_at: datetime | None
    created_at: datetime
    erased_at: datetime | None
    last_try: TryView | None


class DeliveryDetail(DeliveryView):
    """With the document that is sent and every try, newest first (at most 50)."""

    data: dict[str, Any]
    history: list[TryView]


class DeliveryPage(Page[DeliveryView]):
    """Newest first. `next_cursor` is for the rest, null at the end: with it nothing is seen twice while more comes in."""

    next_cursor: UUID | None


_ENDPOINTS = """
select e.id, e.url, e.description, e.events, e.status, e.failures, e.stopped_at, e.version,
  case when e.rest_until > :now then e.rest_until end as rest_until, e.created_at,
  case when e.sealed_previous is not null and e.previous_until > :now then e.previous_until end as previous_secret_until,
  d.waiting, d.failed, d.held, d.last_delivered_at
from webhook_endpoints e cross join lateral (
  select count(*) filter (where w.status = 'waiting') as waiting,
    count(*) filter (where w.status = 'failed' and m.erased_at is null) as failed,
    count(*) filter (where w.status = 'held') as held, max(w.delivered_at) as last_delivered_at
  from webhook_deliveries w join webhook_messages m on m.tenant_id = :tenant and m.id = w.message_id
  where w.tenant_id = :tenant and w.endpoint_id = e.id) d
where e.tenant_id = :tenant
"""
_DELIVERIES = """
select d.id, d.message_id, m.event_type, m.subject, m.sequence, d.status, d.tries, d.next_try_at, d.delivered_at,
  d.created_at, m.erased_at, (select jsonb_build_object('at', t.at, 'status_code', t.status_code, 'problem', t.problem,
    'excerpt', t.excerpt, 'duration_ms', t.duration_ms) from webhook_tries t
    where t.tenant_id = :tenant and t.delivery_id = d.id order by t.at desc, t.id desc limit 1) as last_try,
  m.payload as data
from webhook_deliveries d join webhook_messages m on m.tenant_id = :tenant and m.id = d.message_id
where d.tenant_id = :tenant and d.endpoint_id = :endpoint
"""
_HISTORY = text("""
select at, status_code, problem, excerpt, duration_ms from webhook_tries
where tenant_id = :tenant and delivery_id = :delivery order by at desc, id desc limit 50
""")


_COUNT = "select count(*) from webhook_deliveries d where d.tenant_id = :tenant and d.endpoint_id = :endpoint"


async def list_endpoints(uow: UnitOfWork) -> list[EndpointView]:
    """Every endpoint of the business, oldest first."""
    found = await uow.session.execute(
        text(_ENDPOINTS + " order by e.created_at, e.id"), {"tenant": uow.tenant_id, "now": uow.now()}
    )
    return [EndpointView.model_validate(dict(row)) for row in found.mappings()]


async def endpoint_view(uow: UnitOfWork, endpoint_id: UUID) -> EndpointView:
    """One endpoint. NotFoundError."""
    parameters = {"tenant": uow.tenant_id, "now": uow.now(), "endpoint": endpoint_id}
    found = (await uow.session.execute(text(_ENDPOINTS + " and e.id = :endpoint"), parameters)).mappings()
    row = found.first()
    if row is None:
        raise NotFoundError
    return EndpointView.model_validate(dict(row))


async def list_deliveries(
    uow: UnitOfWork, endpoint_id: UUID, *, limit: int = 20, offset: int = 0, cursor: UUID | None = None,
    status: str | None = None,
) -> DeliveryPage:  # fmt: skip
    """What was sent to an endpoint, newest first, after `offset` of them or from below `cursor`; the total is of all.

    NotFoundError for an endpoint that is not there.
    """
    await get_endpoint(uow, endpoint_id)
    parameters: dict[str, Any] = {"tenant": uow.tenant_id, "endpoint": endpoint_id}
    where = ""
    if status is not None:
        where += " and d.status = :status"
        parameters["status"] = status
    total = int((await uow.session.execute(text(_COUNT + where), parameters)).scalar_one())
    if cursor is not None:
        where += " and d.id < :cursor"
        parameters["cursor"] = cursor
    found = await uow.session.execute(
        text(f"{_DELIVERIES}{where} order by d.id desc limit :limit offset :offset"),
        {**parameters, "limit": limit + 1, "offset": offset},
    )
    items = [_delivery(row) for row in found.mappings()]
    next_cursor = items[limit - 1].id if len(items) > limit else None
    return DeliveryPage(items=items[:limit], total=total, limit=limit, offset=offset, next_cursor=next_cursor)


def _delivery(row: RowMapping | Mapping[str, Any]) -> DeliveryView:
    return DeliveryView.model_validate({name: value for name, value in row.items() if name != "data"})


async def delivery_detail(uow: UnitOfWork, endpoint_id: UUID, delivery_id: UUID) -> DeliveryDetail:
    """One delivery with its document and tries. NotFoundError."""
    parameters = {"tenant": uow.tenant_id, "endpoint": endpoint_id, "delivery": delivery_id}
    found = await uow.session.execute(text(f"{_DELIVERIES} and d.id = :delivery"), parameters)
    row = found.mappings().first()
    if row is None:
        raise NotFoundError
    tries = await uow.session.execute(_HISTORY, {"tenant": uow.tenant_id, "delivery": delivery_id})
    return DeliveryDetail.model_validate({**row, "history": [dict(item) for item in tries.mappings()]})


async def redeliver(uow: UnitOfWork, endpoint_id: UUID, delivery_id: UUID) -> None:
    """Sends one delivery again, whatever became of it, with eight tries anew.

    Raises NotFoundError, EndpointOffError, MessageErasedError.
    """
    await _wake(uow, endpoint_id)
    query = select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == endpoint_id
    )
    delivery = (await uow.session.execute(query.with_for_update())).scalar_one_or_none()
    if delivery is None:
        raise NotFoundError
    message = select(WebhookMessage.erased_at).where(WebhookMessage.id == delivery.message_id)
    if (await uow.session.execute(message)).scalar_one() is not None:
        raise MessageErasedError
    delivery.status, delivery.tries, delivery.next_try_at = "waiting", 0, uow.now()
    uow.enqueue(send_webhook, lock=lock_of(endpoint_id), delivery_id=delivery.id, after=0)
    uow.announce(TOPIC)


async def redeliver_all(uow: UnitOfWork, endpoint_id: UUID, *, since: datetime | None = None) -> int:
    """Sends again what failed or was put aside, since a moment or ever, in the order it happened; how many it is.

    At most MOST_AT_ONCE; what was erased stays. Raises NotFoundError, EndpointOffError.
    """
    await _wake(uow, endpoint_id)
    query = (
        select(WebhookDelivery.id)
        .join(WebhookMessage, WebhookMessage.id == WebhookDelivery.message_id)
        .where(
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.status.in_(("failed", "held")),
            WebhookMessage.erased_at.is_(None),
            *((WebhookDelivery.created_at >= since,) if since is not None else ()),
        )
        .order_by(WebhookMessage.created_at, WebhookMessage.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(of=WebhookDelivery)
    )
    ids = list((await uow.session.execute(query)).scalars())
    await uow.session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(ids))
        .values(status="waiting", tries=0, next_try_at=uow.now())
        .execution_options(synchronize_session=False)
    )
    for delivery_id in ids:
        # One after the other, so that they arrive as they happened.
        uow.enqueue(send_webhook, lock=lock_of(endpoint_id), delivery_id=delivery_id, after=0)
    uow.announce(TOPIC)
    return len(ids)


async def _wake(uow: UnitOfWork, endpoint_id: UUID) -> None:
    """Who sends again says that somebody is there: a rest is over."""
    endpoint = await get_endpoint(uow, endpoint_id, lock=True)
    if endpoint.status != "on":
        raise EndpointOffError
    end_rest(uow, endpoint)
