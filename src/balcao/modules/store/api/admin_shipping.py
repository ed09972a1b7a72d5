"""The delivery table over HTTP. Distances are metres, half-open: 5000 belongs to the row that begins at 5000."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from balcao.kernel.db.paging import Page, ShortListQuery
from balcao.kernel.i18n import Translator
from balcao.kernel.money import PRICE_MAX_CENTS
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Words, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.areas_editing import (
    AreaInput,
    AreaWarning,
    area_of,
    delete_area,
    list_areas,
    metres_to,
    replace_areas,
    save_area,
    try_address,
    warnings_of,
)
from balcao.modules.store.delivery_areas import Destination, NoAreaReason
from balcao.modules.store.models import DeliveryArea
from balcao.modules.store.stores_editing import get_store, point_of
from balcao.ports.places import Point

router = APIRouter(prefix="/admin/shipping", tags=["delivery"])
VIEW = [Depends(Allow("store.stores:view"))]
EDIT = [Depends(Allow("store.stores:edit"))]

Cents = Annotated[int, Field(ge=0, le=PRICE_MAX_CENTS)]
_KM_ROW: dict[str, Any] = {
    "kind": "km",
    "metres_min": 0,
    "metres_max": 5000,
    "fee_cents": 900,
    "eta_min": 30,
    "eta_max": 50,
}


class AreaIn(BaseModel):
    """A row of the table: `km` wants metres_min and metres_max, `district` districts, `postal_range` two CEPs."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_KM_ROW]})
    kind: Literal["km", "district", "postal_range"]
    name: Annotated[str, Field(max_length=80)] = ""
    priority: Annotated[int, Field(ge=0, le=9999)] = 100
    metres_min: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    metres_max: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    districts: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=100)] = []
    city: Annotated[str, Field(max_length=80)] = ""
    postal_from: Annotated[str, Field(max_length=10)] | None = None
    postal_to: Annotated[str, Field(max_length=10)] | None = None
    fee_cents: Cents
    min_order_cents: Cents = 0
    free_above_cents: Cents | None = None
    eta_min: Annotated[int, Field(ge=0, le=1440)] = 30
    eta_max: Annotated[int, Field(ge=0, le=1440)] = 60
    is_active: bool = True

    def as_input(self, area_id: UUID | None = None) -> AreaInput:
        """For the verbs."""
        fields: dict[str, Any] = self.model_dump(exclude={"store_id", "id"})
        fields |= {
            "districts": tuple(self.districts),
            "postal_from": self.postal_from or "",
            "postal_to": self.postal_to or "",
        }
        return AreaInput(**fields, id=area_id)


class NewArea(AreaIn):
    """A row to be added to the table of a store."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"store_id": "0199…", **_KM_ROW}]}
    )
    store_id: UUID


class TableRow(AreaIn):
    """A row of the whole table; with its `id` when it was there before."""

    id: UUID | None = None


class TableIn(BaseModel):
    """The whole delivery table of a store."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"store_id": "0199…", "areas": [_KM_ROW]}]}
    )
    store_id: UUID
    areas: Annotated[list[TableRow], Field(max_length=60)]


class AreaView(BaseModel):
    """A row as it is stored."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    store_id: UUID
    kind: Literal["km", "district", "postal_range"]
    name: str
    priority: int
    metres_min: int | None
    metres_max: int | None
    districts: list[str]
    city: str
    postal_from: str | None
    postal_to: str | None
    fee_cents: int
    min_order_cents: int
    free_above_cents: int | None
    eta_min: int
    eta_max: int
    is_active: bool


class WarningView(BaseModel):
    """Something to look at that does not keep the table from being saved."""

    code: str
    message: str
    area_id: UUID | None
    other_id: UUID | None


class AreasView(Page[AreaView]):
    """The table with its warnings."""

    warnings: list[WarningView]


class AreaSaved(AreaView):
    """A saved row with the warnings of its table."""

    warnings: list[WarningView]


class TrialIn(BaseModel):
    """An address to try."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"store_id": "0199…", "address": {"postal_code": "01310100", "district": "Bela Vista"}}
            ]
        },
    )
    store_id: UUID
    address: TrialAddress


