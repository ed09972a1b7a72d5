"""Orders for the staff over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Uow
from balcao.kernel.web.json_answer import json_answer
from balcao.modules.store.api.checkout import with_qr
from balcao.modules.store.api.schemas_orders import OrderDocument
from balcao.modules.store.order_queries import board, list_orders, order_detail, today_figures
from balcao.modules.store.orders import actor_kind, confirm_payment, move_order

router = APIRouter(prefix="/admin/orders", tags=["orders"])
VIEW, EDIT = Depends(Allow("store.orders:view")), Depends(Allow("store.orders:edit"))
StatusName = Literal[
    "awaiting_payment", "received", "confirmed", "preparing", "ready", "out_for_delivery", "picked_up", "delivered",
    "completed", "canceled", "expired",
]  # fmt: skip


class StatusChange(BaseModel):
    """Where to move the order, seen at which version."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"status": "confirmed", "version": 1}}
    )
    status: StatusName
    version: Annotated[int, Field(ge=1, le=2**31)] | None = None
    reason: Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f]*$")] = ""


class PaymentConfirmation(BaseModel):
    """Which payment arrived, and the bank's end-to-end id if at hand."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"payment_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00003"}}
    )
    payment_id: UUID
    reference: Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f]*$")] | None = None


@router.get("", dependencies=[VIEW])
async def orders(
    uow: ReadUow,
    page: Annotated[PageQuery, Query()],
    status: StatusName | None = None,
    q: Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")] = "",
    store_id: UUID | None = None,
    days: Annotated[int | None, Query(ge=1, le=3650)] = None,
) -> Page[dict[str, Any]]:
    """Orders, newest first, by status, text and age."""
    items, total = await list_orders(
        uow, limit=page.limit, offset=page.offset, status=status, q=q, store_id=store_id, days=days
    )
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)


@router.get("/board", dependencies=[VIEW])
async def open_orders(uow: ReadUow, store_id: UUID | None = None) -> dict[str, Any]:
    """Open orders, oldest first, and how many there are of each state.

    Of a state with more than a hundred come the fifty oldest, the fifty newest and those asking to be canceled.
    """
    items, totals = await board(uow, store_id)
    return {"items": items, "totals": totals}


@router.get("/today", dependencies=[VIEW])
async def today(uow: ReadUow, store_id: UUID | None = None) -> dict[str, Any]:
    """Today's figures in the business's time zone."""
    return await today_figures(uow, store_id)


@router.get("/{order_id}", dependencies=[VIEW], response_model=OrderDocument)
async def order(order_id: UUID, uow: ReadUow) -> Response:
    """One order with lines, payments, history and the moves that are open."""
    return json_answer(with_qr(await order_detail(uow, order_id, actor_kind(uow))))


@router.post("/{order_id}/status", dependencies=[EDIT], response_model=OrderDocument)
async def change_status(order_id: UUID, uow: Uow, body: StatusChange) -> Response:
    """Moves the order. The same status again changes nothing."""
    await move_order(uow, order_id, body.status, version=body.version, reason=body.reason)
    return json_answer(await order_detail(uow, order_id, actor_kind(uow)))


@router.post("/{order_id}/payments/confirm", dependencies=[EDIT], response_model=OrderDocument)
async def confirm(order_id: UUID, uow: Uow, body: PaymentConfirmation) -> Response:
    """A person saw the money arrive."""
    await confirm_payment(uow, order_id, body.payment_id, (body.reference or "").strip() or None)
    return json_answer(await order_detail(uow, order_id, actor_kind(uow)))
