"""Totals of a cart: the worked order, the limits, and each invariant broken once."""

from dataclasses import replace

import pytest

from balcao.brazil.currency import pix_amount
from balcao.kernel.money import LINES_MAX, PRICE_MAX_CENTS, QUANTITY_MAX, percent_floor
from balcao.modules.store.pricing import (
    Adjustment,
    AppliedDiscount,
    BrokenInvariant,
    CartLine,
    InvalidCart,
    LineDiscount,
    OrderDiscount,
    ShippingCap,
    Totals,
    check_invariants,
    price_cart,
)


def worked_order() -> Totals:
    lines = [CartLine(2990, 2, 300), CartLine(1250, 1)]
    category = percent_floor(6580, 1000)
    coupon = percent_floor(7830 - category, 500)
    adjustments: list[Adjustment] = [
        ShippingCap(700, "Frete até R$ 7"),
        OrderDiscount(coupon, "VOLTA5"),
        LineDiscount(0, category, "Semana do pão"),
    ]
    return price_cart(lines, 1000, adjustments)


def test_worked_order() -> None:
    totals = worked_order()
    assert totals.subtotal_cents == 7830
    assert totals.line_discount_cents == 658
    assert totals.order_discount_cents == 358
    assert (totals.shipping_cents, totals.shipping_discount_cents) == (1000, 300)
    assert totals.total_cents == 7514
    assert pix_amount(totals.total_cents) == "75.14"
    assert totals.discounted_subtotal_cents == 6814
    assert totals.needs_payment


def test_worked_order_by_line() -> None:
    first, second = worked_order().lines
    assert (first.unit_price_cents, first.quantity, first.options_cents) == (2990, 2, 300)
    assert (first.gross_cents, first.discount_cents, first.total_cents) == (6580, 658, 5626)
    assert (first.order_discount_share_cents, second.order_discount_share_cents) == (296, 62)
    assert (second.gross_cents, second.discount_cents, second.total_cents) == (1250, 0, 1188)


def test_worked_order_lists_its_discounts_in_the_order_they_count() -> None:
    assert worked_order().discounts == (
        AppliedDiscount("Semana do pão", "line", 658),
        AppliedDiscount("VOLTA5", "order", 358),
        AppliedDiscount("Frete até R$ 7", "shipping", 300),
    )


@pytest.mark.parametrize(
    ("prices", "discount", "shares"),
    [((1000, 1000, 1000), 100, [34, 33, 33]), ((2990, 1990, 550), 553, [299, 199, 55])],
)
def test_order_discount_is_split_by_largest_remainder(
    prices: tuple[int, ...], discount: int, shares: list[int]
) -> None:
    totals = price_cart([CartLine(cents, 1) for cents in prices], 0, [OrderDiscount(discount, "x")])
    assert [line.order_discount_share_cents for line in totals.lines] == shares


def test_discounts_stop_at_their_base() -> None:
    totals = price_cart(
        [CartLine(1000, 1), CartLine(500, 2)],
        900,
        [
            LineDiscount(0, 700, "a"),
            LineDiscount(0, 700, "b"),
            OrderDiscount(600, "c"),
            OrderDiscount(600, "d"),
            OrderDiscount(600, "e"),
            ShippingCap(0, "f"),
        ],
    )
    assert totals.discounts == (
        AppliedDiscount("a", "line", 700),
        AppliedDiscount("b", "line", 300),
        AppliedDiscount("c", "order", 600),
        AppliedDiscount("d", "order", 400),
        AppliedDiscount("f", "shipping", 900),
    )
    assert totals.total_cents == 0
    assert not totals.needs_payment


def test_an_order_discount_never_pays_the_shipping() -> None:
    assert price_cart([CartLine(1000, 1)], 900, [OrderDiscount(5000, "x")]).total_cents == 900


def test_a_cap_above_the_shipping_changes_nothing() -> None:
    totals = price_cart([CartLine(1000, 1)], 500, [ShippingCap(700, "x")])
    assert (totals.shipping_discount_cents, totals.total_cents, totals.discounts) == (0, 1500, ())


def test_shipping_costs_nothing_unless_it_is_said() -> None:
    totals = price_cart([CartLine(1000, 1)])
    assert (totals.shipping_cents, totals.total_cents) == (0, 1000)


def test_the_lower_of_two_caps_holds() -> None:
    totals = price_cart([CartLine(1000, 1)], 900, [ShippingCap(300, "x"), ShippingCap(500, "y")])
    assert totals.shipping_discount_cents == 600


