"""Shares, rounding and splitting of centavos."""

import pytest

from balcao.kernel.money import (
    LINES_MAX,
    PRICE_MAX_CENTS,
    QUANTITY_MAX,
    percent_floor,
    round_half_up_div,
    split_by_weight,
)


def test_the_largest_order_fits_64_bits() -> None:
    assert PRICE_MAX_CENTS == 99_999_999
    assert QUANTITY_MAX == 999
    assert LINES_MAX == 100
    assert PRICE_MAX_CENTS * QUANTITY_MAX * LINES_MAX < 2**63


@pytest.mark.parametrize(
    ("cents", "basis_points", "expected"),
    [
        (6580, 1000, 658),
        (7172, 500, 358),
        (999, 1, 0),
        (10, 9_999, 9),
        (0, 10_000, 0),
        (12_345, 10_000, 12_345),
    ],
)
def test_a_share_is_rounded_down(cents: int, basis_points: int, expected: int) -> None:
    assert percent_floor(cents, basis_points) == expected


@pytest.mark.parametrize(
    ("cents", "basis_points", "why"),
    [
        (-1, 100, "an amount to take a share of cannot be negative"),
        (100, -1, "a share is between 0 and 10000 basis points"),
        (100, 10_001, "a share is between 0 and 10000 basis points"),
    ],
)
def test_a_share_outside_the_whole_is_refused(cents: int, basis_points: int, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        percent_floor(cents, basis_points)


@pytest.mark.parametrize(
    ("dividend", "divisor", "expected"),
    [(5, 2, 3), (4, 2, 2), (7, 3, 2), (8, 3, 3), (8601, 2, 4301), (-5, 2, -2), (0, 7, 0)],
)
def test_halves_go_up(dividend: int, divisor: int, expected: int) -> None:
    assert round_half_up_div(dividend, divisor) == expected


@pytest.mark.parametrize("divisor", [0, -2])
def test_a_divisor_must_be_positive(divisor: int) -> None:
    with pytest.raises(ValueError, match=r"^the divisor must be positive$"):
        round_half_up_div(1, divisor)


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (100, [1000, 1000, 1000], (34, 33, 33)),
        (553, [2990, 1990, 550], (299, 199, 55)),
        (358, [5922, 1250], (296, 62)),
        (
            5,
            [13, 7],
            (3, 2),
        ),  # 3.25 and 1.75: the last centavo goes to the larger remainder, not to the larger part
        (1, [0, 0, 5], (0, 0, 1)),
        (0, [3, 4], (0, 0)),
        (0, [0, 0], (0, 0)),
        (0, [], ()),
    ],
)
def test_splitting_by_weight(total: int, weights: list[int], expected: tuple[int, ...]) -> None:
    assert split_by_weight(total, weights) == expected


@pytest.mark.parametrize(
    ("total", "weights", "why"),
    [
        (-1, [1], "neither the total nor a weight can be negative"),
        (1, [2, -1], "neither the total nor a weight can be negative"),
        (1, [0, 0], "there is nothing to split the total over"),
        (1, [], "there is nothing to split the total over"),
    ],
)
def test_an_impossible_split_is_refused(total: int, weights: list[int], why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        split_by_weight(total, weights)
