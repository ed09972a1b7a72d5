"""The stores in the panel: all of them as cards, and what one is, how it is paid and when it rests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from starlette.responses import HTMLResponse, Response

from balcao.brazil.addresses import format_cep
from balcao.brazil.phones import format_phone
from balcao.brazil.pix_keys import InvalidPixKey, PixKeyKind, validate_key
from balcao.kernel.errors import DomainError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Words, Works, translator_of
from balcao.kernel.web.templates import panel_context, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.hours_editing import (
    PAUSE_LIMIT_MINUTES,
    load_schedules,
    pause_store,
    resume_store,
    state_now,
)
from balcao.modules.store.models import Store
from balcao.modules.store.pages.panel_forms import Form, posted
from balcao.modules.store.pages.panel_store_frame import (
    BASE,
    done,
    faults_of,
    show,
    state_words,
    store_frame,
    toasts_of,
)
from balcao.modules.store.stores_editing import (
    PAYMENT_METHODS,
    address_changed,
    create_store,
    delete_store,
    get_store,
    pix_key_message,
    point_of,
    update_store,
)

router = APIRouter(prefix=BASE)
VIEW = [Depends(Allow("store.stores:view"))]
EDIT = [Depends(Allow("store.stores:edit"))]
TEXTS = (
    "name",
    "slug",
    "description",
    "phone",
    "postal_code",
    "street",
    "number",
    "complement",
    "district",
    "city",
    "state",
    "timezone",
)
COUNTS = {
    "preparation_minutes": (0, 1440), "accept_minutes": (0, 240), "lead_minutes": (0, 43_200), "max_days_ahead": (0, 60),
    "slot_minutes": (5, 480),
}  # fmt: skip
SWITCHES = ("is_active", "accepts_delivery", "accepts_pickup", "preorder", "auto_accept")
ZONES = (
    ("America/Sao_Paulo", "Brasília (SP, RJ, MG, the South, Bahia…)"), ("America/Manaus", "Manaus (Amazonas)"),
    ("America/Cuiaba", "Cuiabá (Mato Grosso)"), ("America/Campo_Grande", "Campo Grande (Mato Grosso do Sul)"),
    ("America/Porto_Velho", "Porto Velho (Rondônia)"), ("America/Boa_Vista", "Boa Vista (Roraima)"),
    ("America/Rio_Branco", "Rio Branco (Acre)"), ("America/Fortaleza", "Fortaleza (Ceará)"),
    ("America/Recife", "Recife (Pernambuco)"), ("America/Belem", "Belém (Pará)"), ("America/Noronha", "Fernando de Noronha"),
)  # fmt: skip
METHODS = {
    "pix": ("Pix", "Paid on the spot, straight to your key.", "qr-code"),
    "cash": ("Cash", "With the change the customer asks for.", "banknote"),
    "card_on_delivery": ("Card on delivery", "Your card machine goes along.", "credit-card"),
    "meal_voucher": ("Meal voucher", "On your machine, at the door or counter.", "utensils"),
}
KEY_KINDS = {
    PixKeyKind.CPF: "CPF", PixKeyKind.CNPJ: "CNPJ", PixKeyKind.PHONE: "Phone", PixKeyKind.EMAIL: "E-mail",
    PixKeyKind.RANDOM: "Random key",
}  # fmt: skip


@router.get("", dependencies=VIEW)
async def stores_page(request: Request, uow: ReadUow, words: Words) -> Response:
    """All stores in sight, with their state right now."""
    query = select(Store).order_by(Store.position, Store.name, Store.id)
    if uow.actor.store_ids is not None:
        query = query.where(Store.id.in_(uow.actor.store_ids))
    stores = list((await uow.session.execute(query)).scalars())
    schedules = await load_schedules(uow, [store.id for store in stores])
    now = uow.now()
    cards: list[dict[str, Any]] = []
    for store in stores:
        schedule, zone = schedules[store.id]
        state = state_now(schedule, zone, now)
        cards.append({"store": store, "state": state, "words": state_words(words, state, zone, now)})
    limit = uow.tenant.stores_limit
    frame: dict[str, Any] = {**panel_context(request, uow.tenant, uow.actor), "toasts": toasts_of(request)}
    return render(
        request, "store/panel/stores/list.html", **frame, cards=cards, can_edit=uow.actor.can("store.stores:edit"),
        has_room=limit is None or len(stores) < limit, limit=limit,
    )  # fmt: skip


@router.get("/nova", dependencies=EDIT)
async def new_store_page(request: Request, uow: ReadUow) -> Response:
    """The form of a new store."""
    return _new_page(request, uow, {}, {})


def _new_page(
    request: Request, uow: UnitOfWork, typed: Mapping[str, str], faults: Mapping[str, Any], status: int = 200
) -> Response:
    frame: dict[str, Any] = {
        **panel_context(request, uow.tenant, uow.actor),
        "errors": {},
        "problem": None,
        **faults,
    }
    return render(request, "store/panel/stores/new.html", status=status, **frame, typed=typed)


@router.post("/nova", dependencies=EDIT)
async def make_store(request: Request, works: Works, runtime: Installation) -> Response:
    """Opens the store that was typed."""
    form = await posted(request)
    values = {name: form.text(name, 500) for name in TEXTS if name not in {"slug", "timezone", "description"}}
    try:
        form.check()
        if point := await point_of(runtime.providers.places, values):
            values = {**values, "latitude": point.lat, "longitude": point.lng}
        store = await works.run(lambda uow: create_store(uow, values))
    except DomainError as error:
        faults = faults_of(translator_of(request), error)

        async def again(uow: UnitOfWork) -> Response:
            return _new_page(request, uow, dict(form.values), faults, 422)

        return await works.run(again)
    return done(f"{BASE}/{store.id}/horarios", "opened")


@router.get("/pix-chave", dependencies=VIEW)
async def pix_key_check(
    request: Request, words: Words, pix_key: Annotated[str, Query(max_length=120)] = ""
) -> HTMLResponse:
    """What a Pix key is, while it is typed."""
    found: tuple[str, str] | None = None
    fault = ""
    if pix_key.strip():
        try:
            kind, key = validate_key(pix_key)
            found = (words(KEY_KINDS[kind]), key)
        except InvalidPixKey as error:
            fault = words(pix_key_message(error.reason))
    return render(request, "store/panel/stores/pix_key.html", found=found, fault=fault)


@router.get("/{store_id}", dependencies=VIEW)
async def about_page(request: Request, uow: ReadUow, store_id: UUID) -> Response:
    """What the store is."""
    frame, store, _ = await store_frame(request, uow, store_id, "")
    return render(
        request, "store/panel/stores/about.html", **frame, **_about(translator_of(request), store, {})
    )


def _about(words: Translator, store: Store, typed: Mapping[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(store, name) for name in (*TEXTS, *COUNTS, *SWITCHES)}
    shown["phone"] = format_phone(store.phone) if store.phone else ""
    shown["postal_code"] = format_cep(store.postal_code) if store.postal_code else ""
    shown |= {
        "slot_capacity": "" if store.slot_capacity is None else store.slot_capacity,
        "factor": f"{store.distance_factor_percent / 100:.2f}".replace(".", ","),
        "latitude": "" if store.latitude is None else store.latitude,
        "longitude": "" if store.longitude is None else store.longitude,
    }
    if typed:
        shown |= {name: typed.get(name, "") for name in shown if name not in SWITCHES}
        shown |= {name: name in typed for name in SWITCHES}
    zones = [(zone, words(label)) for zone, label in ZONES]
    if all(store.timezone != zone for zone, _ in zones):
        zones.insert(0, (store.timezone, store.timezone))
    return {"shown": shown, "zones": zones}


def _degrees(form: Form, name: str) -> float | None:
    typed = form.text(name, 30).replace(",", ".")
    if not typed:
        return None
    try:
        return float(typed)
    except ValueError:
        form.fault(name, "This is no point on the map.")
        return None


def _about_values(form: Form) -> dict[str, Any]:
    values: dict[str, Any] = {name: form.text(name, 500) for name in TEXTS}
    values |= {name: form.whole(name, low, high) for name, (low, high) in COUNTS.items()}
    values |= {name: form.ticked(name) for name in SWITCHES}
    values["slot_capacity"] = form.whole("slot_capacity", 1, 1000) if form.text("slot_capacity") else None
    values |= {"latitude": _degrees(form, "latitude"), "longitude": _degrees(form, "longitude")}
    factor = form.text("factor", 6).replace(",", ".")
    try:
        values["distance_factor_percent"] = round(float(factor) * 100)
    except ValueError:
        form.fault("factor", "Write a number such as 1,25.")
    return values


@router.post("/{store_id}", dependencies=EDIT)
async def save_about(request: Request, works: Works, runtime: Installation, store_id: UUID) -> Response:
    """Saves what the store is. When it moved and the point did not, the point is found anew."""
    form = await posted(request)
    values, version = _about_values(form), form.whole("version", 0, 2**62)

    async def moved_alone(uow: UnitOfWork) -> bool:
        store = await get_store(uow, store_id)
        same_point = (values["latitude"], values["longitude"]) == (store.latitude, store.longitude)
        return (same_point and address_changed(store, values)) or values["latitude"] is None

    try:
        form.check()
        if await works.run(moved_alone) and (point := await point_of(runtime.providers.places, values)):
            values |= {"latitude": point.lat, "longitude": point.lng}
        await works.run(lambda uow: update_store(uow, store_id, values, version))
    except DomainError as error:
        if error.status == 404:
            raise
        refused = error

        async def again(uow: UnitOfWork) -> dict[str, Any]:
            frame, store, _ = await store_frame(request, uow, store_id, "")
            faults = faults_of(translator_of(request), refused, {"distance_factor_percent": "factor"})
            return {
                **frame,
                **_about(translator_of(request), store, form.values if faults["errors"] else {}),
                **faults,
            }

        return await show(request, works, "store/panel/stores/about.html", again, status=422)
    return done(f"{BASE}/{store_id}", "saved")


@router.post("/{store_id}/apagar", dependencies=EDIT)
async def erase(request: Request, works: Works, store_id: UUID) -> Response:
    """Erases a store without a history."""
    try:
        await works.run(lambda uow: delete_store(uow, store_id))
    except DomainError as error:
        if error.status == 404:
            raise
        refused = error

        async def again(uow: UnitOfWork) -> dict[str, Any]:
            frame, store, _ = await store_frame(request, uow, store_id, "")
            return {
                **frame,
                **_about(translator_of(request), store, {}),
                **faults_of(translator_of(request), refused),
            }

        return await show(request, works, "store/panel/stores/about.html", again, status=422)
    return done(BASE, "erased")


@router.get("/{store_id}/pagamento", dependencies=VIEW)
async def payment_page(request: Request, uow: ReadUow, store_id: UUID) -> Response:
    """How the store is paid."""
    frame, store, _ = await store_frame(request, uow, store_id, "/pagamento")
    return render(request, "store/panel/stores/payment.html", **frame, **_payment(store, None))


def _payment(store: Store, form: Form | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "pix_key": store.pix_key, "pix_receiver": store.pix_receiver, "pix_minutes": store.pix_minutes,
        "payment_methods": store.payment_methods,
    }  # fmt: skip
    if form is not None:
        shown = {name: form.values.get(name, "") for name in shown} | {
            "payment_methods": form.listed("payment_methods")
        }
    return {"shown": shown, "methods": [(name, *METHODS[name]) for name in PAYMENT_METHODS]}


@router.post("/{store_id}/pagamento", dependencies=EDIT)
async def save_payment(request: Request, works: Works, store_id: UUID) -> Response:
    """Saves the ways to pay and the Pix key."""
    form = await posted(request)
    version = form.whole("version", 0, 2**62)
    values: dict[str, Any] = {
        "payment_methods": form.listed("payment_methods"), "pix_key": form.text("pix_key"),
        "pix_receiver": form.text("pix_receiver"), "pix_minutes": form.whole("pix_minutes", 5, 1440),
    }  # fmt: skip
    try:
        form.check()
        await works.run(lambda uow: update_store(uow, store_id, values, version))
    except DomainError as error:
        if error.status == 404:
            raise
        refused = error

        async def again(uow: UnitOfWork) -> dict[str, Any]:
            frame, store, _ = await store_frame(request, uow, store_id, "/pagamento")
            faults = faults_of(translator_of(request), refused)
            return {**frame, **_payment(store, form if faults["errors"] else None), **faults}

        return await show(request, works, "store/panel/stores/payment.html", again, status=422)
    return done(f"{BASE}/{store_id}/pagamento", "saved")


@router.get("/{store_id}/pausa", dependencies=VIEW)
async def pause_page(request: Request, uow: ReadUow, store_id: UUID) -> Response:
    """Stop for a while."""
    frame, *_ = await store_frame(request, uow, store_id, "/pausa")
    return render(request, "store/panel/stores/pause.html", **frame, typed={})


@router.post("/{store_id}/pausar", dependencies=EDIT)
async def pause(request: Request, works: Works, store_id: UUID) -> Response:
    """Takes no orders for some minutes, or until the day is over (`minutes` = day)."""
    form = await posted(request)
    reason = form.text("reason", 120)
    until_midnight = form.text("minutes") == "day"
    minutes = 0 if until_midnight else form.whole("minutes", 1, PAUSE_LIMIT_MINUTES)

    async def verb(uow: UnitOfWork) -> None:
        form.check()
        store = await get_store(uow, store_id)
        await pause_store(
            uow, store_id, _minutes_left(uow.now(), store.timezone) if until_midnight else minutes, reason
        )

    try:
        await works.run(verb)
    except DomainError as error:
        if error.status == 404:
            raise
        refused = error

        async def again(uow: UnitOfWork) -> dict[str, Any]:
            frame, *_ = await store_frame(request, uow, store_id, "/pausa")
            return {**frame, **faults_of(translator_of(request), refused), "typed": dict(form.values)}

        return await show(request, works, "store/panel/stores/pause.html", again, status=422)
    return done(BASE if form.text("from") == "list" else f"{BASE}/{store_id}/pausa", "paused")


def _minutes_left(now: datetime, zone: str) -> int:
    """Minutes to the store's midnight, at least one."""
    local = now.astimezone(ZoneInfo(zone))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, -int((local - midnight).total_seconds() // 60))


@router.post("/{store_id}/retomar", dependencies=EDIT)
async def resume(request: Request, works: Works, store_id: UUID) -> Response:
    """Takes orders again."""
    form = await posted(request)
    await works.run(lambda uow: resume_store(uow, store_id))
    return done(BASE if form.text("from") == "list" else f"{BASE}/{store_id}/pausa", "resumed")
