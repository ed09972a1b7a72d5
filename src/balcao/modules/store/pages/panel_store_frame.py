"""What every page about one store shares: the crumbs, the tabs, the open state, and what came of the last post."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, ValidationFailedError, VersionConflictError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import Work, translator_of
from balcao.kernel.web.templates import panel_context, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.hours_editing import load_schedules, state_now
from balcao.modules.store.models import Store
from balcao.modules.store.opening_hours import OpenState, Schedule
from balcao.modules.store.pages.shop_frame import when_text
from balcao.modules.store.stores_editing import get_store

BASE = "/painel/lojas"
TABS = (
    ("", "About", "store"),
    ("/horarios", "Hours", "clock"),
    ("/dias", "Special days", "calendar"),
    ("/entrega", "Delivery", "bike"),
    ("/pagamento", "Payment", "wallet"),
    ("/pausa", "Pause", "pause"),
)
DONE = {
    "saved": "Saved.",
    "opened": "The store is there. Now tell when it is open and where it delivers.",
    "erased": "The store was erased.",
    "paused": "The store takes no orders for now.",
    "resumed": "The store takes orders again.",
    "removed": "Removed.",
}


def state_words(words: Translator, state: OpenState, zone: str, now: datetime) -> tuple[str, str, str]:
    """A word, a tone and a sentence for whether a store is open."""
    opens = (
        words("Opens {when}.", when=when_text(words, state.next_opening, zone, now))
        if state.next_opening
        else ""
    )
    if state.is_open:
        until = (
            words("Until {when}.", when=when_text(words, state.closes_at, zone, now))
            if state.closes_at
            else words("Always.")
        )
        return words("Open"), "done", until
    if state.reason == "paused":
        return words("Paused"), "waits", opens
    return words("Closed"), "stop", opens or words("No opening in sight.")


def toasts_of(request: Request) -> list[dict[str, str]]:
    """The toast of the post that led here."""
    done = DONE.get(request.query_params.get("feito", ""))
    return [{"text": translator_of(request)(done), "tone": "done"}] if done else []


async def store_frame(
    request: Request, uow: UnitOfWork, store_id: UUID, tab: str
) -> tuple[dict[str, Any], Store, Schedule]:
    """The context of `store/panel/stores/frame.html`, with the store and its schedule. NotFoundError."""
    store = await get_store(uow, store_id)
    schedule, zone = (await load_schedules(uow, [store_id]))[store_id]
    words, url, now = translator_of(request), f"{BASE}/{store_id}", uow.now()
    state = state_now(schedule, zone, now)
    frame: dict[str, Any] = {
        **panel_context(request, uow.tenant, uow.actor),
        "toasts": toasts_of(request),
        "zone": zone,
        "store": store,
        "store_url": url,
        "state": state,
        "state_words": state_words(words, state, zone, now),
        "tabs": [
            {"label": words(label), "href": url + path, "active": path == tab, "icon": icon}
            for path, label, icon in TABS
        ],
        "can_edit": uow.actor.can("store.stores:edit"),
        "errors": {},
        "problem": None,
    }
    return frame, store, schedule


def done(path: str, word: str) -> Response:
    """Back to a page, saying what was done."""
    return RedirectResponse(f"{path}?feito={word}", 303)


def faults_of(
    words: Translator, refused: DomainError, rename: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The refusal as the page shows it: words beside fields, or a sentence on top."""
    if isinstance(refused, ValidationFailedError):
        names = rename or {}
        errors = {
            names.get(item["pointer"].strip("/"), item["pointer"].strip("/").replace("/", "-")): words(
                item["message"]
            )
            for item in refused.ext["errors"]
        }
        return {"errors": errors, "problem": None}
    text = words(refused.message, **refused.params)
    if isinstance(refused, VersionConflictError):
        text = words(
            "Somebody changed this store while you were typing. What you see now is the present state."
        )
    return {"errors": {}, "problem": text}


async def show(
    request: Request,
    works: Work,
    template: str,
    make: Callable[[UnitOfWork], Awaitable[dict[str, Any]]],
    *,
    status: int = 200,
    **more: Any,
) -> Response:
    """Renders a page whose context needs a transaction of its own."""

    async def verb(uow: UnitOfWork) -> Response:
        context = await make(uow)
        return render(request, template, status=status, **{**context, **more})

    return await works.run(verb)
