"""HTML pages and XML spreadsheets (Excel 2003) as tables: what many programs in Brazil write under the name of an .xls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import IO, Final, NamedTuple

from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.reading.encodings import chosen_encoding, encoding_label, look_through
from balcao.modules.contacts.reading.limits import (
    LAST_COLUMN,
    LAST_ROW,
    FileRefused,
    ReadingLimits,
    too_complex,
)
from balcao.modules.contacts.reading.markup import END, START, Token, attributes_of, tokens
from balcao.modules.contacts.reading.tables import Book, CellFinding, RowBatch, Sheet, TableChoice
from balcao.modules.contacts.reading.xlsx_cells import number_of

_BATCH: Final = 1_000
_TALLEST_SPAN: Final = 50
_MOST_TABLES: Final = 500
_LONGEST_CELL: Final = 1 << 20
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_BREAKS: Final = frozenset({"br", "p", "div", "li"})


class _Row(NamedTuple):
    table: int
    number: int
    cells: list[Cell]
    findings: list[CellFinding]


class _Grid:
    """One table under way: its row, its cell, and what spans down from rows above."""

    def __init__(self, table: int) -> None:
        self.table = table
        self.number = 0
        self.cells: list[Cell] | None = None
        self.parts: list[str] | None = None
        self.findings: list[CellFinding] = []
        self.is_muted = False
        self._size = 0
        self._attributes: dict[str, str] = {}
        self._type = ""
        self._spans: dict[int, tuple[int, Cell]] = {}

    def begin_row(self, attributes: dict[str, str]) -> None:
        """A row begins, perhaps not the next one (`ss:Index`)."""
        index = _count(attributes.get("index"), LAST_ROW)
        self.number = max(self.number + 1, index)
        if self.number > LAST_ROW:
            raise too_complex("rows")
        self.cells = []
        self.findings = []

    def begin_cell(self, attributes: dict[str, str]) -> None:
        """A cell begins, where no cell above spans down to."""
        if self.cells is None:
            self.begin_row({})
        assert self.cells is not None
        index = _count(attributes.get("index"), LAST_COLUMN)
        while len(self.cells) in self._spans or len(self.cells) < index - 1:
            self.cells.append(self._spanned(len(self.cells)))
        if len(self.cells) >= LAST_COLUMN:
            raise too_complex("columns")
        self.parts = []
        self._size = 0
        self._attributes = attributes
        self._type = ""

    def add(self, text: str) -> None:
        """More of the cell's text. Raises FileRefused for a cell that never ends."""
        assert self.parts is not None
        self._size += len(text)
        if self._size > _LONGEST_CELL:
            raise too_complex("cell")
        self.parts.append(text)

    def typed(self, attributes: dict[str, str]) -> None:
        """The value of an XML spreadsheet's cell states its type."""
        self._type = attributes.get("type", "")

    def end_cell(self) -> None:
        """The cell is complete; what spans several columns leaves the others blank."""
        if self.parts is None or self.cells is None:
            return
        attributes = self._attributes
        value = self._value("".join(self.parts).strip(), attributes.get("num"))
        down = (
            _count(attributes.get("rowspan"), LAST_ROW) or _count(attributes.get("mergedown"), LAST_ROW) + 1
        )
        across = (
            _count(attributes.get("colspan"), LAST_COLUMN)
            or _count(attributes.get("mergeacross"), LAST_COLUMN) + 1
        )
        if 1 < down <= _TALLEST_SPAN and value != "":
            self._spans[len(self.cells)] = (self.number + down - 1, value)
        self.cells.append(value)
        self.cells.extend([""] * min(across - 1, LAST_COLUMN - len(self.cells)))
        self.parts = None

    def _value(self, text: str, number: str | None) -> Cell:
        assert self.cells is not None
        if self._type == "Error" or (
            not self._type and text in {"#REF!", "#VALUE!", "#N/A", "#N/D", "#VALOR!", "#NAME?"}
        ):
            self.findings.append((self.number, len(self.cells), Finding("CELL_ERROR_VALUE", text[:20])))
            return ""
        if self._type == "Number":
            return number_of(text) if text else ""
        if self._type == "DateTime":
            return text.removesuffix(".000").removesuffix("T00:00:00").replace("T", " ")
        return number_of(number) if number else text

    def _spanned(self, column: int) -> Cell:
        last, value = self._spans.get(column, (0, ""))
        if last <= self.number:
            self._spans.pop(column, None)
        return value if last >= self.number else ""

    def end_row(self) -> _Row | None:
        """The row, when one was under way."""
        self.end_cell()
        cells, self.cells = self.cells, None
        if cells is None:
            return None
        for column in sorted(self._spans):
            if column >= len(cells) and cells:
                cells.extend([""] * (column - len(cells)))
                cells.append(self._spanned(column))
        return _Row(self.table, self.number, cells, self.findings)


