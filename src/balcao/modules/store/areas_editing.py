"""The delivery table of a store: rings of distance, bairros and CEP ranges, always checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from balcao.brazil.addresses import InvalidCep, format_cep, parse_cep
from balcao.kernel.errors import NotFoundError, ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.delivery_areas import (
    Area,
    AreaCheck,
    AreaIssue,
    AreaKind,
    Destination,
    IssueCode,
    NoAreaReason,
    check_areas,
    match_area,
    no_area_reason,
    road_metres,
    rule_of,
)
from balcao.modules.store.models import DeliveryArea, Store
from balcao.modules.store.stores_editing import get_store
from balcao.ports.places import Point

NAME_LENGTH = 80
DISTRICTS_LIMIT = 100
PRIORITY_LIMIT = 9999

FIELD_OF: Mapping[IssueCode, str] = {
    "min_not_below_max": "metres_max",
    "bad_amount": "fee_cents",
    "bad_eta": "eta_max",
    "no_district": "districts",
    "bad_postal_range": "postal_to",
    "overlap": "metres_min",
    "gap": "metres_min",
    "same_district": "districts",
}
MESSAGE_OF: Mapping[IssueCode, str] = {
    "too_many_areas": "A store has at most 50 delivery rows.",
    "min_not_below_max": "The distance must end farther than it begins.",
    "bad_amount": "This amount is outside what is allowed.",
    "bad_eta": "The longest time cannot be shorter than the shortest.",
    "no_district": "Name at least one bairro.",
    "bad_postal_range": "Give two CEPs, the first not above the last.",
    "overlap": "This distance is already in another row.",
    "gap": "Between this row and the one before it, nobody gets a delivery.",
    "same_district": "This bairro is in two rows; only the first one counts.",
}


@dataclass(frozen=True, slots=True)
class AreaInput:
    """A row as it is to be. Without an `id` it is new; distances are metres, from `metres_min` up to `metres_max`."""

    kind: AreaKind
    fee_cents: int
    id: UUID | None = None
    name: str = ""
    priority: int = 100
    metres_min: int | None = None
    metres_max: int | None = None
    districts: tuple[str, ...] = ()
    city: str = ""
    postal_from: str = ""
    postal_to: str = ""
    min_order_cents: int = 0
    free_above_cents: int | None = None
    eta_min: int = 30
    eta_max: int = 60
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class AreaWarning:
    """Something its owner should look at: the code, its message (an English msgid) and the row it shows on."""

    code: IssueCode
    message: str
    area_id: UUID | None
    other_id: UUID | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What an address would pay. Without an area, `reason` says why; `metres` is the estimate by road."""

    area: DeliveryArea | None
    metres: int | None
    reason: NoAreaReason | None


def metres_of_km(text: str) -> int:
    """Metres of a distance typed in kilometres: "5", "5,0" or "4.25". Raises ValueError."""
    whole, _, part = text.strip().lower().removesuffix("km").strip().replace(",", ".").partition(".")
    digits = f"{whole or '0'}{part}"
    if not (digits.isascii() and digits.isdigit()) or len(part) > 3 or len(whole) > 4 or not (whole or part):
        raise ValueError("not a distance in kilometres")
    return int(whole or "0") * 1000 + int(part.ljust(3, "0") or "0")


def km_of_metres(metres: int) -> str:
    """A distance as it is typed: 5000 gives "5,0", 4250 gives "4,25"."""
    whole, rest = divmod(metres, 1000)
    return f"{whole},{f'{rest:03d}'.rstrip('0') or '0'}"


async def list_areas(uow: UnitOfWork, store_id: UUID) -> list[DeliveryArea]:
    """The rows of a store in the order they are shown: by distance, then bairros, then CEPs. NotFoundError."""
    await get_store(uow, store_id)
    return await _rows(uow, store_id)


async def _rows(uow: UnitOfWork, store_id: UUID) -> list[DeliveryArea]:
    rows = (
        await uow.session.execute(select(DeliveryArea).where(DeliveryArea.store_id == store_id))
    ).scalars()
    order = {"km": 0, "district": 1, "postal_range": 2}
    return sorted(
        rows, key=lambda row: (order[row.kind], row.metres_min or 0, row.postal_from or "", row.name, row.id)
    )


