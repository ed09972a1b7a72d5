"""Stock over HTTP: what is there, what was promised, and the merchant's movements and counts."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.stock_editing import (
    QUANTITY_LIMIT,
    OrderHolding,
    StockChange,
    Tracking,
    count_stock,
    move_stock,
    set_tracking,
)
from balcao.modules.store.stock_queries import (
    MovementView,
    StockFilter,
    StockItemView,
    StockView,
    get_stock,
    list_movements,
    list_stock,
)

router = APIRouter(prefix="/admin/inventory", tags=["stock"])
VIEW = [Depends(Allow("store.stock:view"))]
EDIT = [Depends(Allow("store.stock:edit"))]

Reason = Annotated[str, Field(max_length=200)]


class StockQuery(PageQuery):
    """Filters of the list. `low` includes what is out; `counted` false asks for what nobody counts yet."""

    store_id: UUID | None = None
    q: Annotated[str, Field(max_length=100)] = ""
    low: bool = False
    out: bool = False
    counted: bool | None = None

    @property
    def view(self) -> StockView:
        """The one view the flags ask for; the narrowest wins."""
        if self.out:
            return "out"
        if self.low:
            return "low"
        return "all" if self.counted is None else "counted" if self.counted else "uncounted"


class MovementIn(BaseModel):
    """Goods that arrived, or a signed correction."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "receive", "quantity": 24, "reason": "Entrega do moinho"}]},
    )
    kind: Literal["receive", "adjust"]
    quantity: Annotated[int, Field(ge=-QUANTITY_LIMIT, le=QUANTITY_LIMIT)]
    reason: Reason = ""

    @model_validator(mode="after")
    def _sensible(self) -> MovementIn:
        if self.quantity == 0 or (self.kind == "receive" and self.quantity < 0):
            raise ValueError("Give a number that is not zero, and above zero for what arrives.")
        if self.kind == "adjust" and not self.reason.strip():
            raise ValueError("Say why the number is corrected.")
        return self


class CountIn(BaseModel):
    """What was found on the shelf. `force` accepts a number below what open orders were promised."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"on_hand": 12, "reason": "Contagem da noite", "force": False}]},
    )
    on_hand: Annotated[int, Field(ge=0, le=QUANTITY_LIMIT)]
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    force: bool = False


class TrackingIn(BaseModel):
    """How the item is counted: not at all, by quantity, or by a quota that begins anew each day."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"track": "daily", "daily_quota": 40, "low_threshold": 5, "version": 3}]
        },
    )
    track: Literal["none", "quantity", "daily"]
    daily_quota: Annotated[int, Field(ge=0, le=QUANTITY_LIMIT)] | None = None
    low_threshold: Annotated[int, Field(ge=0, le=QUANTITY_LIMIT)] = 0
    version: int | None = None


class AffectedOrder(BaseModel):
    """An open order that was promised units of the item."""

    id: UUID
    code: int
    status: str
    quantity: int

    @classmethod
    def of(cls, order: OrderHolding) -> AffectedOrder:
        """From what the verb found."""
        return cls(id=order.id, code=order.code, status=order.status, quantity=order.quantity)


class StockChanged(StockItemView):
    """The item after a change. `affected_orders` were promised more than is left, after a forced count."""

    affected_orders: list[AffectedOrder]


async def _changed(uow: UnitOfWork, change: StockChange) -> StockChanged:
    view = await get_stock(uow, change.item_id)
    return StockChanged(
        **view.model_dump(), affected_orders=[AffectedOrder.of(order) for order in change.affected]
    )


@router.get("", dependencies=VIEW)
async def list_inventory(uow: ReadUow, query: Annotated[StockQuery, Query()]) -> Page[StockItemView]:
    """Stock items with today's counts: all sellable skus, and the options that are counted."""
    page, _ = await list_stock(
        uow,
        StockFilter(query.store_id, query.q, query.view),
        PageQuery(limit=query.limit, offset=query.offset),
    )
    return page


@router.get("/{item_id}", dependencies=VIEW)
async def read_inventory(uow: ReadUow, item_id: UUID) -> StockItemView:
    """One stock item."""
    return await get_stock(uow, item_id)


@router.patch("/{item_id}", dependencies=EDIT)
async def change_tracking(works: Works, item_id: UUID, body: TrackingIn) -> StockItemView:
    """Choose how an item is counted and when it is low."""

    async def verb(uow: UnitOfWork) -> StockItemView:
        tracking = Tracking(body.track, body.daily_quota, body.low_threshold)
        item = await set_tracking(uow, item_id, tracking, body.version)
        return await get_stock(uow, item.id)

    return await works.run(verb)


_BELOW: dict[int | str, dict[str, Any]] = {
    409: {"description": "below_reserved {orders}, not_enough_on_hand or not_counted"}
}


@router.post("/{item_id}/movements", dependencies=EDIT, status_code=201, responses=_BELOW)
async def move_inventory(works: Works, item_id: UUID, body: MovementIn) -> StockChanged:
    """Receive goods, or correct the count by a difference."""

    async def verb(uow: UnitOfWork) -> StockChanged:
        return await _changed(
            uow, await move_stock(uow, item_id, body.kind, body.quantity, body.reason.strip())
        )

    return await works.run(verb)


@router.post("/{item_id}/count", dependencies=EDIT, responses=_BELOW)
async def count_inventory(works: Works, item_id: UUID, body: CountIn) -> StockChanged:
    """Set what is on the shelf to what was counted."""

    async def verb(uow: UnitOfWork) -> StockChanged:
        change = await count_stock(uow, item_id, body.on_hand, body.reason.strip(), force=body.force)
        return await _changed(uow, change)

    return await works.run(verb)


@router.get("/{item_id}/movements", dependencies=VIEW)
async def read_movements(
    uow: ReadUow, item_id: UUID, page: Annotated[PageQuery, Query()]
) -> Page[MovementView]:
    """The ledger of an item, newest first."""
    return await list_movements(uow, item_id, page)
