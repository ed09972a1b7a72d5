"""Where a store delivers and for how much.

An area is a ring of distance, a list of bairros or a range of CEPs. Among the areas that hold a destination the lowest
priority number wins, then the most exact kind (bairro, then CEP range, then distance), then the smallest.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from balcao.brazil.addresses import fold, haversine_metres
from balcao.kernel.money import PRICE_MAX_CENTS

AREAS_MAX = 50
POSTAL_CODE_DIGITS = 8

AreaKind = Literal["km", "district", "postal_range"]
NoAreaReason = Literal["out_of_area", "address_not_found"]
IssueCode = Literal[
    "too_many_areas",
    "min_not_below_max",
    "bad_amount",
    "bad_eta",
    "no_district",
    "bad_postal_range",
    "overlap",
    "gap",
    "same_district",
]

_EXACTNESS: dict[AreaKind, int] = {"district": 0, "postal_range": 1, "km": 2}


@dataclass(frozen=True, slots=True)
class Area:
    """One row of the delivery table of a store.

    km: `metres_min` <= distance < `metres_max`. district: `districts` and `city` are folded, an empty city matches
    every city. postal_range: both ends included, 8 digits each. Amounts are centavos, times are minutes.
    """

    id: UUID
    kind: AreaKind
    fee_cents: int
    priority: int = 0
    min_order_cents: int = 0
    free_above_cents: int | None = None
    eta_min: int = 0
    eta_max: int = 0
    active: bool = True
    metres_min: int = 0
    metres_max: int = 0
    districts: frozenset[str] = frozenset()
    city: str = ""
    postal_from: str = ""
    postal_to: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an order goes, as typed; `postal_code` is 8 digits and `metres` is None when no point is known."""

    postal_code: str
    district: str
    city: str
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class AreaIssue:
    """Something wrong with one area, or between it and another; a gap names the areas on both sides."""

    code: IssueCode
    area_id: UUID | None = None
    other_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AreaCheck:
    """What keeps a table from being saved, and what its owner should look at again."""

    refusals: tuple[AreaIssue, ...]
    warnings: tuple[AreaIssue, ...]


def rule_of(row: Mapping[str, Any]) -> Area:
    """A row of the delivery table, by the names of its columns, as the rules see it: names folded, nulls empty."""
    return Area(
        id=UUID(str(row["id"])),
        kind=row["kind"],
        fee_cents=row["fee_cents"],
        priority=row["priority"],
        min_order_cents=row["min_order_cents"],
        free_above_cents=row["free_above_cents"],
        eta_min=row["eta_min"],
        eta_max=row["eta_max"],
        active=row["is_active"],
        metres_min=row["metres_min"] or 0,
        metres_max=row["metres_max"] or 0,
        districts=frozenset(fold(name) for name in row["districts"]),
        city=fold(row["city"]),
        postal_from=row["postal_from"] or "",
        postal_to=row["postal_to"] or "",
    )


def road_metres(store: Mapping[str, Any], lat: float | None, lng: float | None) -> int | None:
    """The estimate by road from a store to a point: the straight line times the store's factor.

    `store` has latitude, longitude (degrees, or None) and distance_factor_percent. None when either end is unknown.
    """
    if lat is None or lng is None or store["latitude"] is None or store["longitude"] is None:
        return None
    straight = haversine_metres(store["latitude"], store["longitude"], lat, lng)
    return round(straight * store["distance_factor_percent"] / 100)


def match_area(areas: Iterable[Area], destination: Destination) -> Area | None:
    """The area that serves a destination, or None. Without a distance only bairros and CEP ranges can match."""
    district, city = fold(destination.district), fold(destination.city)
    holding = (area for area in areas if area.active and _holds(area, destination, district, city))
    return min(holding, key=_preference, default=None)


def no_area_reason(areas: Iterable[Area], destination: Destination) -> NoAreaReason:
    """Why nothing matched: a missing point is told apart from an address that is really too far away."""
    by_distance = any(area.active and area.kind == "km" for area in areas)
    return "address_not_found" if by_distance and destination.metres is None else "out_of_area"


def shipping_for(area: Area, discounted_subtotal_cents: int) -> int:
    """The fee of an area in centavos for products that cost this much after their discounts."""
    return shipping_fee(area.fee_cents, area.free_above_cents, discounted_subtotal_cents)


def shipping_fee(fee_cents: int, free_above_cents: int | None, discounted_subtotal_cents: int) -> int:
    """The same for the terms kept on a quote: nothing from `free_above_cents` on, itself included."""
    return 0 if free_above_cents is not None and discounted_subtotal_cents >= free_above_cents else fee_cents


