"""The life of an order: which status may follow which, who may move it, and what the move sets off.

The table below is the whole state machine; every function only reads it. An order that does not exist yet has the
status None.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum
from typing import Literal

PAYMENT_GRACE = timedelta(minutes=2)
"""An unpaid online order expires this long after its payment code did."""
ACCEPT_WITHIN = timedelta(minutes=15)
"""Default time to accept a pay-on-delivery order before the timer cancels it; a store may change it, 0 is off."""
COMPLETE_AFTER = timedelta(hours=12)
"""A delivered or picked-up order completes by itself after this."""

Fulfilment = Literal["delivery", "pickup"]
ActorKind = Literal["buyer", "staff", "manager", "timer", "system"]
Refusal = Literal["not_in_table", "final", "fulfilment", "actor", "reason_required"]


class OrderStatus(StrEnum):
    """Where an order stands; merchant labels and colours map onto these."""

    AWAITING_PAYMENT = "awaiting_payment"
    RECEIVED = "received"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    READY = "ready"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    PICKED_UP = "picked_up"
    COMPLETED = "completed"
    CANCELED = "canceled"
    EXPIRED = "expired"


class Effect(Enum):
    """What a move sets off. RECORD, the order event and its outbox row, belongs to every real move."""

    RECORD = "record"
    RESERVE = "reserve"
    START_PAYMENT_TIMER = "start_payment_timer"
    NOTIFY = "notify"
    RELEASE_STOCK = "release_stock"
    COMMIT_STOCK = "commit_stock"
    CHOOSE_RETURN = "choose_return"
    """The stock is gone already: the manager says which lines come back."""
    GIVE_COUPON_BACK = "give_coupon_back"
    CANCEL_CHARGE = "cancel_charge"
    REFUND_IF_PAID = "refund_if_paid"
    CHECK_PICKUP_CODE = "check_pickup_code"
    SETTLE_CASH = "settle_cash"


_S = OrderStatus
FINAL_STATUSES = frozenset({_S.COMPLETED, _S.CANCELED, _S.EXPIRED})
EDITABLE_STATUSES = frozenset({_S.AWAITING_PAYMENT, _S.RECEIVED, _S.CONFIRMED, _S.PREPARING})
"""The lines of an order may change before it is ready."""

STAFF: frozenset[ActorKind] = frozenset({"staff", "manager"})
MANAGER: frozenset[ActorKind] = frozenset({"manager"})
BUYER: frozenset[ActorKind] = frozenset({"buyer"})
TIMER: frozenset[ActorKind] = frozenset({"timer"})
SYSTEM: frozenset[ActorKind] = frozenset({"system"})
BOTH: frozenset[Fulfilment] = frozenset({"delivery", "pickup"})
DELIVERY: frozenset[Fulfilment] = frozenset({"delivery"})
PICKUP: frozenset[Fulfilment] = frozenset({"pickup"})


@dataclass(frozen=True, slots=True)
class Row:
    """One allowed move."""

    source: OrderStatus | None
    target: OrderStatus
    actors: frozenset[ActorKind]
    effects: frozenset[Effect]
    fulfilments: frozenset[Fulfilment] = BOTH
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A decided move. When `changes` is false the order already stands there and nothing is to be done."""

    source: OrderStatus | None
    target: OrderStatus
    effects: frozenset[Effect]
    reason: str = ""

    @property
    def changes(self) -> bool:
        """False for a request to go where the order already is."""
        return self.source != self.target


class BadTransition(Exception):  # noqa: N818 - the code of the answer is `bad_transition`
    """The move is not allowed; `code` says why."""

    def __init__(self, code: Refusal, source: OrderStatus | None, target: OrderStatus) -> None:
        self.code: Refusal = code
        self.source = source
        self.target = target
        super().__init__(f"{code}: {source or 'new'} to {target}")


def _effects(*effects: Effect) -> frozenset[Effect]:
    return frozenset({Effect.RECORD, *effects})


# A canceled order gives its coupon use back like an expired one: uses are counted over orders that stand.
_EARLY_CANCEL = _effects(Effect.RELEASE_STOCK, Effect.REFUND_IF_PAID, Effect.GIVE_COUPON_BACK)
_LATE_CANCEL = _effects(Effect.CHOOSE_RETURN, Effect.REFUND_IF_PAID, Effect.GIVE_COUPON_BACK)
_NOTIFY = _effects(Effect.NOTIFY)

