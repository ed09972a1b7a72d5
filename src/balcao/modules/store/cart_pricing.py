"""From a cart and an offer to lines, freight and totals: the one path that preview and checkout share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from balcao.modules.store.checkout_command import CartBody, ItemInput
from balcao.modules.store.checkout_errors import (
    CouponInvalidError,
    ItemUnavailableError,
    MinOrderError,
    OptionRuleError,
    PreorderConfirmRequiredError,
    QuoteExpiredError,
    ShippingUnavailableError,
    SlotUnavailableError,
    StoreClosedError,
)
from balcao.modules.store.checkout_load import Offer, ProductOffer, QuoteTerms, SkuOffer
from balcao.modules.store.delivery_areas import destination_hash, missing_for_minimum, shipping_fee
from balcao.modules.store.opening_hours import OpenState, opening_state
from balcao.modules.store.option_rules import ChosenOption, OptionRuleBroken, options_cents, resolve_options
from balcao.modules.store.pricing import CartLine, InvalidCart, Totals, price_cart
from balcao.modules.store.stock_rules import LineNeed, OptionNeed, aggregate_demand
from balcao.modules.store.time_slots import SlotRefused, SlotRules, find_slot, slots_of_day


@dataclass(frozen=True, slots=True)
class ResolvedLine:
    """A cart line with everything the order keeps of it."""

    product: ProductOffer
    sku: SkuOffer
    quantity: int
    notes: str
    options: tuple[ChosenOption, ...]
    options_cents: int


@dataclass(frozen=True, slots=True)
class Timing:
    """When the order is for: a booked slot, or as soon as possible."""

    scheduled_for: datetime | None
    promised_at: datetime


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart that can be sold, with its price."""

    lines: tuple[ResolvedLine, ...]
    totals: Totals
    quote: QuoteTerms | None
    demand: dict[UUID, int]


def price(offer: Offer, request: CartBody, now: datetime) -> PricedCart:
    """Resolves and prices the cart; the same function answers preview and checkout, so they cannot disagree."""
    if request.coupon_code:
        raise CouponInvalidError(reason="unknown")
    lines = resolve_lines(offer, request.items)
    goods = [CartLine(line.sku.price_cents, line.quantity, line.options_cents) for line in lines]
    quote = check_delivery(offer, request, now)
    try:
        subtotal = price_cart(goods).discounted_subtotal_cents
        fee = 0 if quote is None else shipping_fee(quote.fee_cents, quote.free_above_cents, subtotal)
        totals = price_cart(goods, fee)
    except InvalidCart as error:
        raise ItemUnavailableError("This order is too large.", items=[], reason=error.problem) from error
    if quote is not None:
        missing = missing_for_minimum(quote.min_order_cents, totals.subtotal_cents)
        if missing > 0:
            raise MinOrderError(min_order_cents=quote.min_order_cents, missing_cents=missing)
    return PricedCart(lines, totals, quote, _demand(offer, lines))


def resolve_lines(offer: Offer, items: list[ItemInput]) -> tuple[ResolvedLine, ...]:
    """The lines with product, sku and options found; all unavailable ones are named at once."""
    problems = [problem for item in items if (problem := _problem(offer, item)) is not None]
    if problems:
        raise ItemUnavailableError(items=problems)
    return tuple(_line(offer, item) for item in items)


def _problem(offer: Offer, item: ItemInput) -> dict[str, Any] | None:
    product = offer.products.get(item.product_id)
    if product is None or not product.for_sale:
        return {"product_id": str(item.product_id), "name": None, "reason": "unknown"}
    reason = None
    if product.availability == "unavailable":
        reason = "unavailable"
    elif _sku(product, item.sku_id) is None:
        reason = "sku"
    return None if reason is None else {"product_id": str(product.id), "name": product.name, "reason": reason}


def _sku(product: ProductOffer, wanted: UUID | None) -> SkuOffer | None:
    active = [sku for sku in product.skus if sku.is_active]
    if wanted is None:
        return active[0] if len(active) == 1 else None
    return next((sku for sku in active if sku.id == wanted), None)


def _line(offer: Offer, item: ItemInput) -> ResolvedLine:
    product = offer.products[item.product_id]
    sku = _sku(product, item.sku_id)
    assert sku is not None, "checked before"
    try:
        chosen = resolve_options(
            product.groups, [(option.option_id, option.quantity) for option in item.options]
        )
    except OptionRuleBroken as broken:
        raise OptionRuleError(
            product_id=str(product.id), product=product.name, kind=broken.kind, group=broken.group_name,
            group_id=str(broken.group_id) if broken.group_id else None, option=broken.option_name,
            min=broken.min, max=broken.max, got=broken.got,
        ) from broken  # fmt: skip
    return ResolvedLine(
        product, sku, item.quantity, item.notes, chosen, options_cents(product.groups, chosen)
    )


