"""The panel's stock: what is there, a quick movement on each line, and a drawer with the count and the ledger."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import Allow, ReadUow, Words, Work, Works, translator_of
from balcao.kernel.web.templates import is_partial, panel_context, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.pages.order_words import STATUS_WORDS
from balcao.modules.store.pages.panel_forms import Form, posted
from balcao.modules.store.pages.store_choice import choose_store
from balcao.modules.store.stock_editing import (
    QUANTITY_LIMIT,
    BelowReservedError,
    Tracking,
    count_stock,
    move_stock,
    set_tracking,
)
from balcao.modules.store.stock_queries import StockFilter, StockView, get_stock, list_movements, list_stock
from balcao.modules.store.stock_rules import Track

router = APIRouter(prefix="/painel/estoque")
VIEW = [Depends(Allow("store.stock:view"))]
EDIT = [Depends(Allow("store.stock:edit"))]
PER_PAGE = 50
LEDGER_LINES = 20
VIEWS: Mapping[str, StockView] = {"": "all", "baixo": "low", "zerado": "out", "sem-contagem": "uncounted"}
DONE = {
    "moved": "The stock was changed.",
    "counted": "The count was saved.",
    "saved": "The way of counting was saved.",
}


@router.get("", dependencies=VIEW)
async def stock_page(
    request: Request,
    uow: ReadUow,
    words: Words,
    loja: Annotated[str, Query(max_length=36)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    ver: Annotated[str, Query(max_length=20)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    feito: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The items of one store or all in sight."""
    choice = await choose_store(uow, loja)
    view = VIEWS.get(ver, "all")
    page, totals = await list_stock(
        uow, StockFilter(choice.store_id, q, view), PageQuery(limit=PER_PAGE, offset=offset)
    )
    base = "/painel/estoque"
    tabs = [
        {"label": words(label), "href": base + choice.query(q=q, ver=name), "active": VIEWS.get(ver, "all") == VIEWS[name], "count": count}
        for name, label, count in (
            ("", "All", None), ("baixo", "Running low", totals.low),
            ("zerado", "Sold out", totals.out), ("sem-contagem", "Not counted", totals.uncounted),
        )
    ]  # fmt: skip
    frame: dict[str, Any] = {
        **panel_context(request, uow.tenant, uow.actor),
        "stores": choice.entries(request, words),
        "toasts": _toasts(request, feito),
    }

    def page_url(start: int) -> str:
        return base + choice.query(q=q, ver=ver, offset=start)

    return render(
        request,
        "store/panel/stock/list.html",
        **frame,
        here=base + choice.query(q=q, ver=ver, offset=offset),
        choice=choice,
        many_stores=choice.store_id is None and len(choice.stores) > 1,
        page=page,
        tabs=tabs,
        q=q,
        ver=ver,
        can_edit=uow.actor.can("store.stock:edit"),
        page_url=page_url,
    )


