"""What the merchant does to stock: receive, adjust, count, and choose how an item is counted.

Every change is a movement of the ledger written under the lock of the counted row, so `on_hand` and `reserved` stay
the sums of the movements. Reservations for orders are not made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError, VersionConflictError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.events import StockLow
from balcao.modules.store.models import Order, StockDay, StockItem, StockMovement, Store
from balcao.modules.store.stock import ensure_day
from balcao.modules.store.stock_rules import (
    Level,
    Movement,
    MovementKind,
    StockRuleBroken,
    Track,
    apply,
    count_movement,
    crossed_low,
    deltas,
)

QUANTITY_LIMIT = 1_000_000
"""The largest count of an item, and the largest single movement."""


class BelowReservedError(DomainError):
    """The change would leave fewer units than orders were promised; `orders` lists them, `can_force` says what helps."""

    code = "below_reserved"
    title = "Promised to open orders."
    detail = "Open orders were promised more than that. Look at them before you go on."


class NotEnoughOnHandError(DomainError):
    """More would be taken away than is there."""

    code = "not_enough_on_hand"
    title = "Not that much in stock."
    detail = "There is not that much on the shelf."


class NotCountedError(DomainError):
    """The item is not counted, so nothing can be taken from it."""

    code = "not_counted"
    title = "Stock not counted."
    detail = "This item is not counted yet. Count it once to begin."


@dataclass(frozen=True, slots=True)
class OrderHolding:
    """An open order and how many units of an item it was promised."""

    id: UUID
    code: int
    status: str
    quantity: int

    def as_ext(self) -> dict[str, Any]:
        """The order as it travels in an error."""
        return {"id": str(self.id), "code": self.code, "status": self.status, "quantity": self.quantity}


@dataclass(frozen=True, slots=True)
class StockChange:
    """What a merchant action left behind. `affected` are the orders a forced count fell below."""

    item_id: UUID
    level: Level
    affected: tuple[OrderHolding, ...] = ()


@dataclass(frozen=True, slots=True)
class Tracking:
    """How an item is counted. `daily_quota` belongs to `daily` alone; a low threshold of 0 tells of nothing but zero."""

    track: Track
    daily_quota: int | None = None
    low_threshold: int = 0


@dataclass(slots=True)
class _Counted:
    """The locked row that counts: the item itself, or its row of one day."""

    item: StockItem
    day: StockDay | None
    is_new: bool = False

    @property
    def level(self) -> Level:
        row = self.day or self.item
        track: Track = self.item.track  # pyright: ignore[reportAssignmentType] - checked by the database
        return Level(row.on_hand, row.reserved, track)


_FIND_SUBJECT = text("""
select st.id as store_id, k.id as sku_id, null::uuid as option_id from stores st, skus k
where st.tenant_id = :tenant and k.tenant_id = :tenant and md5(st.id::text || k.id::text)::uuid = :id
union all
select st.id, null, o.id from stores st, options o
where st.tenant_id = :tenant and o.tenant_id = :tenant and md5(st.id::text || o.id::text)::uuid = :id
""")


async def get_item(uow: UnitOfWork, item_id: UUID) -> StockItem:
    """The locked stock item. NotFoundError when it is not there or lies in a store the actor does not see.

    What nobody counted yet has no row; lists show it under an id made of store and sku (or option), and the first
    change makes the row under that id.
    """
    item = await _locked_item(uow, item_id)
    if item is None:
        item = await _begun_item(uow, item_id)
    if not uow.actor.sees_store(item.store_id):
        raise NotFoundError
    return item


async def _locked_item(uow: UnitOfWork, item_id: UUID) -> StockItem | None:
    query = select(StockItem).where(StockItem.id == item_id).with_for_update()
    return (await uow.session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()


async def _begun_item(uow: UnitOfWork, item_id: UUID) -> StockItem:
    found = await uow.session.execute(_FIND_SUBJECT, {"tenant": uow.tenant_id, "id": item_id})
    subject = found.mappings().first()
    if subject is None or not uow.actor.sees_store(subject["store_id"]):
        raise NotFoundError
    values = {"tenant_id": uow.tenant_id, "id": item_id, "track": "none", **subject}
    await uow.session.execute(insert(StockItem).values(values).on_conflict_do_nothing())
    query = (
        select(StockItem)
        .where(
            StockItem.store_id == subject["store_id"],
            StockItem.sku_id.is_not_distinct_from(subject["sku_id"]),
            StockItem.option_id.is_not_distinct_from(subject["option_id"]),
        )
        .with_for_update()
    )
    return (await uow.session.execute(query)).scalar_one()


async def store_day(uow: UnitOfWork, store_id: UUID) -> date:
    """Today's date by the store's clock."""
    zone = (await uow.session.execute(select(Store.timezone).where(Store.id == store_id))).scalar_one()
    return uow.now().astimezone(ZoneInfo(zone)).date()


async def _counted(uow: UnitOfWork, item: StockItem) -> _Counted:
    if item.track != "daily":
        return _Counted(item, None)
    day = await store_day(uow, item.store_id)
    query = select(StockDay).where(StockDay.stock_item_id == item.id, StockDay.day == day).with_for_update()
    row = (await uow.session.execute(query)).scalar_one_or_none()
    if row is not None:
        return _Counted(item, row)
    await ensure_day(uow, [item.id], day)
    return _Counted(item, (await uow.session.execute(query)).scalar_one(), is_new=True)


async def _record(uow: UnitOfWork, item_id: UUID, day: date | None, movement: Movement, reason: str) -> None:
    on_hand, reserved = deltas(movement)
    row = StockMovement(
        tenant_id=uow.tenant_id, id=new_id(), stock_item_id=item_id, day=day, kind=movement.kind.value, on_hand=on_hand, reserved=reserved,
        reason=reason, actor=uow.actor.label,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()


async def orders_holding(uow: UnitOfWork, item_id: UUID, day: date | None = None) -> tuple[OrderHolding, ...]:
    """The open orders that units of the item (of one day, for a daily item) are promised to, oldest first."""
    held = func.sum(StockMovement.reserved)
    query = (
        select(Order.id, Order.code, Order.status, held)
        .join(
            StockMovement, (StockMovement.order_id == Order.id) & (StockMovement.tenant_id == Order.tenant_id)
        )
        .where(
            Order.tenant_id == uow.tenant_id,
            StockMovement.stock_item_id == item_id,
            StockMovement.day.is_not_distinct_from(day),
        )
        .group_by(Order.id, Order.code, Order.status)
        .having(held > 0)
        .order_by(Order.code)
    )
    rows = (await uow.session.execute(query)).all()
    return tuple(
        OrderHolding(order_id, code, status, int(quantity)) for order_id, code, status, quantity in rows
    )


async def _move(
    uow: UnitOfWork, counted: _Counted, movement: Movement, reason: str, *, force: bool = False
) -> StockChange:
    """Applies a movement to the locked row and tells who must hear. Raises the refusals of this file."""
    before, day = counted.level, counted.day.day if counted.day else None
    try:
        after = apply(before, movement, force=force and counted.day is None)
    except StockRuleBroken as broken:
        if broken.problem == "reserved_above_on_hand":
            orders = await orders_holding(uow, counted.item.id, day)
            raise BelowReservedError(
                orders=[order.as_ext() for order in orders],
                reserved=before.reserved,
                on_hand=before.on_hand,
                can_force=movement.kind is MovementKind.COUNT and counted.day is None,
            ) from None
        raise NotEnoughOnHandError(on_hand=before.on_hand) from None
    if after.on_hand > QUANTITY_LIMIT:
        raise ValidationFailedError.at("/quantity", "This is more than can be counted.")
    row = counted.day or counted.item
    row.on_hand, row.reserved = after.on_hand, after.reserved
    if counted.day is None:
        counted.item.shortfall = max(0, after.reserved - after.on_hand)
    counted.item.version += 1
    await _record(uow, counted.item.id, day, movement, reason)
    _tell(uow, counted.item, before, after)
    affected = await orders_holding(uow, counted.item.id, day) if after.reserved > after.on_hand else ()
    return StockChange(counted.item.id, after, affected)


def _tell(uow: UnitOfWork, item: StockItem, before: Level, after: Level) -> None:
    uow.announce("stock")
    if (before.available > 0) != (after.available > 0):
        uow.announce("catalog")
    if crossed_low(before, after, item.low_threshold or None):
        uow.publish(StockLow(item.id))


async def move_stock(
    uow: UnitOfWork, item_id: UUID, kind: Literal["receive", "adjust"], quantity: int, reason: str
) -> StockChange:
    """Adds what arrived (`receive`, above zero) or corrects by a signed difference (`adjust`).

    Receiving an item that was not counted begins its count at zero. Raises NotCountedError, NotEnoughOnHandError,
    BelowReservedError.
    """
    if quantity == 0 or (kind == "receive" and quantity < 0):
        raise ValidationFailedError.at(
            "/quantity", "Give a number that is not zero, and above zero for what arrives."
        )
    item = await get_item(uow, item_id)
    if item.track == "none" and kind == "adjust":
        raise NotCountedError
    _begin_counting(uow, item)
    return await _move(uow, await _counted(uow, item), Movement(MovementKind(kind), quantity), reason)


async def count_stock(
    uow: UnitOfWork, item_id: UUID, on_hand: int, reason: str, *, force: bool = False
) -> StockChange:
    """Sets what is on the shelf to what was counted, writing the difference as a movement.

    Below what is reserved only with `force`, and then the answer names the orders that cannot all be served; the
    day's row of a daily item cannot be forced. An item that was not counted begins here. Raises BelowReservedError.
    """
    item = await get_item(uow, item_id)
    _begin_counting(uow, item)
    counted = await _counted(uow, item)
    return await _move(uow, counted, count_movement(counted.level, on_hand), reason, force=force)


def _begin_counting(uow: UnitOfWork, item: StockItem) -> None:
    if item.track == "none":
        item.track = "quantity"
        # What was never counted could always be bought; from now on the shelf decides.
        uow.announce("catalog")


async def set_tracking(
    uow: UnitOfWork, item_id: UUID, tracking: Tracking, version: int | None = None
) -> StockItem:
    """Chooses how an item is counted and when it is low.

    A new daily quota moves today's count by the difference, but never below what is promised. What open orders hold
    stays held, and leaves or comes back by its own movements. Raises VersionConflictError and validation.
    """
    _check_tracking(tracking)
    item = await get_item(uow, item_id)
    if version is not None and version != item.version:
        raise VersionConflictError(current={"id": str(item.id), "version": item.version, "track": item.track})
    old_quota = item.daily_quota if item.track == "daily" else None
    item.track, item.daily_quota, item.low_threshold = (
        tracking.track,
        tracking.daily_quota,
        tracking.low_threshold,
    )
    item.version += 1
    await uow.session.flush()
    if old_quota is not None and tracking.daily_quota is not None and old_quota != tracking.daily_quota:
        await _requote_today(uow, item, tracking.daily_quota - old_quota)
    uow.announce("stock", "catalog")
    return item


async def _requote_today(uow: UnitOfWork, item: StockItem, difference: int) -> None:
    counted = await _counted(uow, item)
    fits = max(difference, counted.level.reserved - counted.level.on_hand)
    if fits and not counted.is_new:
        await _move(uow, counted, Movement(MovementKind.ADJUST, fits), "daily quota changed")


def _check_tracking(tracking: Tracking) -> None:
    errors: list[dict[str, str]] = []
    if (tracking.track == "daily") != (tracking.daily_quota is not None):
        errors.append(
            {
                "pointer": "/daily_quota",
                "message": "A daily item needs its number per day, and no other has one.",
            }
        )
    elif tracking.daily_quota is not None and not 0 <= tracking.daily_quota <= QUANTITY_LIMIT:
        errors.append({"pointer": "/daily_quota", "message": "Give a whole number from 0 to 1,000,000."})
    if not 0 <= tracking.low_threshold <= QUANTITY_LIMIT:
        errors.append({"pointer": "/low_threshold", "message": "Give a whole number from 0 to 1,000,000."})
    if errors:
        raise ValidationFailedError(errors)
