"""What a cart costs: the one function that preview and checkout share.

All amounts are integer centavos. Discounts arrive as typed adjustments, already worked out by whoever grants them;
this file keeps them inside their base, splits the order discount over the lines and proves the sums.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from balcao.kernel.money import LINES_MAX, PRICE_MAX_CENTS, QUANTITY_MAX, split_by_weight

DiscountTarget = Literal["line", "order", "shipping"]
CartProblem = Literal[
    "no_lines", "too_many_lines", "quantity", "price", "shipping", "unknown_line", "discount"
]


@dataclass(frozen=True, slots=True)
class CartLine:
    """What is bought: `unit_price_cents` and `options_cents` are both per unit."""

    unit_price_cents: int
    quantity: int
    options_cents: int = 0

    @property
    def gross_cents(self) -> int:
        """The line before any discount: quantity x (unit + options)."""
        return self.quantity * (self.unit_price_cents + self.options_cents)


@dataclass(frozen=True, slots=True)
class LineDiscount:
    """Takes up to `amount_cents` off the line at `line_index`."""

    line_index: int
    amount_cents: int
    label: str


@dataclass(frozen=True, slots=True)
class OrderDiscount:
    """Takes up to `amount_cents` off what the lines cost after their own discounts."""

    amount_cents: int
    label: str


@dataclass(frozen=True, slots=True)
class ShippingCap:
    """Lets the shopper pay at most `max_cents` of the shipping; never raises it."""

    max_cents: int
    label: str


Adjustment = LineDiscount | OrderDiscount | ShippingCap


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """What a discount really took off; those of one label and target are one entry."""

    label: str
    target: DiscountTarget
    amount_cents: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its discounts. `total_cents` is what it brings in: after its own discount and its share."""

    unit_price_cents: int
    quantity: int
    options_cents: int
    discount_cents: int
    order_discount_share_cents: int
    total_cents: int

    @property
    def gross_cents(self) -> int:
        """The line before any discount."""
        return self.quantity * (self.unit_price_cents + self.options_cents)


@dataclass(frozen=True, slots=True)
class Totals:
    """A priced cart, in centavos."""

    lines: tuple[PricedLine, ...]
    subtotal_cents: int
    line_discount_cents: int
    order_discount_cents: int
    shipping_cents: int
    shipping_discount_cents: int
    total_cents: int
    discounts: tuple[AppliedDiscount, ...]

    @property
    def discounted_subtotal_cents(self) -> int:
        """The products after every discount, without shipping: what free shipping is measured on."""
        return self.subtotal_cents - self.line_discount_cents - self.order_discount_cents

    @property
    def needs_payment(self) -> bool:
        """An order that costs nothing needs no payment."""
        return self.total_cents > 0


class InvalidCart(ValueError):  # noqa: N818 - says what is wrong with the cart
    """The cart breaks a limit; `line_index` tells where, when one line is at fault."""

    def __init__(self, problem: CartProblem, line_index: int | None = None) -> None:
        self.problem: CartProblem = problem
        self.line_index = line_index
        super().__init__(problem if line_index is None else f"{problem} at line {line_index}")


class BrokenInvariant(ArithmeticError):  # noqa: N818 - names the sum that does not add up
    """The totals contradict themselves; this is a defect, never the shopper's doing."""


def price_cart(
    lines: Sequence[CartLine], shipping_cents: int = 0, adjustments: Sequence[Adjustment] = ()
) -> Totals:
    """Price a cart. Adjustments count in three phases whatever their order: lines, then order, then shipping.

    A discount never exceeds its base. The order discount is split over the lines by what they cost after their own
    discount, with the largest remainder. Raises InvalidCart for limits and for an adjustment without a line.
    """
    _check_cart(lines, shipping_cents, adjustments)
    given: list[AppliedDiscount] = []
    line_discounts = _apply_line_discounts(lines, adjustments, given)
    rests = [line.gross_cents - off for line, off in zip(lines, line_discounts, strict=True)]
    order_discount = _apply_order_discounts(sum(rests), adjustments, given)
    shipping_discount = _apply_shipping_caps(shipping_cents, adjustments, given)
    shares = split_by_weight(order_discount, rests)
    subtotal = sum(line.gross_cents for line in lines)
    totals = Totals(
        lines=tuple(
            PricedLine(line.unit_price_cents, line.quantity, line.options_cents, off, share, rest - share)
            for line, off, share, rest in zip(lines, line_discounts, shares, rests, strict=True)
        ),
        subtotal_cents=subtotal,
        line_discount_cents=sum(line_discounts),
        order_discount_cents=order_discount,
        shipping_cents=shipping_cents,
        shipping_discount_cents=shipping_discount,
        total_cents=sum(rests) - order_discount + shipping_cents - shipping_discount,
        discounts=_merged(given),
    )
    check_invariants(totals)
    return totals


