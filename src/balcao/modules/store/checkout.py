"""Placing an order: the algorithm of the shop, in one transaction, locks always in the same order.

Idempotency key, store gate, slot, customer, price, stock (rows sorted by id), order code, order. Whatever fails leaves
nothing behind, and the same key may be used again.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from balcao.kernel.db.engine import Question
from balcao.kernel.errors import NotFoundError
from balcao.kernel.idempotency import StoredAnswer, answer_under, claim_question, fingerprint_of
from balcao.kernel.ids import new_id
from balcao.kernel.plans import require_selling
from balcao.kernel.work import UnitOfWork
from balcao.modules.payments.public import (
    ON_DELIVERY,
    PaymentMethodError,
    PaymentMoved,
    PixTerms,
    pix_copy_paste,
)
from balcao.modules.store.cart_pricing import PricedCart, Timing, price, timing
from balcao.modules.store.checkout_command import CartBody, CartRequest, CheckoutRequest, PaymentInput
from balcao.modules.store.checkout_errors import QuoteExpiredError, SlotFullError, TotalChangedError
from balcao.modules.store.checkout_load import Offer, offer_question
from balcao.modules.store.checkout_write import NewOrder, code_question, customer_question, order_question
from balcao.modules.store.events import OrderPlaced
from balcao.modules.store.order_queries import SUBJECT
from balcao.modules.store.order_states import PAYMENT_GRACE, Effect, place
from balcao.modules.store.slot_places import take_place
from balcao.modules.store.stock import Reservation, hold_question, reserve_held

SCOPE = "checkout"
METHODS_BUILT = frozenset({"pix", *ON_DELIVERY})
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A placed order: the answer as stored, and whether it is a replay. Tokens are added by the caller."""

    order_id: UUID
    answer: Json
    replayed: bool


def tracking_token(secret: str, order_id: UUID) -> str:
    """The unguessable token of an order's link. Derived, so that a replayed answer can carry it and no row stores it."""
    digest = hmac.new(secret.encode(), b"order-tracking:" + order_id.bytes, hashlib.sha256)
    return digest.hexdigest()


def _offer_question(uow: UnitOfWork, request: CartBody) -> Question[Offer]:
    return offer_question(
        uow,
        request.store_id,
        [item.product_id for item in request.items],
        [option.option_id for item in request.items for option in item.options],
        request.quote_id,
    )


async def preview_cart(uow: UnitOfWork, request: CartRequest) -> Json:
    """The full breakdown of a cart. Writes nothing; the notices say what would stop the checkout right now."""
    (offer,) = await uow.ask(_offer_question(uow, request))
    cart = price(offer, request, uow.now())
    if request.payment is not None:
        check_payment(offer, request.payment, cart)
    return {**breakdown(cart), "notices": _notices(offer, request, cart, uow.now())}


def _notices(offer: Offer, request: CartBody, cart: PricedCart, now: datetime) -> list[Json]:
    from balcao.modules.store.opening_hours import opening_state

    state = opening_state(offer.schedule, offer.store["timezone"], now)
    notices: list[Json] = []
    if not state.is_open:
        opening = state.next_opening.isoformat() if state.next_opening else None
        notices.append({"code": "store_closed", "next_opening": opening})
    if request.fulfilment == "delivery" and cart.quote is None:
        notices.append({"code": "freight_missing"})
    return notices


def breakdown(cart: PricedCart) -> Json:
    """The totals of a cart in the shape of the API."""
    totals = cart.totals
    return {
        "lines": [
            {
                "product_id": str(line.product.id),
                "sku_id": str(line.sku.id),
                "name": line.product.name,
                "sku_name": line.sku.name,
                "quantity": priced.quantity,
                "unit_price_cents": priced.unit_price_cents,
                "options_cents": priced.options_cents,
                "options": [
                    {"option_id": str(option.option_id), "group": option.group_name, "name": option.name,
                     "quantity": option.quantity, "price_cents": option.price_cents}
                    for option in line.options
                ],
                "discount_cents": priced.discount_cents + priced.order_discount_share_cents,
                "total_cents": priced.total_cents,
                "notes": line.notes,
            }
            for line, priced in zip(cart.lines, totals.lines, strict=True)
        ],
        "subtotal_cents": totals.subtotal_cents,
        "line_discount_cents": totals.line_discount_cents,
        "order_discount_cents": totals.order_discount_cents,
        "shipping_cents": totals.shipping_cents,
        "shipping_discount_cents": totals.shipping_discount_cents,
        "total_cents": totals.total_cents,
        "discounts": [
            {"label": discount.label, "target": str(discount.target), "amount_cents": discount.amount_cents}
            for discount in totals.discounts
        ],
    }  # fmt: skip


