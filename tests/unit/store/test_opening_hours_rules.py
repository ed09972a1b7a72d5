"""Opening hours: nights, split days, exceptions, pauses, zones with and without clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from balcao.modules.store.opening_hours import (
    DayException,
    Interval,
    OpenState,
    Pause,
    Schedule,
    Span,
    opening_state,
    paused_until,
    shifts_beginning_on,
)

MANAUS, SAO_PAULO, NEW_YORK = "America/Manaus", "America/Sao_Paulo", "America/New_York"
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6


def at(tz: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz), fold=fold)


def state(schedule: Schedule, tz: str, text: str) -> OpenState:
    return opening_state(schedule, tz, at(tz, text))


NIGHT = Schedule((Interval(FRIDAY, time(18), time(2)),))
WEEK = Schedule(tuple(Interval(day, time(8), time(18)) for day in range(5)))


def test_overnight_store_in_manaus() -> None:
    """Friday 18:00-02:00: open on Saturday at 01:30, closed at 02:00."""
    assert state(NIGHT, MANAUS, "2026-07-03T17:59").is_open is False
    assert state(NIGHT, MANAUS, "2026-07-03T18:00").is_open
    late = state(NIGHT, MANAUS, "2026-07-04T01:30")
    assert late == OpenState(True, "open", closes_at=datetime(2026, 7, 4, 6, tzinfo=UTC))
    closed = state(NIGHT, MANAUS, "2026-07-04T02:00")
    assert (closed.is_open, closed.reason) == (False, "outside_hours")
    assert closed.next_opening == datetime(2026, 7, 10, 22, tzinfo=UTC)


def test_sunday_night_runs_into_monday() -> None:
    schedule = Schedule((Interval(SUNDAY, time(20), time(0)), Interval(MONDAY, time(0), time(1))))
    assert state(schedule, SAO_PAULO, "2026-07-05T23:00").closes_at == at(SAO_PAULO, "2026-07-06T01:00")
    assert state(schedule, SAO_PAULO, "2026-07-06T00:59").is_open
    assert not state(schedule, SAO_PAULO, "2026-07-06T01:00").is_open


def test_split_day_in_any_order() -> None:
    schedule = Schedule((Interval(MONDAY, time(18), time(22)), Interval(MONDAY, time(6, 30), time(12))))
    siesta = state(schedule, SAO_PAULO, "2026-07-06T13:00")
    assert siesta.next_opening == at(SAO_PAULO, "2026-07-06T18:00")
    assert state(schedule, SAO_PAULO, "2026-07-06T06:30").closes_at == at(SAO_PAULO, "2026-07-06T12:00")


def test_equal_times_are_a_whole_day() -> None:
    schedule = Schedule((Interval(MONDAY, time(7), time(7)),))
    assert state(schedule, SAO_PAULO, "2026-07-07T06:59").is_open
    assert not state(schedule, SAO_PAULO, "2026-07-07T07:00").is_open


def test_overlapping_hours_close_at_the_later_end() -> None:
    schedule = Schedule((Interval(MONDAY, time(8), time(15)), Interval(MONDAY, time(12), time(18))))
    assert state(schedule, SAO_PAULO, "2026-07-06T16:00").closes_at == at(SAO_PAULO, "2026-07-06T18:00")


def test_a_store_without_hours_is_always_open() -> None:
    assert state(Schedule(), SAO_PAULO, "2026-07-05T03:00") == OpenState(True, "open")


def test_an_always_open_store_still_closes_on_an_exception() -> None:
    schedule = Schedule(exceptions=(DayException(date(2026, 12, 25), reason="Natal"),))
    eve = state(schedule, SAO_PAULO, "2026-12-24T22:00")
    assert eve.closes_at == at(SAO_PAULO, "2026-12-25T00:00")
    christmas = state(schedule, SAO_PAULO, "2026-12-25T12:00")
    assert (christmas.is_open, christmas.reason, christmas.note) == (False, "exception", "Natal")
    assert christmas.next_opening == at(SAO_PAULO, "2026-12-26T00:00")
    assert state(schedule, SAO_PAULO, "2026-12-26T00:00").closes_at is None


def test_an_exception_lasts_as_long_as_the_day_of_the_shop() -> None:
    schedule = Schedule(exceptions=(DayException(date(2026, 12, 25)),))
    late = state(schedule, SAO_PAULO, "2026-12-25T22:00")  # the 26th in UTC
    assert (late.reason, late.note) == ("exception", "")


def test_an_exception_replaces_the_hours_of_its_day() -> None:
    short_day = DayException(date(2026, 12, 24), (Span(time(8), time(13)),), "Véspera")
    schedule = Schedule(WEEK.intervals, (short_day,))
    assert state(schedule, SAO_PAULO, "2026-12-24T12:59").closes_at == at(SAO_PAULO, "2026-12-24T13:00")
    after = state(schedule, SAO_PAULO, "2026-12-24T13:00")
    assert (after.reason, after.note) == ("exception", "Véspera")
    assert after.next_opening == at(SAO_PAULO, "2026-12-25T08:00")


def test_exceptions_of_one_date_add_up() -> None:
    day = date(2026, 7, 5)
    spans = (Span(time(9), time(12)), Span(time(14), time(17)))
    parts = (DayException(day), *(DayException(day, (span,), "Feira") for span in spans))
    schedule = Schedule(WEEK.intervals, parts)
    between = state(schedule, SAO_PAULO, "2026-07-05T13:00")
    assert (between.note, between.next_opening) == (
        "Feira",
        at(SAO_PAULO, "2026-07-05T14:00").astimezone(UTC),
    )
    assert state(schedule, SAO_PAULO, "2026-07-05T10:00").is_open


def test_an_exception_may_open_a_day_that_is_closed() -> None:
    schedule = Schedule(WEEK.intervals, (DayException(date(2026, 7, 5), (Span(time(9), time(12)),)),))
    assert state(schedule, SAO_PAULO, "2026-07-05T10:00").is_open


def test_an_exception_of_today_does_not_cut_last_night() -> None:
    schedule = Schedule(NIGHT.intervals, (DayException(date(2026, 7, 4)),))
    assert state(schedule, MANAUS, "2026-07-04T01:30").is_open
    assert state(schedule, MANAUS, "2026-07-04T02:00").reason == "exception"


def test_an_exception_of_the_day_the_shift_began_cuts_it() -> None:
    schedule = Schedule(NIGHT.intervals, (DayException(date(2026, 7, 3)),))
    assert not state(schedule, MANAUS, "2026-07-03T19:00").is_open
    assert not state(schedule, MANAUS, "2026-07-04T01:30").is_open


def test_an_exception_may_run_past_midnight() -> None:
    schedule = Schedule(WEEK.intervals, (DayException(date(2026, 12, 31), (Span(time(20), time(3)),)),))
    assert state(schedule, SAO_PAULO, "2027-01-01T02:00").is_open


def test_a_pause_holds_until_its_end() -> None:
    until = at(SAO_PAULO, "2026-07-06T12:30")
    schedule = Schedule(
        WEEK.intervals, pauses=(Pause(until - timedelta(hours=1)), Pause(until, "Forno cheio"))
    )
    paused = state(schedule, SAO_PAULO, "2026-07-06T12:00")
    assert paused == OpenState(False, "paused", next_opening=until.astimezone(UTC), note="Forno cheio")
    assert paused.next_opening is not None
    assert paused.next_opening.tzinfo is UTC
    assert state(schedule, SAO_PAULO, "2026-07-06T12:30").is_open


def test_a_pause_past_closing_opens_with_the_next_shift() -> None:
    schedule = Schedule(WEEK.intervals, pauses=(Pause(at(SAO_PAULO, "2026-07-06T19:00")),))
    paused = state(schedule, SAO_PAULO, "2026-07-06T17:00")
    assert paused.next_opening == at(SAO_PAULO, "2026-07-07T08:00")


def test_paused_until_is_the_latest_pause_that_holds() -> None:
    now = at(SAO_PAULO, "2026-07-06T12:00")
    pauses = tuple(Pause(now + timedelta(minutes=minutes)) for minutes in (-5, 30, 10))
    assert paused_until(Schedule(pauses=pauses), now) == now + timedelta(minutes=30)
    assert paused_until(Schedule(pauses=pauses[:1]), now) is None
    assert paused_until(Schedule(pauses=(Pause(now),)), now) is None


def test_a_week_without_a_gap_has_no_closing_in_sight() -> None:
    schedule = Schedule(tuple(Interval(day, time(0), time(0)) for day in range(7)))
    assert state(schedule, SAO_PAULO, "2026-07-06T12:00") == OpenState(True, "open")


def test_the_next_opening_is_searched_for_sixty_days() -> None:
    start = date(2026, 7, 6)

    def closed_for(days: int) -> Schedule:
        away = tuple(DayException(start + timedelta(days=day)) for day in range(days))
        return Schedule(tuple(Interval(day, time(8), time(18)) for day in range(7)), away)

    noon = "2026-07-06T12:00"
    assert state(closed_for(60), SAO_PAULO, noon).next_opening == at(SAO_PAULO, "2026-09-04T08:00")
    assert state(closed_for(61), SAO_PAULO, noon).next_opening is None
    noon_hours = Schedule((Interval(FRIDAY, time(12), time(18)),), closed_for(60).exceptions)
    assert state(noon_hours, SAO_PAULO, noon).next_opening == at(SAO_PAULO, "2026-09-04T12:00")
    late_hours = Schedule((Interval(FRIDAY, time(13), time(18)),), closed_for(60).exceptions)
    assert (
        state(late_hours, SAO_PAULO, noon).next_opening is None
    )  # 4 September at 13:00 is 60 days and an hour


def test_a_closing_is_told_when_it_is_less_than_sixty_days_away() -> None:
    schedule = Schedule(exceptions=(DayException(date(2026, 9, 4)),))
    assert state(schedule, SAO_PAULO, "2026-07-06T00:01").closes_at == at(SAO_PAULO, "2026-09-04T00:00")
    assert state(schedule, SAO_PAULO, "2026-07-06T00:00").closes_at is None


def test_the_last_shift_before_a_long_closure_still_closes() -> None:
    away = tuple(DayException(date(2026, 7, 7) + timedelta(days=day)) for day in range(70))
    schedule = Schedule(WEEK.intervals, away)
    assert state(schedule, SAO_PAULO, "2026-07-06T12:00").closes_at == at(SAO_PAULO, "2026-07-06T18:00")


def test_local_hours_keep_their_place_when_clocks_change() -> None:
    every_day = Schedule(tuple(Interval(day, time(9), time(17)) for day in range(7)))
    winter, summer = (
        shifts_beginning_on(every_day, NEW_YORK, day)[0] for day in (date(2026, 3, 7), date(2026, 3, 8))
    )
    assert winter.starts_at == datetime(2026, 3, 7, 14, tzinfo=UTC)
    assert summer.starts_at == datetime(2026, 3, 8, 13, tzinfo=UTC)


def test_a_night_with_the_jump_forward_is_an_hour_shorter() -> None:
    schedule = Schedule((Interval(SATURDAY, time(22), time(4)),))
    (shift,) = shifts_beginning_on(schedule, NEW_YORK, date(2026, 3, 7))
    assert shift.ends_at - shift.starts_at == timedelta(hours=5)


def test_a_closing_that_exists_twice_is_the_second() -> None:
    schedule = Schedule((Interval(SATURDAY, time(22), time(1, 30)),))
    (shift,) = shifts_beginning_on(schedule, NEW_YORK, date(2026, 10, 31))
    assert shift.ends_at == at(NEW_YORK, "2026-11-01T01:30", fold=1).astimezone(UTC)
    assert opening_state(schedule, NEW_YORK, at(NEW_YORK, "2026-11-01T01:10", fold=1)).is_open


def test_an_opening_that_the_clock_jumps_over_moves_behind_the_jump() -> None:
    schedule = Schedule((Interval(SUNDAY, time(2, 30), time(6)),))
    (shift,) = shifts_beginning_on(schedule, NEW_YORK, date(2026, 3, 8))
    assert shift.starts_at == at(NEW_YORK, "2026-03-08T03:30")


def test_a_shift_that_the_clock_swallows_is_no_shift() -> None:
    schedule = Schedule((Interval(SUNDAY, time(2, 50), time(3, 10)),))
    assert shifts_beginning_on(schedule, NEW_YORK, date(2026, 3, 8)) == ()
    wholly = Schedule((Interval(SUNDAY, time(2, 30), time(3, 30)),))
    assert shifts_beginning_on(wholly, NEW_YORK, date(2026, 3, 8)) == ()


def test_old_brazilian_summer_time_is_computed_from_zone_data() -> None:
    schedule = Schedule((Interval(MONDAY, time(8), time(18)),))
    summer, winter = (
        shifts_beginning_on(schedule, SAO_PAULO, day)[0] for day in (date(2019, 1, 7), date(2026, 1, 5))
    )
    assert (summer.starts_at.hour, winter.starts_at.hour) == (10, 11)


def test_zones_of_brazil_differ() -> None:
    moment = datetime(2026, 7, 6, 11, 30, tzinfo=UTC)
    zones = (
        "America/Noronha",
        SAO_PAULO,
        "America/Fortaleza",
        "America/Cuiaba",
        MANAUS,
        "America/Rio_Branco",
    )
    assert [opening_state(WEEK, tz, moment).is_open for tz in zones] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^now must be an aware datetime$"):
        opening_state(WEEK, SAO_PAULO, datetime(2026, 7, 6, 12))


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        opening_state(WEEK, "America/Brasilia", datetime(2026, 7, 6, 12, tzinfo=UTC))
