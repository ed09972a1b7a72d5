"""The stock ledger as orders drive it: reserve at placement, commit at dispatch, release when called off.

Rows are locked sorted by id, always, so two carts in opposite order queue instead of crossing. `on_hand` and `reserved`
are the sums of the movements, which are unique per (order, item, day, kind, seq): repeating a step does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from balcao.kernel.db.engine import Question, plain
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.checkout_errors import InsufficientStockError
from balcao.modules.store.events import StockLow

STOCK_TOPIC = "stock"
CATALOG_TOPIC = "catalog"
LEFT_BEYOND_COUNT = "more left than was counted"

# Locks sorted by id, looks, and takes: all of it or nothing. What it answers is what the shelf held before.
_RESERVE = plain(
    text("""
with demand as materialized (
  select * from unnest(cast(:ids as uuid[]), cast(:quantities as bigint[])) as d(id, quantity)),
locked as materialized (
  select i.id, i.track, i.on_hand, i.reserved, i.low_threshold, d.quantity
  from stock_items i join demand d on d.id = i.id where i.tenant_id = :tenant order by i.id for update of i),
moved as (
  update stock_items s set reserved = s.reserved + l.quantity, version = s.version + 1
  from locked l where s.tenant_id = :tenant and s.id = l.id and l.track = 'quantity'
    and not exists (select from locked o where o.track = 'quantity' and o.on_hand - o.reserved < o.quantity))
select id, track, on_hand, reserved, low_threshold from locked
""")
)
_MAKE_DAYS = text("""
with made as (
  insert into stock_days (tenant_id, id, stock_item_id, day, on_hand)
  select :tenant, d.id, d.item, :day, i.daily_quota
  from unnest(cast(:day_ids as uuid[]), cast(:items as uuid[])) as d(id, item)
  join stock_items i on i.tenant_id = :tenant and i.id = d.item and i.track = 'daily'
  on conflict (tenant_id, stock_item_id, day) do nothing
  returning id, stock_item_id, on_hand)
insert into stock_movements (tenant_id, id, stock_item_id, day, kind, on_hand, reserved, actor, reason)
select :tenant, id, stock_item_id, :day, 'receive', on_hand, 0, 'system', 'daily quota' from made
""")
_LOCK_DAYS = text(
    "select stock_item_id as id, on_hand, reserved from stock_days where tenant_id = :tenant and day = :day "
    "and stock_item_id = any(cast(:ids as uuid[])) order by stock_item_id for update"
)
_RESERVE_DAYS = text("""
with demand as (select * from unnest(cast(:ids as uuid[]), cast(:quantities as bigint[])) as d(id, quantity)),
moved as (update stock_days s set reserved = s.reserved + d.quantity
  from demand d where s.tenant_id = :tenant and s.stock_item_id = d.id and s.day = :day returning s.id)
select count(*) from moved
""")


class Held(NamedTuple):
    """A locked stock item as it was before the cart took anything."""

    id: UUID
    track: str
    on_hand: int
    reserved: int
    low_threshold: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a cart takes: per stock item the quantity, and for daily items the date it counts on."""

    quantities: Mapping[UUID, int]
    days: Mapping[UUID, date | None]


async def ensure_day(uow: UnitOfWork, item_ids: list[UUID], day: date) -> None:
    """Makes the rows of daily items for a date (store time), each with a movement of its quota. Repeating is harmless."""
    parameters = {
        "tenant": uow.tenant_id, "day": day, "items": sorted(item_ids), "day_ids": [new_id() for _ in item_ids],
    }  # fmt: skip
    await uow.session.execute(_MAKE_DAYS, parameters)


async def reserve(
    uow: UnitOfWork,
    demand: Mapping[UUID, int],
    names: Mapping[UUID, Mapping[str, object]],
    *,
    timezone: str,
    day: date | None = None,
) -> Reservation:
    """Locks, checks and reserves everything, or raises InsufficientStockError naming every short item.

    `demand` is sorted by id; `names` gives product_id and name per item for the error; `day` is the date daily items
    count on (today in the store's zone by default). The movements are written by `write_reservation` with the order.
    """
    if not demand:
        return Reservation({}, {})
    (held,) = await uow.ask(hold_question(uow, demand))
    return await reserve_held(uow, demand, held, names, timezone=timezone, day=day)


