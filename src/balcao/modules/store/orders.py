"""Moving orders through their life. Every verb locks the order row first, then payments, then stock by id."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from balcao.kernel.errors import DomainError, NotFoundError, VersionConflictError
from balcao.kernel.work import UnitOfWork
from balcao.modules.payments import public as payments
from balcao.modules.store.events import OrderStatusChanged
from balcao.modules.store.models import Order, OrderEvent, Store
from balcao.modules.store.order_states import (
    COMPLETE_AFTER,
    FINAL_STATUSES,
    ActorKind,
    BadTransition,
    Effect,
    Fulfilment,
    OrderStatus,
    Transition,
    decide,
    reopen_paid_late,
)
from balcao.modules.store.slot_places import count_slot, lock_slot
from balcao.modules.store.stock import commit_order, release_order, reserve_again

SUBJECT = "store.order"
CANCEL_PERMISSION = "store.orders:cancel"
GIVES_PLACE_BACK = frozenset({OrderStatus.CANCELED, OrderStatus.EXPIRED})


class BadTransitionError(DomainError):
    """The order cannot go there from where it is; `from`, `to` and `reason` say why."""

    code = "bad_transition"
    title = "Step not possible."
    detail = "The order cannot move there from its current state."

    def __init__(self, source: str, target: str, reason: str) -> None:
        super().__init__()
        self.ext = {"from": source, "to": target, "reason": reason}


def actor_kind(uow: UnitOfWork) -> ActorKind:
    """How the state machine sees whoever acts: cancelling late needs the manager's right."""
    if uow.actor.kind in {"user", "key"}:
        return "manager" if uow.actor.can(CANCEL_PERMISSION) else "staff"
    if uow.actor.kind in {"timer", "system"}:
        return "timer" if uow.actor.kind == "timer" else "system"
    return "buyer"


def fulfilment_of(order: Order) -> Fulfilment:
    """Delivery or pickup; the database allows nothing else."""
    return "delivery" if order.fulfilment == "delivery" else "pickup"


