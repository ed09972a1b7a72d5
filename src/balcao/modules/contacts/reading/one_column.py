"""Tables squeezed into one column: a CSV file opened in Excel with the wrong separator and saved, so that each cell of the
first column holds a whole line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.reading.dialect import detect_dialect
from balcao.modules.contacts.reading.headers import NumberedRow
from balcao.modules.contacts.reading.records import Dialect
from balcao.modules.contacts.reading.tables import Recognise, RowBatch, Sheet


def squeezed_dialect(rows: Sequence[NumberedRow], recognise: Recognise) -> Dialect | None:
    """How the lines inside a single column are separated; None for a column of ordinary cells. Only lines whose parts
    include two headers we know are taken apart: a comma or semicolon alone may belong to the cell.
    """
    lines = [_line(cells) for _, cells in rows]
    if not any(lines) or any(line is None for line in lines):
        return None
    dialect = detect_dialect("\n".join(line or "" for line in lines), recognise)
    if not dialect.delimiter:
        return None
    known = (sum(1 for cell in split_line(line or "", dialect) if recognise(cell)) for line in lines)
    return dialect if max(known) >= 2 else None


def _line(cells: Sequence[Cell]) -> str | None:
    """The only cell of a row when it is a text without line breaks."""
    filled = [cell for cell in cells if cell is not None and cell != ""]
    if not filled:
        return ""
    only = filled[0]
    return (
        only if len(filled) == 1 and isinstance(only, str) and cells[0] == only and "\n" not in only else None
    )


def split_line(line: str, dialect: Dialect) -> list[str]:
    """The cells inside one line; a line whose quotes are broken is split without heeding them."""
    try:
        return next(csv.reader([line], strict=True, **dialect.options())) if line else []
    except csv.Error:
        return [cell.strip(dialect.quote) for cell in line.split(dialect.delimiter)]


def spread(sheet: Sheet, dialect: Dialect) -> Sheet:
    """The sheet with its one column taken apart."""

    def read() -> Iterator[RowBatch]:
        for batch in sheet.read():
            rows = [
                cast("list[Cell]", split_line(row[0], dialect))
                if len(row) == 1 and isinstance(row[0], str)
                else row
                for row in batch.rows
            ]
            yield RowBatch(batch.numbers, rows, batch.findings)

    return replace(sheet, read=read)
