"""The checkout: one page, in order, that keeps everything typed whatever happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, RateLimitedError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.ids import new_token
from balcao.kernel.rate_limit import Refused
from balcao.kernel.web.dependencies import Public, Words, Work, Works, translator_of
from balcao.kernel.web.templates import go_to, is_partial, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.cart import Basket
from balcao.modules.store.checkout import Placed, place_order, preview_cart, tracking_token
from balcao.modules.store.checkout_command import CheckoutRequest
from balcao.modules.store.checkout_errors import QuoteExpiredError, TotalChangedError
from balcao.modules.store.checkout_limits import CHECKOUT_PER_PHONE, ORDERS_LANE
from balcao.modules.store.freight import quote_freight
from balcao.modules.store.pages.checkout_form import (
    KEPT_AFTER_ORDER,
    FormProblem,
    address_of,
    alert_of,
    cart_request,
    checkout_request,
    draft_of,
    in_order_of_form,
    missing_fields,
    state_of_cep_when_other,
)
from balcao.modules.store.pages.shop_frame import (
    Visit,
    change_visit,
    datetime_now,
    day_text,
    keep_cart,
    shop_context,
    typed_fields,
    visit,
    when_text,
)
from balcao.modules.store.storefront_queries import (
    BookableTimes,
    bookable_times,
    order_placed_under,
)

router = APIRouter(prefix="/loja", dependencies=[Depends(Public("buyers order without signing in"))])
Fields = Mapping[str, str]
Json = Mapping[str, Any]

PAYMENTS: Final = {
    "pix": ("Pix", "Paid at once, from any bank", "qr-code"),
    "cash": ("Cash", "Say how much change to bring", "banknote"),
    "card_on_delivery": ("Card on delivery", "Debit or credit, we bring the machine", "credit-card"),
    "meal_voucher": ("Meal voucher", "Alelo, Pluxee, VR, Ticket", "utensils"),
}


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What the basket costs as typed so far; `problem` says why it could not be reckoned with freight."""

    breakdown: Json | None
    quote: Json | None
    times: BookableTimes
    problem: DomainError | None = None


@router.get("/{tenant}/{store}/finalizar")
async def checkout_page(request: Request, store: str, works: Works) -> Response:
    """The checkout as it was left."""
    here = await visit(request, works, store)
    if not here.priced.is_orderable:
        return RedirectResponse(f"{here.url}/sacola", 303)
    typed = _with_defaults(here, here.basket.draft)
    reckoned = await _reckon(works, here, typed)
    return _page(request, here, typed, reckoned, new_token())


@router.post("/{tenant}/{store}/finalizar")
async def checkout_step(request: Request, store: str, works: Works, words: Words) -> Response:
    """Calculates the freight and keeps what was typed, or places the order: the button says which."""
    typed = await typed_fields(request)
    here = await visit(request, works, store)
    if not here.priced.is_orderable:
        return await _already_placed(request, works, here, typed)
    if typed.get("do") == "order":
        return await _order(request, works, here, typed, words)
    if typed.get("do") == "keep":
        await _keep_draft(request, works, here, typed, here.basket.draft.get("quote"))
        return Response(status_code=204)
    reckoned = await _reckon(works, here, typed)
    await _keep_draft(request, works, here, typed, reckoned.quote)
    asked = {} if typed.get("do") == "look" else missing_fields(typed, whole=False)
    key = typed.get("idempotency_key") or new_token()
    if asked or is_partial(request):
        return _page(request, here, typed, reckoned, key, asked, status=422 if asked else 200)
    return RedirectResponse(f"{here.url}/finalizar#frete", 303)


async def _keep_draft(request: Request, works: Work, here: Visit, typed: Fields, quote: Json | None) -> None:
    draft: dict[str, Any] = {**draft_of(typed), "quote": quote}
    await change_visit(request, works, here, lambda basket: replace(basket, draft=draft))


async def _already_placed(request: Request, works: Work, here: Visit, typed: Fields) -> Response:
    """An empty basket: the second click of an order that went through leads to that order."""
    key = typed.get("idempotency_key", "")
    if key:
        order_id = await works.run(lambda uow: order_placed_under(uow, key))
        if order_id is not None:
            return go_to(request, _tracking_url(works, here.shop_url, order_id))
    return go_to(request, f"{here.url}/sacola")


def _tracking_url(works: Work, shop_url: str, order_id: UUID) -> str:
    return f"{shop_url}/acompanhar/{order_id}/{tracking_token(works.runtime.keys.current, order_id)}"


async def _order(request: Request, works: Work, here: Visit, typed: Fields, words: Translator) -> Response:
    reckoned = await _reckon(works, here, typed)
    await _keep_draft(request, works, here, typed, reckoned.quote)
    key = typed.get("idempotency_key", "")
    try:
        wanted = checkout_request(here.store_id, here.basket.items, typed, _quote_id(reckoned))
        if reckoned.problem is not None:
            raise reckoned.problem
        if reckoned.breakdown is not None and _unseen_freight(typed, wanted):
            # The buyer has not seen the whole total yet: the freight came with this very click.
            raise TotalChangedError(
                "The freight is in. Look at the total and confirm.", breakdown=reckoned.breakdown
            )
        placed = await _place(works, wanted, key, words)
    except FormProblem as problem:
        return _page(request, here, typed, reckoned, key or new_token(), problem.fields, status=422)
    except DomainError as error:
        if error.status >= 500:
            raise
        if isinstance(error, QuoteExpiredError):
            reckoned = await _reckon(works, here, typed, requote=True)
            await _keep_draft(request, works, here, typed, reckoned.quote)
        return _page(request, here, typed, reckoned, key or new_token(), error=error, status=error.status)
    kept = {name: value for name, value in draft_of(typed).items() if name in KEPT_AFTER_ORDER}
    _, token = await change_visit(request, works, here, lambda _: Basket((), kept))
    response = go_to(request, _tracking_url(works, here.shop_url, placed.order_id))
    keep_cart(response, works, token)
    return response