def missing_for_minimum(min_order_cents: int, subtotal_cents: int) -> int:
    """How many centavos of products, before discounts, are missing to the smallest order; 0 when none."""
    return max(min_order_cents - subtotal_cents, 0)


def destination_hash(
    *, postal_code: str, street: str, number: str, district: str, city: str, state: str
) -> str:
    """Hex digest that binds a quote to an address. Case, accents and spaces do not matter; the complement and the
    coordinates stay out, because neither changes where the order goes."""
    digits = "".join(character for character in postal_code if character.isdigit())
    parts = (digits, *(fold(part) for part in (street, number, district, city, state)))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def check_areas(areas: Sequence[Area]) -> AreaCheck:
    """Check the whole table of one store before it is saved. Inactive rows count for the limit, not for overlaps."""
    refusals: list[AreaIssue] = []
    if len(areas) > AREAS_MAX:
        refusals.append(AreaIssue("too_many_areas"))
    for area in areas:
        refusals.extend(AreaIssue(code, area.id) for code in _faults_of(area))
    rings = sorted(
        (area for area in areas if area.active and area.kind == "km" and area.metres_min < area.metres_max),
        key=lambda ring: (ring.metres_min, ring.metres_max),
    )
    overlaps, gaps = _overlaps_and_gaps(rings)
    return AreaCheck((*refusals, *overlaps), (*gaps, *_same_districts(areas)))


def _holds(area: Area, destination: Destination, district: str, city: str) -> bool:
    if area.kind == "km":
        return destination.metres is not None and area.metres_min <= destination.metres < area.metres_max
    if area.kind == "postal_range":
        return area.postal_from <= destination.postal_code <= area.postal_to
    return district in area.districts and area.city in {"", city}


def _preference(area: Area) -> tuple[int, int, int, int, UUID]:
    if area.kind == "km":
        size = area.metres_max
    elif area.kind == "postal_range":
        size = int(area.postal_to) - int(area.postal_from)
    else:
        size = len(area.districts)
    of_any_city = int(area.kind == "district" and not area.city)
    return (area.priority, _EXACTNESS[area.kind], of_any_city, size, area.id)


def _faults_of(area: Area) -> list[IssueCode]:
    faults: list[IssueCode] = []
    amounts = (area.fee_cents, area.min_order_cents, area.free_above_cents or 0)
    if not all(0 <= amount <= PRICE_MAX_CENTS for amount in amounts):
        faults.append("bad_amount")
    if not 0 <= area.eta_min <= area.eta_max:
        faults.append("bad_eta")
    if area.kind == "km" and not 0 <= area.metres_min < area.metres_max:
        faults.append("min_not_below_max")
    if area.kind == "district" and not area.districts:
        faults.append("no_district")
    if area.kind == "postal_range" and not (
        _is_postal_code(area.postal_from)
        and _is_postal_code(area.postal_to)
        and area.postal_from <= area.postal_to
    ):
        faults.append("bad_postal_range")
    return faults


def _is_postal_code(text: str) -> bool:
    return len(text) == POSTAL_CODE_DIGITS and text.isascii() and text.isdigit()


def _overlaps_and_gaps(rings: Sequence[Area]) -> tuple[list[AreaIssue], list[AreaIssue]]:
    """Walk rings sorted by where they begin, remembering the one that reaches farthest."""
    overlaps: list[AreaIssue] = []
    gaps: list[AreaIssue] = []
    farthest: Area | None = None
    for ring in rings:
        if farthest is None:
            if ring.metres_min > 0:
                gaps.append(AreaIssue("gap", None, ring.id))
        elif ring.metres_min < farthest.metres_max:
            overlaps.append(AreaIssue("overlap", farthest.id, ring.id))
        elif ring.metres_min > farthest.metres_max:
            gaps.append(AreaIssue("gap", farthest.id, ring.id))
        if farthest is None or ring.metres_max > farthest.metres_max:
            farthest = ring
    return overlaps, gaps


def _same_districts(areas: Sequence[Area]) -> list[AreaIssue]:
    """A bairro named twice at one priority: one of the two fees would never be charged."""
    first_of: dict[tuple[int, str, str], UUID] = {}
    issues: list[AreaIssue] = []
    for area in areas:
        if area.active and area.kind == "district":
            for district in sorted(area.districts):
                first = first_of.setdefault((area.priority, area.city, district), area.id)
                if first != area.id:
                    issues.append(AreaIssue("same_district", first, area.id))
    return issues