def _count(text: str | None, most: int) -> int:
    return min(int(text), most) if text and text.isdecimal() and len(text) < 9 else 0


def _rows(stream: Iterator[Token]) -> Iterator[_Row]:
    """Rows of all tables in the order of their ends. Tables inside a cell are tables of their own."""
    open_grids: list[_Grid] = []
    tables = 0
    for kind, written, value in stream:
        name = written.rpartition(":")[2]
        grid = open_grids[-1] if open_grids else None
        if kind == START and name == "table":
            if tables >= _MOST_TABLES:
                raise too_complex("tables")
            open_grids.append(_Grid(tables))
            tables += 1
        elif grid is None:
            continue
        elif kind == END and name == "table":
            row = open_grids.pop().end_row()
            if row is not None:
                yield row
        elif name in {"tr", "row"}:
            row = grid.end_row()
            if row is not None:
                yield row
            if kind == START:
                grid.begin_row(attributes_of(value))
        else:
            _cell_token(grid, kind, name, value)
    for grid in reversed(open_grids):
        row = grid.end_row()
        if row is not None:
            yield row


def _cell_token(grid: _Grid, kind: int, name: str, value: str) -> None:
    if name in {"td", "th", "cell"}:
        grid.end_cell()
        if kind == START:
            grid.begin_cell(attributes_of(value))
    elif name == "comment":
        grid.is_muted = kind == START
    elif grid.parts is None or grid.is_muted:
        return
    elif kind == START:
        if name in _BREAKS and grid.parts:
            grid.add("\n")
        elif name == "data":
            grid.typed(attributes_of(value))
    elif kind != END:
        grid.add(_BLANKS.sub(" ", value))


def open_markup(file: IO[bytes], kind: str, choice: TableChoice, limits: ReadingLimits) -> Book:
    """All tables of a page or sheets of an XML spreadsheet. Raises FileRefused when there is none."""
    encoding = look_through(file, chosen_encoding(choice.encoding), has_lines=False).encoding
    counts: Counter[int] = Counter(row.table for row in _rows(tokens(file, encoding)) if any(row.cells))
    if not counts:
        raise FileRefused("FILE_NO_TABLE", "no rows")
    if max(counts.values()) > limits.rows + 1:
        raise FileRefused("FILE_TOO_MANY_ROWS", "rows")
    names = _sheet_names(tokens(file, encoding)) if kind == "xml" else []
    sheets = tuple(
        Sheet(
            names[table][0] if table < len(names) else f"Tabela {table + 1}",
            names[table][1] if table < len(names) else True,
            counts[table],
            partial(_read, file, encoding, table),
        )
        for table in sorted(counts)
    )
    return Book(kind=kind, sheets=sheets, encoding=encoding_label(encoding))


def _sheet_names(stream: Iterator[Token]) -> list[tuple[str, bool]]:
    """Name of each sheet of an XML spreadsheet and whether it is to be seen."""
    found: list[tuple[str, bool]] = []
    awaits_visible = False
    for kind, written, value in stream:
        name = written.rpartition(":")[2]
        if kind == START and name == "worksheet":
            found.append((attributes_of(value).get("name", ""), True))
        elif name == "visible":
            awaits_visible = kind == START
        elif awaits_visible and found and value.strip().lower() in {"sheethidden", "sheetveryhidden"}:
            found[-1] = (found[-1][0], False)
    return found


def _read(file: IO[bytes], encoding: str, table: int) -> Iterator[RowBatch]:
    batch = RowBatch([], [], [])
    for row in _rows(tokens(file, encoding)):
        if row.table == table:
            batch.numbers.append(row.number)
            batch.rows.append(row.cells)
            batch.findings.extend(row.findings)
            if len(batch.rows) >= _BATCH:
                yield batch
                batch = RowBatch([], [], [])
    yield batch