def hold_question(uow: UnitOfWork, demand: Mapping[UUID, int]) -> Question[list[Held]]:
    """Locks what a cart wants, and takes what is counted in one row if there is enough of all of it."""
    parameters = {"tenant": uow.tenant_id, "ids": list(demand), "quantities": list(demand.values())}
    return Question(_RESERVE, parameters, lambda rows: [Held(*row) for row in rows])


async def reserve_held(
    uow: UnitOfWork,
    demand: Mapping[UUID, int],
    rows: Sequence[Held],
    names: Mapping[UUID, Mapping[str, object]],
    *,
    timezone: str,
    day: date | None = None,
) -> Reservation:
    """The rest of `reserve`, once the items are held."""
    levels = {row.id: (row.on_hand, row.reserved) for row in rows if row.track == "quantity"}
    daily = {row.id: demand[row.id] for row in rows if row.track == "daily"}
    on = day or uow.now().astimezone(ZoneInfo(timezone)).date()
    if daily:
        await ensure_day(uow, list(daily), on)
        found = await uow.session.execute(
            _LOCK_DAYS, {"tenant": uow.tenant_id, "ids": list(daily), "day": on}
        )
        levels |= {row.id: (row.on_hand, row.reserved) for row in found}
    short = [
        {**names.get(item, {}), "requested": needed, "available": max(0, levels[item][0] - levels[item][1])}
        for item, needed in demand.items()
        if item in levels and levels[item][0] - levels[item][1] < needed
    ]
    if short:
        raise InsufficientStockError(items=short)
    if daily:
        await uow.session.execute(
            _RESERVE_DAYS,
            {"tenant": uow.tenant_id, "ids": list(daily), "quantities": list(daily.values()), "day": on},
        )
    counted = {item: needed for item, needed in demand.items() if item in levels}
    _tell(uow, counted, levels, {row.id: row.low_threshold for row in rows})
    return Reservation(counted, {item: on if item in daily else None for item in counted})


def _tell(
    uow: UnitOfWork,
    counted: Mapping[UUID, int],
    levels: Mapping[UUID, tuple[int, int]],
    thresholds: Mapping[UUID, int],
) -> None:
    if counted:
        uow.announce(STOCK_TOPIC)
    for item, wanted in counted.items():
        before = levels[item][0] - levels[item][1]
        after = before - wanted
        if after <= 0:
            uow.announce(CATALOG_TOPIC)
        if before > thresholds[item] >= after and thresholds[item] > 0:
            uow.publish(StockLow(item))


_SETTLE = text("""
with held as (
  select m.stock_item_id, m.day, sum(m.reserved) as quantity,
         (select coalesce(max(x.seq), -1) + 1 from stock_movements x where x.tenant_id = :tenant and x.order_id = :order
            and x.kind = :kind) as seq
  from stock_movements m where m.tenant_id = :tenant and m.order_id = :order
  group by m.stock_item_id, m.day having sum(m.reserved) > 0),
locked as materialized (
  select s.id, s.on_hand, s.reserved from stock_items s
  where s.tenant_id = :tenant and s.id in (select stock_item_id from held) order by s.id for update),
items as (
  update stock_items s set reserved = s.reserved - h.quantity, on_hand = greatest(0, s.on_hand + :sign * h.quantity),
    shortfall = greatest(0, s.reserved - h.quantity - greatest(0, s.on_hand + :sign * h.quantity)), version = s.version + 1
  from held h join locked l on l.id = h.stock_item_id
  where s.tenant_id = :tenant and s.id = h.stock_item_id and h.day is null returning s.id),
days as (
  update stock_days s set reserved = s.reserved - h.quantity, on_hand = s.on_hand + :sign * h.quantity
  from held h where s.tenant_id = :tenant and s.stock_item_id = h.stock_item_id and s.day = h.day returning s.id),
beyond as (
  insert into stock_movements (tenant_id, id, stock_item_id, kind, on_hand, reserved, order_id, seq, actor, reason, at)
  select :tenant, gen_random_uuid(), h.stock_item_id, 'adjust', -l.on_hand - :sign * h.quantity, 0, :order, h.seq, :actor,
    :beyond, now() - interval '1 microsecond'
  from held h join locked l on l.id = h.stock_item_id
  where h.day is null and l.on_hand + :sign * h.quantity < 0)
insert into stock_movements (tenant_id, id, stock_item_id, day, kind, on_hand, reserved, order_id, seq, actor, reason)
select :tenant, gen_random_uuid(), h.stock_item_id, h.day, :kind, :sign * h.quantity, -h.quantity, :order, h.seq, :actor, :reason
from held h returning stock_item_id
""")
_LOCK_HELD = text(
    "select s.id from stock_items s where s.tenant_id = :tenant and s.id in (select m.stock_item_id from stock_movements m "
    "where m.tenant_id = :tenant and m.order_id = :order) order by s.id for update"
)