ALLOWED: tuple[Row, ...] = (
    Row(None, _S.AWAITING_PAYMENT, BUYER | STAFF, _effects(Effect.RESERVE, Effect.START_PAYMENT_TIMER)),
    Row(None, _S.RECEIVED, BUYER | STAFF, _effects(Effect.RESERVE, Effect.NOTIFY)),
    Row(_S.AWAITING_PAYMENT, _S.RECEIVED, SYSTEM, _NOTIFY),
    Row(
        _S.AWAITING_PAYMENT,
        _S.EXPIRED,
        TIMER,
        _effects(Effect.RELEASE_STOCK, Effect.GIVE_COUPON_BACK),
    ),
    Row(
        _S.AWAITING_PAYMENT,
        _S.CANCELED,
        STAFF | BUYER,
        _effects(Effect.RELEASE_STOCK, Effect.CANCEL_CHARGE, Effect.GIVE_COUPON_BACK),
    ),
    Row(_S.RECEIVED, _S.CONFIRMED, STAFF | SYSTEM, _NOTIFY),
    Row(_S.RECEIVED, _S.CANCELED, STAFF | BUYER | TIMER, _EARLY_CANCEL),
    Row(_S.CONFIRMED, _S.PREPARING, STAFF, _NOTIFY),
    Row(_S.CONFIRMED, _S.READY, STAFF, _NOTIFY),
    Row(_S.CONFIRMED, _S.CANCELED, MANAGER, _EARLY_CANCEL, needs_reason=True),
    Row(_S.PREPARING, _S.READY, STAFF, _NOTIFY),
    Row(_S.PREPARING, _S.CANCELED, MANAGER, _EARLY_CANCEL, needs_reason=True),
    Row(_S.READY, _S.OUT_FOR_DELIVERY, STAFF, _effects(Effect.COMMIT_STOCK), DELIVERY),
    Row(_S.READY, _S.PICKED_UP, STAFF, _effects(Effect.COMMIT_STOCK, Effect.CHECK_PICKUP_CODE), PICKUP),
    Row(_S.READY, _S.CANCELED, MANAGER, _EARLY_CANCEL, needs_reason=True),
    Row(_S.OUT_FOR_DELIVERY, _S.DELIVERED, STAFF, _effects(), DELIVERY),
    Row(_S.OUT_FOR_DELIVERY, _S.CANCELED, MANAGER, _LATE_CANCEL, DELIVERY, needs_reason=True),
    Row(_S.DELIVERED, _S.COMPLETED, STAFF | TIMER, _effects(Effect.SETTLE_CASH), DELIVERY),
    Row(_S.PICKED_UP, _S.COMPLETED, STAFF | TIMER, _effects(Effect.SETTLE_CASH), PICKUP),
)
_BY_MOVE = {(row.source, row.target): row for row in ALLOWED}


def decide(
    order_status: OrderStatus | None,
    to: OrderStatus,
    fulfilment: Fulfilment,
    actor_kind: ActorKind,
    reason: str = "",
) -> Transition:
    """Decide one move. Asking for the status the order already has is a no-op without effects, for anybody.

    Raises BadTransition; the checks go from what is never possible to what only this request lacks.
    """
    if order_status == to:
        return Transition(order_status, to, frozenset())
    row = _BY_MOVE.get((order_status, to))
    if row is None:
        raise BadTransition("final" if order_status in FINAL_STATUSES else "not_in_table", order_status, to)
    if fulfilment not in row.fulfilments:
        raise BadTransition("fulfilment", order_status, to)
    if actor_kind not in row.actors:
        raise BadTransition("actor", order_status, to)
    reason = reason.strip()
    if row.needs_reason and not reason:
        raise BadTransition("reason_required", order_status, to)
    return Transition(order_status, to, row.effects, reason)


def place(pays_online: bool, total_cents: int, fulfilment: Fulfilment, actor_kind: ActorKind) -> Transition:
    """The first status of an order: it waits for the payment only when there is something to pay online."""
    waits = pays_online and total_cents > 0
    return decide(None, _S.AWAITING_PAYMENT if waits else _S.RECEIVED, fulfilment, actor_kind)


def reopen_paid_late(order_status: OrderStatus) -> Transition:
    """The move for a payment that arrived after the order expired, once its stock could be reserved again.

    Kept out of the table because expired is final for everybody else. Raises BadTransition from any other status.
    """
    if order_status != _S.EXPIRED:
        raise BadTransition("not_in_table", order_status, _S.RECEIVED)
    return Transition(_S.EXPIRED, _S.RECEIVED, _effects(Effect.RESERVE, Effect.NOTIFY))


def next_statuses(
    status: OrderStatus | None, fulfilment: Fulfilment, actor_kind: ActorKind
) -> tuple[OrderStatus, ...]:
    """Where this actor may move the order from here, in the order of the table: the buttons of a page."""
    return tuple(
        row.target
        for row in ALLOWED
        if row.source == status and fulfilment in row.fulfilments and actor_kind in row.actors
    )


def needs_reason(status: OrderStatus, to: OrderStatus) -> bool:
    """Whether this move asks for a written reason."""
    row = _BY_MOVE.get((status, to))
    return row is not None and row.needs_reason
