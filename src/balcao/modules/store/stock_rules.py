"""How much a sale takes, whether it is there, and what each movement does to a stock item.

A stock item carries two counts: `on_hand`, what is in the shop, and `reserved`, what is promised to open orders. Both
are the sum of the movements of the item, always.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

Track = Literal["none", "quantity", "daily"]
StockProblem = Literal["bad_quantity", "negative_on_hand", "negative_reserved", "reserved_above_on_hand"]


class MovementKind(StrEnum):
    """Why a stock item changed."""

    RECEIVE = "receive"
    ADJUST = "adjust"
    RESERVE = "reserve"
    RELEASE = "release"
    COMMIT = "commit"
    RETURN = "return"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class LineNeed:
    """What one cart line takes of its own stock item; None when the product is not tracked."""

    stock_item_id: UUID | None
    quantity: int


@dataclass(frozen=True, slots=True)
class OptionNeed:
    """What an option takes: so many on each unit of a line of so many units."""

    stock_item_id: UUID | None
    per_unit: int
    line_quantity: int


@dataclass(frozen=True, slots=True)
class Level:
    """The counts of a stock item at one moment."""

    on_hand: int = 0
    reserved: int = 0
    track: Track = "quantity"

    @property
    def available(self) -> int:
        """What may still be sold; never below zero."""
        return max(self.on_hand - self.reserved, 0)


@dataclass(frozen=True, slots=True)
class Shortage:
    """A stock item that cannot give what is asked of it."""

    stock_item_id: UUID
    requested: int
    available: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the ledger. `quantity` is positive, save for adjust and count, where it is the signed difference."""

    kind: MovementKind
    quantity: int


class StockRuleBroken(Exception):  # noqa: N818 - reads as the rule of the ledger
    """The movement would leave counts that cannot be; `problem` says which."""

    def __init__(self, problem: StockProblem, kind: MovementKind) -> None:
        self.problem: StockProblem = problem
        self.kind = kind
        super().__init__(f"{problem} by {kind}")


EFFECTS: dict[MovementKind, tuple[int, int]] = {
    MovementKind.RECEIVE: (1, 0),
    MovementKind.ADJUST: (1, 0),
    MovementKind.RESERVE: (0, 1),
    MovementKind.RELEASE: (0, -1),
    MovementKind.COMMIT: (-1, -1),
    MovementKind.RETURN: (1, 0),
    MovementKind.COUNT: (1, 0),
}
"""What one unit of a movement adds to (on_hand, reserved)."""

_SIGNED = frozenset({MovementKind.ADJUST, MovementKind.COUNT})


def aggregate_demand(lines: Iterable[LineNeed], options: Iterable[OptionNeed] = ()) -> dict[UUID, int]:
    """Units asked of each tracked stock item by the whole cart, in the order of the ids: the order to lock rows in."""
    demand: dict[UUID, int] = {}
    for line in lines:
        _add(demand, line.stock_item_id, line.quantity)
    for option in options:
        _add(demand, option.stock_item_id, option.per_unit * option.line_quantity)
    return dict(sorted(demand.items()))


def shortages(demand: Mapping[UUID, int], levels: Mapping[UUID, Level]) -> tuple[Shortage, ...]:
    """The items that fall short, in the order of the demand. An item without a level counts as having nothing."""
    short: list[Shortage] = []
    for stock_item_id, requested in demand.items():
        level = levels.get(stock_item_id, Level())
        if level.track != "none" and requested > level.available:
            short.append(Shortage(stock_item_id, requested, level.available))
    return tuple(short)


def deltas(movement: Movement) -> tuple[int, int]:
    """What a movement adds to (on_hand, reserved): the two numbers that the ledger keeps."""
    on_hand_effect, reserved_effect = EFFECTS[movement.kind]
    return on_hand_effect * movement.quantity, reserved_effect * movement.quantity


def apply(level: Level, movement: Movement, *, force: bool = False) -> Level:
    """The counts after a movement. Raises StockRuleBroken.

    `force` lets a count or an adjustment go below what is reserved: the merchant has seen the orders it touches.
    """
    kind, quantity = movement.kind, movement.quantity
    if not _quantity_fits(kind, quantity):
        raise StockRuleBroken("bad_quantity", kind)
    on_hand_delta, reserved_delta = deltas(movement)
    on_hand = level.on_hand + on_hand_delta
    reserved = level.reserved + reserved_delta
    if on_hand < 0:
        raise StockRuleBroken("negative_on_hand", kind)
    if reserved < 0:
        raise StockRuleBroken("negative_reserved", kind)
    # A return or a release may leave an item that was forced below its reservations still below them.
    widens = on_hand - reserved < level.on_hand - level.reserved
    if reserved > on_hand and widens and not (force and kind in _SIGNED):
        raise StockRuleBroken("reserved_above_on_hand", kind)
    return Level(on_hand, reserved, level.track)


def count_movement(level: Level, counted: int) -> Movement:
    """The movement that brings `on_hand` to what was counted; a difference of zero still records the count."""
    return Movement(MovementKind.COUNT, counted - level.on_hand)


def sum_of_movements(movements: Iterable[Movement]) -> tuple[int, int]:
    """What (on_hand, reserved) must be after these movements: the invariant of the ledger."""
    on_hand = reserved = 0
    for movement in movements:
        on_hand_delta, reserved_delta = deltas(movement)
        on_hand += on_hand_delta
        reserved += reserved_delta
    return on_hand, reserved


def crossed_low(before: Level, after: Level, threshold: int | None) -> bool:
    """Whether what may be sold just fell to the threshold: true once per crossing, so one notice per crossing."""
    return threshold is not None and before.available > threshold >= after.available


def _add(demand: dict[UUID, int], stock_item_id: UUID | None, quantity: int) -> None:
    if stock_item_id is not None:
        demand[stock_item_id] = demand.get(stock_item_id, 0) + quantity


def _quantity_fits(kind: MovementKind, quantity: int) -> bool:
    if kind is MovementKind.COUNT:
        return True
    return quantity != 0 if kind is MovementKind.ADJUST else quantity > 0
