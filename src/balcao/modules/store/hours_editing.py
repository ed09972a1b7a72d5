"""A store's week, its days that are different, and its pauses.

An interval belongs to the day it begins; when it closes at or before its opening time it ends on the next day. A store
without any interval is always open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, text, update

from balcao.kernel.errors import NotFoundError, ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.checkout_load import schedule_of
from balcao.modules.store.events import StorePauseChanged
from balcao.modules.store.models import Store, StoreException, StoreHours, StorePause
from balcao.modules.store.opening_hours import OpenState, Schedule, Shift, opening_state, shifts_beginning_on
from balcao.modules.store.stores_editing import get_store

INTERVALS_A_DAY = 6
EXCEPTIONS_LIMIT = 200
PAUSE_LIMIT_MINUTES = 7 * 24 * 60
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES


@dataclass(frozen=True, slots=True)
class HoursInput:
    """An interval of a weekday (0 is Monday), store time."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class SpanInput:
    """An interval of a date with hours of its own."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class ExceptionDay:
    """A date unlike its weekday; without spans the store stays closed."""

    day: date
    spans: tuple[SpanInput, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class DayPreview:
    """What really happens on a date: its shifts, in UTC."""

    day: date
    shifts: tuple[Shift, ...]


def minutes_of(moment: time) -> int:
    """Minutes since midnight."""
    return moment.hour * 60 + moment.minute


def length_of(opens: time, closes: time) -> int:
    """Minutes from opening to closing, 1 to 1440: closing at or before the opening time is the next day's."""
    return (minutes_of(closes) - minutes_of(opens) - 1) % DAY_MINUTES + 1


def overlapping(week: Sequence[HoursInput]) -> tuple[int, int] | None:
    """The positions of two intervals that share a minute, Sunday night running into Monday; None when there are none."""
    spans = sorted(
        (
            hours.weekday * DAY_MINUTES + minutes_of(hours.opens),
            length_of(hours.opens, hours.closes),
            position,
        )
        for position, hours in enumerate(week)
    )
    for (start, length, position), (following, _, other) in pairwise(spans):
        if start + length > following:
            return position, other
    if len(spans) > 1 and spans[-1][0] + spans[-1][1] > spans[0][0] + WEEK_MINUTES:
        return spans[-1][2], spans[0][2]
    return None


def check_week(week: Sequence[HoursInput]) -> None:
    """Raises ValidationFailedError with a pointer /hours/<position> for what cannot be."""
    errors: list[dict[str, str]] = []
    for position, hours in enumerate(week):
        if not 0 <= hours.weekday <= 6:
            errors.append(
                {"pointer": f"/hours/{position}/weekday", "message": "A weekday is 0 (Monday) to 6 (Sunday)."}
            )
    for weekday in range(7):
        positions = [at for at, hours in enumerate(week) if hours.weekday == weekday]
        if len(positions) > INTERVALS_A_DAY:
            errors.append(
                {"pointer": f"/hours/{positions[-1]}", "message": "This day has too many intervals."}
            )
    clash = overlapping(week)
    if clash is not None:
        errors.append({"pointer": f"/hours/{max(clash)}", "message": "This interval runs into another one."})
    if errors:
        raise ValidationFailedError(errors)


async def replace_week(uow: UnitOfWork, store_id: UUID, week: Sequence[HoursInput]) -> None:
    """Sets the weekly hours of a store to exactly these; freight quotes made before are void. Raises validation."""
    check_week(week)
    store = await _store_to_change(uow, store_id)
    await uow.session.execute(delete(StoreHours).where(StoreHours.store_id == store.id))
    for hours in week:
        uow.session.add(
            StoreHours(
                tenant_id=uow.tenant_id, id=new_id(), store_id=store.id, weekday=hours.weekday,
                opens=hours.opens, closes=hours.closes,
            )
        )  # fmt: skip
    await uow.session.flush()


async def set_exception(
    uow: UnitOfWork, store_id: UUID, day: date, spans: Sequence[SpanInput], reason: str
) -> None:
    """Gives a date hours of its own, or closes it when there are none. Replaces what the date had. Raises validation."""
    as_week = [HoursInput(0, span.opens, span.closes) for span in spans]
    if len(spans) > INTERVALS_A_DAY:
        raise ValidationFailedError.at("/intervals", "This day has too many intervals.")
    # Two days of the same kind in a row do not clash: the next date decides for itself.
    clash = overlapping(as_week)
    if clash is not None:
        raise ValidationFailedError.at(f"/intervals/{max(clash)}", "This interval runs into another one.")
    store = await _store_to_change(uow, store_id)
    if day < uow.now().astimezone(ZoneInfo(store.timezone)).date():
        raise ValidationFailedError.at("/day", "This day is over.")
    days = await uow.session.execute(
        select(StoreException.day).where(StoreException.store_id == store_id).distinct()
    )
    known = set(days.scalars())
    if day not in known and len(known) >= EXCEPTIONS_LIMIT:
        raise ValidationFailedError.at("/day", "There are too many special days. Remove those that are over.")
    await _drop_exception(uow, store_id, day)
    for span in spans or (None,):
        uow.session.add(
            StoreException(
                tenant_id=uow.tenant_id, id=new_id(), store_id=store_id, day=day, reason=reason,
                opens=span.opens if span else None, closes=span.closes if span else None,
            )
        )  # fmt: skip
    await uow.session.flush()


