"""Which sheet of a file is the list (contacts specification, 5.3): the visible one with the most recognised headers × rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from balcao.modules.contacts.reading.headers import SAMPLE_ROWS, Header, NumberedRow, find_header
from balcao.modules.contacts.reading.limits import FileRefused
from balcao.modules.contacts.reading.one_column import spread, squeezed_dialect
from balcao.modules.contacts.reading.tables import Recognise, Sheet, SheetFacts, TableChoice


@dataclass(frozen=True, slots=True)
class SampledSheet:
    """A sheet with its first rows with content and the header found in them. `rows` counts those with content."""

    sheet: Sheet
    header: Header
    rows: int
    columns: int

    @property
    def is_empty(self) -> bool:
        """Nothing is in it."""
        return not self.rows

    def facts(self, first: int = 0) -> SheetFacts:
        """What is told of the sheet."""
        return SheetFacts(self.sheet.name, self.rows, self.columns, self.sheet.is_visible, first)


def sample_sheet(sheet: Sheet, recognise: Recognise, header_row: int | None) -> SampledSheet:
    """Reads the beginning of a sheet. Raises FileRefused when that is broken."""
    rows = first_rows(sheet, header_row)
    dialect = squeezed_dialect(rows, recognise)
    if dialect is not None:
        sheet = spread(sheet, dialect)
        rows = first_rows(sheet, header_row)
    header = find_header(rows, recognise, header_row)
    count = (
        len(rows) if len(rows) < SAMPLE_ROWS or sheet.row_count is None else max(sheet.row_count, len(rows))
    )
    return SampledSheet(sheet, header, count, len(header.texts) if rows else 0)


def first_rows(sheet: Sheet, header_row: int | None) -> list[NumberedRow]:
    """The first rows with content, and at least up to behind a header a person chose."""
    found: list[NumberedRow] = []
    for batch in sheet.read():
        for number, row in zip(batch.numbers, batch.rows, strict=True):
            if any(cell is not None and cell != "" for cell in row):
                found.append((number, row))
                if len(found) >= SAMPLE_ROWS and number > (header_row or 0):
                    return found if header_row is None else _around(found, header_row)
    return found if header_row is None else _around(found, header_row)


def _around(rows: list[NumberedRow], header_row: int) -> list[NumberedRow]:
    return [row for row in rows if row[0] >= header_row][:SAMPLE_ROWS] or rows


def choose_sheets(sampled: Sequence[SampledSheet], choice: TableChoice) -> list[SampledSheet]:
    """The sheet to read, or those with the header of the best one when all were wanted. Raises FileRefused when the
    chosen one is not there, or nothing is anywhere.
    """
    if choice.sheet is not None:
        chosen = [sheet for sheet in sampled if sheet.sheet.name == choice.sheet]
        if not chosen:
            raise FileRefused("FILE_NO_TABLE", "sheet not found")
        return chosen[:1]
    filled = [sheet for sheet in sampled if not sheet.is_empty]
    if not filled:
        raise FileRefused("FILE_EMPTY", "no cells")
    visible = [sheet for sheet in filled if sheet.sheet.is_visible] or filled
    best = max(visible, key=lambda sheet: (sheet.header.known * sheet.rows, sheet.rows * sheet.columns))
    if not choice.all_sheets:
        return [best]
    return [sheet for sheet in visible if _same_header(sheet, best)]


def _same_header(one: SampledSheet, other: SampledSheet) -> bool:
    return [text.casefold() for text in one.header.texts] == [text.casefold() for text in other.header.texts]