async def release_order(uow: UnitOfWork, order_id: UUID, reason: str) -> None:
    """Gives back what an order still holds. The caller holds the order's lock. Again: nothing is held, nothing moves."""
    await _settle(uow, order_id, "release", 0, reason)


async def commit_order(uow: UnitOfWork, order_id: UUID) -> None:
    """The goods of an order leave the shelf. The caller holds the order's lock.

    Goods in hand are there, whatever a forced count said: what leaves beyond the count is put right by a movement of
    its own just before, so that the shelf ends at zero and the ledger sums up.
    """
    await _settle(uow, order_id, "commit", -1, "")


async def _settle(uow: UnitOfWork, order_id: UUID, kind: str, sign: int, reason: str) -> None:
    # Locked by a statement of its own first, so that the sums below are read after every earlier holder is done.
    await uow.session.execute(_LOCK_HELD, {"tenant": uow.tenant_id, "order": order_id})
    moved = await uow.session.execute(
        _SETTLE,
        {
            "tenant": uow.tenant_id,
            "order": order_id,
            "kind": kind,
            "sign": sign,
            "actor": uow.actor.label,
            "reason": reason,
            "beyond": LEFT_BEYOND_COUNT,
        },
    )
    if moved.first() is not None:
        uow.announce(STOCK_TOPIC, CATALOG_TOPIC)


_HELD_ONCE = text("""
select m.stock_item_id as id, m.day, sum(m.reserved) filter (where m.kind = 'reserve') as quantity,
       max(m.seq) filter (where m.kind = 'reserve') as seq
from stock_movements m where m.tenant_id = :tenant and m.order_id = :order group by m.stock_item_id, m.day
having sum(m.reserved) = 0
""")


async def reserve_again(uow: UnitOfWork, order_id: UUID, timezone: str) -> None:
    """Reserves anew what a released order had held; InsufficientStockError when it is gone.

    Used when the money of an expired order arrives after all. Daily items count on their original date.
    """
    rows = (await uow.session.execute(_HELD_ONCE, {"tenant": uow.tenant_id, "order": order_id})).all()
    by_day: dict[date | None, dict[UUID, int]] = {}
    sequence = 0
    for row in sorted(rows, key=lambda row: row.id):
        # The first reservation is what the order needs; later ones repeat it.
        sequence = max(sequence, row.seq + 1)
        by_day.setdefault(row.day, {})[row.id] = int(row.quantity) // (row.seq + 1)
    for day, demand in by_day.items():
        taken = await reserve(uow, demand, {}, timezone=timezone, day=day)
        await write_reservation(uow, order_id, taken, seq=sequence)


_WRITE = text("""
insert into stock_movements (tenant_id, id, stock_item_id, day, kind, on_hand, reserved, order_id, seq, actor)
select :tenant, m.id, m.item, m.day, 'reserve', 0, m.quantity, :order, :seq, :actor
from unnest(cast(:ids as uuid[]), cast(:items as uuid[]), cast(:days as date[]), cast(:quantities as bigint[]))
  as m(id, item, day, quantity)
""")


async def write_reservation(uow: UnitOfWork, order_id: UUID, taken: Reservation, *, seq: int = 0) -> None:
    """The ledger lines of a reservation, once the order is there to name."""
    if not taken.quantities:
        return
    items = list(taken.quantities)
    await uow.session.execute(
        _WRITE,
        {
            "tenant": uow.tenant_id,
            "order": order_id,
            "seq": seq,
            "actor": uow.actor.label,
            "ids": [new_id() for _ in items],
            "items": items,
            "days": [taken.days[item] for item in items],
            "quantities": list(taken.quantities.values()),
        },
    )