def _demand(offer: Offer, lines: tuple[ResolvedLine, ...]) -> dict[UUID, int]:
    def item(subject: UUID) -> UUID | None:
        found = offer.stock.get(subject)
        return found[0] if found is not None else None

    return aggregate_demand(
        [LineNeed(item(line.sku.id), line.quantity) for line in lines],
        [
            OptionNeed(item(option.option_id), option.quantity, line.quantity)
            for line in lines
            for option in line.options
        ],
    )


def check_delivery(offer: Offer, request: CartBody, now: datetime) -> QuoteTerms | None:
    """The valid quote of a delivery, None for a pickup (or a delivery not quoted yet, in a preview)."""
    store = offer.store
    if request.fulfilment == "pickup":
        if not store["accepts_pickup"]:
            raise ShippingUnavailableError("This shop has no pickup.", reason="pickup_off")
        return None
    if not store["accepts_delivery"]:
        raise ShippingUnavailableError("This shop does not deliver.", reason="delivery_off")
    if request.quote_id is None:
        return None
    quote, address = offer.quote, request.address
    if quote is None or quote.store_id != offer.store_id or address is None:
        raise QuoteExpiredError
    wanted = destination_hash(
        postal_code=address.postal_code, street=address.street, number=address.number,
        district=address.district, city=address.city, state=address.state,
    )  # fmt: skip
    stale = quote.expires_at <= now or quote.settings_version != store["settings_version"]
    if stale or quote.destination_hash != wanted:
        raise QuoteExpiredError
    return quote


def timing(
    offer: Offer,
    request: CartBody,
    lines: tuple[ResolvedLine, ...],
    quote: QuoteTerms | None,
    now: datetime,
) -> Timing:
    """When the order is for, or why the store cannot take it now."""
    store = offer.store
    state = opening_state(offer.schedule, store["timezone"], now)
    lead_days = max(
        (line.product.lead_days for line in lines if line.product.availability == "order"), default=0
    )
    if not state.is_open:
        _refuse_closed(store, state, request)
    if request.scheduled_for is not None:
        return _booked(offer, request.scheduled_for, lead_days, now)
    ordered = [line for line in lines if line.product.availability == "order"]
    if ordered:
        items = [{"product_id": str(line.product.id), "name": line.product.name, "reason": "order_ahead",
                  "lead_days": line.product.lead_days} for line in ordered]  # fmt: skip
        raise ItemUnavailableError("Choose a day for what is made to order.", items=items)
    minutes = quote.eta_max if quote is not None else store["preparation_minutes"]
    if state.is_open:
        return Timing(None, now + timedelta(minutes=minutes))
    return _first_slot(offer, state, now)


def _refuse_closed(store: Any, state: OpenState, request: CartBody) -> None:
    opening = state.next_opening.isoformat() if state.next_opening else None
    if not store["preorder"] or state.next_opening is None:
        raise StoreClosedError(next_opening=opening, reason=state.reason, note=state.note)
    if not request.preorder_confirmed:
        raise PreorderConfirmRequiredError(next_opening=opening, reason=state.reason, note=state.note)


def slot_rules(store: Any) -> SlotRules:
    """How the store takes orders for later."""
    return SlotRules(store["slot_minutes"], store["lead_minutes"], store["max_days_ahead"])


def _booked(offer: Offer, wanted: datetime, lead_days: int, now: datetime) -> Timing:
    rules = slot_rules(offer.store)
    try:
        slot = find_slot(offer.schedule, offer.store["timezone"], rules, wanted, now, lead_days)
    except SlotRefused as refused:
        raise SlotUnavailableError(problem=refused.problem) from refused
    return Timing(slot.starts_at, slot.ends_at)


def _first_slot(offer: Offer, state: OpenState, now: datetime) -> Timing:
    """A confirmed pre-order without a wish is for the first slot after the next opening."""
    from zoneinfo import ZoneInfo

    assert state.next_opening is not None, "refused before"
    zone = ZoneInfo(offer.store["timezone"])
    for ahead in range(offer.store["max_days_ahead"] + 1):
        day = state.next_opening.astimezone(zone).date() + timedelta(days=ahead)
        slots = slots_of_day(offer.schedule, offer.store["timezone"], slot_rules(offer.store), day, now)
        if slots:
            return Timing(slots[0].starts_at, slots[0].ends_at)
    raise StoreClosedError(next_opening=state.next_opening.isoformat(), reason=state.reason, note=state.note)
