"""Stores over HTTP: what they are and how they are paid."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.models import Store
from balcao.modules.store.stores_editing import (
    address_changed,
    create_store,
    delete_store,
    get_store,
    point_of,
    update_store,
)

router = APIRouter(prefix="/admin/stores", tags=["stores"])
VIEW = [Depends(Allow("store.stores:view"))]
EDIT = [Depends(Allow("store.stores:edit"))]

_EXAMPLE: dict[str, Any] = {
    "name": "Padaria Centro", "phone": "(11) 98765-4321", "postal_code": "01001-000", "street": "Praça da Sé", "number": "1",
    "district": "Sé", "city": "São Paulo", "state": "SP", "payment_methods": ["pix", "cash"],
    "pix_key": "contato@padaria.example", "pix_receiver": "PADARIA CENTRO",
}  # fmt: skip


class StoreFields(BaseModel):
    """What may be set on a store. Fields left out stay as they are. Without coordinates they are found by the address."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    name: str | None = None
    slug: str | None = None
    description: str | None = None
    position: int | None = None
    is_active: bool | None = None
    timezone: str | None = None
    phone: str | None = None
    postal_code: str | None = None
    street: str | None = None
    number: str | None = None
    complement: str | None = None
    district: str | None = None
    city: str | None = None
    state: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accepts_delivery: bool | None = None
    accepts_pickup: bool | None = None
    preparation_minutes: int | None = None
    payment_methods: Annotated[list[str], Field(max_length=10)] | None = None
    pix_key: Annotated[str, Field(max_length=100)] | None = None
    pix_receiver: str | None = None
    pix_minutes: int | None = None
    preorder: bool | None = None
    lead_minutes: int | None = None
    max_days_ahead: int | None = None
    slot_minutes: int | None = None
    slot_capacity: int | None = None
    accept_minutes: int | None = None
    auto_accept: bool | None = None
    distance_factor_percent: int | None = None

    def given(self) -> dict[str, Any]:
        """What was sent. Null empties coordinates and the slot capacity, and leaves everything else alone."""
        sent = self.model_dump(exclude_unset=True, exclude={"version"})
        return {name: value for name, value in sent.items() if value is not None or name in _NULLABLE}


_NULLABLE = frozenset({"latitude", "longitude", "slot_capacity"})


class StorePatch(StoreFields):
    """Changes to a store, with the version they were made on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": 2, "preparation_minutes": 30}]}
    )
    version: int


class StoreView(BaseModel):
    """A store as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    slug: str
    name: str
    description: str
    position: int
    is_active: bool
    timezone: str
    phone: str
    postal_code: str
    street: str
    number: str
    complement: str
    district: str
    city: str
    state: str
    latitude: float | None
    longitude: float | None
    accepts_delivery: bool
    accepts_pickup: bool
    preparation_minutes: int
    payment_methods: list[str]
    pix_key: str
    pix_receiver: str
    pix_minutes: int
    preorder: bool
    lead_minutes: int
    max_days_ahead: int
    slot_minutes: int
    slot_capacity: int | None
    accept_minutes: int
    auto_accept: bool
    distance_factor_percent: int
    settings_version: int
    version: int


@router.get("", dependencies=VIEW)
async def list_stores(uow: ReadUow, page: Annotated[PageQuery, Query()]) -> Page[StoreView]:
    """The stores one may see, switched-off ones included."""
    condition = [Store.tenant_id == uow.tenant_id]
    if uow.actor.store_ids is not None:
        condition.append(Store.id.in_(uow.actor.store_ids))
    total = (
        await uow.session.execute(select(func.count()).select_from(Store).where(*condition))
    ).scalar_one()
    query = select(Store).where(*condition).order_by(Store.position, Store.name, Store.id)
    rows = (await uow.session.execute(query.limit(page.limit).offset(page.offset))).scalars()
    items = [StoreView.model_validate(row) for row in rows]
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)


@router.post("", dependencies=EDIT, status_code=201)
async def open_store(works: Works, runtime: Installation, body: StoreFields) -> StoreView:
    """Open a store."""
    values = body.given()
    if values.get("latitude") is None and (point := await point_of(runtime.providers.places, values)):
        values |= {"latitude": point.lat, "longitude": point.lng}

    async def verb(uow: UnitOfWork) -> StoreView:
        return StoreView.model_validate(await create_store(uow, values))

    return await works.run(verb)


@router.get("/{store_id}", dependencies=VIEW)
async def read_store(uow: ReadUow, store_id: UUID) -> StoreView:
    """One store."""
    return StoreView.model_validate(await get_store(uow, store_id))


@router.patch("/{store_id}", dependencies=EDIT)
async def change_store(works: Works, runtime: Installation, store_id: UUID, body: StorePatch) -> StoreView:
    """Change fields of a store."""
    values = body.given()

    async def look(uow: UnitOfWork) -> dict[str, Any] | None:
        store = await get_store(uow, store_id)
        if "latitude" in values or not address_changed(store, values):
            return None
        return {**StoreView.model_validate(store).model_dump(), **values}

    async def verb(uow: UnitOfWork) -> StoreView:
        return StoreView.model_validate(await update_store(uow, store_id, values, body.version))

    moved = await works.run(look)
    if moved is not None and (point := await point_of(runtime.providers.places, moved)):
        values |= {"latitude": point.lat, "longitude": point.lng}
    return await works.run(verb)


@router.delete("/{store_id}", dependencies=EDIT, status_code=204)
async def close_down_store(works: Works, store_id: UUID) -> Response:
    """Erase a store that has no history."""
    await works.run(lambda uow: delete_store(uow, store_id))
    return Response(status_code=204)