async def replace_areas(
    uow: UnitOfWork, store_id: UUID, wanted: Sequence[AreaInput]
) -> tuple[AreaWarning, ...]:
    """Makes the table exactly these rows, keeping the ids that are named; quotes made before are void.

    Answers what its owner should look at. Raises ValidationFailedError with pointers /areas/<position>/<field>.
    """
    store = await get_store(uow, store_id, lock=True)
    rows = {row.id: row for row in await _rows(uow, store_id)}
    named = [area.id for area in wanted if area.id is not None]
    if len(named) != len(set(named)) or not set(named) <= set(rows):
        raise NotFoundError
    clean = [_clean(position, area) for position, area in enumerate(wanted)]
    check = _checked(clean)
    for gone in set(rows) - set(named):
        await uow.session.delete(rows[gone])
    for area in clean:
        _write(uow, rows.get(area.id) if area.id else None, store, area)
    _void_quotes(uow, store)
    await uow.session.flush()
    return _warnings(check)


async def save_area(
    uow: UnitOfWork, store_id: UUID, area: AreaInput
) -> tuple[DeliveryArea, tuple[AreaWarning, ...]]:
    """Adds a row, or changes the one its `id` names. Raises validation with pointers /<field>, and NotFoundError."""
    store = await get_store(uow, store_id, lock=True)
    rows = {row.id: row for row in await _rows(uow, store_id)}
    if area.id is not None and area.id not in rows:
        raise NotFoundError
    try:
        clean = _clean(0, area)
        others = [as_input(row) for row in rows.values() if row.id != clean.id]
        check = _checked([clean, *others], blame=clean)
    except ValidationFailedError as refused:
        raise ValidationFailedError(_of_one(refused.ext["errors"])) from None
    row = _write(uow, rows.get(area.id) if area.id else None, store, clean)
    _void_quotes(uow, store)
    await uow.session.flush()
    return row, _warnings(check)


async def area_of(uow: UnitOfWork, area_id: UUID) -> DeliveryArea:
    """One row. NotFoundError, also for a store out of the actor's sight."""
    row = (
        await uow.session.execute(select(DeliveryArea).where(DeliveryArea.id == area_id))
    ).scalar_one_or_none()
    if row is None or not uow.actor.sees_store(row.store_id):
        raise NotFoundError
    return row


async def delete_area(uow: UnitOfWork, area_id: UUID) -> None:
    """Takes a row out of the table. NotFoundError."""
    row = await area_of(uow, area_id)
    store = await get_store(uow, row.store_id, lock=True)
    await uow.session.delete(row)
    _void_quotes(uow, store)


def _rule(row: DeliveryArea) -> Area:
    return rule_of(asdict(as_input(row)))


def as_input(row: DeliveryArea) -> AreaInput:
    """The row as it could be sent back unchanged."""
    kind: AreaKind = row.kind  # pyright: ignore[reportAssignmentType] - checked by the database
    return AreaInput(
        kind, row.fee_cents, row.id, row.name, row.priority, row.metres_min, row.metres_max, tuple(row.districts), row.city,
        row.postal_from or "", row.postal_to or "", row.min_order_cents, row.free_above_cents, row.eta_min, row.eta_max,
        row.is_active,
    )  # fmt: skip


def warnings_of(rows: Sequence[DeliveryArea]) -> tuple[AreaWarning, ...]:
    """What the owner of a saved table should look at."""
    return _warnings(check_areas([_rule(row) for row in rows]))


def metres_to(store: Store, point: Point | None) -> int | None:
    """The estimate by road from the store to a point; None when either is not on the map."""
    ends = {name: getattr(store, name) for name in ("latitude", "longitude", "distance_factor_percent")}
    return road_metres(ends, point and point.lat, point and point.lng)


def try_address(rows: Sequence[DeliveryArea], destination: Destination) -> Trial:
    """Which row serves a destination."""
    rules = [_rule(row) for row in rows]
    found = match_area(rules, destination)
    if found is None:
        return Trial(None, destination.metres, no_area_reason(rules, destination))
    return Trial(next(row for row in rows if row.id == found.id), destination.metres, None)


