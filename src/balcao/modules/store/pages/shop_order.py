"""Following an order: the Pix screen and the history, moving by themselves; calling it off; ordering it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from balcao.brazil.phones import wa_link
from balcao.kernel.errors import NotFoundError
from balcao.kernel.i18n import Translator
from balcao.kernel.identity.tokens import token_hash
from balcao.kernel.web.dependencies import Public, Words, Works
from balcao.kernel.web.event_stream import event_stream
from balcao.kernel.web.qr import qr_svg
from balcao.kernel.web.templates import render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.cart import CartItem, with_item
from balcao.modules.store.order_queries import order_for_tracking
from balcao.modules.store.order_states import FINAL_STATUSES
from balcao.modules.store.orders import renew_pix, request_cancel
from balcao.modules.store.pages.shop_frame import (
    TOKEN_LENGTHS,
    change_visit,
    datetime_now,
    keep_cart,
    shop_context,
    typed_fields,
    visit,
    when_text,
)

router = APIRouter(
    prefix="/loja", dependencies=[Depends(Public("the unguessable token of the order proves the buyer"))]
)
ORDER_COOKIE = "order"
Json = dict[str, Any]

STEPS: Final = {
    "delivery": ("received", "confirmed", "preparing", "ready", "out_for_delivery", "delivered"),
    "pickup": ("received", "confirmed", "preparing", "ready", "picked_up"),
}
STATUS_LABELS: Final = {
    "awaiting_payment": "Waiting for the payment",
    "received": "Order received",
    "confirmed": "Confirmed by the shop",
    "preparing": "Being prepared",
    "ready": "Ready",
    "out_for_delivery": "On its way",
    "delivered": "Delivered",
    "picked_up": "Picked up",
    "completed": "Completed",
    "canceled": "Canceled",
    "expired": "Expired: the payment did not come in time",
}
TONES: Final = {
    "awaiting_payment": "waits", "received": "waits", "canceled": "stop", "expired": "stop",
    "delivered": "done", "picked_up": "done", "completed": "done", "ready": "done",
}  # fmt: skip
STILL_IN_THE_SHOP: Final = frozenset({"confirmed", "preparing", "ready"})
METHOD_LABELS: Final = {
    "pix": "Pix", "cash": "Cash", "card_on_delivery": "Card on delivery", "meal_voucher": "Meal voucher",
}  # fmt: skip


@router.get("/{tenant}/acompanhar/{order_id:uuid}/{token}")
async def follow(order_id: UUID, token: str, works: Works) -> Response:
    """Takes the token out of the address: it moves into a cookie that is sent to this order's page alone."""
    if len(token) not in TOKEN_LENGTHS:
        raise NotFoundError
    await works.run(lambda uow: order_for_tracking(uow, order_id, token_hash(token)))
    runtime = works.runtime
    page = f"/loja/{works.tenant.slug}/pedido/{order_id}"
    response = RedirectResponse(
        page, 303, headers={"referrer-policy": "no-referrer", "cache-control": "no-store"}
    )
    response.set_cookie(
        ORDER_COOKIE, token, max_age=runtime.settings.order_tracking_days * 24 * 3600, path=page, httponly=True,
        samesite="lax", secure=runtime.settings.secure_cookies,
    )  # fmt: skip
    return response


async def _order(request: Request, uow: UnitOfWork, order_id: UUID) -> Json:
    token = request.cookies.get(ORDER_COOKIE, "")
    if len(token) not in TOKEN_LENGTHS:
        raise NotFoundError
    return await order_for_tracking(uow, order_id, token_hash(token))


@router.get("/{tenant}/pedido/{order_id:uuid}")
async def order_page(request: Request, order_id: UUID, works: Works, words: Words) -> Response:
    """Where the order is, and the Pix to pay while it waits for it."""
    order = await works.run(lambda uow: _order(request, uow, order_id))
    here = await visit(request, works, order["store"]["slug"])
    zone, now = order["store"]["timezone"], datetime_now(request)
    context = shop_context(request, here)
    page = f"{here.shop_url}/pedido/{order_id}"
    final = order["status"] in FINAL_STATUSES
    return render(
        request,
        "store/shop/order.html",
        **{**context, "zone": zone},
        order=order,
        page=page,
        live_url=None if final else f"{page}/eventos?version={order['version']}",
        status_label=_label(words, order),
        tone=TONES.get(order["status"], "info"),
        may_ask_to_cancel=_may_ask_to_cancel(order),
        timeline=_timeline(words, order, zone, now),
        pix=_open_pix(order),
        promise=_promise(words, order, zone, now),
        options_text=_options_text,
        method_label=words(METHOD_LABELS.get(str(order["payment_method"]), "Payment")),
        change_text=words.money(order["change_for_cents"]) if order["change_for_cents"] else None,
        whatsapp_url=_whatsapp(words, order),
    )


def _may_ask_to_cancel(order: Json) -> bool:
    """True while the shop works on the order and the buyer has not asked yet."""
    asked = any(happened["kind"] == "cancel_requested" for happened in order["events"])
    return order["status"] in STILL_IN_THE_SHOP and not asked


def _label(words: Translator, order: Json) -> str:
    if order["status"] == "ready" and order["fulfilment"] == "pickup":
        return words("Ready to be picked up")
    return words(STATUS_LABELS[order["status"]])


