"""Delivery and pickup windows that a shopper may book ahead, cut from the opening hours of the store.

Slots lie on a grid that starts at each opening; a stretch too short for a whole slot gives none. A slot belongs to
the local date on which it begins, so after midnight it is the next day's even when the shift began the day before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from balcao.modules.store.opening_hours import Schedule, paused_until, shifts_beginning_on

SlotProblem = Literal["not_a_slot", "too_soon", "past_cutoff", "too_far"]


_MARGIN = timedelta(days=2)
"""More than any zone and any shift past midnight can move a slot."""


@dataclass(frozen=True, slots=True)
class SlotRules:
    """How a store takes orders for later.

    `cutoff` is the local time after which no order is taken for a date, counted `cutoff_days_before` days before it.
    """

    slot_minutes: int = 60
    lead_minutes: int = 0
    max_days_ahead: int = 7
    cutoff: time | None = None
    cutoff_days_before: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable window in UTC; `ends_at` is not part of it."""

    starts_at: datetime
    ends_at: datetime


class SlotRefused(Exception):  # noqa: N818 - says what happened to the wish
    """The wished time cannot be booked; `problem` says why."""

    def __init__(self, problem: SlotProblem) -> None:
        self.problem: SlotProblem = problem
        super().__init__(problem)


def slots_of_day(
    schedule: Schedule, tz: str, rules: SlotRules, day: date, now: datetime, lead_days: int = 0
) -> tuple[Slot, ...]:
    """The slots of a local date that may still be booked at `now`, earliest first.

    `lead_days` is the longest notice that a product of the cart asks for, in whole local days. Raises ValueError when
    the slot length is not positive.
    """
    return tuple(
        slot
        for slot in _all_slots(schedule, tz, rules, day)
        if _problem_of(slot, schedule, tz, rules, day, now, lead_days) is None
    )


def find_slot(
    schedule: Schedule, tz: str, rules: SlotRules, scheduled_for: datetime, now: datetime, lead_days: int = 0
) -> Slot:
    """The slot that holds `scheduled_for`; its `starts_at` is what an order keeps.

    Raises SlotRefused, and ValueError for a naive `scheduled_for`.
    """
    if scheduled_for.tzinfo is None:
        raise ValueError("scheduled_for must be an aware datetime")
    # Far beyond every slot there is no calendar to count in: the years of a datetime end at 1 and 9999.
    if scheduled_for > now + timedelta(days=rules.max_days_ahead) + _MARGIN:
        raise SlotRefused("too_far")
    if scheduled_for < now - _MARGIN:
        raise SlotRefused("too_soon")
    scheduled_for = scheduled_for.astimezone(UTC)
    day = scheduled_for.astimezone(ZoneInfo(tz)).date()
    for slot in _all_slots(schedule, tz, rules, day - timedelta(days=1)) + _all_slots(
        schedule, tz, rules, day
    ):
        if slot.starts_at <= scheduled_for < slot.ends_at:
            slot_day = slot.starts_at.astimezone(ZoneInfo(tz)).date()
            problem = _problem_of(slot, schedule, tz, rules, slot_day, now, lead_days)
            if problem is not None:
                raise SlotRefused(problem)
            return slot
    raise SlotRefused("not_a_slot")


def promise(now: datetime, eta_min: int, eta_max: int, queue_minutes: int = 0) -> Slot:
    """The window promised for an order placed now: the area's minutes, later by what the kitchen is behind."""
    start = now.astimezone(UTC)
    return Slot(
        start + timedelta(minutes=eta_min + queue_minutes), start + timedelta(minutes=eta_max + queue_minutes)
    )


def _all_slots(schedule: Schedule, tz: str, rules: SlotRules, day: date) -> tuple[Slot, ...]:
    """Every slot that begins on a local date, whether or not it may still be booked."""
    zone = ZoneInfo(tz)
    return tuple(
        slot for slot in _grid(schedule, tz, rules, day) if slot.starts_at.astimezone(zone).date() == day
    )


def _grid(schedule: Schedule, tz: str, rules: SlotRules, day: date) -> Iterator[Slot]:
    if rules.slot_minutes <= 0:
        raise ValueError("slot_minutes must be positive")
    length = timedelta(minutes=rules.slot_minutes)
    free_from = datetime.min.replace(tzinfo=UTC)
    for shift_day in (day - timedelta(days=1), day):
        for shift in shifts_beginning_on(schedule, tz, shift_day):
            starts_at = shift.starts_at
            while starts_at + length <= shift.ends_at:
                # Overlapping hours of two shifts must not offer the same minutes twice.
                if starts_at >= free_from:
                    free_from = starts_at + length
                    yield Slot(starts_at, free_from)
                starts_at += length


def _problem_of(
    slot: Slot, schedule: Schedule, tz: str, rules: SlotRules, day: date, now: datetime, lead_days: int
) -> SlotProblem | None:
    zone = ZoneInfo(tz)
    today = now.astimezone(zone).date()
    if day > today + timedelta(days=rules.max_days_ahead):
        return "too_far"
    earliest = max(now + timedelta(minutes=rules.lead_minutes), paused_until(schedule, now) or now)
    if slot.starts_at < earliest or day < today + timedelta(days=lead_days):
        return "too_soon"
    if rules.cutoff is not None:
        last_day = day - timedelta(days=rules.cutoff_days_before)
        if now > datetime.combine(last_day, rules.cutoff, zone):
            return "past_cutoff"
    return None