def _clean(position: int, area: AreaInput) -> AreaInput:
    """The row in its stored form, with an id: what its kind does not use is empty."""

    def fault(field: str, message: str) -> ValidationFailedError:
        return ValidationFailedError.at(f"/areas/{position}/{field}", message)

    if not 0 <= area.priority <= PRIORITY_LIMIT:
        raise fault("priority", "This number is outside what is allowed.")
    if area.eta_max > 24 * 60:
        raise fault("eta_max", "This number is outside what is allowed.")
    if area.kind == "km" and (
        area.metres_min is None or area.metres_max is None or area.metres_max > 1_000_000
    ):
        raise fault("metres_max", "Say from which distance to which.")
    districts = tuple(dict.fromkeys(name.strip() for name in area.districts if name.strip()))
    if len(districts) > DISTRICTS_LIMIT or any(len(name) > NAME_LENGTH for name in (*districts, area.city)):
        raise fault("districts", "This is too long.")
    clean = replace(
        area,
        id=area.id or new_id(),
        metres_min=area.metres_min if area.kind == "km" else None,
        metres_max=area.metres_max if area.kind == "km" else None,
        districts=districts if area.kind == "district" else (),
        city=area.city.strip() if area.kind == "district" else "",
        postal_from=_digits(area.postal_from) if area.kind == "postal_range" else "",
        postal_to=_digits(area.postal_to) if area.kind == "postal_range" else "",
    )
    return replace(clean, name=(area.name.strip() or own_name(clean))[:NAME_LENGTH])


def _digits(cep: str) -> str:
    """The digits of a CEP, or what was typed: then the check of the range refuses it."""
    try:
        return parse_cep(cep)
    except InvalidCep:
        return cep


def own_name(area: AreaInput) -> str:
    """What a row is called when nobody named it: its distance, its bairros or its CEPs."""
    if area.kind == "km":
        return f"{km_of_metres(area.metres_min or 0)} a {km_of_metres(area.metres_max or 0)} km"
    if area.kind == "district":
        return ", ".join(area.districts)
    return f"{format_cep(area.postal_from)} a {format_cep(area.postal_to)}"


def _checked(areas: Sequence[AreaInput], blame: AreaInput | None = None) -> AreaCheck:
    """The check of the whole table. With `blame`, refusals show on that row: it is the one being changed."""
    check = check_areas([rule_of(asdict(area)) for area in areas])
    if not check.refusals:
        return check
    positions = {area.id: position for position, area in enumerate(areas)}
    errors: list[dict[str, str]] = []
    for issue in check.refusals:
        place = positions.get(issue.other_id or issue.area_id)
        if blame is not None and blame.id in {issue.area_id, issue.other_id}:
            place = positions[blame.id]
        field = FIELD_OF.get(issue.code)
        pointer = "/areas" if place is None or field is None else f"/areas/{place}/{field}"
        error = {"pointer": pointer, "message": MESSAGE_OF[issue.code]}
        if error not in errors:
            errors.append(error)
    raise ValidationFailedError(errors)


def _of_one(errors: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Pointers of a table with one changed row, as the body of that row names them."""
    return [{**error, "pointer": error["pointer"].removeprefix("/areas/0") or "/"} for error in errors]


def _warnings(check: AreaCheck) -> tuple[AreaWarning, ...]:
    def shown_on(issue: AreaIssue) -> tuple[UUID | None, UUID | None]:
        return (issue.other_id or issue.area_id, issue.area_id if issue.other_id else None)

    return tuple(
        AreaWarning(issue.code, MESSAGE_OF[issue.code], *shown_on(issue)) for issue in check.warnings
    )


def _write(uow: UnitOfWork, row: DeliveryArea | None, store: Store, area: AreaInput) -> DeliveryArea:
    columns: dict[str, Any] = {
        "kind": area.kind, "name": area.name, "priority": area.priority, "metres_min": area.metres_min,
        "metres_max": area.metres_max, "districts": list(area.districts), "city": area.city,
        "postal_from": area.postal_from or None, "postal_to": area.postal_to or None, "fee_cents": area.fee_cents,
        "min_order_cents": area.min_order_cents, "free_above_cents": area.free_above_cents, "eta_min": area.eta_min,
        "eta_max": area.eta_max, "is_active": area.is_active,
    }  # fmt: skip
    if row is None:
        row = DeliveryArea(tenant_id=uow.tenant_id, id=area.id, store_id=store.id, **columns)
        uow.session.add(row)
        return row
    for name, value in columns.items():
        setattr(row, name, value)
    return row


def _void_quotes(uow: UnitOfWork, store: Store) -> None:
    store.version += 1
    store.settings_version += 1
    uow.announce("catalog")