async def get_order(uow: UnitOfWork, order_id: UUID, *, lock: bool = False) -> Order:
    """The order, if the tenant has it and the actor's stores include it; NotFoundError otherwise."""
    query = select(Order).where(Order.id == order_id)
    order = (await uow.session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if order is None or not uow.actor.sees_store(order.store_id):
        raise NotFoundError
    return order


async def move_order(
    uow: UnitOfWork,
    order_id: UUID,
    to: str,
    *,
    version: int | None = None,
    reason: str = "",
    as_kind: ActorKind | None = None,
) -> Order:
    """Moves an order, with all that the move sets off. To where it already is: nothing happens.

    Raises BadTransitionError, or VersionConflictError when `version` is not the present one.
    """
    order = await get_order(uow, order_id, lock=True)
    kind = as_kind or actor_kind(uow)
    try:
        move = decide(OrderStatus(order.status), OrderStatus(to), fulfilment_of(order), kind, reason)
    except BadTransition as refused:
        if version is not None and version != order.version:
            raise _conflict(order) from refused
        raise BadTransitionError(order.status, to, refused.code) from refused
    if not move.changes:
        return order
    if version is not None and version != order.version:
        raise _conflict(order)
    await _apply(uow, order, move)
    return order


def _conflict(order: Order) -> VersionConflictError:
    return VersionConflictError(
        current={"id": str(order.id), "status": order.status, "version": order.version}
    )


async def _apply(uow: UnitOfWork, order: Order, move: Transition) -> None:
    source = order.status
    slot = await _slot_that_changes(uow, order, move)
    if Effect.CANCEL_CHARGE in move.effects or Effect.REFUND_IF_PAID in move.effects:
        await payments.close_open_payments(uow, SUBJECT, order.id, "canceled")
    if move.target == OrderStatus.EXPIRED:
        await payments.close_open_payments(uow, SUBJECT, order.id, "expired")
    if Effect.SETTLE_CASH in move.effects:
        await payments.settle_on_delivery(uow, SUBJECT, order.id)
    if Effect.RELEASE_STOCK in move.effects:
        await release_order(uow, order.id, move.reason or str(move.target))
    if Effect.COMMIT_STOCK in move.effects:
        await commit_order(uow, order.id)
    order.status = str(move.target)
    order.version += 1
    order.due_at = _due_after(uow, move)
    record_event(uow, order, "status", source, order.status, move.reason)
    await uow.session.flush()
    if slot is not None:
        await count_slot(uow, order.store_id, slot)
    uow.publish(OrderStatusChanged(order.id, source, order.status))
    uow.announce("orders", f"order:{order.id}")


async def _slot_that_changes(uow: UnitOfWork, order: Order, move: Transition) -> datetime | None:
    """The held slot whose places the move changes: an order that falls gives its place back, a reopened one takes one."""
    if order.scheduled_for is None or not {move.source, move.target} & GIVES_PLACE_BACK:
        return None
    return order.scheduled_for if await lock_slot(uow, order.store_id, order.scheduled_for) else None


def _due_after(uow: UnitOfWork, move: Transition) -> datetime | None:
    if move.target in {OrderStatus.DELIVERED, OrderStatus.PICKED_UP}:
        return uow.now() + COMPLETE_AFTER
    return None


def record_event(
    uow: UnitOfWork, order: Order, kind: str, source: str | None, target: str | None, note: str = ""
) -> None:
    """Adds a line to the order's history."""
    uow.session.add(
        OrderEvent(
            tenant_id=uow.tenant_id,
            order_id=order.id,
            kind=kind,
            from_status=source,
            to_status=target,
            actor=uow.actor.label,
            actor_name=uow.actor.name,
            note=note,
            at=uow.now(),
        )
    )


async def confirm_payment(uow: UnitOfWork, order_id: UUID, payment_id: UUID, reference: str | None) -> Order:
    """A person saw the money in the bank. The order is received; an expired one is reopened if its stock is still there.

    When the stock of an expired order is gone, the payment is kept as approved and marked to be given back.
    """
    order = await get_order(uow, order_id, lock=True)
    payment = await payments.approve_payment(uow, SUBJECT, order_id, payment_id, end_to_end_id=reference)
    status = OrderStatus(order.status)
    if status is OrderStatus.AWAITING_PAYMENT:
        record_event(uow, order, "payment", None, None, reference or "")
        await _apply(uow, order, decide(status, OrderStatus.RECEIVED, fulfilment_of(order), "system"))
        await _accept_in_time(uow, order)
    elif status is OrderStatus.EXPIRED:
        await _reopen(uow, order)
    elif status is OrderStatus.CANCELED and not payment.refund_due:
        await payments.mark_refund_due(uow, SUBJECT, order.id)
        record_event(uow, order, "payment", None, None, "refund due")
    uow.announce("orders", f"order:{order.id}")
    return order


async def _reopen(uow: UnitOfWork, order: Order) -> None:
    from balcao.modules.store.checkout_errors import InsufficientStockError

    store = await _store_of(uow, order)
    move = reopen_paid_late(OrderStatus.EXPIRED)
    await _slot_that_changes(uow, order, move)  # held before the stock, as everywhere
    try:
        async with uow.session.begin_nested():
            await reserve_again(uow, order.id, store.timezone)
    except InsufficientStockError:
        await payments.mark_refund_due(uow, SUBJECT, order.id)
        record_event(uow, order, "payment", None, None, "paid after expiry, stock gone: refund due")
        return
    await _apply(uow, order, move)
    await _accept_in_time(uow, order)


async def _store_of(uow: UnitOfWork, order: Order) -> Store:
    return (await uow.session.execute(select(Store).where(Store.id == order.store_id))).scalar_one()


async def _accept_in_time(uow: UnitOfWork, order: Order) -> None:
    """A paid order is accepted by a person; it is never cancelled by the timer."""
    store = await _store_of(uow, order)
    if store.auto_accept:
        await _apply(
            uow, order, decide(OrderStatus.RECEIVED, OrderStatus.CONFIRMED, fulfilment_of(order), "system")
        )


async def accept_if_automatic(uow: UnitOfWork, order_id: UUID) -> None:
    """Stores that accept by themselves confirm what was received."""
    order = await get_order(uow, order_id, lock=True)
    if order.status == OrderStatus.RECEIVED:
        await _accept_in_time(uow, order)


async def request_cancel(uow: UnitOfWork, order_id: UUID, reason: str) -> Order:
    """The buyer calls the order off: at once while nobody accepted it, as a wish for the staff afterwards."""
    order = await get_order(uow, order_id, lock=True)
    status = OrderStatus(order.status)
    if status in FINAL_STATUSES:
        raise BadTransitionError(order.status, "canceled", "final")
    if status in {OrderStatus.AWAITING_PAYMENT, OrderStatus.RECEIVED}:
        return await move_order(uow, order_id, "canceled", reason=reason, as_kind="buyer")
    record_event(uow, order, "cancel_requested", None, None, reason)
    uow.announce("orders", f"order:{order.id}")
    return order


async def renew_pix(uow: UnitOfWork, order_id: UUID) -> Order:
    """Another Pix code for an order that still waits for its payment."""
    order = await get_order(uow, order_id, lock=True)
    if order.status != OrderStatus.AWAITING_PAYMENT:
        raise payments.PaymentClosedError
    store = await _store_of(uow, order)
    await payments.close_open_payments(uow, SUBJECT, order.id, "expired")
    expires = uow.now() + timedelta(minutes=store.pix_minutes)
    terms = payments.PixTerms(store.pix_key, store.pix_receiver, store.city, f"P{order.code}", expires)
    await payments.open_pix(uow, SUBJECT, order.id, order.total_cents, terms)
    order.due_at = expires + timedelta(minutes=2)
    order.version += 1
    uow.announce(f"order:{order.id}", "orders")
    return order


async def sweep_due_orders(uow: UnitOfWork) -> int:
    """What time does to orders: unpaid ones expire, unaccepted ones are called off, delivered ones complete."""
    query = (
        select(Order.id, Order.status)
        .where(Order.due_at <= uow.now())
        .order_by(Order.id)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    targets = {
        "awaiting_payment": "expired",
        "received": "canceled",
        "delivered": "completed",
        "picked_up": "completed",
    }
    count = 0
    for order_id, status in (await uow.session.execute(query)).all():
        if status in targets:
            await move_order(
                uow,
                order_id,
                targets[status],
                reason="not accepted in time" if status == "received" else "",
                as_kind="timer",
            )
            count += 1
        else:
            (await get_order(uow, order_id)).due_at = None
    return count