def _unseen_freight(typed: Fields, wanted: CheckoutRequest) -> bool:
    return wanted.expected_total_cents is None or (
        wanted.fulfilment == "delivery" and typed.get("without_freight") == "1"
    )


async def _place(works: Work, wanted: CheckoutRequest, key: str, words: Translator) -> Placed:
    runtime = works.runtime
    refused = await runtime.limiter.hit(CHECKOUT_PER_PHONE, str(works.tenant.id), wanted.customer.phone)
    if isinstance(refused, Refused):
        raise RateLimitedError(headers=refused.headers(CHECKOUT_PER_PHONE))

    async def verb(uow: UnitOfWork) -> Placed:
        return await place_order(
            uow, wanted, key, secret=runtime.keys.current, tracking_days=runtime.settings.order_tracking_days,
            language=words.language,
        )  # fmt: skip

    return await works.run(verb, lane=ORDERS_LANE)


def _quote_id(reckoned: Reckoning) -> str | None:
    return str(reckoned.quote["quote_id"]) if reckoned.quote else None


async def _reckon(works: Work, here: Visit, typed: Fields, *, requote: bool = False) -> Reckoning:
    """Prices the basket; quotes the freight anew when the address is complete and the kept quote does not hold."""
    delivery = typed.get("fulfilment") == "delivery"
    address = address_of(typed) if delivery else None
    kept = here.basket.draft.get("quote") if address is not None and not requote else None
    problem: DomainError | None = None
    quote: Json | None = kept
    if address is not None and kept is not None:
        breakdown, problem = await _preview(works, here, typed, kept)
        if problem is None or not isinstance(problem, QuoteExpiredError):
            return Reckoning(breakdown, kept, await _times(works, here), problem)
        quote, problem = None, None
    if address is not None and quote is None:
        try:
            quote = await quote_freight(works, here.store_id, address)
        except DomainError as error:
            problem = error
    breakdown, priced_problem = await _preview(works, here, typed, quote)
    return Reckoning(breakdown, quote, await _times(works, here), problem or priced_problem)


async def _preview(
    works: Work, here: Visit, typed: Fields, quote: Json | None
) -> tuple[Json | None, DomainError | None]:
    address = address_of(typed) if quote else None
    wanted = cart_request(
        here.store_id, here.basket.items, typed, address, str(quote["quote_id"]) if quote else None
    )
    try:
        return await works.run(lambda uow: preview_cart(uow, wanted)), None
    except DomainError as error:
        if error.status >= 500 or isinstance(error, ValidationFailedError):
            raise
        return None, error


async def _times(works: Work, here: Visit) -> BookableTimes:
    products = [item.product_id for item in here.basket.items]
    return await works.run(lambda uow: bookable_times(uow, here.store_id, products))


def _with_defaults(here: Visit, draft: Json) -> dict[str, str]:
    """The draft, with the only or first way to receive and to pay chosen beforehand."""
    typed = {name: value for name, value in draft.items() if isinstance(value, str)}
    offered = list(here.store["fulfilments"])
    if offered and typed.get("fulfilment") not in offered:
        typed["fulfilment"] = offered[0]
    methods = _methods(here)
    if methods and typed.get("payment") not in methods:
        typed["payment"] = methods[0]
    return typed


def _methods(here: Visit) -> list[str]:
    return [method for method in PAYMENTS if method in here.store["payment_methods"]]


def _page(
    request: Request, here: Visit, typed: Fields, reckoned: Reckoning, key: str,
    errors: Mapping[str, str] | None = None, *, error: DomainError | None = None, status: int = 200,
) -> Response:  # fmt: skip
    words = translator_of(request)
    breakdown = reckoned.breakdown
    total_text = words.money(breakdown["total_cents"]) if breakdown else None
    needs_freight = typed.get("fulfilment") == "delivery" and reckoned.quote is None
    return render(
        request,
        "store/shop/checkout.html",
        status=status,
        **shop_context(request, here),
        typed=typed,
        errors=in_order_of_form(errors or {}, words),
        alert=alert_of(words, error, total_text) if error else None,
        trouble=alert_of(words, reckoned.problem, total_text) if reckoned.problem and not error else None,
        other_state=state_of_cep_when_other(typed),
        fulfilments=list(here.store["fulfilments"]),
        payments=[(method, *PAYMENTS[method]) for method in _methods(here)],
        breakdown=breakdown,
        quote=reckoned.quote,
        needs_freight=needs_freight,
        expected_cents=breakdown["total_cents"] if breakdown else None,
        times=reckoned.times,
        slot_days=_slot_days(request, here, reckoned.times),
        opening_text=_opening_text(request, here, reckoned.times),
        idempotency_key=key,
    )


def _opening_text(request: Request, here: Visit, times: BookableTimes) -> str | None:
    if times.next_opening is None:
        return None
    return when_text(
        translator_of(request), times.next_opening, here.store["timezone"], datetime_now(request)
    )


def _slot_days(request: Request, here: Visit, times: BookableTimes) -> list[dict[str, Any]]:
    words, zone, now = translator_of(request), here.store["timezone"], datetime_now(request)

    def label(starts_at: datetime, ends_at: datetime) -> str:
        return f"{words.time(starts_at, zone)} – {words.time(ends_at, zone)}"

    return [
        {
            "label": day_text(words, day, now, zone),
            "slots": [(slot.starts_at.isoformat(), label(slot.starts_at, slot.ends_at)) for slot in slots],
        }
        for day, slots in times.days
    ]
