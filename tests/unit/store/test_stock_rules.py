"""Stock: demand of a whole cart, shortages, and what each movement may do."""

from uuid import UUID

import pytest

from balcao.modules.store.stock_rules import (
    EFFECTS,
    Level,
    LineNeed,
    Movement,
    MovementKind,
    OptionNeed,
    Shortage,
    StockRuleBroken,
    aggregate_demand,
    apply,
    count_movement,
    crossed_low,
    deltas,
    shortages,
    sum_of_movements,
)

BREAD, CAKE, CREAM = UUID(int=1), UUID(int=2), UUID(int=3)
K = MovementKind


def test_the_same_product_on_two_lines_is_one_demand() -> None:
    demand = aggregate_demand([LineNeed(BREAD, 3), LineNeed(BREAD, 3)])
    assert demand == {BREAD: 6}
    assert shortages(demand, {BREAD: Level(5)}) == (Shortage(BREAD, requested=6, available=5),)


def test_demand_comes_in_the_order_of_ids() -> None:
    one = aggregate_demand([LineNeed(CAKE, 1), LineNeed(BREAD, 2)], [OptionNeed(CREAM, 2, 3)])
    other = aggregate_demand([LineNeed(BREAD, 2), LineNeed(CAKE, 1)], [OptionNeed(CREAM, 2, 3)])
    assert list(one.items()) == list(other.items()) == [(BREAD, 2), (CAKE, 1), (CREAM, 6)]


def test_an_item_may_be_sold_alone_and_as_an_option() -> None:
    assert aggregate_demand([LineNeed(CREAM, 1)], [OptionNeed(CREAM, 1, 4)]) == {CREAM: 5}


def test_what_is_not_tracked_is_not_asked_for() -> None:
    assert aggregate_demand([LineNeed(None, 3)], [OptionNeed(None, 1, 3)]) == {}


def test_reserved_units_are_not_available() -> None:
    assert shortages({BREAD: 2}, {BREAD: Level(5, reserved=3)}) == ()
    assert shortages({BREAD: 3}, {BREAD: Level(5, reserved=3)}) == (Shortage(BREAD, 3, 2),)


def test_a_daily_quota_runs_out_and_an_untracked_item_does_not() -> None:
    assert shortages({BREAD: 1}, {BREAD: Level(0, track="daily")}) == (Shortage(BREAD, 1, 0),)
    assert shortages({BREAD: 1}, {BREAD: Level(0, track="none")}) == ()


def test_an_item_without_a_level_has_nothing() -> None:
    assert shortages({BREAD: 1}, {}) == (Shortage(BREAD, 1, 0),)


def test_all_shortages_are_listed() -> None:
    short = shortages({BREAD: 2, CAKE: 1, CREAM: 9}, {BREAD: Level(1), CAKE: Level(1), CREAM: Level(0)})
    assert [item.stock_item_id for item in short] == [BREAD, CREAM]


@pytest.mark.parametrize(
    ("kind", "quantity", "after"),
    [
        (K.RECEIVE, 4, (14, 3)),
        (K.ADJUST, -4, (6, 3)),
        (K.ADJUST, 4, (14, 3)),
        (K.RESERVE, 7, (10, 10)),
        (K.RELEASE, 3, (10, 0)),
        (K.COMMIT, 3, (7, 0)),
        (K.RETURN, 2, (12, 3)),
        (K.COUNT, -7, (3, 3)),
        (K.COUNT, 0, (10, 3)),
    ],
)
def test_what_each_movement_does(kind: MovementKind, quantity: int, after: tuple[int, int]) -> None:
    level = apply(Level(10, 3, "daily"), Movement(kind, quantity))
    assert (level.on_hand, level.reserved, level.track) == (*after, "daily")


def test_every_kind_has_an_effect() -> None:
    assert set(EFFECTS) == set(MovementKind)


@pytest.mark.parametrize(
    ("kind", "quantity", "problem"),
    [
        (K.RESERVE, 8, "reserved_above_on_hand"),
        (K.RELEASE, 4, "negative_reserved"),
        (K.COMMIT, 4, "negative_reserved"),
        (K.ADJUST, -11, "negative_on_hand"),
        (K.ADJUST, -8, "reserved_above_on_hand"),
        (K.COUNT, -8, "reserved_above_on_hand"),
        (K.ADJUST, 0, "bad_quantity"),
        *(
            (kind, quantity, "bad_quantity")
            for kind in MovementKind
            for quantity in (0, -1)
            if kind in {K.RECEIVE, K.RESERVE, K.RELEASE, K.COMMIT, K.RETURN}
        ),
    ],
)
def test_what_a_movement_may_not_do(kind: MovementKind, quantity: int, problem: str) -> None:
    with pytest.raises(StockRuleBroken) as caught:
        apply(Level(10, 3), Movement(kind, quantity))
    assert (caught.value.problem, caught.value.kind) == (problem, kind)


def test_a_forced_count_may_go_below_what_is_reserved_and_recover() -> None:
    level = apply(Level(10, 3), count_movement(Level(10, 3), 1), force=True)
    assert (level.on_hand, level.reserved, level.available) == (1, 3, 0)
    assert apply(level, Movement(K.RELEASE, 1)) == Level(1, 2)
    assert apply(level, Movement(K.COMMIT, 1)) == Level(0, 2)
    assert apply(level, Movement(K.RECEIVE, 1)) == Level(2, 3)


def test_force_does_not_let_a_sale_through_nor_a_count_below_zero() -> None:
    with pytest.raises(StockRuleBroken, match="reserved_above_on_hand"):
        apply(Level(1, 1), Movement(K.RESERVE, 1), force=True)
    with pytest.raises(StockRuleBroken, match="negative_on_hand"):
        apply(Level(1, 0), count_movement(Level(1, 0), -1), force=True)


def test_a_count_is_the_difference() -> None:
    assert count_movement(Level(10, 3), 7) == Movement(K.COUNT, -3)
    assert count_movement(Level(10, 3), 10) == Movement(K.COUNT, 0)


def test_the_two_numbers_of_a_movement() -> None:
    assert deltas(Movement(K.COMMIT, 3)) == (-3, -3)
    assert deltas(Movement(K.COUNT, -2)) == (-2, 0)


def test_the_ledger_adds_up() -> None:
    movements = [
        Movement(K.RECEIVE, 10),
        Movement(K.RESERVE, 4),
        Movement(K.RELEASE, 1),
        Movement(K.COMMIT, 3),
    ]
    assert sum_of_movements(movements) == (7, 0)


@pytest.mark.parametrize(
    ("before", "after", "threshold", "crossed"),
    [
        (Level(6), Level(5), 5, True),
        (Level(5), Level(4), 5, False),
        (Level(9), Level(1), 5, True),
        (Level(5), Level(6), 5, False),
        (Level(9), Level(9, reserved=4), 5, True),
        (Level(9), Level(6), 5, False),
        (Level(1), Level(0), 0, True),
        (Level(6), Level(5), None, False),
    ],
)
def test_low_stock_is_noticed_once(before: Level, after: Level, threshold: int | None, crossed: bool) -> None:
    assert crossed_low(before, after, threshold) is crossed
