"""Records of delimited text, straight from a stream of lines, whatever the quotes in it do.

Most batches of lines go through the csv module at once. Where records span lines, or quotes stand oddly, records are read one
by one, and one that a quotation mark would run away with is read again without quotes (contacts specification, 5.2).
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

from balcao.modules.contacts.reading.limits import too_complex

LINES: Final = 500
_MOST_LINES: Final = 50
_MOST_CHARACTERS: Final = 65_536
_MANY_BROKEN: Final = 1_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How records are written. An empty delimiter: each line is one cell. An empty escape: quotes are doubled."""

    delimiter: str
    quote: str = '"'
    escape: str = ""
    skips_blanks: bool = False
    starts_with_sep: bool = False

    def options(self) -> dict[str, Any]:
        """The csv module's names for it."""
        return {
            "delimiter": self.delimiter or "\x1f",
            "quotechar": self.quote,
            "doublequote": True,
            "escapechar": self.escape or None,
            "skipinitialspace": self.skips_blanks,
        }


class Records(NamedTuple):
    """Records in order, and which of them had a quotation mark that was never closed."""

    rows: list[list[str]]
    unbalanced: list[int]


class _Runaway(Exception):  # noqa: N818  a signal inside this file
    """A record that takes more lines, or more text, than a cell with line breaks has."""


def read_records(lines: Iterator[str], dialect: Dialect, field_limit: int) -> Iterator[Records]:
    """All records, blank lines as empty ones, some hundreds at a time. Raises FileRefused for a giant cell."""
    csv.field_size_limit(field_limit)
    options = dialect.options()
    pending: deque[str] = deque()
    broken = 0
    while True:
        pending.extend(islice(lines, max(0, LINES - len(pending))))
        if not pending:
            return
        try:
            rows = list(csv.reader(pending, strict=True, **options))
        except csv.Error:
            rows = []
        if len(rows) == len(pending):
            pending = deque()
            yield Records(rows, [])
        else:
            records = _one_by_one(pending, lines, options, is_hasty=broken > _MANY_BROKEN)
            broken += len(records.unbalanced)
            yield records


def _one_by_one(
    pending: deque[str], lines: Iterator[str], options: dict[str, Any], *, is_hasty: bool
) -> Records:
    """Some hundred records with care; lines looked at in vain stay pending. `is_hasty`: so many quotes were broken before
    that an odd one in a line is not followed any more.
    """
    rows: list[list[str]] = []
    unbalanced: list[int] = []
    taken: list[str] = []
    while pending and len(rows) < LINES:
        reader = csv.reader(_feed(pending, lines, taken), **options)
        is_runaway = is_hasty and pending[0].count(options["quotechar"]) % 2 == 1
        try:
            if is_runaway:
                taken.append(pending.popleft())
            while not is_runaway:
                record = next(reader, None)
                if record is None or (len(taken) > 1 and not _is_sound(taken, options)):
                    is_runaway = record is not None
                    break
                rows.append(record)
                taken.clear()
                if not pending or len(rows) >= LINES or is_hasty:
                    break
        except _Runaway:
            is_runaway = True
        except csv.Error as error:
            raise too_complex("cell") from error
        if is_runaway:
            pending.extendleft(reversed(taken[1:]))
            unbalanced.append(len(rows))
            rows.append(_without_quotes(taken[0], options))
            taken.clear()
    return Records(rows, unbalanced)


def _feed(pending: deque[str], lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    """Lines for one record after the other; `taken` holds those of the record under way."""
    size = 0
    while True:
        size = size if taken else 0
        if taken and (len(taken) > _MOST_LINES or size > _MOST_CHARACTERS):
            raise _Runaway
        line = pending.popleft() if pending else next(lines, None)
        if line is None:
            if taken:
                raise _Runaway
            return
        size += len(line)
        taken.append(line)
        yield line


def _is_sound(taken: list[str], options: dict[str, Any]) -> bool:
    """Whether a record of several lines has its quotes in order: a stray one closes oddly, in the middle of a cell."""
    try:
        return len(list(csv.reader(taken, strict=True, **options))) == 1
    except csv.Error:
        return False


def _without_quotes(line: str, options: dict[str, Any]) -> list[str]:
    quote = options["quotechar"]
    try:
        record = next(csv.reader([line], quoting=csv.QUOTE_NONE, delimiter=options["delimiter"]))
    except csv.Error as error:
        raise too_complex("cell") from error
    return [cell.strip(quote) for cell in record]
