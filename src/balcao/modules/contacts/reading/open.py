"""From the bytes of an upload to a table: kind, sheet and header are found out, rows come in blocks.

Meant for a process of its own with bounds on memory and time; within them every refusal is a FileRefused, whatever the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.reading import kinds
from balcao.modules.contacts.reading.archives import open_archive, unwrap_single
from balcao.modules.contacts.reading.grids import check_ods, check_xlsb
from balcao.modules.contacts.reading.html_table import open_markup
from balcao.modules.contacts.reading.limits import FileRefused, ReadingLimits, refusing
from balcao.modules.contacts.reading.sheets import SampledSheet, choose_sheets, sample_sheet
from balcao.modules.contacts.reading.tables import (
    Block,
    Book,
    CellFinding,
    FileFacts,
    MergedCells,
    Recognise,
    RowBatch,
    TableChoice,
)
from balcao.modules.contacts.reading.text_table import open_text
from balcao.modules.contacts.reading.xlsx_book import book_part
from balcao.modules.contacts.reading.xlsx_sheet import open_xlsx

_LONGEST_NOTE: Final = 200
_TEXTS: Final = frozenset({"csv", "html", "xml"})


@dataclass(slots=True)
class OpenedTable:
    """A table ready to be read. `rows_total` is for showing progress: close, not exact. Close it, or use it in a `with`."""

    facts: FileFacts
    headers: list[str]
    rows_total: int | None
    _sheets: Sequence[SampledSheet]
    _limits: ReadingLimits
    _file: IO[bytes]

    def blocks(self, size: int = 2_000) -> Iterator[Block]:
        """All rows behind the header, blank ones between others too, from the beginning at each call. Raises FileRefused
        for what is broken further on, or for more rows than the limit.
        """
        with refusing():
            count = 0
            first = 0
            for sampled in self._sheets:
                last = 0
                for block in _blocks(sampled, len(self.headers), size):
                    count += len(block.rows)
                    if count > self._limits.rows:
                        raise FileRefused("FILE_TOO_MANY_ROWS", f"more than {self._limits.rows}")
                    last = block.numbers[-1] if block.numbers else last
                    yield _moved(block, first) if first else block
                first += last

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()

    def __enter__(self) -> OpenedTable:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_table(
    path: Path, *, filename: str, choice: TableChoice, limits: ReadingLimits, recognise: Recognise
) -> OpenedTable:
    """Opens an upload. `filename` is what the person calls it, and decides nothing. Raises FileRefused."""
    file = path.open("rb")
    try:
        with refusing():
            file, name, book = _open_book(file, filename, choice, limits, recognise)
            return _table(file, name, book, choice, limits, recognise)
    except BaseException:
        file.close()
        raise


def _open_book(
    file: IO[bytes], filename: str, choice: TableChoice, limits: ReadingLimits, recognise: Recognise
) -> tuple[IO[bytes], str, Book]:
    """The sheets of a file, or of the one file inside an archive, with that file and its name."""
    kind = _kind(file, limits)
    if kind == "zip":
        archive = open_archive(file, limits)
        if kinds.kind_of_archive(archive) == "":
            filename, inner = unwrap_single(archive)
            file.close()
            file = inner
            kind = _kind(file, limits)
            if kind == "zip" and kinds.kind_of_archive(open_archive(file, limits)) == "":
                raise FileRefused("FILE_UNSUPPORTED", "archive in an archive")
    book = _book(file, kind, choice, limits, recognise)
    if kinds.is_named_so(book.kind, filename):
        return file, filename, book
    return file, filename, replace(book, notes=(Finding("FILE_TYPE_DIFFERS", book.kind), *book.notes))


def _kind(file: IO[bytes], limits: ReadingLimits) -> str:
    size = file.seek(0, 2)
    file.seek(0)
    kind = kinds.kind_of(file.read(kinds.HEAD))
    if size > (limits.text_bytes if kind in _TEXTS else limits.xlsx_bytes):
        raise FileRefused("FILE_TOO_LARGE", f"{size} bytes")
    return kind


def _book(
    file: IO[bytes], kind: str, choice: TableChoice, limits: ReadingLimits, recognise: Recognise
) -> Book:
    if kind == "csv":
        return open_text(file, choice, limits, recognise)
    if kind in _TEXTS:
        return open_markup(file, kind, choice, limits)
    # The library for the other workbooks costs start-up time that most files do not need.
    from balcao.modules.contacts.reading.workbook import open_workbook

    if kind == "ole":
        return open_workbook(file, kinds.kind_of_ole(file), limits)
    if kind == "xls":
        return open_workbook(file, kind, limits)
    archive = open_archive(file, limits)
    kind = kinds.kind_of_archive(archive)
    if kind == "xlsx":
        return open_xlsx(archive, book_part(archive) or "", limits)
    (check_ods if kind == "ods" else check_xlsb)(archive, limits)
    return open_workbook(file, kind, limits)


def _table(
    file: IO[bytes],
    filename: str,
    book: Book,
    choice: TableChoice,
    limits: ReadingLimits,
    recognise: Recognise,
) -> OpenedTable:
    sampled = [sample_sheet(sheet, recognise, choice.header_row) for sheet in book.sheets]
    chosen = choose_sheets(sampled, choice)
    best = chosen[0]
    facts = FileFacts(
        kind=book.kind,
        encoding=book.encoding,
        delimiter=book.delimiter,
        sheet=best.sheet.name or None,
        sheets=tuple(sheet.facts() for sheet in sampled) if book.kind != "csv" else (),
        header_row=best.header.row or None,
        is_1904=book.is_1904,
        notes=book.notes,
    )
    counts = [sheet.sheet.row_count for sheet in chosen]
    total = sum(
        max(0, (count or 0) - (1 if sheet.header.row else 0))
        for count, sheet in zip(counts, chosen, strict=True)
    )
    return OpenedTable(
        facts, list(best.header.texts), None if None in counts else total, chosen, limits, file
    )


def _moved(block: Block, first: int) -> Block:
    """The block with numbers behind those of the sheets before."""
    return Block(
        [number + first for number in block.numbers],
        block.rows,
        [(number + first, column, finding) for number, column, finding in block.findings],
    )


def _blocks(sampled: SampledSheet, width: int, size: int) -> Iterator[Block]:
    numbers: list[int] = []
    rows: list[list[Cell]] = []
    findings: list[CellFinding] = []
    spans = _Spans(sampled.sheet.merged, sampled.header.last_row) if sampled.sheet.merged else None
    for batch in sampled.sheet.read():
        kept = _behind_header(batch, sampled.header.last_row)
        findings += kept.findings
        for number, row in zip(kept.numbers, kept.rows, strict=True):
            if spans is not None:
                spans.fill(number, row)
            if len(row) != width:
                _fit(number, row, width, findings)
        numbers += kept.numbers
        rows += kept.rows
        while len(rows) >= size:
            last = numbers[size - 1]
            yield Block(numbers[:size], rows[:size], [found for found in findings if found[0] <= last])
            findings = [found for found in findings if found[0] > last]
            numbers, rows = numbers[size:], rows[size:]
    if rows or findings:
        yield Block(numbers, rows, findings)


def _behind_header(batch: RowBatch, last_row: int) -> RowBatch:
    if not batch.numbers or batch.numbers[0] > last_row:
        return batch
    kept = [index for index, number in enumerate(batch.numbers) if number > last_row]
    return RowBatch(
        [batch.numbers[index] for index in kept],
        [batch.rows[index] for index in kept],
        [found for found in batch.findings if found[0] > last_row],
    )


def _fit(number: int, row: list[Cell], width: int, findings: list[CellFinding]) -> None:
    """Fills a short row, cuts a long one, and tells of cells that had no column."""
    if len(row) < width:
        row.extend([""] * (width - len(row)))
        return
    surplus = " | ".join(text for cell in row[width:] if (text := cell_text(cell).strip()))
    if surplus:
        findings.append((number, -1, Finding("ROW_EXTRA_CELLS", surplus[:_LONGEST_NOTE])))
    del row[width:]


class _Spans:
    """Merged cells that reach down: their value belongs to each of their rows that has anything at all."""

    def __init__(self, merged: Sequence[MergedCells], last_header: int) -> None:
        below = sorted(span for span in merged if span.first_row > last_header)
        self._waiting = below[::-1]
        self._open: dict[int, tuple[int, Cell]] = {}

    def fill(self, number: int, row: list[Cell]) -> None:
        """Gives a row what reaches down to it, and remembers what begins in it. Rows come in order."""
        while self._waiting and self._waiting[-1].first_row <= number:
            span = self._waiting.pop()
            if span.first_row == number and span.first_column < len(row):
                self._open[span.first_column] = (span.last_row, row[span.first_column])
        if not any(cell is not None and cell != "" for cell in row):
            return
        for column in [column for column, (last, _) in self._open.items() if last < number]:
            del self._open[column]
        for column, (_, value) in self._open.items():
            if column >= len(row):
                row.extend([None] * (column + 1 - len(row)))
            if row[column] is None or row[column] == "":
                row[column] = value