def check_payment(offer: Offer, payment: PaymentInput, cart: PricedCart) -> None:
    """Refuses a way of paying the store does not take, and a note for change that does not cover the total."""
    if payment.method not in offer.store["payment_methods"] or payment.method not in METHODS_BUILT:
        raise PaymentMethodError
    change = payment.change_for_cents
    if change is not None and payment.method != "cash":
        raise PaymentMethodError("Change is for payments in cash only.")
    if change is not None and change < cart.totals.total_cents:
        raise PaymentMethodError("The amount to bring change for is less than the total.")


async def place_order(
    uow: UnitOfWork,
    request: CheckoutRequest,
    key: str | None,
    *,
    secret: str,
    tracking_days: int,
    language: str = "pt_BR",
) -> Placed:
    """Places the order, or replays the answer stored under the key. Raises the errors of `checkout_errors`."""
    require_selling(uow.tenant)
    fingerprint = fingerprint_of(request.model_dump(mode="json"))
    claimed, offer = await uow.ask(
        claim_question(uow, SCOPE, key, fingerprint), _read_unless_gone(_offer_question(uow, request))
    )
    if not claimed:
        return _replay(await answer_under(uow, SCOPE, key or "", fingerprint))
    if offer is None:
        raise NotFoundError
    now = uow.now()
    cart = price(offer, request, now)
    if request.fulfilment == "delivery" and cart.quote is None:
        raise QuoteExpiredError("Calculate the freight first.")
    when = timing(offer, request, cart.lines, cart.quote, now)
    check_payment(offer, request.payment, cart)
    if request.expected_total_cents is not None and request.expected_total_cents != cart.totals.total_cents:
        raise TotalChangedError(breakdown=breakdown(cart))
    await _take_slot(uow, offer, when)
    customer_id, taken, code = await _take(uow, request, offer, cart, when)
    order = _new_order(request, offer, cart, when, customer_id, code, now, secret, tracking_days, language)
    answer = _answer(order, cart)
    uow.ask_at_end(order_question(uow, order, request, cart, taken, SCOPE, key or "", answer))
    uow.publish(OrderPlaced(order.id, order.status))
    uow.publish(PaymentMoved(order.payment_id, SUBJECT, order.id, "created"))
    uow.announce("orders", "orders:placed")
    return Placed(order.id, answer, replayed=False)


def _read_unless_gone(question: Question[Offer]) -> Question[Offer | None]:
    """A replay answers even when the store is gone by now, so reading must not refuse."""

    def read(rows: list[tuple[Any, ...]]) -> Offer | None:
        try:
            return question.read(rows)
        except NotFoundError:
            return None

    return Question(question.statement, question.parameters, read)


async def _take(
    uow: UnitOfWork, request: CheckoutRequest, offer: Offer, cart: PricedCart, when: Timing
) -> tuple[UUID, Reservation, int]:
    """Customer, goods and number, locked in this order in one message; daily goods need a second look."""
    zone = offer.store["timezone"]
    day = when.scheduled_for.astimezone(ZoneInfo(zone)).date() if when.scheduled_for else None
    customer = customer_question(uow, request.customer)
    if not cart.demand:
        customer_id, code = await uow.ask(customer, code_question(uow))
        return customer_id, Reservation({}, {}), code
    hold, names = hold_question(uow, cart.demand), _names(offer, cart)
    if any(track == "daily" for _, track in offer.stock.values()):
        customer_id, held = await uow.ask(customer, hold)
        taken = await reserve_held(uow, cart.demand, held, names, timezone=zone, day=day)
        (code,) = await uow.ask(code_question(uow))
        return customer_id, taken, code
    customer_id, held, code = await uow.ask(customer, hold, code_question(uow))
    return customer_id, await reserve_held(uow, cart.demand, held, names, timezone=zone, day=day), code