async def remove_exception(uow: UnitOfWork, store_id: UUID, day: date) -> None:
    """The date follows its weekday again. NotFoundError when it was not special."""
    await _store_to_change(uow, store_id)
    if not await _drop_exception(uow, store_id, day):
        raise NotFoundError


async def _drop_exception(uow: UnitOfWork, store_id: UUID, day: date) -> bool:
    gone = delete(StoreException).where(StoreException.store_id == store_id, StoreException.day == day)
    return (await uow.session.execute(gone.returning(StoreException.id))).first() is not None


async def pause_store(uow: UnitOfWork, store_id: UUID, minutes: int, reason: str) -> datetime:
    """Stops taking orders for so many minutes from now, whatever pause there was; answers when it ends."""
    if not 1 <= minutes <= PAUSE_LIMIT_MINUTES:
        raise ValidationFailedError.at("/minutes", "A pause lasts from 1 minute to 7 days.")
    store = await get_store(uow, store_id, lock=True)
    await _end_pauses(uow, store_id)
    until = uow.now() + timedelta(minutes=minutes)
    uow.session.add(
        StorePause(
            tenant_id=uow.tenant_id,
            id=new_id(),
            store_id=store.id,
            until=until,
            reason=reason,
            actor=uow.actor.label,
        )
    )
    await uow.session.flush()
    uow.publish(StorePauseChanged(store.id, is_paused=True))
    uow.announce("catalog")
    return until


async def resume_store(uow: UnitOfWork, store_id: UUID) -> bool:
    """Ends the pause at once; False when the store was not paused."""
    await get_store(uow, store_id, lock=True)
    ended = await _end_pauses(uow, store_id)
    if ended:
        uow.publish(StorePauseChanged(store_id, is_paused=False))
        uow.announce("catalog")
    return ended


async def _end_pauses(uow: UnitOfWork, store_id: UUID) -> bool:
    now = uow.now()
    running = (
        update(StorePause).where(StorePause.store_id == store_id, StorePause.until > now).values(until=now)
    )
    return (await uow.session.execute(running.returning(StorePause.id))).first() is not None


async def _store_to_change(uow: UnitOfWork, store_id: UUID) -> Store:
    store = await get_store(uow, store_id, lock=True)
    store.version += 1
    store.settings_version += 1
    uow.announce("catalog")
    return store


_SCHEDULES = text("""
select s.id, s.timezone,
  (select coalesce(jsonb_agg(jsonb_build_array(h.weekday, h.opens, h.closes) order by h.weekday, h.opens), '[]')
     from store_hours h where h.tenant_id = :tenant and h.store_id = s.id) as hours,
  (select coalesce(jsonb_agg(jsonb_build_array(e.day, e.opens, e.closes, e.reason) order by e.day, e.opens), '[]')
     from store_exceptions e where e.tenant_id = :tenant and e.store_id = s.id and e.day >= :since) as exceptions,
  (select coalesce(jsonb_agg(jsonb_build_array(p.until, p.reason)), '[]')
     from store_pauses p where p.tenant_id = :tenant and p.store_id = s.id and p.until > :now) as pauses
from stores s where s.tenant_id = :tenant and s.id = any(cast(:stores as uuid[]))
""")


async def load_schedules(uow: UnitOfWork, store_ids: Iterable[UUID]) -> dict[UUID, tuple[Schedule, str]]:
    """The schedule and the time zone of each store, in one statement. Days that are over are left out."""
    now = uow.now()
    parameters = {
        "tenant": uow.tenant_id,
        "stores": list(store_ids),
        "now": now,
        "since": now.date() - timedelta(days=2),
    }
    rows = await uow.session.execute(_SCHEDULES, parameters)
    return {row.id: (schedule_of(row.hours, row.exceptions, row.pauses), row.timezone) for row in rows}


def days_ahead(schedule: Schedule, zone: str, now: datetime, days: int = 7) -> tuple[DayPreview, ...]:
    """What the coming days look like, today first; pauses do not count."""
    today = now.astimezone(ZoneInfo(zone)).date()
    dates = (today + timedelta(days=offset) for offset in range(days))
    return tuple(DayPreview(day, shifts_beginning_on(schedule, zone, day)) for day in dates)


def exception_days(schedule: Schedule) -> tuple[ExceptionDay, ...]:
    """The special dates of a schedule, each once, earliest first."""
    found: dict[date, ExceptionDay] = {}
    for item in schedule.exceptions:
        spans = tuple(SpanInput(span.opens, span.closes) for span in item.spans)
        known = found.get(item.date)
        joined = tuple(sorted((*known.spans, *spans), key=lambda span: span.opens)) if known else spans
        found[item.date] = ExceptionDay(item.date, joined, (known.reason if known else "") or item.reason)
    return tuple(found[day] for day in sorted(found))


def state_now(schedule: Schedule, zone: str, now: datetime) -> OpenState:
    """Whether the store is open at a moment, and until when."""
    return opening_state(schedule, zone, now)