def check_invariants(totals: Totals) -> None:
    """Prove that totals add up; the same sums are constraints of the database. Raises BrokenInvariant.

    That no total is below zero follows: no line and no shipping is.
    """
    lines = totals.lines
    by_target = dict.fromkeys(("line", "order", "shipping"), 0)
    for discount in totals.discounts:
        by_target[discount.target] += discount.amount_cents
    sums = {
        "total": totals.total_cents
        == totals.subtotal_cents
        - totals.line_discount_cents
        - totals.order_discount_cents
        + totals.shipping_cents
        - totals.shipping_discount_cents,
        "subtotal": totals.subtotal_cents == sum(line.gross_cents for line in lines),
        "line total": all(
            line.total_cents == line.gross_cents - line.discount_cents - line.order_discount_share_cents
            for line in lines
        ),
        "line discount": totals.line_discount_cents == sum(line.discount_cents for line in lines),
        "shares": totals.order_discount_cents == sum(line.order_discount_share_cents for line in lines),
        "line signs": all(
            min(line.discount_cents, line.order_discount_share_cents, line.total_cents) >= 0 for line in lines
        ),
        "shipping": 0 <= totals.shipping_discount_cents <= totals.shipping_cents,
        "discount list": tuple(by_target.values())
        == (totals.line_discount_cents, totals.order_discount_cents, totals.shipping_discount_cents),
    }
    for name, holds in sums.items():
        if not holds:
            raise BrokenInvariant(name)


def _check_cart(lines: Sequence[CartLine], shipping_cents: int, adjustments: Sequence[Adjustment]) -> None:
    if not lines:
        raise InvalidCart("no_lines")
    if len(lines) > LINES_MAX:
        raise InvalidCart("too_many_lines")
    for index, line in enumerate(lines):
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise InvalidCart("quantity", index)
        if not (0 <= line.unit_price_cents <= PRICE_MAX_CENTS and 0 <= line.options_cents <= PRICE_MAX_CENTS):
            raise InvalidCart("price", index)
    if not 0 <= shipping_cents <= PRICE_MAX_CENTS:
        raise InvalidCart("shipping")
    for adjustment in adjustments:
        if isinstance(adjustment, LineDiscount) and not 0 <= adjustment.line_index < len(lines):
            raise InvalidCart("unknown_line", adjustment.line_index)
        amount = adjustment.max_cents if isinstance(adjustment, ShippingCap) else adjustment.amount_cents
        if amount < 0:
            raise InvalidCart("discount")


def _apply_line_discounts(
    lines: Sequence[CartLine], adjustments: Sequence[Adjustment], given: list[AppliedDiscount]
) -> list[int]:
    taken = [0] * len(lines)
    for adjustment in adjustments:
        if isinstance(adjustment, LineDiscount):
            index = adjustment.line_index
            amount = min(adjustment.amount_cents, lines[index].gross_cents - taken[index])
            taken[index] += amount
            given.append(AppliedDiscount(adjustment.label, "line", amount))
    return taken


def _apply_order_discounts(
    base_cents: int, adjustments: Sequence[Adjustment], given: list[AppliedDiscount]
) -> int:
    taken = 0
    for adjustment in adjustments:
        if isinstance(adjustment, OrderDiscount):
            amount = min(adjustment.amount_cents, base_cents - taken)
            taken += amount
            given.append(AppliedDiscount(adjustment.label, "order", amount))
    return taken


def _apply_shipping_caps(
    shipping_cents: int, adjustments: Sequence[Adjustment], given: list[AppliedDiscount]
) -> int:
    rest = shipping_cents
    for adjustment in adjustments:
        if isinstance(adjustment, ShippingCap):
            amount = max(rest - adjustment.max_cents, 0)
            rest -= amount
            given.append(AppliedDiscount(adjustment.label, "shipping", amount))
    return shipping_cents - rest


def _merged(given: Sequence[AppliedDiscount]) -> tuple[AppliedDiscount, ...]:
    """One entry per label and target, in the order they first took effect; what took nothing off is left out."""
    amounts: dict[tuple[str, DiscountTarget], int] = {}
    for discount in given:
        if discount.amount_cents:
            key = (discount.label, discount.target)
            amounts[key] = amounts.get(key, 0) + discount.amount_cents
    return tuple(AppliedDiscount(label, target, amount) for (label, target), amount in amounts.items())
