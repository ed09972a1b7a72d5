"""Delivery areas: edges of the rings, who wins, what a fee becomes, and the check before saving."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from balcao.kernel.money import PRICE_MAX_CENTS
from balcao.modules.store.delivery_areas import (
    Area,
    AreaIssue,
    Destination,
    check_areas,
    destination_hash,
    match_area,
    missing_for_minimum,
    no_area_reason,
    road_metres,
    rule_of,
    shipping_fee,
    shipping_for,
)


def uid(number: int) -> UUID:
    return UUID(int=number)


def ring(number: int, low: int, high: int, fee: int = 900, priority: int = 0, active: bool = True) -> Area:
    return Area(uid(number), "km", fee, priority, metres_min=low, metres_max=high, active=active)


def bairro(number: int, *names: str, city: str = "", priority: int = 0) -> Area:
    return Area(uid(number), "district", 700, priority, districts=frozenset(names), city=city)


def ceps(number: int, first: str, last: str, priority: int = 0) -> Area:
    return Area(uid(number), "postal_range", 800, priority, postal_from=first, postal_to=last)


HOME = Destination("01310-100".replace("-", ""), "Bela Vista", "São Paulo", 3250)
RINGS = [ring(1, 0, 5000, 900), ring(2, 5000, 10_000, 1400)]


@pytest.mark.parametrize(
    ("metres", "fee"), [(0, 900), (4999, 900), (5000, 1400), (9999, 1400), (10_000, None)]
)
def test_ring_edges(metres: int, fee: int | None) -> None:
    area = match_area(RINGS, Destination("01310100", "", "", metres))
    assert (area and area.fee_cents) == fee


def test_bairro_ignores_case_and_accents() -> None:
    area = bairro(1, "agua branca", city="sao paulo")
    assert match_area([area], Destination("05001000", " ÁGUA  Branca", "SÃO PAULO")) == area
    assert match_area([area], Destination("05001000", "Água Branca", "Recife")) is None


def test_cep_range_includes_both_ends() -> None:
    area = ceps(1, "01300000", "01319999")
    found = [
        match_area([area], Destination(cep, "", ""))
        for cep in ("01299999", "01300000", "01319999", "01320000")
    ]
    assert found == [None, area, area, None]


def test_lowest_priority_number_wins_over_exactness() -> None:
    near, named = ring(1, 0, 5000, priority=1), bairro(2, "bela vista", priority=2)
    assert match_area([named, near], HOME) == near


def test_at_equal_priority_the_most_exact_kind_wins() -> None:
    near, postal, named = ring(1, 0, 5000), ceps(2, "01310000", "01319999"), bairro(3, "bela vista")
    assert match_area([near, postal, named], HOME) == named
    assert match_area([near, postal], HOME) == postal


def test_at_equal_kind_the_smallest_wins() -> None:
    assert match_area([ring(1, 0, 9000), ring(2, 2000, 4000)], HOME) == ring(2, 2000, 4000)
    wide, narrow = ceps(1, "01000000", "01999999"), ceps(2, "01310000", "01310999")
    assert match_area([wide, narrow], HOME) == narrow
    narrow = ceps(2, "01990000", "01999000")
    assert match_area([wide, narrow], Destination("01995000", "", "")) == narrow
    many, one = bairro(1, "bela vista", "liberdade"), bairro(2, "bela vista")
    assert match_area([many, one], HOME) == one


def test_a_bairro_of_one_city_beats_the_same_name_anywhere() -> None:
    anywhere, here = bairro(1, "bela vista"), bairro(2, "bela vista", "liberdade", city="sao paulo")
    assert match_area([anywhere, here], HOME) == here


def test_equal_areas_fall_back_to_their_id() -> None:
    assert match_area([bairro(2, "bela vista"), bairro(1, "bela vista")], HOME) == bairro(1, "bela vista")


def test_inactive_areas_do_not_count() -> None:
    assert match_area([ring(1, 0, 5000, active=False)], HOME) is None


def test_without_a_distance_rings_do_not_match_and_the_reason_says_so() -> None:
    nowhere = Destination("01310100", "Bela Vista", "São Paulo")
    assert match_area(RINGS, nowhere) is None
    assert no_area_reason(RINGS, nowhere) == "address_not_found"
    assert no_area_reason([ring(1, 0, 5000, active=False), bairro(2, "centro")], nowhere) == "out_of_area"
    assert no_area_reason(RINGS, Destination("01310100", "", "", 10_000)) == "out_of_area"


@pytest.mark.parametrize(("subtotal", "fee"), [(9999, 900), (10_000, 0), (10_001, 0)])
def test_free_from_a_discounted_subtotal(subtotal: int, fee: int) -> None:
    assert shipping_for(Area(uid(1), "km", 900, free_above_cents=10_000), subtotal) == fee


def test_a_quote_keeps_the_same_terms() -> None:
    assert [shipping_fee(900, 10_000, subtotal) for subtotal in (9999, 10_000)] == [900, 0]
    assert shipping_fee(900, 0, 0) == 0


def test_without_a_limit_shipping_is_never_free() -> None:
    assert shipping_for(Area(uid(1), "km", 900), 10**9) == 900


def test_minimum_order() -> None:
    assert [missing_for_minimum(3000, subtotal) for subtotal in (0, 2999, 3000, 5000)] == [3000, 1, 0, 0]


ADDRESS = {
    "postal_code": "01310-100",
    "street": "Avenida Paulista",
    "number": "1578",
    "district": "Bela Vista",
    "city": "São Paulo",
    "state": "SP",
}


def test_destination_hash_ignores_how_an_address_is_typed() -> None:
    typed = {**ADDRESS, "postal_code": "01310100", "street": " avenida  PAULISTA ", "city": "sao paulo"}
    assert destination_hash(**typed) == destination_hash(**ADDRESS)
    assert len(destination_hash(**ADDRESS)) == 64


def test_a_quote_made_by_an_older_release_still_holds() -> None:
    assert destination_hash(**ADDRESS) == ("e0739b1d4718b41736e1c2eb3c3e9ac05f11be4123fd3b194a570ea2ba4cb88d")


@pytest.mark.parametrize("part", list(ADDRESS))
def test_destination_hash_changes_with_every_part(part: str) -> None:
    assert destination_hash(**{**ADDRESS, part: "9"}) != destination_hash(**ADDRESS)


def test_destination_hash_does_not_run_parts_together() -> None:
    shifted = {**ADDRESS, "street": "Avenida", "number": "Paulista 1578"}
    assert destination_hash(**shifted) != destination_hash(**ADDRESS)


def test_contiguous_rings_are_fine() -> None:
    check = check_areas([*reversed(RINGS), bairro(3, "centro"), ceps(4, "01310000", "01310000")])
    assert (check.refusals, check.warnings) == ((), ())


def test_overlap_is_refused() -> None:
    check = check_areas([ring(1, 0, 5000), ring(2, 4999, 8000), ring(3, 1000, 2000)])
    assert check.refusals == (AreaIssue("overlap", uid(1), uid(3)), AreaIssue("overlap", uid(1), uid(2)))


def test_overlap_with_a_ring_further_back_is_seen() -> None:
    check = check_areas([ring(1, 0, 9000), ring(2, 1000, 2000), ring(3, 3000, 4000)])
    assert [issue.other_id for issue in check.refusals] == [uid(2), uid(3)]


def test_of_rings_that_reach_equally_far_the_first_is_named() -> None:
    check = check_areas([ring(1, 0, 5000), ring(2, 1000, 5000), ring(3, 2000, 6000)])
    assert check.refusals == (AreaIssue("overlap", uid(1), uid(2)), AreaIssue("overlap", uid(1), uid(3)))


def test_gaps_are_warned_of() -> None:
    check = check_areas([ring(1, 1000, 2000), ring(2, 3000, 4000)])
    assert check.refusals == ()
    assert check.warnings == (AreaIssue("gap", None, uid(1)), AreaIssue("gap", uid(1), uid(2)))
    assert check_areas([ring(1, 1, 2000)]).warnings == (AreaIssue("gap", None, uid(1)),)


def test_inactive_rings_neither_overlap_nor_fill() -> None:
    check = check_areas([ring(1, 0, 2000), ring(2, 1000, 4000, active=False), ring(3, 4000, 5000)])
    assert check.refusals == ()
    assert check.warnings == (AreaIssue("gap", uid(1), uid(3)),)


def test_the_same_bairro_twice_is_warned_of() -> None:
    areas = [bairro(1, "centro"), bairro(2, "centro", "bras"), bairro(3, "centro", priority=1)]
    assert check_areas(areas).warnings == (AreaIssue("same_district", uid(1), uid(2)),)
    assert check_areas([areas[0], replace(areas[1], active=False)]).warnings == ()


def test_fifty_rows_are_the_most() -> None:
    areas = [ring(number, number * 100, number * 100 + 100) for number in range(51)]
    assert check_areas(areas[:50]).refusals == ()
    assert check_areas(areas).refusals == (AreaIssue("too_many_areas"),)


@pytest.mark.parametrize(
    ("area", "code"),
    [
        (ring(1, 5000, 5000), "min_not_below_max"),
        (ring(1, -1, 5000), "min_not_below_max"),
        (ring(1, 0, 5000, fee=-1), "bad_amount"),
        (Area(uid(1), "district", 0, min_order_cents=-1, districts=frozenset({"x"})), "bad_amount"),
        (Area(uid(1), "district", 0, free_above_cents=-1, districts=frozenset({"x"})), "bad_amount"),
        (Area(uid(1), "district", 100_000_000, districts=frozenset({"x"})), "bad_amount"),
        (Area(uid(1), "district", 0, eta_min=40, eta_max=30, districts=frozenset({"x"})), "bad_eta"),
        (Area(uid(1), "district", 0, eta_min=-1, eta_max=30, districts=frozenset({"x"})), "bad_eta"),
        (Area(uid(1), "district", 0), "no_district"),
        (ceps(1, "01310000", "01309999"), "bad_postal_range"),
        (ceps(1, "1310000", "01319999"), "bad_postal_range"),
        (ceps(1, "01310000", "0131999x"), "bad_postal_range"),
        (ceps(1, "01310000", "0131999٩"), "bad_postal_range"),
    ],
)
def test_faulty_rows_are_refused(area: Area, code: str) -> None:
    check = check_areas([area])
    assert (check.refusals, check.warnings) == ((AreaIssue(code, uid(1)),), ())  # type: ignore[arg-type]


def test_the_dearest_fee_is_no_fault() -> None:
    assert check_areas([ring(1, 0, 5000, fee=PRICE_MAX_CENTS)]).refusals == ()


ROW: dict[str, Any] = {
    "id": str(uid(7)), "kind": "district", "name": "Centro", "priority": 5, "metres_min": None, "metres_max": None,
    "districts": ["Água Branca", " LAPA "], "city": "São Paulo", "postal_from": None, "postal_to": None,
    "fee_cents": 700, "min_order_cents": 2000, "free_above_cents": None, "eta_min": 30, "eta_max": 60, "is_active": True,
}  # fmt: skip


def test_a_row_of_the_table_becomes_a_rule() -> None:
    assert rule_of(ROW) == Area(
        uid(7), "district", 700, 5, 2000, None, 30, 60, True, 0, 0, frozenset({"agua branca", "lapa"}), "sao paulo"
    )  # fmt: skip
    ring_row = ROW | dict[str, Any](
        id=uid(8), kind="km", metres_min=500, metres_max=900, districts=(), city=""
    )
    assert (rule_of(ring_row).metres_min, rule_of(ring_row).metres_max) == (500, 900)
    other_terms = rule_of({**ROW, "free_above_cents": 9900, "is_active": False})
    assert (other_terms.free_above_cents, other_terms.active) == (9900, False)
    range_row = {**ROW, "kind": "postal_range", "postal_from": "01310000", "postal_to": "01319999"}
    assert (rule_of(range_row).postal_from, rule_of(range_row).postal_to) == ("01310000", "01319999")


def test_metres_by_road_are_the_straight_line_times_the_factor() -> None:
    store = {"latitude": -23.5, "longitude": -46.6, "distance_factor_percent": 100}
    straight = road_metres(store, -23.51, -46.6)
    assert straight is not None
    assert 1105 < straight < 1120  # a hundredth of a degree of latitude
    longer = road_metres({**store, "distance_factor_percent": 130}, -23.51, -46.6)
    assert longer is not None
    assert abs(longer - straight * 1.3) <= 1
    assert road_metres(store, None, None) is None
    assert road_metres(store, -23.51, None) is None
    assert road_metres({**store, "latitude": None}, -23.51, -46.6) is None
    assert road_metres({**store, "longitude": None}, -23.51, -46.6) is None
