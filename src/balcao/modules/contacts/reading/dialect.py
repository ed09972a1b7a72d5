"""How a text file separates its cells: tried out with the real parser, and judged by what comes out.

Score of a delimiter: the share of records with the commonest number of cells, times its logarithm, plus one for each header
recognised in the best record; ties go to the semicolon (contacts specification, 5.2).
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from math import log
from typing import Final, NamedTuple

from balcao.modules.contacts.reading.limits import FileRefused, ReadingLimits
from balcao.modules.contacts.reading.records import Dialect, read_records
from balcao.modules.contacts.reading.tables import Recognise

_COMMON: Final = (";", ",", "\t", "|")
_RARE: Final = (":", "^", "~", "#", "\x01", "¬", "§", "¦", " ")
"""Only where they split a line into headers we know, for they stand inside cells too."""

_SEP: Final = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_ENOUGH: Final = 0.5
_RECORDS: Final = 200
_HEADER_RECORDS: Final = 30


class _Trial(NamedTuple):
    dialect: Dialect
    score: float
    share: float
    known: int


def stated_delimiter(first_line: str) -> str | None:
    """The delimiter of a first line such as `sep=;`, which Excel heeds and hides."""
    match = _SEP.fullmatch(first_line)
    return match[1] if match else None


def detect_dialect(sample: str, recognise: Recognise, chosen: str | None = None) -> Dialect:
    """The dialect of a file by its beginning. `chosen` is a person's delimiter; quotes are still found out."""
    first = next(io.StringIO(sample, newline=""), "")
    stated = stated_delimiter(first)
    body = sample[len(first) :] if stated else sample
    if chosen or stated:
        delimiter = chosen or stated or ""
        return _with_quotes(delimiter, body, starts_with_sep=stated is not None)
    trials = [_try(_with_quotes(mark, body), body, recognise) for mark in _COMMON if mark in body]
    usable = [trial for trial in trials if trial.known >= 2 or trial.share >= _ENOUGH]
    if not any(trial.known >= 2 for trial in usable):
        rare = [_try(_with_quotes(mark, body), body, recognise) for mark in _RARE if mark in body]
        usable = [trial for trial in rare if trial.known >= 2 and trial.share >= _ENOUGH] or usable
    if not usable or _is_one_column(body, usable, recognise):
        return Dialect("")
    return max(usable, key=lambda trial: trial.score).dialect


def _with_quotes(delimiter: str, sample: str, *, starts_with_sep: bool = False) -> Dialect:
    """Apostrophes quote only where cells are wrapped in them and in nothing else; a backslash escapes where quotes are."""
    mark = re.escape(delimiter)
    single = re.compile(rf"(?:^|{mark}) ?'(?:[^'\r\n]|'')*'(?=\s*(?:{mark}|[\r\n]|\Z))", re.MULTILINE)
    double = re.compile(rf'(?:^|{mark}) ?"', re.MULTILINE)
    opened = re.compile(rf"(?:^|{mark}) ?'", re.MULTILINE)
    wrapped = len(single.findall(sample))
    quote = (
        "'" if wrapped and not double.search(sample) and wrapped >= 0.9 * len(opened.findall(sample)) else '"'
    )
    escaped = len(re.findall(rf"\\{quote}(?!\s*(?:{mark}|[\r\n]|\Z))", sample))
    doubled = len(re.findall(rf"(?<!{mark})(?<!^){quote}{quote}(?!{mark}|[\r\n]|\Z)", sample, re.MULTILINE))
    blanks = len(re.findall(rf"{mark} (?={quote})", sample))
    return Dialect(delimiter, quote, "\\" if escaped and not doubled else "", bool(blanks), starts_with_sep)


def _first_records(sample: str, dialect: Dialect) -> list[list[str]]:
    lines = io.StringIO(sample, newline="")
    found: list[list[str]] = []
    try:
        for records in read_records(lines, dialect, ReadingLimits().field):
            found.extend(row for row in records.rows if any(cell.strip() for cell in row))
            if len(found) >= _RECORDS:
                break
    except FileRefused:
        return found
    return found[:_RECORDS]


def _try(dialect: Dialect, sample: str, recognise: Recognise) -> _Trial:
    records = _first_records(sample, dialect)
    sizes = [len(record) for record in records]
    wide = Counter(size for size in sizes if size >= 2)
    if not wide:
        return _Trial(dialect, 0, 0, 0)
    size, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    first = next(index for index, width in enumerate(sizes) if width >= 2)
    known = max(_known(record, recognise) for record in islice(records, _HEADER_RECORDS))
    return _Trial(dialect, count / len(sizes) * log(size) + known, count / (len(sizes) - first), known)


def _known(record: Sequence[str], recognise: Recognise) -> int:
    return sum(1 for cell in record if recognise(cell)) if len(record) > 1 else 0


def _is_one_column(sample: str, usable: list[_Trial], recognise: Recognise) -> bool:
    """`Nome` alone above lines such as `Silva, João`: a comma inside cells, not between them."""
    if any(trial.known >= 2 for trial in usable):
        return False
    first = next((line for line in sample.splitlines() if line.strip()), "")
    return recognise(first.strip().strip('"')) is not None