def test_one_label_on_several_lines_is_one_entry() -> None:
    totals = price_cart(
        [CartLine(1000, 1), CartLine(1000, 1)],
        0,
        [LineDiscount(0, 10, "Padaria"), LineDiscount(1, 20, "Padaria")],
    )
    assert totals.discounts == (AppliedDiscount("Padaria", "line", 30),)


def test_a_free_cart_has_no_discount_to_split() -> None:
    totals = price_cart([CartLine(0, 3)], 0, [OrderDiscount(100, "x")])
    assert (totals.total_cents, totals.discounts) == (0, ())


def test_the_dearest_cart_fits_64_bits() -> None:
    line = CartLine(PRICE_MAX_CENTS, QUANTITY_MAX, PRICE_MAX_CENTS)
    totals = price_cart([line] * LINES_MAX, PRICE_MAX_CENTS)
    assert totals.total_cents == 100 * 999 * 199_999_998 + 99_999_999
    assert totals.total_cents < 2**63


@pytest.mark.parametrize(
    ("lines", "shipping", "adjustments", "problem", "index"),
    [
        ([], 0, [], "no_lines", None),
        ([CartLine(1, 1)] * 101, 0, [], "too_many_lines", None),
        ([CartLine(1, 1), CartLine(1, 0)], 0, [], "quantity", 1),
        ([CartLine(1, 1000)], 0, [], "quantity", 0),
        ([CartLine(-1, 1)], 0, [], "price", 0),
        ([CartLine(100_000_000, 1)], 0, [], "price", 0),
        ([CartLine(1, 1, -1)], 0, [], "price", 0),
        ([CartLine(1, 1, 100_000_000)], 0, [], "price", 0),
        ([CartLine(1, 1)], -5000, [], "shipping", None),
        ([CartLine(1, 1)], 100_000_000, [], "shipping", None),
        ([CartLine(1, 1)], 0, [LineDiscount(1, 1, "x")], "unknown_line", 1),
        ([CartLine(1, 1)], 0, [LineDiscount(-1, 1, "x")], "unknown_line", -1),
        ([CartLine(1, 1)], 0, [LineDiscount(0, -1, "x")], "discount", None),
        ([CartLine(1, 1)], 0, [OrderDiscount(-1, "x")], "discount", None),
        ([CartLine(1, 1)], 0, [ShippingCap(-1, "x")], "discount", None),
    ],
)
def test_limits(
    lines: list[CartLine], shipping: int, adjustments: list[Adjustment], problem: str, index: int | None
) -> None:
    with pytest.raises(InvalidCart) as caught:
        price_cart(lines, shipping, adjustments)
    assert (caught.value.problem, caught.value.line_index) == (problem, index)
    assert str(caught.value) == (problem if index is None else f"{problem} at line {index}")


def with_first_line(totals: Totals, **changes: int) -> Totals:
    first, *rest = totals.lines
    return replace(totals, lines=(replace(first, **changes), *rest))


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("total", replace(worked_order(), total_cents=7515)),
        ("subtotal", replace(worked_order(), subtotal_cents=7831, total_cents=7515)),
        ("line total", with_first_line(worked_order(), total_cents=5627)),
        ("line discount", with_first_line(worked_order(), discount_cents=657, total_cents=5627)),
        ("shares", with_first_line(worked_order(), order_discount_share_cents=295, total_cents=5627)),
        ("line signs", with_first_line(price_cart([CartLine(5, 1)]), discount_cents=-1, total_cents=6)),
        (
            "line signs",
            with_first_line(price_cart([CartLine(5, 1)]), order_discount_share_cents=-1, total_cents=6),
        ),
        ("line signs", with_first_line(price_cart([CartLine(5, 1)]), discount_cents=6, total_cents=-1)),
        ("shipping", replace(price_cart([CartLine(5, 1)]), shipping_discount_cents=1, total_cents=4)),
        ("discount list", replace(worked_order(), discounts=())),
    ],
)
def test_each_invariant_is_checked(name: str, broken: Totals) -> None:
    if name == "line signs":  # the totals agree with the line, so that nothing but its sign is wrong
        (line,) = broken.lines
        broken = replace(
            broken, line_discount_cents=line.discount_cents, order_discount_cents=line.order_discount_share_cents,
            total_cents=line.total_cents,
        )  # fmt: skip
    with pytest.raises(BrokenInvariant, match=f"^{name}$"):
        check_invariants(broken)


def test_a_negative_total_is_caught_even_when_its_parts_agree() -> None:
    negative = replace(price_cart([CartLine(0, 1)]), shipping_cents=-1, total_cents=-1)
    with pytest.raises(BrokenInvariant, match="shipping"):
        check_invariants(negative)
