"""Windows for orders ahead: the grid, what may still be booked, and the promise for now."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from balcao.modules.store.opening_hours import DayException, Interval, Pause, Schedule
from balcao.modules.store.time_slots import Slot, SlotRefused, SlotRules, find_slot, promise, slots_of_day

TZ = "America/Sao_Paulo"
MONDAY, TUESDAY = date(2026, 7, 6), date(2026, 7, 7)
SHORT_DAYS = Schedule(tuple(Interval(day, time(8), time(11, 30)) for day in range(7)))


def at(text: str, tz: str = TZ) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz))


def starts(slots: tuple[Slot, ...], tz: str = TZ) -> list[str]:
    return [slot.starts_at.astimezone(ZoneInfo(tz)).strftime("%a %H:%M") for slot in slots]


def refusal(schedule: Schedule, rules: SlotRules, wish: str, now: str, lead_days: int = 0) -> str:
    with pytest.raises(SlotRefused) as caught:
        find_slot(schedule, TZ, rules, at(wish), at(now), lead_days)
    assert str(caught.value) == caught.value.problem
    return caught.value.problem


def test_only_whole_slots_fit() -> None:
    slots = slots_of_day(SHORT_DAYS, TZ, SlotRules(60), MONDAY, at("2026-07-06T07:00"))
    assert starts(slots) == ["Mon 08:00", "Mon 09:00", "Mon 10:00"]
    assert slots[0].ends_at == slots[1].starts_at == datetime(2026, 7, 6, 12, tzinfo=UTC)


def test_a_closed_day_has_no_slots() -> None:
    schedule = Schedule(SHORT_DAYS.intervals, (DayException(MONDAY),))
    assert slots_of_day(schedule, TZ, SlotRules(), MONDAY, at("2026-07-06T07:00")) == ()


def test_a_night_is_split_by_calendar_day() -> None:
    schedule = Schedule((Interval(0, time(22), time(2)),))
    now = at("2026-07-06T12:00")
    assert starts(slots_of_day(schedule, TZ, SlotRules(60), MONDAY, now)) == ["Mon 22:00", "Mon 23:00"]
    assert starts(slots_of_day(schedule, TZ, SlotRules(60), TUESDAY, now)) == ["Tue 00:00", "Tue 01:00"]


def test_a_slot_across_midnight_belongs_to_the_day_it_begins() -> None:
    schedule = Schedule((Interval(0, time(22, 30), time(2, 30)),))
    now = at("2026-07-06T12:00")
    assert starts(slots_of_day(schedule, TZ, SlotRules(60), MONDAY, now)) == ["Mon 22:30", "Mon 23:30"]
    found = find_slot(schedule, TZ, SlotRules(60, max_days_ahead=0), at("2026-07-07T00:15"), now)
    assert starts((found,)) == ["Mon 23:30"]


def test_overlapping_hours_offer_no_minute_twice() -> None:
    schedule = Schedule((Interval(0, time(8), time(10)), Interval(0, time(9, 30), time(13))))
    slots = slots_of_day(schedule, TZ, SlotRules(60), MONDAY, at("2026-07-06T07:00"))
    assert starts(slots) == ["Mon 08:00", "Mon 09:00", "Mon 10:30", "Mon 11:30"]


def test_lead_time_hides_what_is_too_near() -> None:
    rules = SlotRules(60, lead_minutes=90)
    assert starts(slots_of_day(SHORT_DAYS, TZ, rules, MONDAY, at("2026-07-06T07:30"))) == [
        "Mon 09:00",
        "Mon 10:00",
    ]
    assert refusal(SHORT_DAYS, rules, "2026-07-06T08:00", "2026-07-06T07:30") == "too_soon"


def test_the_past_is_too_soon() -> None:
    assert refusal(SHORT_DAYS, SlotRules(60), "2026-07-05T09:00", "2026-07-06T07:30") == "too_soon"


def test_a_pause_pushes_the_first_slot() -> None:
    schedule = Schedule(SHORT_DAYS.intervals, pauses=(Pause(at("2026-07-06T09:10")),))
    assert starts(slots_of_day(schedule, TZ, SlotRules(60), MONDAY, at("2026-07-06T07:30"))) == ["Mon 10:00"]


def test_product_lead_days_count_whole_days() -> None:
    rules = SlotRules(60)
    assert refusal(SHORT_DAYS, rules, "2026-07-07T10:00", "2026-07-06T23:59", lead_days=2) == "too_soon"
    found = find_slot(SHORT_DAYS, TZ, rules, at("2026-07-08T08:00"), at("2026-07-06T23:59"), lead_days=2)
    assert starts((found,)) == ["Wed 08:00"]


def test_max_days_ahead() -> None:
    rules = SlotRules(60, max_days_ahead=2)
    assert find_slot(SHORT_DAYS, TZ, rules, at("2026-07-08T10:00"), at("2026-07-06T07:00"))
    assert refusal(SHORT_DAYS, rules, "2026-07-09T08:00", "2026-07-06T07:00") == "too_far"


def test_cutoff_of_the_same_day() -> None:
    rules = SlotRules(60, cutoff=time(8))
    assert find_slot(SHORT_DAYS, TZ, rules, at("2026-07-06T10:00"), at("2026-07-06T08:00"))
    assert refusal(SHORT_DAYS, rules, "2026-07-06T10:00", "2026-07-06T08:01") == "past_cutoff"
    assert find_slot(SHORT_DAYS, TZ, rules, at("2026-07-07T10:00"), at("2026-07-06T08:01"))


def test_cutoff_of_the_day_before() -> None:
    rules = SlotRules(60, cutoff=time(18), cutoff_days_before=1)
    assert find_slot(SHORT_DAYS, TZ, rules, at("2026-07-07T10:00"), at("2026-07-06T18:00"))
    assert refusal(SHORT_DAYS, rules, "2026-07-07T10:00", "2026-07-06T18:01") == "past_cutoff"


@pytest.mark.parametrize("wish", ["2026-07-06T07:59", "2026-07-06T11:00", "2026-07-06T15:00"])
def test_a_time_outside_every_slot(wish: str) -> None:
    assert refusal(SHORT_DAYS, SlotRules(60), wish, "2026-07-06T07:00") == "not_a_slot"


def test_any_minute_of_a_slot_finds_it() -> None:
    found = find_slot(SHORT_DAYS, TZ, SlotRules(60), at("2026-07-06T09:59"), at("2026-07-06T07:00"))
    assert found == Slot(datetime(2026, 7, 6, 12, tzinfo=UTC), datetime(2026, 7, 6, 13, tzinfo=UTC))


def test_a_naive_wish_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^scheduled_for must be an aware datetime$"):
        find_slot(SHORT_DAYS, TZ, SlotRules(60), datetime(2026, 7, 6, 9), at("2026-07-06T07:00"))


def test_a_slot_length_must_be_positive() -> None:
    with pytest.raises(ValueError, match=r"^slot_minutes must be positive$"):
        slots_of_day(SHORT_DAYS, TZ, SlotRules(0), MONDAY, at("2026-07-06T07:00"))
    assert len(slots_of_day(SHORT_DAYS, TZ, SlotRules(1), MONDAY, at("2026-07-06T07:00"))) == 210


def test_the_day_is_the_shops_and_not_the_machines() -> None:
    tz = "Pacific/Auckland"  # where Monday begins while it is Sunday noon in UTC
    found = find_slot(SHORT_DAYS, tz, SlotRules(60), at("2026-07-07T08:00", tz), at("2026-07-06T12:00", tz))
    assert starts((found,), tz) == ["Tue 08:00"]


def test_slots_are_even_when_clocks_change() -> None:
    schedule = Schedule((Interval(6, time(0), time(6)),))
    tz = "America/New_York"
    slots = slots_of_day(schedule, tz, SlotRules(60), date(2026, 3, 8), at("2026-03-07T12:00", tz))
    assert starts(slots, tz) == ["Sun 00:00", "Sun 01:00", "Sun 03:00", "Sun 04:00", "Sun 05:00"]
    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(hours=1)}


def test_promise_is_now_plus_the_minutes_of_the_area_and_the_queue() -> None:
    now = datetime(2026, 7, 6, 12, tzinfo=UTC)
    assert promise(now, 30, 50) == Slot(now + timedelta(minutes=30), now + timedelta(minutes=50))
    assert promise(now, 30, 50, queue_minutes=15) == Slot(
        now + timedelta(minutes=45), now + timedelta(minutes=65)
    )
    assert promise(now.astimezone(ZoneInfo(TZ)), 30, 50).starts_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "too_far"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=ZoneInfo(TZ)), "too_far"),
        (datetime(1, 1, 1, tzinfo=UTC), "too_soon"),
        (datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), "too_soon"),
    ],
)
def test_the_ends_of_the_calendar_are_no_slots(wish: datetime, problem: str) -> None:
    with pytest.raises(SlotRefused) as caught:
        find_slot(SHORT_DAYS, TZ, SlotRules(60), wish, at("2026-07-06T12:00"))
    assert caught.value.problem == problem