def _whatsapp(words: Translator, order: Json) -> str | None:
    phone = order["store"]["phone"]
    return wa_link(phone, words("Hello! It is about my order {code}.", code=order["code"])) if phone else None


def _open_pix(order: Json) -> Json | None:
    payment: Json | None = order["payment"]
    if order["status"] != "awaiting_payment" or not payment or not payment["pix"]:
        return None
    pix: Json = payment["pix"]
    picture = Markup(qr_svg(pix["copy_paste"]))  # noqa: S704 - drawn by us, it carries no text from outside
    return {
        **pix,
        "picture": picture,
        "is_open": payment["status"] == "pending",
        "amount_cents": payment["amount_cents"],
    }


def _promise(words: Translator, order: Json, zone: str, now: datetime) -> str | None:
    if order["status"] in FINAL_STATUSES or order["status"] in ("delivered", "picked_up"):
        return None
    if order["scheduled_for"]:
        return words(
            "For {when}", when=when_text(words, datetime.fromisoformat(order["scheduled_for"]), zone, now)
        )
    if order["promised_at"]:
        return words(
            "Until {when}", when=when_text(words, datetime.fromisoformat(order["promised_at"]), zone, now)
        )
    return None


def _timeline(words: Translator, order: Json, zone: str, now: datetime) -> list[Json]:
    """What happened with its time, then the steps still to come."""
    reached: dict[str, Json] = {}
    for happened in order["events"]:
        if happened["to"] or happened["kind"] == "cancel_requested":
            reached[happened["to"] or "cancel_requested"] = happened
    status = order["status"]
    steps = list(STEPS[order["fulfilment"]])
    if "awaiting_payment" in reached:
        steps.insert(0, "awaiting_payment")
    if status in ("canceled", "expired"):
        steps = [*(step for step in steps if step in reached), status]
    elif status == "completed":
        steps.append("completed")
    at = steps.index(status) if status in steps else 0
    items: list[Json] = []
    for position, step in enumerate(steps):
        event = reached.get(step)
        when = when_text(words, datetime.fromisoformat(event["at"]), zone, now) if event else None
        note = event["note"] if event and step == "canceled" else None
        items.append(
            {"label": words(STATUS_LABELS[step]), "at": when, "stop": step in ("canceled", "expired"), "note": note or None, "done": position < at or
             (position == at and status in FINAL_STATUSES), "current": position == at and status not in FINAL_STATUSES}
        )  # fmt: skip
    if "cancel_requested" in reached and status not in FINAL_STATUSES:
        items.append(
            {"label": words("You asked to cancel"), "note": words("The shop answers soon."), "done": True}
        )
    return items


def _options_text(line: Mapping[str, Any]) -> str:
    said = [line["sku_name"]] if line["sku_name"] else []
    said += [f"{o['quantity']}x {o['name']}" if o["quantity"] > 1 else o["name"] for o in line["options"]]
    if line["notes"]:
        said.append(f"“{line['notes']}”")
    return " · ".join(said)


@router.get("/{tenant}/pedido/{order_id:uuid}/eventos")
async def order_events(request: Request, order_id: UUID, works: Works, version: int = 0) -> Response:
    """Tells the page when to look again. No database session is held while it waits."""
    order = await works.run(lambda uow: _order(request, uow, order_id))
    # The order may have moved between the drawing of the page and this line.
    late = ("order.changed",) if order["version"] > version else ()
    return event_stream(request, works.tenant.id, {"order.changed": (f"order:{order_id}",)}, at_once=late)


@router.post("/{tenant}/pedido/{order_id:uuid}/cancelar")
async def cancel(request: Request, order_id: UUID, works: Works) -> Response:
    """The buyer calls the order off: at once while nobody accepted it, else as a wish for the shop."""
    typed = await typed_fields(request)
    reason = " ".join(typed.get("reason", "").split())[:300]

    async def verb(uow: UnitOfWork) -> None:
        await _order(request, uow, order_id)
        await request_cancel(uow, order_id, reason)

    await works.run(verb)
    return RedirectResponse(f"/loja/{works.tenant.slug}/pedido/{order_id}", 303)


@router.post("/{tenant}/pedido/{order_id:uuid}/pix")
async def another_pix(request: Request, order_id: UUID, works: Works) -> Response:
    """A new Pix code when the first ran out."""

    async def verb(uow: UnitOfWork) -> None:
        await _order(request, uow, order_id)
        await renew_pix(uow, order_id)

    await works.run(verb)
    return RedirectResponse(f"/loja/{works.tenant.slug}/pedido/{order_id}", 303)


@router.post("/{tenant}/pedido/{order_id:uuid}/repetir")
async def order_again(request: Request, order_id: UUID, works: Works) -> Response:
    """Puts the same lines into the basket; what is not sold any more shows there with its reason."""
    order = await works.run(lambda uow: _order(request, uow, order_id))
    here = await visit(request, works, order["store"]["slug"])
    items = [_again(line) for line in order["lines"]]

    def refill(basket: Any) -> Any:
        for item in items:
            basket = with_item(basket, item)
        return basket

    after, token = await change_visit(request, works, here, refill)
    response = RedirectResponse(f"{after.url}/sacola", 303)
    keep_cart(response, works, token)
    return response


def _again(line: Json) -> CartItem:
    options = tuple(
        sorted((UUID(option["option_id"]), int(option["quantity"])) for option in line["options"])
    )
    return CartItem(UUID(line["product_id"]), UUID(line["sku_id"]), line["quantity"], line["notes"], options)
