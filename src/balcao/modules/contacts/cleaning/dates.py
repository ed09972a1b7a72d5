"""Dates, with the order of day and month judged over the whole column (contacts specification, 4.4)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.cells import cell_text, tidy
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell, Cleaned, Finding
from balcao.modules.contacts.cleaning.texts import stands_for_nothing


class DateOrder(StrEnum):
    """How the dates of a column that are written in numbers are to be read."""

    DAY_FIRST = "day_first"
    """Some date could only be day, month, year; none the other way round."""
    MONTH_FIRST = "month_first"
    MIXED = "mixed"
    """Both were seen: a date that could be either is an error, cell by cell."""
    ASSUMED = "assumed"
    """Only dates that could be either: day first, as in Brazil. Worth one DATE_ORDER_ASSUMED for the column."""
    UNSEEN = "unseen"
    """No date that depends on the order; read day first."""


_TIME: Final = r"(?:[T ,]+(?:[aà]s )?[0-9]{1,2}(?:[:h][0-9]{2})?(?::[0-9]{2}(?:[.,][0-9]+)?)?h? ?(?:[ap]\.?m\.?)? ?(?:z|utc|gmt)?(?:[+-][0-9]{2}:?[0-9]{2})?)?"
_USUAL: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([12][0-9]{3})")
_NUMBERS: Final = re.compile(
    rf"([0-9]{{1,2}}) ?[/.\-, ] ?([0-9]{{1,2}}) ?[/.\-, ] ?([0-9]{{4}}|[0-9]{{2}}){_TIME}", re.IGNORECASE
)
_ISO: Final = re.compile(
    rf"([0-9]{{4}}) ?[/.\-] ?([0-9]{{1,2}}) ?[/.\-] ?([0-9]{{1,2}}){_TIME}", re.IGNORECASE
)
_CLEAN: Final = re.compile(r"([12][0-9]{3})-([0-9]{2})-([0-9]{2})")
_COMPACT: Final = re.compile(r"[0-9]{8}")
_BETWEEN: Final = r"[ /.,-]*"
_DAY_MONTH_YEAR: Final = re.compile(
    rf"([0-9]{{1,2}})(?:(?:[oa]|st|nd|rd|th|°)(?![a-z]))?{_BETWEEN}(?:(?:de|of) )?{_BETWEEN}([a-z]+){_BETWEEN}(?:(?:de|do|of) )?'?([0-9]{{4}}|[0-9]{{2}}){_TIME}",
    re.IGNORECASE,
)
_MONTH_DAY_YEAR: Final = re.compile(
    rf"([a-z]+)[ .-]*([0-9]{{1,2}})(?:(?:[oa]|st|nd|rd|th|°)(?![a-z]))?(?:[ ,/-]+(?:de |of )?|, ?)'?([0-9]{{4}}|[0-9]{{2}}){_TIME}",
    re.IGNORECASE,
)
_YEAR_MONTH_DAY: Final = re.compile(
    rf"([0-9]{{4}})[ /.-]+([a-z]+)[ /.-]+([0-9]{{1,2}}){_TIME}", re.IGNORECASE
)
_WEEKDAY: Final = re.compile(
    r"^(?:segunda|terca|quarta|quinta|sexta|sabado|domingo|seg|ter|qua|qui|sex|sab|dom|mon|tue|wed|thu|fri|sat|sun"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:[ -]feira)?[.,]*\s+"
)
_EMPTY_MASK: Final = re.compile(r"[\s/._:-]*")
_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            "janeiro jan january", "fevereiro fev february feb", "marco mar march", "abril abr april apr", "maio mai may",
            "junho jun june", "julho jul july", "agosto ago august aug", "setembro set september sep sept",
            "outubro out october oct", "novembro nov november", "dezembro dez december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_LONGEST_DATE: Final = 64
_DAY_ZERO: Final = date(1899, 12, 30)
"""Day 61 of the 1900 system counted back; before it Excel's leap day of 1900, which never was, is in the way."""
_FALSE_LEAP_DAY: Final = 60
_SHIFT_1904: Final = 1_462
_LAST_SERIAL: Final = 73_050
"""31 December 2099. A larger number is a date written without its separators."""
_FIRST_BIRTHDAY: Final = "1900-01-01"
_TYPING_MISTAKES: Final = 50
"""One date against the order of fifty others is a mistake of typing, not a second habit."""

_FORMATTED: Final = (Finding("DATE_FORMATTED"),)
_INVALID: Final = Cleaned("", (), (Finding("DATE_INVALID"),))
_OUT_OF_RANGE: Final = Cleaned("", (), (Finding("DATE_OUT_OF_RANGE"),))
_MIXED: Final = Cleaned("", (), (Finding("DATE_ORDER_MIXED"),))


def date_order(cells: Iterable[Cell]) -> DateOrder:
    """Judge a column by the dates that can only be read one way: a day above 12 in the first place, or in the second."""
    day_first = month_first = either = 0
    for cell in cells:
        if not isinstance(cell, str) or len(cell) > _LONGEST_DATE:
            continue
        numbers = _NUMBERS.fullmatch(cell.strip())
        if numbers is None:
            continue
        first, second = int(numbers[1]), int(numbers[2])
        if 12 < first <= 31 and 1 <= second <= 12:
            day_first += 1
        elif 12 < second <= 31 and 1 <= first <= 12:
            month_first += 1
        else:
            either += 1
    return _order(day_first, month_first, either)


