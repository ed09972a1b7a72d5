"""Sheets of an xlsx workbook as a stream: counted once, then read row by row; the grid between the cells is never built.

A sheet is XML of any size, so its text is cut at the ends of rows and never held whole. The survey counts before anything is
read: what is beyond the bounds of the contacts specification, 5.4, is refused by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.reading.archives import Archive, xml_chunks, xml_text
from balcao.modules.contacts.reading.limits import LAST_ROW, FileRefused, ReadingLimits, too_complex
from balcao.modules.contacts.reading.tables import Book, CellFinding, MergedCells, RowBatch, Sheet
from balcao.modules.contacts.reading.xlsx_book import BookParts, date_styles, read_book
from balcao.modules.contacts.reading.xlsx_cells import COLUMNS, CellReader
from balcao.modules.contacts.reading.xlsx_texts import Texts, read_texts, without_prefix

_MERGED: Final = re.compile(
    rb'<(?:[\w.-]+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"'
)
_PREFIX: Final = re.compile(rb"<([A-Za-z][\w.-]*:)?worksheet\b")
_NUMBER: Final = re.compile(r'<row(?:\s[^>]*?)?\sr="([0-9]{1,7})"')
_ROW_END: Final = "</row>"
_CONTENT: Final = ("</v>", "</is>", "<f")
"""What a row with a value or a finding has."""
_DATA_END: Final = "</sheetData>"
_TAIL: Final = 4_000_000
_MOST_MERGED: Final = 20_000
_TALLEST_MERGED: Final = 50
_LONGEST_GAP: Final = 1_000
"""Blank rows between two rows with content that are handed on; a longer gap is no part of a list."""


class Survey(NamedTuple):
    """A sheet counted: rows with content at most, and its merged ranges that are tall and not too tall."""

    rows: int
    merged: tuple[MergedCells, ...]


def open_xlsx(archive: Archive, part: str, limits: ReadingLimits) -> Book:
    """All sheets of a workbook. Raises FileRefused for what is broken or beyond the bounds."""
    book = read_book(archive, part)
    surveys = [survey_sheet(archive, sheet.part, limits) for sheet in book.sheets]
    texts = read_texts(archive, book.strings)
    dates = date_styles(archive, book.styles)
    sheets = tuple(
        Sheet(
            sheet.name,
            sheet.is_visible,
            survey.rows,
            partial(_read, archive, sheet.part, texts, dates, book, limits),
            survey.merged,
        )
        for sheet, survey in zip(book.sheets, surveys, strict=True)
    )
    return Book(kind="xlsx", sheets=sheets, is_1904=book.is_1904)


def survey_sheet(archive: Archive, part: str, limits: ReadingLimits) -> Survey:
    """Counts a sheet without reading it. Raises FileRefused for more rows or cells than a sheet may have."""
    rows = values = cells = 0
    prefix = b""
    is_first = True
    tail: bytearray | None = None
    for chunk in xml_chunks(archive, part):
        if is_first:
            is_first = False
            match = _PREFIX.search(chunk)
            prefix = (match[1] or b"") if match else b""
        data = chunk
        if tail is None:
            end = chunk.find(b"</" + prefix + b"sheetData>", max(0, chunk.rfind(b"</" + prefix + b"row>")))
            if end >= 0:
                data, tail = chunk[:end], bytearray(chunk[end:])
        elif len(tail) < _TAIL:
            tail += chunk
            data = b""
        rows += data.count(b"<" + prefix + b"row")
        cells += data.count(b"<" + prefix + b"c ")
        values += data.count(b"</" + prefix + b"v>") or data.count(b"</" + prefix + b"is>")
        if rows > LAST_ROW or cells > limits.cells:
            raise too_complex("rows" if rows > LAST_ROW else "cells")
    return Survey(min(rows, values), _tall_ranges(bytes(tail or b"")))


def _tall_ranges(tail: bytes) -> tuple[MergedCells, ...]:
    found: list[MergedCells] = []
    for match in _MERGED.finditer(tail):
        first, last = int(match[2]), int(match[4])
        if 0 < last - first < _TALLEST_MERGED and len(found) < _MOST_MERGED:
            found.append(MergedCells(first, last, COLUMNS[match[1].decode()], COLUMNS[match[3].decode()]))
    return tuple(found)


def _read(
    archive: Archive, part: str, texts: Texts, dates: frozenset[int], book: BookParts, limits: ReadingLimits
) -> Iterator[RowBatch]:
    reader = CellReader(texts, dates, book.is_1904, book.recalculates)
    last_written = 0
    widest = 0
    for numbers, rows, findings in _stored_rows(archive, part, reader, limits):
        batch = RowBatch([], [], findings)
        for number, row in zip(numbers, rows, strict=True):
            gap = number - last_written - 1
            if 0 < gap <= _LONGEST_GAP and last_written:
                batch.numbers.extend(range(last_written + 1, number))
                batch.rows.extend([] for _ in range(gap))
            widest = max(widest, len(row))
            if widest * number > limits.bounding_box:
                raise too_complex("bounding box")
            batch.numbers.append(number)
            batch.rows.append(row)
            last_written = number
        yield batch


def _stored_rows(
    archive: Archive, part: str, reader: CellReader, limits: ReadingLimits
) -> Iterator[RowBatch]:
    """Rows with at least one value or finding, chunk by chunk, under the numbers the sheet gives them."""
    carry = ""
    last = 0
    for text in without_prefix(xml_text(archive, part)):
        buffer = carry + text
        cut = buffer.rfind(_ROW_END)
        is_over = buffer.find(_DATA_END, max(cut, 0)) >= 0
        if cut >= 0:
            carry = buffer[cut + len(_ROW_END) :]
            last, stored = _rows_of(buffer[:cut], reader, last)
            yield stored
        else:
            carry, last = _keep(buffer, last, limits)
        if is_over:
            return


def _rows_of(text: str, reader: CellReader, last: int) -> tuple[int, RowBatch]:
    """The rows of a text that ends where a row ends, and the number of its last row. `last` is that of the row before."""
    numbers: list[int] = []
    rows: list[list[Cell]] = []
    findings: list[CellFinding] = []
    if not any(sign in text for sign in _CONTENT):
        return _number_before(text, last), RowBatch(numbers, rows, findings)
    for piece in text.split(_ROW_END):
        found = len(findings)
        known = reader.known_row(piece, findings)
        if known is not None:
            last, row = known
        else:
            start = piece.rfind("<row")
            if start < 0:
                raise FileRefused("FILE_CORRUPT", "row")
            match = _NUMBER.match(piece, start)
            last = int(match[1]) if match else _number_before(piece[:start], last) + 1
            row = reader.row(piece, piece.find(">", start) + 1, last, findings)
        if row or len(findings) > found:
            numbers.append(last)
            rows.append(row)
    if last > LAST_ROW:
        raise too_complex("rows")
    return last, RowBatch(numbers, rows, findings)


def _keep(buffer: str, last: int, limits: ReadingLimits) -> tuple[str, int]:
    """What of a buffer without a row's end is still needed: the row under way. Rows without cells have no end of their own."""
    start = buffer.rfind("<row")
    if start < 0:
        return "", last
    if len(buffer) - start > limits.row:
        raise too_complex("row")
    return buffer[start:], _number_before(buffer[:start], last)


def _number_before(skipped: str, last: int) -> int:
    """The number of the last row in a text of rows without cells."""
    count = skipped.count("<row")
    if not count:
        return last
    match = _NUMBER.match(skipped, skipped.rfind("<row"))
    return int(match[1]) if match else last + count
