"""Workbooks of the other kinds: old xls, binary xlsb and OpenDocument, through the calamine library.

The library builds the whole grid of a sheet, so what would make a giant grid is refused before it sees the file
(balcao.modules.contacts.reading.grids).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import IO, Final, TypeVar

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.reading.limits import FileRefused, ReadingLimits, too_complex
from balcao.modules.contacts.reading.tables import Book, MergedCells, RowBatch, Sheet

T = TypeVar("T")

_BATCH: Final = 2_000
_LAST_ROW_OF_XLS: Final = 65_536
_TALLEST_MERGED: Final = 50
_LONGEST_GAP: Final = 1_000
_MOST_SHEETS: Final = 200


def open_workbook(file: IO[bytes], kind: str, limits: ReadingLimits) -> Book:
    """All sheets of a workbook. Raises FileRefused for one that is locked or broken."""
    file.seek(0)
    book = _guarded(partial(CalamineWorkbook.from_filelike, file))
    sheets: list[Sheet] = []
    notes: list[Finding] = []
    for index, about in enumerate(book.sheets_metadata[:_MOST_SHEETS]):
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = _guarded(partial(book.get_sheet_by_index, index))
        if sheet.height * sheet.width > limits.bounding_box:
            raise too_complex("bounding box")
        sheets.append(
            Sheet(
                about.name,
                about.visible == SheetVisibleEnum.Visible,
                sheet.height,
                partial(_read, sheet),
                _tall_ranges(sheet),
            )
        )
        if kind == "xls" and sheet.start is not None and sheet.total_height + 1 >= _LAST_ROW_OF_XLS:
            notes.append(Finding("FILE_ROW_LIMIT_OF_FORMAT", about.name))
    return Book(kind=kind, sheets=tuple(sheets), notes=tuple(notes))


def _guarded(read: Callable[[], T]) -> T:
    """Runs a call of the library. Its refusals, and a panic inside it, say no more than that the file is broken."""
    try:
        return read()
    except PasswordError as error:
        raise FileRefused("FILE_PASSWORD_PROTECTED", "workbook") from error
    except CalamineError as error:
        raise FileRefused("FILE_CORRUPT", type(error).__name__) from error
    except BaseException as error:
        # The library's panics derive from BaseException and have no name that could be imported.
        if type(error).__name__ == "PanicException":
            raise FileRefused("FILE_CORRUPT", "panic") from error
        raise


def _tall_ranges(sheet: CalamineSheet) -> tuple[MergedCells, ...]:
    ranges = sheet.merged_cell_ranges or []
    return tuple(
        MergedCells(first_row + 1, last_row + 1, first_column, last_column)
        for (first_row, first_column), (last_row, last_column) in ranges
        if 0 < last_row - first_row < _TALLEST_MERGED
    )


def _read(sheet: CalamineSheet) -> Iterator[RowBatch]:
    """Rows under the sheet's own numbers; the library leaves out empty columns at the left, which are put back."""
    if sheet.start is None:
        return
    left: list[Cell] = [None] * sheet.start[1]
    batch = RowBatch([], [], [])
    last_written = 0
    for number, stored in enumerate(sheet.iter_rows(), start=1):
        row = left + [_cell(value) for value in stored]
        while row and (row[-1] is None or row[-1] == ""):
            row.pop()
        if not row:
            continue
        gap = number - last_written - 1
        if 0 < gap <= _LONGEST_GAP and last_written:
            batch.numbers.extend(range(last_written + 1, number))
            batch.rows.extend([] for _ in range(gap))
        batch.numbers.append(number)
        batch.rows.append(row)
        last_written = number
        if len(batch.rows) >= _BATCH:
            yield batch
            batch = RowBatch([], [], [])
    yield batch


def _cell(value: str | float | bool | date | datetime | time | timedelta) -> Cell:
    if isinstance(value, time):
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        return str(value)
    return value