def _order(day_first: int, month_first: int, either: int) -> DateOrder:
    if min(day_first, month_first) * _TYPING_MISTAKES > max(day_first, month_first):
        return DateOrder.MIXED
    if day_first or month_first:
        return DateOrder.DAY_FIRST if day_first > month_first else DateOrder.MONTH_FIRST
    return DateOrder.ASSUMED if either else DateOrder.UNSEEN


def clean_date(
    cell: Cell, order: DateOrder, *, is_1904: bool = False, is_birthday: bool = True, today: date
) -> Cleaned:
    """The date as year-month-day, without its time.

    `is_1904`: the workbook counts its days from 1904. A birthday lies between 1900 and `today`. A year of two digits is
    of this century up to the current year's, else of the last. Numbers count as days only in cells that hold numbers.
    """
    if not isinstance(cell, str):
        found = _from_value(cell, order, today, is_1904)
    else:
        found = _at_a_glance(cell, order) or _from_text(cell, order, today)
    if isinstance(found, Cleaned):
        return found
    # Most birthdays lie within what needs no look at today's date.
    if is_birthday and not _FIRST_BIRTHDAY <= found < "2000" and not "2000" <= found <= today.isoformat():
        return _OUT_OF_RANGE
    return Cleaned(found) if found == cell else Cleaned(found, (), _findings(cell, found))


def _at_a_glance(text: str, order: DateOrder) -> str:
    """The two usual forms, when every month has their day; empty for anything else."""
    if usual := _USUAL.fullmatch(text):
        day, month, year = usual.groups()
        if order is DateOrder.MONTH_FIRST:
            day, month = month, day
        elif order is DateOrder.MIXED:
            return ""
    elif clean := _CLEAN.fullmatch(text):
        year, month, day = clean.groups()
    else:
        return ""
    return f"{year}-{month}-{day}" if "01" <= day <= "28" and "01" <= month <= "12" else ""


def _findings(cell: Cell, value: str) -> tuple[Finding, ...]:
    return () if cell_text(cell) == value else _FORMATTED


def _from_value(cell: Cell, order: DateOrder, today: date, is_1904: bool) -> str | Cleaned:
    if cell is None:
        return EMPTY
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return _INVALID
    if isinstance(cell, (int, float)) and 0 < cell <= _LAST_SERIAL:
        return _from_serial(int(cell), is_1904)
    digits = cell_text(cell)
    # 3051990 is 03/05/1990 after a spreadsheet took its zero.
    return _from_text(digits.zfill(8) if len(digits) == 7 else digits, order, today)


def _from_serial(serial: int, is_1904: bool) -> str | Cleaned:
    if is_1904:
        serial += _SHIFT_1904
    if serial in (0, _FALSE_LEAP_DAY):
        return _INVALID
    return (_DAY_ZERO + timedelta(days=serial + (serial < _FALSE_LEAP_DAY))).isoformat()


def _from_text(original: str, order: DateOrder, today: date) -> str | Cleaned:
    text = tidy(original, "NFKC").strip("'\"()[].,; ")
    if stands_for_nothing(text) or _EMPTY_MASK.fullmatch(text):
        return EMPTY
    if len(text) > _LONGEST_DATE:
        return _INVALID
    if iso := _ISO.fullmatch(text):
        return _dated(int(iso[1]), int(iso[2]), int(iso[3]))
    if numbers := _NUMBERS.fullmatch(text):
        return _in_order(numbers[1], numbers[2], numbers[3], order, today)
    if _COMPACT.fullmatch(text):
        return _from_compact(text, order, today)
    return _from_words(_WEEKDAY.sub("", fold(text)), today)


def _in_order(first: str, second: str, year: str, order: DateOrder, today: date) -> str | Cleaned:
    one, two = int(first), int(second)
    is_month_first = order is DateOrder.MONTH_FIRST
    if order is DateOrder.MIXED:
        if one <= 12 and two <= 12 and one != two:
            return _MIXED
        is_month_first = two > 12
    return _dated(_year(year, today), one, two) if is_month_first else _dated(_year(year, today), two, one)


def _from_compact(digits: str, order: DateOrder, today: date) -> str | Cleaned:
    # Never both: the last four digits of year-month-day begin with a month.
    if digits[4:6] in ("19", "20"):
        return _in_order(digits[:2], digits[2:4], digits[4:], order, today)
    return _dated(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _from_words(text: str, today: date) -> str | Cleaned:
    if words := _DAY_MONTH_YEAR.fullmatch(text):
        day, month, year = words.groups()
    elif words := _MONTH_DAY_YEAR.fullmatch(text):
        month, day, year = words.groups()
    elif words := _YEAR_MONTH_DAY.fullmatch(text):
        year, month, day = words.groups()
    else:
        return _INVALID
    return _dated(_year(year, today), _MONTHS.get(month, 0), int(day))


def _year(digits: str, today: date) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    century = today.year // 100 * 100
    return century + year if year <= today.year % 100 else century - 100 + year


def _dated(year: int, month: int, day: int) -> str | Cleaned:
    if not (1 <= month <= 12 and 1 <= day <= 31 and year >= 1):
        return _INVALID
    if day > 28 and day > monthrange(year, month)[1]:
        return _INVALID
    return f"{year:04d}-{month:02d}-{day:02d}"
