"""When a store is open: pauses first, then exceptions of the day, then the weekly hours, in the store's time zone.

A shift belongs to the day it begins. So an exception replaces the shifts that begin on its date, and last night's
shift past midnight goes on even when today is an exception. A store without any weekly hours is always open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

LOOK_AHEAD = timedelta(days=60)
"""How far the next opening is searched."""

OpenReason = Literal["open", "paused", "exception", "outside_hours"]


@dataclass(frozen=True, slots=True)
class Span:
    """Local hours of one day; when `closes` is not after `opens` the shift ends on the next day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Interval:
    """Weekly hours: `weekday` 0 is Monday; when `closes` is not after `opens` the shift ends on the next day."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class DayException:
    """A date with hours of its own; without spans the store does not open. Several of one date add their spans."""

    date: date
    spans: tuple[Span, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop that holds until an instant."""

    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that decides whether a store is open."""

    intervals: tuple[Interval, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """An unbroken stretch of opening hours in UTC; `ends_at` is not part of it."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether the store is open; instants are UTC.

    `closes_at` is None when closed or when no closing is in sight, `next_opening` when open or when none is in sight.
    """

    is_open: bool
    reason: OpenReason
    closes_at: datetime | None = None
    next_opening: datetime | None = None
    note: str = ""


_ALL_DAY = Span(time(0), time(0))
_ONE_DAY = timedelta(days=1)
WEEK_AND_A_DAY = 8


def opening_state(schedule: Schedule, tz: str, now: datetime) -> OpenState:
    """The state of the store at `now`, an aware datetime; `tz` is an IANA name.

    Raises ValueError for a naive `now`, ZoneInfoNotFoundError for an unknown zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    now = now.astimezone(UTC)
    zone = ZoneInfo(tz)
    pause = max(schedule.pauses, key=lambda candidate: candidate.until, default=None)
    if pause is not None and now < pause.until:
        opening = _next_open_instant(schedule, zone, pause.until.astimezone(UTC))
        return OpenState(False, "paused", next_opening=opening, note=pause.reason)
    if not schedule.intervals and not schedule.exceptions:
        return OpenState(True, "open")
    opening = _next_open_instant(schedule, zone, now)
    if opening == now:
        return OpenState(True, "open", closes_at=_closing(schedule, zone, now))
    exceptions = _exceptions_on(schedule, now.astimezone(zone).date())
    if exceptions:
        note = next((exception.reason for exception in exceptions if exception.reason), "")
        return OpenState(False, "exception", next_opening=opening, note=note)
    return OpenState(False, "outside_hours", next_opening=opening)


def shifts_beginning_on(schedule: Schedule, tz: str, day: date) -> tuple[Shift, ...]:
    """The shifts that begin on a local date, earliest first; pauses do not count."""
    return _shifts_of_day(schedule, ZoneInfo(tz), day)


def paused_until(schedule: Schedule, now: datetime) -> datetime | None:
    """The end of the pause that holds at `now`, if there is one."""
    return max((pause.until for pause in schedule.pauses if now < pause.until), default=None)


def _shifts_of_day(schedule: Schedule, zone: ZoneInfo, day: date) -> tuple[Shift, ...]:
    spans = sorted(_spans_of_day(schedule, day), key=lambda span: (span.opens, span.closes))
    shifts = (_shift(span, day, zone) for span in spans)
    return tuple(shift for shift in shifts if shift.starts_at < shift.ends_at)


def _spans_of_day(schedule: Schedule, day: date) -> tuple[Span, ...]:
    exceptions = _exceptions_on(schedule, day)
    if exceptions:
        return tuple(span for exception in exceptions for span in exception.spans)
    if not schedule.intervals:
        return (_ALL_DAY,)
    weekday = day.weekday()
    return tuple(Span(hours.opens, hours.closes) for hours in schedule.intervals if hours.weekday == weekday)


def _exceptions_on(schedule: Schedule, day: date) -> list[DayException]:
    return [exception for exception in schedule.exceptions if exception.date == day]


@lru_cache(maxsize=4096)
def _shift(span: Span, day: date, zone: ZoneInfo) -> Shift:
    """Local hours to instants. When clocks go back, an hour that exists twice opens at the first and closes at the
    second; a time that clocks jump over becomes the same time after the jump."""
    opens = datetime.combine(day, span.opens, zone)
    closes = datetime.combine(day if span.closes > span.opens else day + _ONE_DAY, span.closes, zone)
    return Shift(opens.astimezone(UTC), max(closes.replace(fold=fold).astimezone(UTC) for fold in (0, 1)))


def _shifts_around(
    schedule: Schedule, zone: ZoneInfo, at: datetime, days: int = LOOK_AHEAD.days
) -> Iterator[Shift]:
    """Shifts from the day before `at`, which may run past midnight, to `days` ahead, earliest first."""
    first = at.astimezone(zone).date() - _ONE_DAY
    for offset in range(days + 2):
        yield from _shifts_of_day(schedule, zone, first + timedelta(days=offset))


def _next_open_instant(schedule: Schedule, zone: ZoneInfo, at: datetime) -> datetime | None:
    """`at` itself when the store is open then, else the next opening within the search."""
    for shift in _shifts_around(schedule, zone, at):
        if at < shift.ends_at:
            return max(at, shift.starts_at) if shift.starts_at <= at + LOOK_AHEAD else None
    return None


def _closing(schedule: Schedule, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The end of the shift that holds now, with the shifts that touch it; None when it never ends in sight."""
    closes = now
    days = _days_that_differ(schedule, now.astimezone(zone).date())
    for shift in _shifts_around(schedule, zone, now, days):
        if shift.starts_at > closes:
            return closes
        closes = max(closes, shift.ends_at)
    return closes if closes < now + timedelta(days=min(days, LOOK_AHEAD.days)) else None


def _days_that_differ(schedule: Schedule, today: date) -> int:
    """How far ahead one has to look: a week after the last exception every day is like one seen already."""
    last = max((exception.date for exception in schedule.exceptions), default=today)
    return min(LOOK_AHEAD.days, max(0, (last - today).days) + WEEK_AND_A_DAY)
