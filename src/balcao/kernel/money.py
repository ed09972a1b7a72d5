"""Integer arithmetic for money: every amount is a whole number of centavos, never a float.

The limits keep any order far inside 64 bits: 100 lines x 999 units x R$ 999.999,99 is under 10^13 centavos.
"""

from collections.abc import Sequence

PRICE_MAX_CENTS = 99_999_999
QUANTITY_MAX = 999
LINES_MAX = 100
WHOLE_BASIS_POINTS = 10_000


def percent_floor(cents: int, basis_points: int) -> int:
    """The given share of an amount, rounded down; 10_000 basis points are the whole.

    Rounding down favours the business by less than one centavo and can never exceed the base.
    Raises ValueError when the amount is negative or the share is outside 0..10_000.
    """
    if cents < 0:
        raise ValueError("an amount to take a share of cannot be negative")
    if not 0 <= basis_points <= WHOLE_BASIS_POINTS:
        raise ValueError("a share is between 0 and 10000 basis points")
    return cents * basis_points // WHOLE_BASIS_POINTS


def round_half_up_div(dividend: int, divisor: int) -> int:
    """Divide two whole numbers; an exact half goes up, towards the larger number.

    Raises ValueError when the divisor is not positive.
    """
    if divisor <= 0:
        raise ValueError("the divisor must be positive")
    return (2 * dividend + divisor) // (2 * divisor)


def split_by_weight(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split centavos over weights by the largest remainder; ties go to the earlier position.

    The parts always add up to the total, each is within one centavo of its exact share, and none exceeds its
    weight while the total does not exceed the sum of the weights.
    Raises ValueError for a negative total or weight, or for a positive total over weights that are all zero.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("neither the total nor a weight can be negative")
    weight_sum = sum(weights)
    if weight_sum == 0:
        if total:
            raise ValueError("there is nothing to split the total over")
        return (0,) * len(weights)
    parts = [total * weight // weight_sum for weight in weights]
    # sorted() is stable, so equal remainders keep the order of the lines.
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % weight_sum))
    for position in by_remainder[: total - sum(parts)]:
        parts[position] += 1
    return tuple(parts)
