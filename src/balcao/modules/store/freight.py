"""Freight: from an address to a promise that holds for half an hour.

The question to the outside (where is this address?) is asked before the transaction and gets three seconds in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from balcao.kernel.errors import NotFoundError
from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Runtime, Work
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.checkout_command import AddressInput
from balcao.modules.store.checkout_errors import ShippingUnavailableError
from balcao.modules.store.delivery_areas import (
    Area,
    Destination,
    destination_hash,
    match_area,
    no_area_reason,
    road_metres,
    rule_of,
)
from balcao.modules.store.models import Quote
from balcao.modules.store.places_lookup import locate_address
from balcao.ports.places import Address, Point

QUOTE_LIFE = timedelta(minutes=30)
Json = dict[str, Any]


async def locate(runtime: Runtime, address: AddressInput) -> Point | None:
    """The device's own coordinates, else what is known of the address within three seconds, else nothing."""
    if address.lat is not None and address.lng is not None:
        return Point(address.lat, address.lng)
    wanted = Address(
        postal_code=address.postal_code, street=address.street, district=address.district, city=address.city,
        state=address.state, number=address.number,
    )  # fmt: skip
    return await locate_address(runtime, wanted)


async def quote_freight(works: Work, store_id: UUID, address: AddressInput) -> Json:
    """A stored quote in the shape of POST /shipping/quote. Raises NotFoundError, ShippingUnavailableError.

    `estimated` says that a distance counted and is the straight line times the store's factor, not a measured way.
    """
    point = await locate(works.runtime, address)
    return await works.run(lambda uow: _store_quote(uow, store_id, address, point))


_TERMS = text("""
select to_jsonb(s) as store, (select coalesce(jsonb_agg(to_jsonb(a)), '[]') from delivery_areas a
  where a.tenant_id = :tenant and a.store_id = s.id and a.is_active) as areas
from stores s where s.tenant_id = :tenant and s.id = :store and s.is_active
""")


async def _store_quote(uow: UnitOfWork, store_id: UUID, address: AddressInput, point: Point | None) -> Json:
    row = (await uow.session.execute(_TERMS, {"tenant": uow.tenant_id, "store": store_id})).mappings().first()
    if row is None:
        raise NotFoundError
    store = row["store"]
    if not store["accepts_delivery"]:
        raise ShippingUnavailableError("This shop does not deliver.", reason="delivery_off")
    metres = road_metres(store, point and point.lat, point and point.lng)
    destination = Destination(address.postal_code, address.district, address.city, metres)
    areas = [rule_of(area) for area in row["areas"]]
    area = match_area(areas, destination)
    if area is None:
        raise ShippingUnavailableError(reason=no_area_reason(areas, destination))
    return await _write(uow, store, area, address, metres, estimated=metres is not None)


async def _write(
    uow: UnitOfWork,
    store: Mapping[str, Any],
    area: Area,
    address: AddressInput,
    metres: int | None,
    *,
    estimated: bool,
) -> Json:
    quote_id, expires = new_id(), uow.now() + QUOTE_LIFE
    digest = destination_hash(
        postal_code=address.postal_code, street=address.street, number=address.number, district=address.district,
        city=address.city, state=address.state,
    )  # fmt: skip
    await uow.session.execute(
        insert(Quote).values(
            tenant_id=uow.tenant_id, id=quote_id, store_id=UUID(store["id"]), area_id=area.id, destination_hash=digest,
            metres=metres, is_estimated=estimated, fee_cents=area.fee_cents, min_order_cents=area.min_order_cents,
            free_above_cents=area.free_above_cents, eta_min=area.eta_min, eta_max=area.eta_max,
            settings_version=store["settings_version"], expires_at=expires,
        )
    )  # fmt: skip
    return {
        "quote_id": str(quote_id),
        "fee_cents": area.fee_cents,
        "distance_km": round(metres / 1000, 3) if metres is not None else None,
        "estimated": estimated,
        "eta_minutes": {"min": area.eta_min, "max": area.eta_max},
        "min_order_cents": area.min_order_cents,
        "free_above_cents": area.free_above_cents,
        "expires_at": expires.isoformat(),
    }