def _replay(stored: StoredAnswer) -> Placed:
    return Placed(UUID(stored.response["order"]["id"]), stored.response, replayed=True)


def _names(offer: Offer, cart: PricedCart) -> dict[UUID, Json]:
    """Product and name per stock item, for the error that lists what is short."""
    names: dict[UUID, Json] = {}
    for line in cart.lines:
        if line.sku.id in offer.stock:
            names[offer.stock[line.sku.id][0]] = {
                "product_id": str(line.product.id), "sku_id": str(line.sku.id), "name": line.product.name,
            }  # fmt: skip
        for option in line.options:
            if option.option_id in offer.stock:
                names[offer.stock[option.option_id][0]] = {
                    "product_id": str(line.product.id), "option_id": str(option.option_id), "name": option.name,
                }  # fmt: skip
    return names


async def _take_slot(uow: UnitOfWork, offer: Offer, when: Timing) -> None:
    capacity = offer.store["slot_capacity"]
    if when.scheduled_for is None or capacity is None:
        return
    if not await take_place(uow, offer.store_id, when.scheduled_for, capacity):
        raise SlotFullError


def _new_order(
    request: CheckoutRequest, offer: Offer, cart: PricedCart, when: Timing, customer_id: UUID, code: int,
    now: datetime, secret: str, tracking_days: int, language: str,
) -> NewOrder:  # fmt: skip
    order_id, store, total = new_id(), offer.store, cart.totals.total_cents
    pays_online = request.payment.method == "pix"
    placed = place(pays_online, total, request.fulfilment, "buyer")
    pix = None
    expires = None
    if pays_online and total > 0:
        expires = now + timedelta(minutes=store["pix_minutes"])
        terms = PixTerms(store["pix_key"], store["pix_receiver"], store["city"], f"P{code}", expires)
        pix = pix_copy_paste(terms, total)
    due = expires + PAYMENT_GRACE if Effect.START_PAYMENT_TIMER in placed.effects and expires else None
    if due is None and store["accept_minutes"] > 0 and not store["auto_accept"]:
        starts = when.scheduled_for or now
        due = max(now, starts - timedelta(minutes=store["lead_minutes"])) + timedelta(
            minutes=store["accept_minutes"]
        )
    return NewOrder(
        id=order_id,
        code=code,
        status=str(placed.target),
        store_id=offer.store_id,
        customer_id=customer_id,
        tracking_hash=hashlib.sha256(tracking_token(secret, order_id).encode()).hexdigest(),
        tracking_expires_at=now + timedelta(days=tracking_days),
        scheduled_for=when.scheduled_for,
        promised_at=when.promised_at,
        due_at=due,
        placed_at=now,
        payment_id=new_id(),
        pix_copy_paste=pix,
        pix_expires_at=expires,
        payment_method=request.payment.method,
        language=language,
    )


def _answer(order: NewOrder, cart: PricedCart) -> Json:
    totals = breakdown(cart)
    pix = None
    if order.pix_copy_paste is not None and order.pix_expires_at is not None:
        pix = {"copy_paste": order.pix_copy_paste, "expires_at": order.pix_expires_at.isoformat()}
    body = {
        "order": {
            "id": str(order.id), "code": order.code, "status": order.status, "version": 1, **totals,
            "scheduled_for": order.scheduled_for.isoformat() if order.scheduled_for else None,
            "promised_at": order.promised_at.isoformat() if order.promised_at else None,
            "placed_at": order.placed_at.isoformat(),
        },
        "payment": {
            "id": str(order.payment_id), "method": order.payment_method,
            "status": "pending" if totals["total_cents"] else "approved",
            "amount_cents": totals["total_cents"], "pix": pix, "redirect_url": None,
        },
    }  # fmt: skip
    return orjson.loads(orjson.dumps(body))
