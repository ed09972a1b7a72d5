"""The places of a time slot: taking one, giving it back, taking it again.

They are always counted anew from the orders that stand, under a lock on the slot, so that whatever happens twice
changes nothing the second time, and a capacity set late counts the orders that were there before it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork

_STANDING = """(select count(*) from orders o where o.tenant_id = :tenant and o.store_id = :store
  and o.scheduled_for = :starts and o.status not in ('canceled', 'expired'))"""
_HOLD = text(
    "insert into time_slots (tenant_id, id, store_id, starts_at) values (:tenant, :id, :store, :starts) "
    "on conflict (tenant_id, store_id, starts_at) do update set taken = time_slots.taken"
)
_TAKE = text(f"""
update time_slots set taken = {_STANDING} + 1
where tenant_id = :tenant and store_id = :store and starts_at = :starts and {_STANDING} < :capacity returning taken
""")  # noqa: S608 - fixed texts
_LOCK = text(
    "select 1 from time_slots where tenant_id = :tenant and store_id = :store and starts_at = :starts for update"
)
_COUNT = text(f"""
update time_slots set taken = {_STANDING} where tenant_id = :tenant and store_id = :store and starts_at = :starts
""")  # noqa: S608 - fixed texts


async def take_place(uow: UnitOfWork, store_id: UUID, starts_at: datetime, capacity: int) -> bool:
    """Takes a place of the slot for the order about to be written; False when it is full.

    The slot is held first, by a statement of its own, so that the orders of earlier holders are counted.
    """
    slot = {"tenant": uow.tenant_id, "store": store_id, "starts": starts_at}
    await uow.session.execute(_HOLD, {**slot, "id": new_id()})
    return (await uow.session.execute(_TAKE, {**slot, "capacity": capacity})).first() is not None


async def lock_slot(uow: UnitOfWork, store_id: UUID, starts_at: datetime) -> bool:
    """Holds the slot until the commit: before stock, as checkout does. False when nobody counts its places."""
    found = await uow.session.execute(
        _LOCK, {"tenant": uow.tenant_id, "store": store_id, "starts": starts_at}
    )
    return found.first() is not None


async def count_slot(uow: UnitOfWork, store_id: UUID, starts_at: datetime) -> None:
    """Sets the places taken to the orders that stand. The caller holds the slot and has flushed its order."""
    await uow.session.execute(_COUNT, {"tenant": uow.tenant_id, "store": store_id, "starts": starts_at})
