"""Cells of an xlsx sheet: from the XML of a row to typed values.

Three readings of a row, each for what the one before does not fit: rows like those before, cells as programs usually write
them, and any XML at all. They agree on the result; the first two exist because a sheet has millions of cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.reading.limits import LAST_COLUMN, too_complex
from balcao.modules.contacts.reading.tables import CellFinding
from balcao.modules.contacts.reading.xlsx_templates import Templates
from balcao.modules.contacts.reading.xlsx_texts import Texts, plain_text

RawCell: TypeAlias = tuple[str, str, str, str, str]
"""Column letters, attributes behind them, formula, value, text of its own: all as written."""

_FULL: Final = re.compile(
    r'<c r="([A-Z]++)[0-9]++"([^>/]*+)(?:/>|>(<f[^>]*(?:/>|>[^<]*</f>))?'
    r"(?:<v(?: [^>]*)?>([^<]*+)</v>|<v ?/>|<is><t[^>/]*+>([^<]*+)</t></is>)?</c>)"
)
_PREFIXED: Final = re.compile(r'\s[\w.-]+:[\w.-]+\s*=\s*(?:"[^"]*"|\'[^\']*\')')
_TAG_PREFIX: Final = re.compile(r"(</?)[\w.-]+:")
_LETTERS: Final = re.compile(r"\$?([A-Za-z]{1,3})")
_STYLE: Final = re.compile(r'\ss="([0-9]+)"')
_TYPE: Final = re.compile(r'\st="(\w+)"')

SHARED, NUMBER, TEXT, MOMENT, FLAG, ERROR, ISO = range(7)
_TYPES: Final = {
    "s": SHARED, "str": TEXT, "inlineStr": TEXT, "b": FLAG, "e": ERROR, "d": ISO, "n": NUMBER,
}  # fmt: skip
_MOST_ATTRIBUTES: Final = 10_000
_LONGEST_NUMBER: Final = 15
_LAST_SERIAL: Final = 2_958_466
_LEAP_DAY_THAT_NEVER_WAS: Final = 60


class _Columns(dict[str, int]):
    """Column positions from 0 by their letters."""

    def __missing__(self, letters: str) -> int:
        position = 0
        for letter in letters:
            position = position * 26 + ord(letter) - 64
        if not 0 < position <= LAST_COLUMN or len(letters) > 3:
            raise too_complex("columns")
        self[letters] = position - 1
        return position - 1


COLUMNS: Final = _Columns()


class _Kinds(dict[str, int]):
    """What a cell is by its attributes: type, and whether its style shows a date."""

    def __init__(self, dates: frozenset[int]) -> None:
        super().__init__()
        self._dates = dates

    def __missing__(self, attributes: str) -> int:
        if len(self) > _MOST_ATTRIBUTES:
            self.clear()
        stated, style = _TYPE.search(attributes), _STYLE.search(attributes)
        kind = _TYPES.get(stated[1], NUMBER) if stated else NUMBER
        if kind == NUMBER and style and int(style[1]) in self._dates:
            kind = MOMENT
        self[attributes] = kind
        return kind


@dataclass(slots=True)
class CellReader:
    """Reads the rows of one sheet. `recalculates`: see BookParts."""

    texts: Texts
    dates: frozenset[int]
    is_1904: bool
    recalculates: bool
    _kinds: _Kinds = field(init=False)
    _templates: Templates = field(init=False, default_factory=Templates.empty)

    def __post_init__(self) -> None:
        self._kinds = _Kinds(self.dates)

    def known_row(self, piece: str, findings: list[CellFinding]) -> tuple[int, list[Cell]] | None:
        """Number and cells of a row written like one before it, from its whole XML without the end tag."""
        known = self._templates.match(piece)
        if known is None:
            return None
        template, match = known
        values = match.groups()
        number = int(values[0])
        if (
            template.is_uniform
            and template.is_straight
            and template.kinds[0] == SHARED
            and None not in values
        ):
            return number, list(map(self.texts.__getitem__, map(int, values[1:])))
        row: list[Cell] = []
        for position, kind, raw in zip(template.positions, template.kinds, values[1:], strict=True):
            if raw:
                value = self._value(kind, raw, number, position, findings)
                if value is not None and value != "":
                    if position > len(row):
                        row.extend([None] * (position - len(row)))
                    row.append(value)
        return number, row

    def row(self, inner: str, start: int, number: int, findings: list[CellFinding]) -> list[Cell]:
        """The cells of a row whose XML begins at `start`, up to the last with a value."""
        count = inner.count("<c", start)
        if not count:
            return []
        cells: Sequence[RawCell] = _FULL.findall(inner, start)
        if len(cells) != count:
            return self._row(_any_cells(inner[start:]), number, findings)
        letters = tuple(cell[0] for cell in cells)
        attributes = tuple(cell[1] for cell in cells)
        if not any(cell[2] for cell in cells):
            kinds = [self._kinds[text] for text in attributes]
            self._templates.learn(letters, attributes, [COLUMNS[column] for column in letters], kinds)
        return self._row(cells, number, findings)

    def _row(self, cells: Sequence[RawCell], number: int, findings: list[CellFinding]) -> list[Cell]:
        row: list[Cell] = []
        for letters, attributes, formula, raw, own in cells:
            position = COLUMNS[letters]
            kind = self._kinds[attributes]
            if formula and self._is_uncalculated(kind, raw):
                findings.append((number, position, Finding("CELL_FORMULA_NO_VALUE")))
                continue
            value = self._value(kind, own or raw, number, position, findings) if own or raw else None
            if value is None or value == "":
                continue
            if position >= len(row):
                row.extend([None] * (position - len(row)))
                row.append(value)
            else:
                row[position] = value
        return row

    def _is_uncalculated(self, kind: int, raw: str) -> bool:
        """An empty text is a result; an empty number is none, nor is the zero some programs write for want of one."""
        return (not raw and kind != TEXT) or (raw == "0" and self.recalculates and kind == NUMBER)

    def _value(self, kind: int, raw: str, number: int, position: int, findings: list[CellFinding]) -> Cell:
        if kind == SHARED:
            return self.texts[int(raw)]
        if kind == TEXT:
            return plain_text(raw)
        if kind == NUMBER:
            return number_of(raw)
        if kind == ERROR:
            findings.append((number, position, Finding("CELL_ERROR_VALUE", plain_text(raw)[:20])))
            return None
        return _rare_value(kind, raw.strip(), is_1904=self.is_1904)


def _rare_value(kind: int, raw: str, *, is_1904: bool) -> Cell:
    if kind == MOMENT:
        return moment_of(number_of(raw), is_1904=is_1904)
    return raw in {"1", "true"} if kind == FLAG else _iso_moment(raw)


def _any_cells(inner: str) -> list[RawCell]:
    """The cells of a row however they are written. Raises ParseError on what is no XML."""
    plain = _TAG_PREFIX.sub(r"\1", _PREFIXED.sub("", inner))
    found: list[RawCell] = []
    position = 0
    # A piece of a sheet has no document type (those are refused where parts are read), so no entity can unfold here.
    for cell in ET.fromstring(f"<row>{plain}</row>"):  # noqa: S314
        if cell.tag != "c":
            continue
        match = _LETTERS.match(cell.get("r", ""))
        letters = match[1].upper() if match else _letters(position)
        position = COLUMNS[letters] + 1
        attributes = f' s="{cell.get("s", "")}" t="{cell.get("t", "n")}"'
        value, own = cell.find("v"), cell.find("is")
        text = "".join(part.text or "" for part in own.iterfind("t")) if own is not None else ""
        if own is not None:
            text += "".join(part.text or "" for part in own.iterfind("r/t"))
        raw = (value.text or "") if value is not None else ""
        formula = "<f>" if cell.find("f") is not None else ""
        found.append((letters, attributes, formula, escape(raw), escape(text)))
    return found


def _letters(position: int) -> str:
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def number_of(raw: str) -> Cell:
    """A number of a sheet: whole ones exactly, others as Python reads them; what is none stays as text."""
    if raw.isdecimal() and len(raw) <= _LONGEST_NUMBER:
        return int(raw)
    try:
        value = float(raw)
    except ValueError:
        return plain_text(raw)
    return value if isfinite(value) else raw


def moment_of(value: Cell, *, is_1904: bool) -> Cell:
    """A serial number shown as a date: the date, or moment, or time of day as text. Out of range it stays a number."""
    if not isinstance(value, int | float) or not 0 <= value < _LAST_SERIAL:
        return value
    if value < 1:
        return _clock(round(value * 86_400))
    epoch = date(1904, 1, 1) if is_1904 else date(1899, 12, 31 if value < _LEAP_DAY_THAT_NEVER_WAS else 30)
    whole = int(value)
    try:
        day = epoch + timedelta(days=whole)
    except OverflowError:
        return value
    seconds = round((value - whole) * 86_400)
    if not seconds:
        return day
    return datetime.combine(day, datetime.min.time()) + timedelta(seconds=seconds)


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")


def _iso_moment(raw: str) -> Cell:
    try:
        value = datetime.fromisoformat(raw).replace(tzinfo=None)
    except ValueError:
        return raw
    return value.date() if value.time() == datetime.min.time() else value
