"""The pure rules of the catalogue: prices by per cent, sizes, options, limits, tags."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.money import PRICE_MAX_CENTS
from balcao.modules.store.catalog_rules import (
    LinkDraft,
    OptionDraft,
    SkuDraft,
    adjusted_price,
    capacity_of,
    clean_tags,
    link_faults,
    option_faults,
    search_text_of,
    sku_faults,
)


@pytest.mark.parametrize(
    ("cents", "basis_points", "step", "expected"),
    [
        (1295, 1000, 1, 1425),  # 1424,5 goes up
        (1295, 1000, 10, 1420),
        (1000, -1000, 1, 900),
        (1990, 550, 50, 2100),
        (0, 100_000, 100, 0),
        (1, -9900, 1, 1),
        (40, -5000, 100, 100),
    ],
)
def test_prices_by_per_cent(cents: int, basis_points: int, step: int, expected: int) -> None:
    assert adjusted_price(cents, basis_points, step) == expected


def test_no_price_passes_the_highest() -> None:
    with pytest.raises(ValueError):
        adjusted_price(PRICE_MAX_CENTS, 1, 1)


@settings(deadline=None)
@given(st.integers(0, PRICE_MAX_CENTS), st.integers(-9900, 100_000), st.sampled_from([1, 5, 10, 50, 100]))
def test_a_changed_price_is_near_the_exact_one_and_never_nothing(cents: int, points: int, step: int) -> None:
    try:
        price = adjusted_price(cents, points, step)
    except ValueError:
        assert cents * (10_000 + points) > (PRICE_MAX_CENTS - step) * 10_000
        return
    assert price % step == 0
    assert (price == 0) == (cents == 0)
    if price > step:
        assert abs(2 * (price * 10_000 - cents * (10_000 + points))) <= step * 10_000


def test_sizes() -> None:
    assert sku_faults([]) == [("/skus", "Give the product a price.")]
    assert sku_faults([SkuDraft(100)]) == []
    assert [at for at, _ in sku_faults([SkuDraft(100, is_active=False)])] == ["/skus"]
    three = [SkuDraft(1, "Média"), SkuDraft(2, ""), SkuDraft(3, " media ")]
    assert [at for at, _ in sku_faults(three)] == ["/skus/1/name", "/skus/2/name"]


def test_options_and_their_capacity() -> None:
    assert [at for at, _ in option_faults([])] == ["/options"]
    options = [OptionDraft("Queijo", max_per_item=2), OptionDraft("Bacon", max_per_item=3, is_active=False)]
    assert option_faults(options) == []
    assert capacity_of(options) == 2


def test_limits_of_offered_groups() -> None:
    known, other = uuid4(), uuid4()
    room = {known: 2, other: 5}
    assert link_faults([LinkDraft(known, 0, 9), LinkDraft(other, 5, 5)], room) == []
    faults = link_faults(
        [LinkDraft(uuid4()), LinkDraft(known, 2, 1), LinkDraft(known), LinkDraft(other, 6, 6)], room
    )
    assert [at for at, _ in faults] == [
        "/option_groups/0/group_id",
        "/option_groups/1/max",
        "/option_groups/2/group_id",
        "/option_groups/3/min",
    ]


def test_words() -> None:
    assert clean_tags([" sem  glúten ", "SEM GLUTEN", "", "novo"]) == ["sem glúten", "novo"]
    assert search_text_of("Pão de Açúcar", ["Novo"]) == "pao de acucar novo"
