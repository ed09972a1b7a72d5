"""What a shopper may choose in the option groups of one product, and what the choice costs.

Pure rules: limits belong to the link between product and group, so a group arrives here already joined with its link.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from balcao.kernel.money import QUANTITY_MAX, round_half_up_div

PricingMode = Literal["sum", "highest", "average"]
BreakKind = Literal[
    "too_few", "too_many", "unknown_option", "inactive_option", "too_many_of_option", "bad_quantity"
]


@dataclass(frozen=True, slots=True)
class OptionRule:
    """One option as it can be sold now; `max_per_item` is the most units of it on one unit of the product."""

    id: UUID
    name: str
    price_cents: int = 0
    max_per_item: int = 1
    active: bool = True


@dataclass(frozen=True, slots=True)
class OptionGroupRule:
    """A group linked to a product: `min` and `max` count quantities, not different options."""

    id: UUID
    name: str
    min: int
    max: int
    pricing_mode: PricingMode
    options: Mapping[UUID, OptionRule]


@dataclass(frozen=True, slots=True)
class ChosenOption:
    """A checked choice with all that the order keeps of it; `price_cents` is the list price of one."""

    group_id: UUID
    group_name: str
    option_id: UUID
    name: str
    quantity: int
    price_cents: int


class OptionRuleBroken(Exception):  # noqa: N818 - reads as the rule of the shop, and the code is `option_rule`
    """The choice breaks a rule of the product; `group_id` is None when no group of the product knows the option.

    For `too_many_of_option` the limits are those of the option, otherwise those of the group.
    """

    def __init__(
        self, kind: BreakKind, group: OptionGroupRule | None, got: int, option: OptionRule | None = None
    ) -> None:
        self.kind: BreakKind = kind
        self.group_id = group.id if group else None
        self.group_name = group.name if group else ""
        self.option_id = option.id if option else None
        self.option_name = option.name if option else ""
        self.got = got
        self.min, self.max = (group.min, group.max) if group else (0, 0)
        if option and kind == "too_many_of_option":
            self.min, self.max = 0, option.max_per_item
        super().__init__(f"{kind} in group {self.group_name!r}: min {self.min}, max {self.max}, got {got}")


def resolve_options(
    groups: Sequence[OptionGroupRule], chosen: Iterable[tuple[UUID, int]]
) -> tuple[ChosenOption, ...]:
    """Check the choice of one unit against the groups of its product.

    The same option twice is summed. The result follows the order of groups and options, so equal choices give equal
    snapshots. Raises OptionRuleBroken; an option of another product is `unknown_option`.
    """
    wanted = _summed(chosen)
    known = {option_id for group in groups for option_id in group.options}
    for option_id, quantity in wanted.items():
        if option_id not in known:
            raise OptionRuleBroken("unknown_option", None, quantity)
    resolved: list[ChosenOption] = []
    for group in groups:
        resolved.extend(_resolve_group(group, wanted))
    return tuple(resolved)


def options_cents(groups: Sequence[OptionGroupRule], chosen: Sequence[ChosenOption]) -> int:
    """Price in centavos that the choice adds to one unit of the product, summed over its groups."""
    return sum(
        _group_cents(group.pricing_mode, [option for option in chosen if option.group_id == group.id])
        for group in groups
    )


def _summed(chosen: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    wanted: dict[UUID, int] = {}
    for option_id, quantity in chosen:
        if not 1 <= quantity <= QUANTITY_MAX:
            raise OptionRuleBroken("bad_quantity", None, quantity)
        wanted[option_id] = wanted.get(option_id, 0) + quantity
    return wanted


def _resolve_group(group: OptionGroupRule, wanted: Mapping[UUID, int]) -> list[ChosenOption]:
    picked = [(option, wanted[option.id]) for option in group.options.values() if option.id in wanted]
    for option, quantity in picked:
        if not option.active:
            raise OptionRuleBroken("inactive_option", group, quantity, option)
        if quantity > option.max_per_item:
            raise OptionRuleBroken("too_many_of_option", group, quantity, option)
    got = sum(quantity for _, quantity in picked)
    if got < group.min:
        raise OptionRuleBroken("too_few", group, got)
    if got > group.max:
        raise OptionRuleBroken("too_many", group, got)
    return [
        ChosenOption(group.id, group.name, option.id, option.name, quantity, option.price_cents)
        for option, quantity in picked
    ]


def _group_cents(mode: PricingMode, chosen: Sequence[ChosenOption]) -> int:
    if not chosen:
        return 0
    if mode == "highest":
        return max(option.price_cents for option in chosen)
    added = sum(option.price_cents * option.quantity for option in chosen)
    if mode == "sum":
        return added
    return round_half_up_div(added, sum(option.quantity for option in chosen))
