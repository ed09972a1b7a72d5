"""Who buys becomes a contact of the business, and orders stand in the contact's history."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select

from balcao.kernel.events import reaction
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.public import (
    is_suppressed,
    note_activity,
    person_of_activity,
    remember_person,
)
from balcao.modules.store.events import OrderPlaced, OrderStatusChanged
from balcao.modules.store.models import Order

PLACED: Final = "Order {code} placed"
ENDINGS: Final = {
    "delivered": "Order {code} delivered",
    "picked_up": "Order {code} picked up",
    "canceled": "Order {code} canceled",
}


@reaction(OrderPlaced, module="store")
async def remember_buyer(uow: UnitOfWork, event: OrderPlaced) -> None:
    """Adds the buyer to the address book, or fills in what was not known, and notes the order."""
    if "contacts" in uow.tenant.modules:
        order = await _order(uow, event.order_id)
        await _note_placed(uow, order)


@reaction(OrderStatusChanged, module="store")
async def note_how_order_ended(uow: UnitOfWork, event: OrderStatusChanged) -> None:
    """Notes that the order arrived, or was called off."""
    title = ENDINGS.get(event.to_status)
    if title is None or "contacts" not in uow.tenant.modules:
        return
    order = await _order(uow, event.order_id)
    contact_id = await person_of_activity(uow, _key(order, "placed"))
    if contact_id is None:
        # Either this came before the news of the order itself, or the buyer was forgotten on request meanwhile.
        if await is_suppressed(uow, phone=order.customer_phone, email=order.customer_email or ""):
            return
        contact_id = await _note_placed(uow, order)
    await note_activity(
        uow, contact_id, "order", title, uow.now(), _key(order, event.to_status), arguments={"code": order.code},
        subject_id=order.id, link=_link(order),
    )  # fmt: skip


async def _order(uow: UnitOfWork, order_id: UUID) -> Order:
    return (await uow.session.execute(select(Order).where(Order.id == order_id))).scalar_one()


async def _note_placed(uow: UnitOfWork, order: Order) -> UUID:
    contact_id = await remember_person(
        uow, name=order.customer_name, phone=order.customer_phone, email=order.customer_email or "",
        document=order.customer_document or "", source="store",
    )  # fmt: skip
    await note_activity(
        uow, contact_id, "order", PLACED, order.placed_at, _key(order, "placed"), arguments={"code": order.code},
        subject_id=order.id, amount_cents=order.total_cents, link=_link(order),
    )  # fmt: skip
    return contact_id


def _key(order: Order, moment: str) -> str:
    return f"order:{order.id}:{moment}"


def _link(order: Order) -> str:
    return f"/painel/pedidos/{order.id}"
