"""National holidays of Brazil, to be offered as days off. Fixed dates by law 662/1949 and its changes, and Easter's."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Holiday:
    """A date and its name, an English msgid. Carnival and Corpus Christi are customs, not law, and are named too."""

    day: date
    name: str


_FIXED = (
    (1, 1, "New Year's Day"),
    (4, 21, "Tiradentes Day"),
    (5, 1, "Labour Day"),
    (9, 7, "Independence Day"),
    (10, 12, "Our Lady of Aparecida"),
    (11, 2, "All Souls' Day"),
    (11, 15, "Republic Day"),
    (11, 20, "Black Consciousness Day"),
    (12, 25, "Christmas Day"),
)
_AFTER_EASTER = ((-47, "Carnival Tuesday"), (-2, "Good Friday"), (60, "Corpus Christi"))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays_of(year: int) -> tuple[Holiday, ...]:
    """The holidays of a year, earliest first."""
    fixed = [Holiday(date(year, month, day), name) for month, day, name in _FIXED]
    moving = [Holiday(easter(year) + timedelta(days=offset), name) for offset, name in _AFTER_EASTER]
    return tuple(sorted((*fixed, *moving), key=lambda holiday: holiday.day))


def next_holidays(today: date, count: int) -> tuple[Holiday, ...]:
    """The next holidays, today's included."""
    coming = (*holidays_of(today.year), *holidays_of(today.year + 1))
    return tuple(holiday for holiday in coming if holiday.day >= today)[:count]
