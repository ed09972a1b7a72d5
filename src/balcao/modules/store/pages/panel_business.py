"""The business as a whole in the panel: its name, its colour, its clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.tenant_settings import update_appearance
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Installation, translator_of
from balcao.kernel.web.look import ACCENT
from balcao.kernel.web.templates import panel_context, render
from balcao.kernel.web.tenant_of_request import Caller
from balcao.modules.store.pages.panel_forms import posted
from balcao.modules.store.pages.panel_store_frame import BASE, done, faults_of, toasts_of
from balcao.modules.store.pages.panel_stores import ZONES

router = APIRouter(
    prefix=f"{BASE}/negocio", dependencies=[Depends(Allow("store.stores:edit", every_store=True))]
)
PATH = f"{BASE}/negocio"


def _shown(tenant: Tenant) -> dict[str, str]:
    return {"name": tenant.name, "accent": tenant.accent or ACCENT, "timezone": tenant.timezone}


def _page(
    request: Request, who: Caller, shown: Mapping[str, str], faults: Mapping[str, Any], status: int = 200
) -> Response:
    words = translator_of(request)
    zones = [(zone, words(label)) for zone, label in ZONES]
    if all(shown["timezone"] != zone for zone, _ in zones):
        zones.insert(0, (shown["timezone"], shown["timezone"]))
    frame: dict[str, Any] = {**panel_context(request, who.tenant, who.actor), "toasts": toasts_of(request)}
    frame |= {"errors": {}, "problem": None, **faults}
    return render(
        request, "store/panel/stores/business.html", status=status, **frame, shown=shown, zones=zones
    )


@router.get("")
async def business_page(request: Request, who: CurrentCaller) -> Response:
    """Name, colour and clock."""
    return _page(request, who, _shown(who.tenant), {})


@router.post("")
async def save_business(request: Request, who: CurrentCaller, runtime: Installation) -> Response:
    """Saves them; the house colour is kept as no colour of its own."""
    form = await posted(request)
    typed = {name: form.text(name) for name in ("name", "accent", "timezone")}
    accent = None if form.text("house") or typed["accent"].lower() == ACCENT else typed["accent"]
    try:
        form.check()
        await update_appearance(
            runtime.database, runtime.bulletin, who.tenant.id, {**typed, "accent": accent}, actor=who.actor
        )
    except ValidationFailedError as refused:
        return _page(request, who, typed, faults_of(translator_of(request), refused), 422)
    return done(PATH, "saved")
