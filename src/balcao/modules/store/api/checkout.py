"""Preview, checkout and the buyer's own order over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.errors import NotFoundError, RateLimitedError, UnauthenticatedError
from balcao.kernel.identity.tokens import token_hash
from balcao.kernel.rate_limit import Refused
from balcao.kernel.web.dependencies import (
    SIGNED_IN_KINDS,
    CurrentCaller,
    Installation,
    Public,
    ReadUow,
    Uow,
    Words,
    Works,
)
from balcao.kernel.web.json_answer import json_answer
from balcao.kernel.web.qr import qr_svg
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.api.schemas_orders import OrderDocument, PlacedDocument, PreviewDocument
from balcao.modules.store.checkout import Placed, place_order, preview_cart, tracking_token
from balcao.modules.store.checkout_command import CartRequest, CheckoutRequest
from balcao.modules.store.checkout_limits import CHECKOUT_PER_PHONE, ORDERS_LANE
from balcao.modules.store.order_queries import list_orders, order_detail, order_for_tracking
from balcao.modules.store.orders import actor_kind, renew_pix, request_cancel

router = APIRouter(tags=["checkout"])
SHOPPERS = Depends(Public("shoppers order without an account"))
TokenHeader = Annotated[str | None, Header(alias="X-Tracking-Token", max_length=200)]
IdempotencyHeader = Annotated[
    str | None, Header(alias="Idempotency-Key", description="1-255 characters, yours.")
]


class CancelRequest(BaseModel):
    """Why the buyer calls the order off."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "Pedi errado"}})
    reason: Annotated[str, Field(max_length=300)] = ""


@router.post("/checkout/preview", dependencies=[SHOPPERS], response_model=PreviewDocument)
async def preview(uow: ReadUow, body: CartRequest) -> Response:
    """Full breakdown of a cart; writes nothing."""
    return json_answer(await preview_cart(uow, body))


@router.post("/checkout", dependencies=[SHOPPERS], status_code=201, response_model=PlacedDocument)
async def checkout(
    body: CheckoutRequest,
    works: Works,
    runtime: Installation,
    words: Words,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Places an order. Sent twice with one Idempotency-Key, it answers the same order."""
    refused = await runtime.limiter.hit(CHECKOUT_PER_PHONE, str(works.tenant.id), body.customer.phone)
    if isinstance(refused, Refused):
        raise RateLimitedError(headers=refused.headers(CHECKOUT_PER_PHONE))
    secret = runtime.keys.current

    async def verb(uow: UnitOfWork) -> Placed:
        return await place_order(
            uow, body, idempotency_key, secret=secret, tracking_days=runtime.settings.order_tracking_days,
            language=words.language,
        )  # fmt: skip

    placed = await works.run(verb, lane=ORDERS_LANE)
    headers = {"Idempotent-Replayed": "true"} if placed.replayed else {}
    answer = finish_answer(placed, secret, runtime.settings.api_base_url, works.tenant.slug)
    return json_answer(answer, 201, headers)


def finish_answer(placed: Placed, secret: str, base_url: str, slug: str) -> dict[str, Any]:
    """The stored answer with what no row keeps: the tracking token, its link, and the drawn QR code."""
    token = tracking_token(secret, placed.order_id)
    url = f"{base_url}/loja/{slug}/acompanhar/{placed.order_id}/{token}"
    order = {**placed.answer["order"], "tracking_token": token, "tracking_url": url}
    payment = dict(placed.answer["payment"])
    if payment["pix"]:
        payment["pix"] = {**payment["pix"], "qr_svg": qr_svg(payment["pix"]["copy_paste"])}
    return {"order": order, "payment": payment}


@router.get(
    "/orders", dependencies=[Depends(Public("checked here: signed-in staff with the orders permission"))]
)
async def orders(
    uow: ReadUow, who: CurrentCaller, page: Annotated[PageQuery, Query()], status: str | None = None
) -> Page[dict[str, Any]]:
    """Orders of the stores this person sees, newest first."""
    _need_staff(who)
    items, total = await list_orders(uow, limit=page.limit, offset=page.offset, status=status)
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)


def _need_staff(who: Any) -> None:
    from balcao.kernel.errors import ForbiddenError

    if who.actor.kind not in SIGNED_IN_KINDS:
        raise UnauthenticatedError
    if not who.actor.can("store.orders:view"):
        raise ForbiddenError


@router.get(
    "/orders/{order_id}",
    dependencies=[Depends(Public("staff by session, buyers by their tracking token"))],
    response_model=OrderDocument,
)
async def order(order_id: UUID, uow: ReadUow, who: CurrentCaller, token: TokenHeader = None) -> Response:
    """One order: whole for the staff, masked for the holder of its tracking token."""
    if token is not None:
        return json_answer(with_qr(await order_for_tracking(uow, order_id, token_hash(token))))
    if who.actor.kind in SIGNED_IN_KINDS and who.actor.can("store.orders:view"):
        return json_answer(with_qr(await order_detail(uow, order_id, actor_kind(uow))))
    raise NotFoundError if who.actor.kind in SIGNED_IN_KINDS else UnauthenticatedError


def with_qr(document: dict[str, Any]) -> dict[str, Any]:
    """Draws the QR code of the payment that is open."""
    payment = document["payment"]
    if payment and payment["pix"] and payment["status"] == "pending":
        payment["pix"] = {**payment["pix"], "qr_svg": qr_svg(payment["pix"]["copy_paste"])}
    return document


async def _prove(uow: UnitOfWork, order_id: UUID, token: str | None) -> None:
    if token is None:
        raise NotFoundError
    await order_for_tracking(uow, order_id, token_hash(token))


@router.post(
    "/orders/{order_id}/cancel-request",
    dependencies=[Depends(Public("the tracking token proves the buyer"))],
    response_model=OrderDocument,
)
async def cancel(order_id: UUID, uow: Uow, body: CancelRequest, token: TokenHeader = None) -> Response:
    """The buyer calls the order off: at once while nobody accepted it, else as a wish for the shop."""
    await _prove(uow, order_id, token)
    await request_cancel(uow, order_id, body.reason.strip())
    return json_answer(await order_for_tracking(uow, order_id, token_hash(token or "")))


@router.post(
    "/orders/{order_id}/payments",
    dependencies=[Depends(Public("the tracking token proves the buyer"))],
    status_code=201,
    response_model=OrderDocument,
)
async def new_payment(order_id: UUID, uow: Uow, request: Request, token: TokenHeader = None) -> Response:
    """A new Pix code while the order waits for its payment."""
    await _prove(uow, order_id, token)
    await renew_pix(uow, order_id)
    return json_answer(with_qr(await order_for_tracking(uow, order_id, token_hash(token or ""))), 201)
