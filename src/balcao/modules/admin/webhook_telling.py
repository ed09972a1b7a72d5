"""Events of the house become messages for other programs.

Every message is written in the transaction it tells of, and says how things stood at its end: what follows minutes later
is in no document of before. The reactions of one subject wait for one another, so that its `sequence` tells the order
in which things happened. A business that asks for nothing pays nothing.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from balcao.kernel.events import reaction
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.webhook_messages import Told, tell
from balcao.modules.contacts.public import (
    PeopleMerged,
    PersonAdded,
    PersonChanged,
    PersonDeleted,
    PersonErased,
    person_document,
)
from balcao.modules.payments.public import PaymentMoved, payment_document
from balcao.modules.store.public import (
    OrderPlaced,
    OrderStatusChanged,
    ProductsChanged,
    StockLow,
    StorePauseChanged,
    order_document,
    product_documents,
    stock_document,
    store_pause_document,
)

ORDER_SUBJECT: Final = "store.order"


def _wants(tenant: Tenant, event_type: str) -> bool:
    return event_type in tenant.webhook_events


def _of_order(event: OrderPlaced | OrderStatusChanged) -> str:
    return f"webhooks:order:{event.order_id}"


def _of_person(event: PersonAdded | PersonChanged | PeopleMerged | PersonErased | PersonDeleted) -> str:
    return f"webhooks:customer:{event.contact_id}"


@reaction(
    OrderPlaced, module="admin", at_once=True, in_order_of=_of_order,
    wanted=lambda tenant, _: _wants(tenant, "order.created"),
)  # fmt: skip
async def tell_of_new_order(uow: UnitOfWork, event: OrderPlaced) -> None:
    """`order.created`."""
    order = await order_document(uow, event.order_id)
    await tell(uow, Told("order.created", f"order:{event.order_id}", {**order, "status": event.status}))


@reaction(
    OrderStatusChanged, module="admin", at_once=True, in_order_of=_of_order,
    wanted=lambda tenant, event: _wants(tenant, f"order.{event.to_status}"),
)  # fmt: skip
async def tell_of_order_status(uow: UnitOfWork, event: OrderStatusChanged) -> None:
    """`order.<status>`. The status in the document is the one that was reached, also of two steps at once."""
    order = await order_document(uow, event.order_id)
    data = {**order, "status": event.to_status, "previous_status": event.from_status}
    await tell(uow, Told(f"order.{event.to_status}", f"order:{event.order_id}", data))


@reaction(
    PaymentMoved, module="admin", at_once=True, in_order_of=lambda event: f"webhooks:payment:{event.payment_id}",
    wanted=lambda tenant, event: _wants(tenant, f"payment.{event.to}"),
)  # fmt: skip
async def tell_of_payment(uow: UnitOfWork, event: PaymentMoved) -> None:
    """`payment.<what happened>`, with what is paid for."""
    data = await payment_document(uow, event.payment_id)
    if data is None:
        return
    if event.subject_kind == ORDER_SUBJECT:
        order = await order_document(uow, event.subject_id)
        data["order"] = {name: order[name] for name in ("id", "code", "status", "version", "total_cents")}
    await tell(uow, Told(f"payment.{event.to}", f"payment:{event.payment_id}", data))


@reaction(
    StockLow, module="admin", at_once=True, in_order_of=lambda event: f"webhooks:stock:{event.stock_item_id}",
    wanted=lambda tenant, _: _wants(tenant, "stock.low"),
)  # fmt: skip
async def tell_of_low_stock(uow: UnitOfWork, event: StockLow) -> None:
    """`stock.low`."""
    item = await stock_document(uow, event.stock_item_id)
    if item is not None:
        await tell(uow, Told("stock.low", f"stock:{event.stock_item_id}", item))


@reaction(
    ProductsChanged, module="admin", at_once=True, in_order_of=lambda _: "webhooks:catalog",
    wanted=lambda tenant, event: _wants(tenant, f"product.{event.change}"),
)  # fmt: skip
async def tell_of_products(uow: UnitOfWork, event: ProductsChanged) -> None:
    """`product.<what happened>`: one message for all that changed together. Of what was deleted there is the id alone."""
    gone = [{"id": product_id} for product_id in event.product_ids]
    products: list[Any] = (
        gone if event.change == "deleted" else await product_documents(uow, event.product_ids)
    )
    await tell(uow, Told(f"product.{event.change}", "catalog", {"products": products}))


@reaction(
    StorePauseChanged, module="admin", at_once=True, in_order_of=lambda event: f"webhooks:store:{event.store_id}",
    wanted=lambda tenant, event: _wants(tenant, "store.paused" if event.is_paused else "store.opened"),
)  # fmt: skip
async def tell_of_pause(uow: UnitOfWork, event: StorePauseChanged) -> None:
    """`store.paused` and `store.opened`. A pause that runs out by itself is told beforehand, by its end."""
    store = await store_pause_document(uow, event.store_id)
    if store is not None:
        event_type = "store.paused" if event.is_paused else "store.opened"
        await tell(uow, Told(event_type, f"store:{event.store_id}", store))


@reaction(
    PersonAdded, module="admin", at_once=True, in_order_of=_of_person,
    wanted=lambda tenant, _: _wants(tenant, "customer.created"),
)  # fmt: skip
async def tell_of_new_person(uow: UnitOfWork, event: PersonAdded) -> None:
    """`customer.created`."""
    await _tell_of_person(uow, "customer.created", event.contact_id)


@reaction(
    PersonChanged, module="admin", at_once=True, in_order_of=_of_person,
    wanted=lambda tenant, _: _wants(tenant, "customer.updated"),
)  # fmt: skip
async def tell_of_changed_person(uow: UnitOfWork, event: PersonChanged) -> None:
    """`customer.updated`."""
    await _tell_of_person(uow, "customer.updated", event.contact_id)


@reaction(
    PeopleMerged, module="admin", at_once=True, in_order_of=_of_person,
    wanted=lambda tenant, _: _wants(tenant, "customer.merged"),
)  # fmt: skip
async def tell_of_merged_people(uow: UnitOfWork, event: PeopleMerged) -> None:
    """`customer.merged`: the one who stays, and the id that is no more."""
    await _tell_of_person(uow, "customer.merged", event.contact_id, merged_id=event.merged_id)


@reaction(
    PersonErased, module="admin", at_once=True, in_order_of=_of_person,
    wanted=lambda tenant, _: _wants(tenant, "customer.erased"),
)  # fmt: skip
async def tell_of_erased_person(uow: UnitOfWork, event: PersonErased) -> None:
    """`customer.erased`, with ids alone: there is nothing else left."""
    await _tell_of_gone(uow, "customer.erased", event)


@reaction(
    PersonDeleted, module="admin", at_once=True, in_order_of=_of_person,
    wanted=lambda tenant, _: _wants(tenant, "customer.deleted"),
)  # fmt: skip
async def tell_of_deleted_person(uow: UnitOfWork, event: PersonDeleted) -> None:
    """`customer.deleted`, with ids alone."""
    await _tell_of_gone(uow, "customer.deleted", event)


async def _tell_of_gone(uow: UnitOfWork, event_type: str, event: PersonErased | PersonDeleted) -> None:
    data = {"id": event.contact_id, "contact_id": event.contact_id, "merged_ids": list(event.merged_ids)}
    await tell(uow, Told(event_type, f"customer:{event.contact_id}", data))


async def _tell_of_person(uow: UnitOfWork, event_type: str, contact_id: UUID, **besides: Any) -> None:
    person = await person_document(uow, contact_id)
    if person is not None:
        await tell(uow, Told(event_type, f"customer:{contact_id}", {**person, **besides}))
