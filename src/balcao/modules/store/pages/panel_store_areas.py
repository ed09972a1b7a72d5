"""A store's delivery table in the panel, and the little form that tells what an address would pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from balcao.brazil.addresses import InvalidCep, format_cep, parse_cep
from balcao.brazil.currency import format_brl
from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.money import PRICE_MAX_CENTS
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import Allow, Installation, Work, Works, translator_of
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.areas_editing import (
    AreaInput,
    as_input,
    km_of_metres,
    list_areas,
    metres_of_km,
    metres_to,
    own_name,
    replace_areas,
    try_address,
    warnings_of,
)
from balcao.modules.store.delivery_areas import AreaKind, Destination
from balcao.modules.store.models import DeliveryArea
from balcao.modules.store.pages.panel_forms import Form, posted
from balcao.modules.store.pages.panel_store_frame import BASE, done, show, store_frame
from balcao.modules.store.stores_editing import get_store, point_of
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

router = APIRouter(prefix=BASE)
VIEW = [Depends(Allow("store.stores:view"))]
EDIT = [Depends(Allow("store.stores:edit"))]
KINDS: tuple[AreaKind, ...] = ("km", "district", "postal_range")
ROWS_LIMIT = 60
# A row whose own fields are all empty is a blank line of the form.
OWN = {"km": ("from", "to"), "district": ("districts",), "postal_range": ("from", "to")}
REASONS = {
    "out_of_area": "Nobody delivers there yet.",
    "address_not_found": "This place is not known on the map, so only bairros and CEPs can be matched.",
}
Row = dict[str, Any]


@router.get("/{store_id}/entrega", dependencies=VIEW)
async def areas_page(
    request: Request,
    works: Works,
    runtime: Installation,
    store_id: UUID,
    cep: Annotated[str, Query(max_length=12)] = "",
    bairro: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """The delivery table, with its warnings; with an address, what it would pay."""
    trial = (
        await _try(translator_of(request), runtime, works, store_id, cep, bairro) if cep or bairro else None
    )

    async def make(uow: UnitOfWork) -> dict[str, Any]:
        rows = await list_areas(uow, store_id)
        return await _context(request, uow, store_id, [_row_of(row) for row in rows], rows)

    return await show(
        request, works, "store/panel/stores/areas.html", make, trial=trial, cep=cep, bairro=bairro
    )


async def _context(
    request: Request,
    uow: UnitOfWork,
    store_id: UUID,
    typed: Sequence[Row],
    rows: Sequence[DeliveryArea],
    more: int = 1,
) -> dict[str, Any]:
    frame, *_ = await store_frame(request, uow, store_id, "/entrega")
    words = translator_of(request)
    names = {row.id: row.name for row in rows}
    warnings = [
        f"{names.get(item.area_id, '')}: {words(item.message)}" for item in warnings_of(rows) if item.area_id
    ]
    groups: dict[str, list[Row]] = {kind: [row for row in typed if row["kind"] == kind] for kind in KINDS}
    number = 0
    for kind, group in groups.items():
        group += [_blank(kind) for _ in range(more if group or kind != "km" else more + 1)]
        for row in group:
            row["at"] = number
            number += 1
    return {
        **frame,
        "groups": groups,
        "count": number,
        "warnings": warnings,
        "trial": None,
        "cep": "",
        "bairro": "",
    }


def _blank(kind: str) -> Row:
    return {"kind": kind, "id": "", "from": "", "to": "", "districts": "", "city": "", "fee": "", "minimum": "", "free": "",
            "eta_min": "30", "eta_max": "60", "active": True, "priority": "100", "name": "", "errors": []}  # fmt: skip


def _amount(cents: int | None) -> str:
    return "" if cents is None else format_brl(cents).removeprefix("R$").strip()


def _row_of(area: DeliveryArea) -> Row:
    if area.kind == "km":
        ends = (km_of_metres(area.metres_min or 0), km_of_metres(area.metres_max or 0))
    else:
        ends = (format_cep(area.postal_from or ""), format_cep(area.postal_to or ""))
    return {
        **_blank(area.kind), "id": str(area.id), "from": ends[0], "to": ends[1], "districts": ", ".join(area.districts),
        "city": area.city, "fee": _amount(area.fee_cents), "minimum": _amount(area.min_order_cents or None),
        "free": _amount(area.free_above_cents), "eta_min": str(area.eta_min), "eta_max": str(area.eta_max),
        "active": area.is_active, "priority": str(area.priority),
        # A name made from what the row holds is made anew, so that it follows; one that somebody gave stays.
        "name": "" if area.name == own_name(as_input(area)) else area.name,
    }  # fmt: skip


def _typed_rows(form: Form) -> list[Row]:
    rows: list[Row] = []
    for at in range(min(form.whole("count", 0, 200), 200)):
        kind = form.text(f"a{at}-kind")
        if kind not in KINDS:
            continue
        row = {
            name: form.text(f"a{at}-{name}", 2000)
            for name in _blank(kind)
            if name not in {"errors", "active", "kind"}
        }
        row |= {"kind": kind, "active": form.ticked(f"a{at}-active"), "errors": []}
        if any(row[name] for name in OWN[kind]) or row["fee"]:
            rows.append({**row, "was": at})
    return rows


def _input_of(row: Row) -> AreaInput:
    """The row as the verb wants it; what cannot be read is noted on the row."""
    form = Form({name: value for name, value in row.items() if isinstance(value, str)}, {})
    kind: AreaKind = row["kind"]
    fee = form.money("fee")
    if fee is None:
        form.fault("fee", "Write an amount such as 12,90.")
    area = AreaInput(
        kind=kind,
        fee_cents=min(fee or 0, PRICE_MAX_CENTS),
        id=_id_of(row["id"]),
        name=row["name"],
        priority=form.whole("priority", 0, 9999, empty=100),
        metres_min=_metres(form, "from") if kind == "km" else None,
        metres_max=_metres(form, "to") if kind == "km" else None,
        districts=tuple(row["districts"].replace(";", ",").replace("\n", ",").split(","))
        if kind == "district"
        else (),
        city=row["city"],
        postal_from=row["from"] if kind == "postal_range" else "",
        postal_to=row["to"] if kind == "postal_range" else "",
        min_order_cents=form.money("minimum", empty=0) or 0,
        free_above_cents=form.money("free"),
        eta_min=form.whole("eta_min", 0, 1440, empty=30),
        eta_max=form.whole("eta_max", 0, 1440, empty=60),
        is_active=row["active"],
    )
    row["errors"] = list(dict.fromkeys(form.faults.values()))
    return area


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _metres(form: Form, name: str) -> int | None:
    typed = form.text(name, 12)
    try:
        return metres_of_km(typed or ("0" if name == "from" else ""))
    except ValueError:
        form.fault(name, "Write a distance such as 5,0.")
        return None


@router.post("/{store_id}/entrega", dependencies=EDIT)
async def save_areas(request: Request, works: Works, store_id: UUID) -> Response:
    """Saves the table; `do=more` only adds blank rows to the form, `remove` only takes one out of it."""
    form, words = await posted(request), translator_of(request)
    rows = _typed_rows(form)
    what, removed = form.text("do"), form.text("remove", 4)
    if removed:
        rows = [row for row in rows if str(row["was"]) != removed]
    keeps_typing = bool(removed) or what == "more"
    faults: dict[str, Any] = {}
    if not keeps_typing:
        inputs = [_input_of(row) for row in rows]
        if not any(row["errors"] for row in rows):
            refused = await _replace(works, store_id, inputs)
            if refused is None:
                return done(f"{BASE}/{store_id}/entrega", "saved")
            faults = _on_rows(words, refused, rows)
        for row in rows:
            row["errors"] = [words(text) for text in row["errors"]]

    async def again(uow: UnitOfWork) -> dict[str, Any]:
        saved = await list_areas(uow, store_id)
        more = 3 if what == "more" else 1
        return {**await _context(request, uow, store_id, rows, saved, more), **faults}

    return await show(
        request, works, "store/panel/stores/areas.html", again, status=200 if keeps_typing else 422
    )


async def _replace(works: Work, store_id: UUID, inputs: Sequence[AreaInput]) -> DomainError | None:
    try:
        await works.run(lambda uow: replace_areas(uow, store_id, inputs))
    except ValidationFailedError as refused:
        return refused
    return None


def _on_rows(words: Translator, refused: DomainError, rows: Sequence[Row]) -> dict[str, Any]:
    """Puts each refusal on its row; answers what belongs to the whole table."""
    whole: list[str] = []
    for error in refused.ext["errors"]:
        parts = error["pointer"].strip("/").split("/")
        if len(parts) > 1 and parts[1].isdigit():
            rows[int(parts[1])]["errors"].append(error["message"])
        else:
            whole.append(words(error["message"]))
    return {"problem": whole[0] if whole else None}


async def _try(
    words: Translator, runtime: Runtime, works: Work, store_id: UUID, cep: str, bairro: str
) -> Mapping[str, Any]:
    """What an address would pay, in words. Asks the outside first, the database after."""
    try:
        digits = parse_cep(cep) if cep.strip() else ""
    except InvalidCep:
        return {"fault": words("A CEP has eight digits, such as 01310-100.")}
    known = None
    if digits:
        try:
            known = await runtime.providers.places.lookup_cep(digits)
        except (ProviderRejected, ProviderUnavailable):
            known = None
    district = bairro.strip() or (known.district if known else "")
    city, state = (known.city, known.state) if known else ("", "")
    street = known.street if known else ""
    place = {"postal_code": digits, "street": street, "district": district, "city": city, "state": state}
    point = await point_of(runtime.providers.places, place)

    async def verb(uow: UnitOfWork) -> Mapping[str, Any]:
        store = await get_store(uow, store_id)
        destination = Destination(digits, district, city or store.city, metres_to(store, point))
        found = try_address(await list_areas(uow, store_id), destination)
        where = ", ".join(part for part in (street, district, city) if part)
        return {
            "fault": "", "area": found.area, "where": where, "km": words.number(round(found.metres / 100), 1) if found.metres is not None else "",
            "reason": words(REASONS[found.reason]) if found.reason else "",
        }  # fmt: skip

    return await works.run(verb)
