"""Sizes of files as people write them: "5 GB", "1,5 GB", "500 MB". A unit is a thousand of the one below it.

Every size is a whole number of bytes.
"""

import re
from typing import Final

UNITS: Final = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("KB", 10**3), ("B", 1))
_TYPED = re.compile(r"(?P<number>[0-9.,]+)(?P<unit>[TGMK]?B|BYTES?)")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_DIGITS = re.compile(r"[0-9]+")
# Longer texts are no size, and int() on huge digit strings is slow.
_TEXT_MAX = 30
_OTHER_MARKS = str.maketrans(",.", ".,")


def parse_size(text: str, *, decimal_mark: str = ",") -> int:
    """Bytes of a size typed by a person: "5 GB", "1,5gb", "1.500 MB" (= 1,5 GB), "0.5 TB". It must name its unit.

    The comma is the decimal mark; without one, dots before groups of exactly three digits group thousands. With
    `decimal_mark` "." it is the other way round, as in English.
    Raises ValueError for what is no size, and for parts of a byte.
    """
    bare = "".join(text.split()).upper()
    found = _TYPED.fullmatch(bare) if len(text) <= _TEXT_MAX else None
    if found is None:
        raise ValueError("not a size with its unit")
    number = found["number"] if decimal_mark == "," else found["number"].translate(_OTHER_MARKS)
    whole, decimals = _split(number)
    unit = dict(UNITS).get(found["unit"], 1)
    size, rest = divmod(int(whole + decimals) * unit, 10 ** len(decimals))
    if rest:
        raise ValueError("not whole bytes")
    return size


def _split(number: str) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    whole, comma, decimals = number.rpartition(",")
    if not comma:
        whole, decimals = (
            (number, "") if _GROUPED.fullmatch(number) or "." not in number else _at_the_dot(number)
        )
    whole = whole.replace(".", "") if _GROUPED.fullmatch(whole) else whole
    if not _DIGITS.fullmatch(whole) or not _DIGITS.fullmatch(decimals or "0"):
        raise ValueError("not a number")
    return whole, decimals


def _at_the_dot(number: str) -> tuple[str, str]:
    whole, _, decimals = number.rpartition(".")
    return whole, decimals


def rounded_size(size: int) -> tuple[int, int, str]:
    """A size to look at: a number, how many of its last digits are decimals, and the unit; (15, 1, "GB") is 1,5 GB.

    One decimal below ten units and none from there on, so it never takes more than three digits.
    """
    for index, (unit, worth) in enumerate(UNITS):
        if size < worth and worth > 1:
            continue
        number, decimals = _rounded(size, worth)
        if number == 1000 and index:
            return 1, 0, UNITS[index - 1][0]
        return number, decimals, unit
    raise AssertionError("bytes have a unit")


def _rounded(size: int, worth: int) -> tuple[int, int]:
    tenths = (20 * size + worth) // (2 * worth)
    if tenths < 100 and tenths % 10:
        return tenths, 1
    return (2 * size + worth) // (2 * worth), 0


def exact_size(size: int) -> tuple[int, int, str]:
    """A size to be changed: like `rounded_size`, with all its digits, in the largest unit that takes three decimals."""
    for unit, worth in UNITS:
        for decimals in range(4):
            if size >= worth and size * 10**decimals % worth == 0:
                return size * 10**decimals // worth, decimals, unit
    return 0, 0, "MB"
