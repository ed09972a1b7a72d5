"""National holidays: known Easters, and what comes next across the turn of the year."""

from datetime import date

import pytest

from balcao.modules.store.holidays import easter, holidays_of, next_holidays


@pytest.mark.parametrize(
    "day",
    [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ],
)
def test_known_easters(day: date) -> None:
    assert easter(day.year) == day


def test_a_year_in_order() -> None:
    days = [holiday.day for holiday in holidays_of(2026)]
    assert days == sorted(days)
    assert {date(2026, 2, 17), date(2026, 4, 3), date(2026, 6, 4), date(2026, 11, 20)} <= set(days)


def test_the_next_ones_cross_the_year() -> None:
    names = [(holiday.day, holiday.name) for holiday in next_holidays(date(2026, 12, 25), 2)]
    assert names == [(date(2026, 12, 25), "Christmas Day"), (date(2027, 1, 1), "New Year's Day")]
