"""Choices in option groups: limits, prices, and every way to break a rule."""

from uuid import UUID

import pytest

from balcao.modules.store.option_rules import (
    OptionGroupRule,
    OptionRule,
    OptionRuleBroken,
    PricingMode,
    options_cents,
    resolve_options,
)

CALABRESA, MARGUERITA, OUT_OF_SEASON, BORDER, EXTRA, FOREIGN = (UUID(int=number) for number in range(1, 7))
FLAVOURS, EXTRAS = UUID(int=101), UUID(int=102)


def flavours(
    mode: PricingMode = "highest", low: int = 1, high: int = 2, per_item: int = 2
) -> OptionGroupRule:
    options = [
        OptionRule(CALABRESA, "Calabresa", 4000, per_item),
        OptionRule(MARGUERITA, "Marguerita", 4600, per_item),
        OptionRule(OUT_OF_SEASON, "Figo", 5000, per_item, active=False),
    ]
    return OptionGroupRule(FLAVOURS, "Sabores", low, high, mode, {option.id: option for option in options})


def extras() -> OptionGroupRule:
    options = [OptionRule(BORDER, "Borda", 800, 1), OptionRule(EXTRA, "Azeitona", 150, 3)]
    return OptionGroupRule(EXTRAS, "Extras", 0, 4, "sum", {option.id: option for option in options})


def price(groups: list[OptionGroupRule], chosen: list[tuple[UUID, int]]) -> int:
    return options_cents(groups, resolve_options(groups, chosen))


def broken(groups: list[OptionGroupRule], chosen: list[tuple[UUID, int]]) -> OptionRuleBroken:
    with pytest.raises(OptionRuleBroken) as caught:
        resolve_options(groups, chosen)
    return caught.value


def test_half_and_half_pizza_costs_its_dearest_flavour() -> None:
    assert price([flavours()], [(CALABRESA, 1), (MARGUERITA, 1)]) == 4600
    assert price([flavours()], [(CALABRESA, 1)]) == 4000


def test_two_halves_of_one_flavour_cost_that_flavour() -> None:
    assert price([flavours()], [(MARGUERITA, 2)]) == 4600


def test_sum_adds_each_unit() -> None:
    assert price([extras()], [(BORDER, 1), (EXTRA, 3)]) == 1250


@pytest.mark.parametrize(
    ("chosen", "cents"),
    [([(CALABRESA, 1), (MARGUERITA, 1)], 4300), ([(CALABRESA, 2), (MARGUERITA, 1)], 4200)],
)
def test_average_counts_quantities(chosen: list[tuple[UUID, int]], cents: int) -> None:
    assert price([flavours("average", high=3)], chosen) == cents


def test_average_rounds_half_up() -> None:
    odd = OptionGroupRule(
        FLAVOURS,
        "Sabores",
        1,
        2,
        "average",
        {
            CALABRESA: OptionRule(CALABRESA, "Calabresa", 1001),
            MARGUERITA: OptionRule(MARGUERITA, "Marguerita", 1000),
        },
    )
    assert price([odd], [(CALABRESA, 1), (MARGUERITA, 1)]) == 1001


def test_groups_add_up() -> None:
    assert price([flavours(), extras()], [(CALABRESA, 1), (MARGUERITA, 1), (BORDER, 1)]) == 5400


def test_an_optional_group_without_a_choice_costs_nothing() -> None:
    assert resolve_options([extras()], []) == ()
    assert price([extras()], []) == 0


def test_the_snapshot_follows_groups_and_options_not_the_request() -> None:
    groups = [flavours(), extras()]
    resolved = resolve_options(groups, [(EXTRA, 1), (MARGUERITA, 1), (EXTRA, 1), (CALABRESA, 1)])
    assert [(option.name, option.quantity, option.price_cents) for option in resolved] == [
        ("Calabresa", 1, 4000),
        ("Marguerita", 1, 4600),
        ("Azeitona", 2, 150),
    ]
    assert {option.group_name for option in resolved} == {"Sabores", "Extras"}
    assert resolved[2].group_id == EXTRAS
    assert resolved[2].option_id == EXTRA


def test_too_few_tells_the_group_and_its_limits() -> None:
    error = broken([flavours()], [])
    assert (error.kind, error.group_id, error.group_name) == ("too_few", FLAVOURS, "Sabores")
    assert (error.min, error.max, error.got) == (1, 2, 0)
    assert (error.option_id, error.option_name) == (None, "")
    assert "Sabores" in str(error)


def test_too_many_counts_quantities() -> None:
    error = broken([flavours()], [(CALABRESA, 2), (MARGUERITA, 1)])
    assert (error.kind, error.min, error.max, error.got) == ("too_many", 1, 2, 3)


def test_an_inactive_option_is_refused() -> None:
    error = broken([flavours()], [(OUT_OF_SEASON, 1)])
    assert (error.kind, error.option_id, error.option_name) == ("inactive_option", OUT_OF_SEASON, "Figo")
    assert (error.min, error.max, error.got) == (1, 2, 1)


def test_an_option_of_another_product_is_unknown() -> None:
    error = broken([flavours()], [(CALABRESA, 1), (FOREIGN, 1)])
    assert (error.kind, error.group_id, error.group_name, error.option_id) == (
        "unknown_option",
        None,
        "",
        None,
    )
    assert (error.min, error.max, error.got) == (0, 0, 1)


def test_an_option_of_a_group_that_the_product_lacks_is_unknown() -> None:
    assert broken([flavours()], [(CALABRESA, 1), (BORDER, 1)]).kind == "unknown_option"


def test_repeats_are_summed_before_the_limit_of_the_option() -> None:
    error = broken([extras()], [(EXTRA, 2), (EXTRA, 2)])
    assert (error.kind, error.min, error.max, error.got) == ("too_many_of_option", 0, 3, 4)
    assert error.group_id == EXTRAS


@pytest.mark.parametrize("quantity", [0, -1, 1000])
def test_a_quantity_outside_the_limits_is_refused(quantity: int) -> None:
    error = broken([extras()], [(EXTRA, quantity)])
    assert (error.kind, error.got) == ("bad_quantity", quantity)


def test_the_largest_quantity_is_only_too_many_of_the_option() -> None:
    assert broken([extras()], [(EXTRA, 999)]).kind == "too_many_of_option"
