"""What the storefront reads: the cached catalogue as values, the times a buyer may choose, an order placed before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from balcao.kernel.cache import CachedBytes
from balcao.kernel.idempotency import IdempotencyKey
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.cart_pricing import slot_rules
from balcao.modules.store.catalog_queries import CATALOG_TOPIC, catalogue_bytes
from balcao.modules.store.checkout import SCOPE
from balcao.modules.store.checkout_load import load_offer
from balcao.modules.store.models import TimeSlot
from balcao.modules.store.opening_hours import opening_state
from balcao.modules.store.store_queries import open_stores
from balcao.modules.store.time_slots import Slot, slots_of_day

Json = Mapping[str, Any]
SLOT_DAYS_SHOWN = 7
STORES_SECONDS = 60.0
_PARSED_MAX = 128
# Parsing a catalogue costs more than finding it: the last ones stay as values, known by the digest of their bytes.
_parsed: OrderedDict[str, Any] = OrderedDict()


def _values_of(body: CachedBytes) -> Any:
    known = _parsed.get(body.etag)
    if known is None:
        known = _parsed[body.etag] = orjson.loads(memoryview(body))
        if len(_parsed) > _PARSED_MAX:
            _parsed.popitem(last=False)
    else:
        _parsed.move_to_end(body.etag)
    return known


@dataclass(frozen=True, slots=True)
class BookableTimes:
    """When a store is open, and which windows it offers for later; `days` are (local date as ISO text, slots).

    `must_choose` is true when something in the basket is made to order, so that "as soon as possible" is no answer.
    """

    is_open: bool
    takes_preorders: bool
    next_opening: datetime | None
    note: str
    must_choose: bool
    days: tuple[tuple[str, tuple[Slot, ...]], ...]


async def bookable_times(uow: UnitOfWork, store_id: UUID, product_ids: list[UUID]) -> BookableTimes:
    """The windows a basket of these products may be booked for; full ones are left out."""
    offer = await load_offer(uow, store_id, product_ids, [], None)
    now, store = uow.now(), offer.store
    zone = store["timezone"]
    state = opening_state(offer.schedule, zone, now)
    lead = [product.lead_days for product in offer.products.values() if product.availability == "order"]
    lead_days = max(lead, default=0)
    full = await _full_slots(uow, store_id, now, store["slot_capacity"])
    first = now.astimezone(ZoneInfo(zone)).date()
    days: list[tuple[str, tuple[Slot, ...]]] = []
    for ahead in range(store["max_days_ahead"] + 1):
        day = first + timedelta(days=ahead)
        slots = slots_of_day(offer.schedule, zone, slot_rules(store), day, now, lead_days)
        free = tuple(slot for slot in slots if slot.starts_at not in full)
        if free:
            days.append((day.isoformat(), free))
        if len(days) == SLOT_DAYS_SHOWN:
            break
    return BookableTimes(
        state.is_open, bool(store["preorder"]), state.next_opening, state.note, bool(lead), tuple(days)
    )


async def _full_slots(
    uow: UnitOfWork, store_id: UUID, now: datetime, capacity: int | None
) -> frozenset[datetime]:
    if capacity is None:
        return frozenset()
    statement = select(TimeSlot.starts_at).where(
        TimeSlot.tenant_id == uow.tenant_id,
        TimeSlot.store_id == store_id,
        TimeSlot.starts_at >= now,
        TimeSlot.taken >= capacity,
    )
    return frozenset((await uow.session.execute(statement)).scalars())


async def order_placed_under(uow: UnitOfWork, key: str) -> UUID | None:
    """The order that a checkout with this key placed, if it did. The key is unguessable and known to its buyer only."""
    statement = select(IdempotencyKey.response).where(
        IdempotencyKey.tenant_id == uow.tenant_id, IdempotencyKey.scope == SCOPE, IdempotencyKey.key == key
    )
    stored: dict[str, Any] | None = (await uow.session.execute(statement)).scalar_one_or_none()
    return UUID(stored["order"]["id"]) if stored else None


async def load_catalogue(runtime: Runtime, tenant: Tenant, store_slug: str | None) -> Json:
    """The catalogue of a store as GET /catalog answers it, with its `etag`; of the first store without a slug.

    Raises NotFoundError for a store that is not there.
    """
    body = await catalogue_bytes(runtime, tenant, store_slug)
    return {**_values_of(body), "etag": body.etag}


async def load_stores(runtime: Runtime, tenant: Tenant) -> list[Json]:
    """The tenant's active stores, for the switch between them: id, slug and name."""

    async def make() -> bytes:
        async with runtime.transactions.begin(tenant, read_only=True) as uow:
            stores = await open_stores(uow)
        return orjson.dumps([{name: store[name] for name in ("id", "slug", "name")} for store in stores])

    return _values_of(
        await runtime.cache.get_or_make(
            tenant.id, "storefront:stores", make, STORES_SECONDS, (CATALOG_TOPIC,)
        )
    )