class TrialAddress(BaseModel):
    """Where to; coordinates spare the search for the point."""

    model_config = ConfigDict(extra="forbid")
    postal_code: Annotated[str, Field(max_length=10)] = ""
    street: Annotated[str, Field(max_length=120)] = ""
    number: Annotated[str, Field(max_length=20)] = ""
    district: Annotated[str, Field(max_length=80)] = ""
    city: Annotated[str, Field(max_length=80)] = ""
    state: Annotated[str, Field(max_length=2)] = ""
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lng: Annotated[float, Field(ge=-180, le=180)] | None = None


class TrialView(BaseModel):
    """What the address would pay, or why nobody goes there."""

    area: AreaView | None
    metres: int | None
    reason: NoAreaReason | None


def _shown(words: Translator, warnings: tuple[AreaWarning, ...]) -> list[WarningView]:
    return [
        WarningView(code=item.code, message=words(item.message), area_id=item.area_id, other_id=item.other_id)
        for item in warnings
    ]


@router.get("/areas", dependencies=VIEW)
async def read_areas(
    uow: ReadUow, words: Words, store_id: UUID, query: Annotated[ShortListQuery, Query()]
) -> AreasView:
    """The delivery table of a store."""
    rows = await list_areas(uow, store_id)
    items = [AreaView.model_validate(row) for row in rows]
    return AreasView.of(items, query, warnings=_shown(words, warnings_of(rows)))


@router.put("/areas", dependencies=EDIT)
async def write_areas(works: Works, words: Words, body: TableIn) -> AreasView:
    """Replace the whole table of a store."""

    async def verb(uow: UnitOfWork) -> AreasView:
        warnings = await replace_areas(uow, body.store_id, [row.as_input(row.id) for row in body.areas])
        rows = await list_areas(uow, body.store_id)
        items = [AreaView.model_validate(row) for row in rows]
        return AreasView.of(items, warnings=_shown(words, warnings))

    return await works.run(verb)


def _saved(words: Translator, row: DeliveryArea, warnings: tuple[AreaWarning, ...]) -> AreaSaved:
    return AreaSaved(**AreaView.model_validate(row).model_dump(), warnings=_shown(words, warnings))


@router.post("/areas", dependencies=EDIT, status_code=201)
async def add_area(works: Works, words: Words, body: NewArea) -> AreaSaved:
    """Add a row to the table of a store."""

    async def verb(uow: UnitOfWork) -> AreaSaved:
        return _saved(words, *await save_area(uow, body.store_id, body.as_input()))

    return await works.run(verb)


@router.put("/areas/{area_id}", dependencies=EDIT)
async def change_area(works: Works, words: Words, area_id: UUID, body: AreaIn) -> AreaSaved:
    """Change a row."""

    async def verb(uow: UnitOfWork) -> AreaSaved:
        row = await area_of(uow, area_id)
        return _saved(words, *await save_area(uow, row.store_id, body.as_input(area_id)))

    return await works.run(verb)


@router.delete("/areas/{area_id}", dependencies=EDIT, status_code=204)
async def drop_area(works: Works, area_id: UUID) -> Response:
    """Take a row out of the table."""
    await works.run(lambda uow: delete_area(uow, area_id))
    return Response(status_code=204)


@router.post("/test", dependencies=VIEW)
async def try_delivery(works: Works, runtime: Installation, body: TrialIn) -> TrialView:
    """What an address would pay, by the table as it is. Nothing is written."""
    address = body.address
    point: Point | None = None
    if address.lat is not None and address.lng is not None:
        point = Point(address.lat, address.lng)
    else:
        point = await point_of(runtime.providers.places, address.model_dump())

    async def verb(uow: UnitOfWork) -> dict[str, Any]:
        store = await get_store(uow, body.store_id)
        digits = "".join(character for character in address.postal_code if character.isdigit())
        destination = Destination(digits, address.district, address.city, metres_to(store, point))
        trial = try_address(await list_areas(uow, body.store_id), destination)
        area = AreaView.model_validate(trial.area) if trial.area else None
        return {"area": area, "metres": trial.metres, "reason": trial.reason}

    return TrialView(**await works.run(verb))


TrialIn.model_rebuild()
