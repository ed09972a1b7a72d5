"""The first store of a business, set up step by step: what the first steps of a new business need of the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from balcao.brazil.pix_code import InvalidPixCode, encode_static
from balcao.kernel.actor import Actor
from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import Transactions, UnitOfWork
from balcao.modules.store.catalog_editing import create_product
from balcao.modules.store.catalog_rules import ProductDraft, SkuDraft
from balcao.modules.store.hours_editing import HoursInput, replace_week
from balcao.modules.store.models import Product, Store, StoreHours
from balcao.modules.store.product_pictures import add_picture
from balcao.modules.store.stores_editing import create_store, point_of, update_store
from balcao.ports.places import Places, Point

TEST_CENTS = 1


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """An interval of a weekday (0 is Monday), by the store's clock. Closing at or before opening is the next day's."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class FirstStore:
    """The first store as the first steps show it. `address` has the keys of a postal address, `hours` its week."""

    id: UUID
    version: int
    name: str
    slug: str
    phone: str
    address: Mapping[str, str]
    has_point: bool
    hours: tuple[OpenSpan, ...]
    pix_key: str
    pix_receiver: str
    payment_methods: tuple[str, ...]


ADDRESS = ("postal_code", "street", "number", "complement", "district", "city", "state")


async def first_store(uow: UnitOfWork) -> FirstStore | None:
    """The store that comes first, None when there is none yet."""
    store = await _first(uow)
    if store is None:
        return None
    query = select(StoreHours).where(StoreHours.store_id == store.id)
    hours = (await uow.session.execute(query.order_by(StoreHours.weekday, StoreHours.opens))).scalars()
    return FirstStore(
        id=store.id, version=store.version, name=store.name, slug=store.slug, phone=store.phone,
        address={name: getattr(store, name) for name in ADDRESS}, has_point=store.latitude is not None,
        hours=tuple(OpenSpan(row.weekday, row.opens, row.closes) for row in hours), pix_key=store.pix_key,
        pix_receiver=store.pix_receiver, payment_methods=tuple(store.payment_methods),
    )  # fmt: skip


async def _first(uow: UnitOfWork) -> Store | None:
    query = select(Store).order_by(Store.position, Store.created_at, Store.id).limit(1)
    return (await uow.session.execute(query)).scalar_one_or_none()


async def count_products(uow: UnitOfWork) -> int:
    """Products on the menu."""
    query = select(func.count()).select_from(Product).where(Product.is_active)
    return (await uow.session.execute(query)).scalar_one()


async def set_up_store(uow: UnitOfWork, name: str, values: Mapping[str, Any]) -> UUID:
    """Changes the first store, or opens one of that name. Raises what creating and changing stores raise."""
    store = await _first(uow)
    if store is None:
        return (await create_store(uow, {"name": name, **values})).id
    await update_store(uow, store.id, values, store.version)
    return store.id


async def set_up_hours(uow: UnitOfWork, name: str, week: tuple[OpenSpan, ...]) -> None:
    """The week of the first store. Raises validation with pointers /hours/<position>."""
    store = await _first(uow)
    store_id = store.id if store is not None else await set_up_store(uow, name, {})
    await replace_week(uow, store_id, [HoursInput(span.weekday, span.opens, span.closes) for span in week])


async def set_up_pix(uow: UnitOfWork, name: str, key: str, receiver: str) -> None:
    """Makes Pix a way to pay at the first store; an empty key takes it away. Raises validation."""
    store = await _first(uow)
    others = [
        method
        for method in (store.payment_methods if store else ("cash", "card_on_delivery"))
        if method != "pix"
    ]
    methods = ["pix", *others] if key.strip() else others or ["cash"]
    values = {"pix_key": key, "pix_receiver": receiver, "payment_methods": methods}
    await set_up_store(uow, name, values)


async def add_first_product(uow: UnitOfWork, name: str, price_cents: int, description: str = "") -> UUID:
    """A product with one price, on the menu of every store. Raises validation."""
    draft = ProductDraft(name=name, skus=[SkuDraft(price_cents)], description=description)
    return await create_product(uow, draft)


async def show_product(
    transactions: Transactions, blobs: BlobStore, tenant: Tenant, actor: Actor, product_id: UUID, data: bytes,
    *, max_bytes: int,
) -> None:  # fmt: skip
    """Hangs a picture on a product. Call it with no transaction open. Raises what pictures raise."""
    await add_picture(transactions, blobs, tenant, actor, product_id, data, "", max_bytes=max_bytes)


async def find_point(places: Places, address: Mapping[str, Any]) -> Point | None:
    """Where an address is: all of it, else its CEP alone; None when nobody knows. Call it with no transaction open."""
    found = await point_of(places, address)
    return found or await point_of(places, {"postal_code": address.get("postal_code")})


def trial_pix_code(store: FirstStore) -> str | None:
    """A Pix of one centavo to the store's key, to try it with; None when the key is not complete."""
    if not store.pix_key or not store.pix_receiver:
        return None
    city = store.address.get("city") or "BRASIL"
    try:
        return encode_static(store.pix_key, store.pix_receiver, city, TEST_CENTS, "TESTE")
    except InvalidPixCode:
        return None