@router.get("/{item_id}", dependencies=VIEW)
async def item_page(
    request: Request, uow: ReadUow, item_id: UUID, feito: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """One item: numbers, what can be done, and its ledger. A page, or the content of the drawer."""
    context = await _item_context(uow, item_id)
    return _item_response(request, uow, context, toasts=_toasts(request, feito))


@router.post("/{item_id}/mover", dependencies=EDIT)
async def move(request: Request, works: Works, item_id: UUID) -> Response:
    """Something arrived, or went missing."""
    form = await posted(request)
    quantity = form.whole("quantity", 1, QUANTITY_LIMIT)
    takes = form.text("kind") == "take"
    words = translator_of(request)
    reason = form.text("reason", 200) or (words("Quick correction") if takes else "")

    async def verb(uow: UnitOfWork) -> UUID:
        form.check()
        change = await move_stock(
            uow, item_id, "adjust" if takes else "receive", -quantity if takes else quantity, reason
        )
        return change.item_id

    if form.text("from") == "line":
        # A line of the list answers with itself; a refusal is said by a toast and leaves the line as it was.
        moved_id = await works.run(verb)
        if is_partial(request):
            return await _line(request, works, moved_id)
        return RedirectResponse(_back(form, "moved"), 303)
    return await _try(request, works, form, item_id, verb, "moved")


@router.post("/{item_id}/contar", dependencies=EDIT)
async def count(request: Request, works: Works, item_id: UUID) -> Response:
    """What was found on the shelf."""
    form = await posted(request)
    on_hand = form.whole("on_hand", 0, QUANTITY_LIMIT)
    reason = form.text("reason", 200)

    async def verb(uow: UnitOfWork) -> UUID:
        form.check()
        change = await count_stock(uow, item_id, on_hand, reason, force=form.text("force") == "1")
        return change.item_id

    return await _try(request, works, form, item_id, verb, "counted")


@router.post("/{item_id}/modo", dependencies=EDIT)
async def mode(request: Request, works: Works, item_id: UUID) -> Response:
    """How the item is counted and when it is low."""
    form = await posted(request)
    track = form.text("track")
    if track not in {"none", "quantity", "daily"}:
        form.fault("track", "Choose how the item is counted.")
    quota = form.whole("daily_quota", 0, QUANTITY_LIMIT) if track == "daily" else None
    low = form.whole("low_threshold", 0, QUANTITY_LIMIT, empty=0)

    async def verb(uow: UnitOfWork) -> UUID:
        form.check()
        return (await set_tracking(uow, item_id, Tracking(cast("Track", track), quota, low))).id

    return await _try(request, works, form, item_id, verb, "saved")


async def _try(
    request: Request,
    works: Work,
    form: Form,
    item_id: UUID,
    verb: Callable[[UnitOfWork], Awaitable[UUID]],
    done: str,
) -> Response:
    """Runs the verb; a refusal shows the item again with what was typed."""
    refused: DomainError | None = None
    try:
        item_id = await works.run(verb)
    except (ValidationFailedError, BelowReservedError) as error:
        refused = error
    except DomainError as error:
        if error.status != 409:
            raise
        refused = error
    if refused is None and not is_partial(request):
        return RedirectResponse(f"/painel/estoque/{item_id}?feito={done}", 303)
    words = translator_of(request)

    async def show(uow: UnitOfWork) -> Response:
        context = await _item_context(uow, item_id)
        if refused is not None:
            context |= _refusal(words, refused, form)
        return _item_response(request, uow, context, status=200 if refused is None else 422)

    response = await works.run(show)
    if refused is None:
        toast = {"text": words(DONE[done]), "tone": "done"}
        # json writes everything outside ASCII as escapes, which is what a header can carry.
        response.headers["HX-Trigger"] = json.dumps({"balcao:toast": toast, "stock-changed": True})
    return response


def _refusal(words: Translator, refused: DomainError, form: Form) -> dict[str, Any]:
    errors = {item["pointer"].strip("/"): words(item["message"]) for item in refused.ext.get("errors", [])}
    below = refused.ext if isinstance(refused, BelowReservedError) else None
    return {
        "errors": errors,
        "typed": form.values,
        "below": below,
        "problem": None if errors else words(refused.message, **refused.params),
    }


async def _item_context(uow: UnitOfWork, item_id: UUID) -> dict[str, Any]:
    item = await get_stock(uow, item_id)
    ledger = await list_movements(uow, item_id, PageQuery(limit=LEDGER_LINES))
    return {
        "item": item,
        "ledger": ledger,
        "can_edit": uow.actor.can("store.stock:edit"),
        "sees_orders": uow.actor.can("store.orders:view"),
        "status_words": STATUS_WORDS,
        "errors": {},
        "typed": {},
        "below": None,
        "problem": None,
    }


def _item_response(
    request: Request,
    uow: UnitOfWork,
    context: dict[str, Any],
    *,
    status: int = 200,
    toasts: list[dict[str, str]] | None = None,
) -> Response:
    template = "store/panel/stock/drawer.html" if is_partial(request) else "store/panel/stock/item.html"
    frame = {**panel_context(request, uow.tenant, uow.actor), "toasts": toasts or []}
    return render(request, template, status=status, **frame, **context)


async def _line(request: Request, works: Work, item_id: UUID) -> Response:
    async def verb(uow: UnitOfWork) -> Response:
        item = await get_stock(uow, item_id)
        many = len((await choose_store(uow, "")).stores) > 1 and "loja=" not in request.headers.get(
            "hx-current-url", ""
        )
        return render(
            request, "store/panel/stock/line.html", item=item, can_edit=True, many_stores=many, here="/painel/estoque",
            zone=uow.tenant.timezone,
        )  # fmt: skip

    return await works.run(verb)


def _back(form: Form, done: str) -> str:
    """Where the line was clicked, if that is a list of this page."""
    target = form.text("back", 500)
    if not target.startswith("/painel/estoque") or "\\" in target:
        target = "/painel/estoque"
    return f"{target}{'&' if '?' in target else '?'}feito={done}"


def _toasts(request: Request, done: str) -> list[dict[str, str]]:
    return [{"text": translator_of(request)(DONE[done]), "tone": "done"}] if done in DONE else []
