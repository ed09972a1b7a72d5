"""How the panel calls states, moves and ways of paying, and what a card of the board shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from balcao.modules.store.order_states import ActorKind, OrderStatus, needs_reason, next_statuses

Json = dict[str, Any]
STATUS_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "awaiting_payment": ("Awaiting payment", "waits"),
    "received": ("Received", "waits"),
    "confirmed": ("Confirmed", "info"),
    "preparing": ("In the kitchen", "info"),
    "ready": ("Ready", "done"),
    "out_for_delivery": ("Out for delivery", "info"),
    "delivered": ("Delivered", "done"),
    "picked_up": ("Picked up", "done"),
    "completed": ("Completed", None),
    "canceled": ("Canceled", "stop"),
    "expired": ("Expired", "stop"),
}
MOVE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "confirmed": ("Accept", "check"),
    "preparing": ("Start preparing", "chef-hat"),
    "ready": ("Is ready", "circle-check"),
    "out_for_delivery": ("Send out", "bike"),
    "delivered": ("Was delivered", "check"),
    "picked_up": ("Was picked up", "check"),
    "completed": ("Close the order", "check"),
    "canceled": ("Cancel order", "x"),
}
METHOD_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "pix": ("Pix", "qr-code"),
    "cash": ("Cash", "banknote"),
    "card_on_delivery": ("Card on delivery", "credit-card"),
    "meal_voucher": ("Meal voucher", "utensils"),
}
PAYMENT_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "created": ("open", "waits"),
    "pending": ("open", "waits"),
    "approved": ("paid", "done"),
    "refused": ("refused", "stop"),
    "canceled": ("called off", None),
    "expired": ("expired", "stop"),
}
LANES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("awaiting_payment", "Awaiting payment", ("awaiting_payment",)),
    ("received", "Received", ("received",)),
    ("confirmed", "Confirmed", ("confirmed",)),
    ("preparing", "In the kitchen", ("preparing",)),
    ("ready", "Ready", ("ready",)),
    ("left", "On the way or picked up", ("out_for_delivery", "picked_up")),
    ("delivered", "Delivered", ("delivered",)),
)
LANE_TONES: Final = {"awaiting_payment": "waits", "received": "waits", "ready": "done", "delivered": "done"}
WAITING: Final = frozenset({"received", "confirmed", "preparing"})
DEFAULT_LATE: Final = timedelta(minutes=30)
FRESH: Final = timedelta(seconds=90)
SHOWN_ITEMS: Final = 5


def lane_of(status: str) -> str | None:
    """The column of a state; None for a state that is not on the board."""
    return next((lane for lane, _, statuses in LANES if status in statuses), None)


def status_for_lane(lane: str, fulfilment: str) -> str:
    """The state a card gets when it is put into a column. A name that is no column comes back as it is."""
    if lane == "left":
        return "picked_up" if fulfilment == "pickup" else "out_for_delivery"
    return lane


def moves_from(status: str, fulfilment: str, kind: ActorKind) -> list[str]:
    """Where this person may move an order, without cancelling."""
    targets = next_statuses(OrderStatus(status), fulfilment, kind)  # type: ignore[arg-type]
    return [str(target) for target in targets if target is not OrderStatus.CANCELED]


def cancel_rule(status: str, fulfilment: str, kind: ActorKind) -> str | None:
    """None when this person may not cancel; else `reason` or `free`."""
    if OrderStatus.CANCELED not in next_statuses(OrderStatus(status), fulfilment, kind):  # type: ignore[arg-type]
        return None
    return "reason" if needs_reason(OrderStatus(status), OrderStatus.CANCELED) else "free"


def lanes_of(
    orders: list[Json], totals: Mapping[str, int], kind: ActorKind, now: datetime, *, may_move: bool
) -> list[Json]:
    """The columns of the board with their cards, oldest first, and how many orders each column would hold in all."""
    cards: dict[str, list[Json]] = {lane: [] for lane, _, _ in LANES}
    for order in orders:
        lane = lane_of(order["status"])
        if lane is not None:
            cards[lane].append(card_of(order, kind, now, may_move=may_move))
    return [
        {
            "key": lane,
            "label": label,
            "tone": LANE_TONES.get(lane, "info"),
            "cards": cards[lane],
            "statuses": statuses,
            "total": max(len(cards[lane]), sum(totals.get(status, 0) for status in statuses)),
        }
        for lane, label, statuses in LANES
    ]


def card_of(order: Json, kind: ActorKind, now: datetime, *, may_move: bool) -> Json:
    """One order as its card shows it."""
    placed = datetime.fromisoformat(order["placed_at"])
    scheduled = datetime.fromisoformat(order["scheduled_for"]) if order["scheduled_for"] else None
    moves = moves_from(order["status"], order["fulfilment"], kind) if may_move else []
    return {
        **order,
        "placed": placed,
        "scheduled": scheduled,
        "minutes": max(0, int((now - placed).total_seconds() // 60)),
        "late_after": _late_after(order, placed, scheduled),
        "is_new": order["status"] in {"received", "awaiting_payment"} and now - placed < FRESH,
        "moves": moves,
        "allowed": " ".join(lane_of(move) or "" for move in moves).strip(),
        "shown": order["items"][:SHOWN_ITEMS],
        "hidden": max(0, len(order["items"]) - SHOWN_ITEMS),
        "has_notes": bool(order["notes"]) or any(item["notes"] for item in order["items"]),
        "method": METHOD_WORDS.get(order["payment_method"], (order["payment_method"], "wallet")),
    }


def _late_after(order: Json, placed: datetime, scheduled: datetime | None) -> int:
    """Minutes after which the card says it is late; 0 never."""
    if order["status"] not in WAITING:
        return 0
    promised = datetime.fromisoformat(order["promised_at"]) if order["promised_at"] else None
    limit = (scheduled or promised or placed + DEFAULT_LATE) - placed
    return max(1, int(limit.total_seconds() // 60))


def options_text(line: Mapping[str, Any]) -> str:
    """Variation and options of a line in one breath: "Grande · 2x Ovo · Sem sal"."""
    said = [line["sku_name"]] if line["sku_name"] else []
    said += [f"{o['quantity']}x {o['name']}" if o["quantity"] > 1 else o["name"] for o in line["options"]]
    return " · ".join(said)
