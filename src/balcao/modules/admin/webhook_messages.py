"""Events of the house become messages for other programs: what happened, to what, and how that stands now.

A message is written once, in the reaction to its event, with one delivery for each endpoint that asks for it. The
reactions of one subject run one after the other, so that its `sequence` tells the order in which things happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.events import reaction
from balcao.kernel.ids import new_id
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from balcao.modules.admin.webhook_events import events_of
from balcao.modules.admin.webhook_jobs import send_webhook
from balcao.modules.contacts.public import PersonErased
from balcao.modules.payments.public import PaymentApproved, payments_of
from balcao.modules.store.public import (
    OrderPlaced,
    OrderStatusChanged,
    StockLow,
    customer_document,
    new_customer_of,
    order_document,
    stock_document,
)

ORDER_SUBJECT = "store.order"


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be told: the type of the event, the subject its sequence counts for, and the document."""

    event_type: str
    subject: str
    data: Mapping[str, Any]


def _wants(tenant: Tenant, *event_types: str) -> bool:
    return not tenant.webhook_events.isdisjoint(event_types)


@reaction(
    OrderPlaced,
    module="admin",
    wanted=lambda tenant, _: _wants(tenant, "order.created", "customer.created"),
    in_order_of=lambda event: f"webhooks:order:{event.order_id}",
)
async def tell_of_new_order(uow: UnitOfWork, event: OrderPlaced) -> None:
    """`order.created`, and `customer.created` when the buyer is new."""
    if _wants(uow.tenant, "order.created"):
        order = await order_document(uow, event.order_id)
        told = Told("order.created", f"order:{event.order_id}", {**order, "status": event.status})
        await tell(uow, told)
    if _wants(uow.tenant, "customer.created"):
        customer_id = await new_customer_of(uow, event.order_id)
        customer = await customer_document(uow, customer_id) if customer_id else None
        if customer is not None:
            await tell(uow, Told("customer.created", f"customer:{customer_id}", customer))


@reaction(
    OrderStatusChanged,
    module="admin",
    wanted=lambda tenant, event: _wants(tenant, f"order.{event.to_status}"),
    in_order_of=lambda event: f"webhooks:order:{event.order_id}",
)
async def tell_of_order_status(uow: UnitOfWork, event: OrderStatusChanged) -> None:
    """`order.<status>`. The status in the document is the one that was reached, whatever followed since."""
    order = await order_document(uow, event.order_id)
    data = {**order, "status": event.to_status, "previous_status": event.from_status}
    await tell(uow, Told(f"order.{event.to_status}", f"order:{event.order_id}", data))


@reaction(
    PaymentApproved,
    module="admin",
    wanted=lambda tenant, _: _wants(tenant, "payment.approved"),
    in_order_of=lambda event: f"webhooks:payment:{event.payment_id}",
)
async def tell_of_payment(uow: UnitOfWork, event: PaymentApproved) -> None:
    """`payment.approved`, with what was paid for."""
    payments = await payments_of(uow, event.subject_kind, event.subject_id)
    payment = next((view for view in payments if view.id == event.payment_id), None)
    if payment is None:
        return
    data: dict[str, Any] = {
        "id": payment.id, "method": payment.method, "status": payment.status, "amount_cents": payment.amount_cents,
        "approved_at": payment.approved_at,
        "subject": {"kind": event.subject_kind, "id": event.subject_id},
    }  # fmt: skip
    if event.subject_kind == ORDER_SUBJECT:
        order = await order_document(uow, event.subject_id)
        data["order"] = {name: order[name] for name in ("id", "code", "status", "total_cents")}
    await tell(uow, Told("payment.approved", f"payment:{event.payment_id}", data))


@reaction(
    StockLow,
    module="admin",
    wanted=lambda tenant, _: _wants(tenant, "stock.low"),
    in_order_of=lambda event: f"webhooks:stock:{event.stock_item_id}",
)
async def tell_of_low_stock(uow: UnitOfWork, event: StockLow) -> None:
    """`stock.low`."""
    item = await stock_document(uow, event.stock_item_id)
    if item is not None:
        await tell(uow, Told("stock.low", f"stock:{event.stock_item_id}", item))


@reaction(
    PersonErased,
    module="admin",
    wanted=lambda tenant, _: _wants(tenant, "customer.erased"),
    in_order_of=lambda event: f"webhooks:contact:{event.contact_id}",
)
async def tell_of_erased_person(uow: UnitOfWork, event: PersonErased) -> None:
    """`customer.erased`, with the id alone: there is nothing else left."""
    await tell(uow, Told("customer.erased", f"contact:{event.contact_id}", {"contact_id": event.contact_id}))


async def tell(uow: UnitOfWork, told: Told, *, only: UUID | None = None) -> UUID | None:
    """Writes a message and its deliveries, to every endpoint that asks for it or to `only` one, whatever its state.

    None when nobody asks.
    """
    endpoints = await _endpoints_for(uow, told.event_type, only)
    if not endpoints:
        return None
    message_id = await _write(uow, told)
    for endpoint_id, status in endpoints:
        # A stopped endpoint misses nothing: what comes meanwhile waits for somebody to switch it on again.
        state = "waiting" if status == "on" or only is not None else "held"
        await add_delivery(uow, endpoint_id, message_id, told.subject, state)
    return message_id


async def _endpoints_for(uow: UnitOfWork, event_type: str, only: UUID | None) -> list[tuple[UUID, str]]:
    query = select(WebhookEndpoint.id, WebhookEndpoint.status, WebhookEndpoint.events).where(
        WebhookEndpoint.tenant_id == uow.tenant_id
    )
    rows = (await uow.session.execute(query.order_by(WebhookEndpoint.id))).all()
    if only is not None:
        return [(row.id, row.status) for row in rows if row.id == only]
    return [
        (row.id, row.status) for row in rows if row.status != "off" and event_type in events_of(row.events)
    ]


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
            created_at=uow.now(),
        )
    )  # fmt: skip
    return message_id


async def add_delivery(
    uow: UnitOfWork, endpoint_id: UUID, message_id: UUID, subject: str, state: str
) -> None:
    """A message on its way to an endpoint, now (`waiting`) or when somebody says so (`held`)."""
    delivery_id = new_id()
    is_due = state == "waiting"
    await uow.session.execute(
        insert(WebhookDelivery).values(
            tenant_id=uow.tenant_id, id=delivery_id, endpoint_id=endpoint_id, message_id=message_id, status=state,
            next_try_at=uow.now() if is_due else None, created_at=uow.now(),
        )
    )  # fmt: skip
    if is_due:
        # First tries of one subject leave one after the other, so that without trouble they arrive in order.
        lock = f"webhook:{endpoint_id}:{subject}"
        uow.enqueue(send_webhook, lock=lock, delivery_id=delivery_id, after=0)


def told_events() -> Iterable[type[Any]]:
    """The events of the house that are told outside."""
    return (OrderPlaced, OrderStatusChanged, PaymentApproved, StockLow, PersonErased)
