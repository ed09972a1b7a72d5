"""The vocabulary of reading: what a person may choose, what is known of a file, and rows on their way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from balcao.modules.contacts.cleaning.findings import Cell, Finding

Recognise: TypeAlias = Callable[[str], str | None]
"""The field whose synonym a header is, exactly; None for any other text."""

CellFinding: TypeAlias = tuple[int, int, Finding]
"""Row number from 1, column from 0 (-1: the row as a whole), and what was found there."""


@dataclass(frozen=True, slots=True)
class TableChoice:
    """What a person chose instead of letting the file decide; None leaves it to the file.

    `header_row` is the file's own row number; 0 says that there is no header. `encoding` is a name of Python's,
    `delimiter` one character.
    """

    sheet: str | None = None
    all_sheets: bool = False
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A sheet of the file. `rows` counts those with content, `columns` those of its first rows; `first` is what is added
    to the sheet's own row numbers when several sheets are read as one.
    """

    name: str
    rows: int
    columns: int
    is_visible: bool
    first: int = 0


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What was found out about a file. `header_row` is None for a list without header."""

    kind: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[SheetFacts, ...]
    header_row: int | None
    is_1904: bool = False
    notes: tuple[Finding, ...] = ()


class Block(NamedTuple):
    """Some rows in order: their source row numbers, and cells cut or filled up to the number of headers."""

    numbers: list[int]
    rows: list[list[Cell]]
    findings: list[CellFinding]


class RowBatch(NamedTuple):
    """Rows as a reader of one kind finds them, as long as they happen to be."""

    numbers: list[int]
    rows: list[list[Cell]]
    findings: list[CellFinding]


class MergedCells(NamedTuple):
    """A merged range: rows from 1, columns from 0, ends included. Only its first cell has a value."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, or a table of a page, or the one table of a text file. `read` starts from its first row at each call.

    `row_count` is the rows with content as far as known before reading; `merged` are the ranges that reach down.
    """

    name: str
    is_visible: bool
    row_count: int | None
    read: Callable[[], Iterator[RowBatch]]
    merged: tuple[MergedCells, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """All sheets of a file, and what their reader knows of it."""

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    delimiter: str | None = None
    is_1904: bool = False
    notes: tuple[Finding, ...] = field(default=())
