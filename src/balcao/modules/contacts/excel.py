"""The list of issues as files a person can fill in: CSV and Excel, each with a column for the corrected value."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from balcao.kernel.i18n import Translator
from balcao.modules.contacts.cleaning.findings import CODES
from balcao.modules.contacts.csv_safety import quoted_formula
from balcao.modules.contacts.downloads import BOM, csv_text
from balcao.modules.contacts.import_words import LEVEL_WORDS, column_letter
from balcao.modules.contacts.people_fields import FIELDS

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS: Final = 300_000
"""Lines of the workbook (writing them takes some 15 s of a core); a last line says that the CSV has the rest."""
_BATCH: Final = 2_000
_PIECE: Final = 256 * 1024
_WIDTHS: Final = (8, 8, 22, 18, 14, 30, 46, 34, 34, 34, 34)
_LEVEL_COLOURS: Final = {"error": "#FBE3E7", "warning": "#FCF0D6", "info": "#E4ECFB"}

Record = Sequence[Any]
"""A record of issues.blk: row, column, field, code, original, value, note."""


def issue_header(words: Translator) -> list[str]:
    """The headers of the list; `corrections.returned_lines` knows those of both languages."""
    return [
        words("Row"), words("Column"), words("Header"), words("Field"), words("Level"), words("Code"),
        words("What happened"), words("Original"), words("New value"), words("Note"), words("Corrected value"),
    ]  # fmt: skip


class IssueLines:
    """Makes the lines of the list. What does not depend on the cell's text is put together once."""

    def __init__(self, headers: Mapping[int, str], words: Translator) -> None:
        self._headers = headers
        self._words = words
        self._known: dict[tuple[int, str, str], list[str]] = {}

    def cells(self, record: Record) -> list[str]:
        """A line of the list. No cell of it can be taken for a formula."""
        row, column, field, code, original, value, note = record[:7]
        about = self._known.get((column, field, code))
        if about is None:
            about = self._known[column, field, code] = self._about(column, field, code)
        texts = [quoted_formula(text) if text else "" for text in (original, value, note)]
        return [str(row), *about, *texts, ""]

    def _about(self, column: int, field: str, code: str) -> list[str]:
        words, found, named = self._words, CODES[code], FIELDS.get(field)
        texts = [
            column_letter(column), self._headers.get(column, ""), words(named.label) if named else "",
            words(LEVEL_WORDS[found.level][0]), code, words(found.text),
        ]  # fmt: skip
        return [quoted_formula(text) for text in texts]


async def issues_csv(
    records: AsyncIterator[Record], headers: Mapping[int, str], words: Translator
) -> AsyncIterator[bytes]:
    """The list as CSV that Excel opens by a double click: UTF-8 with its mark, semicolons in Portuguese."""
    delimiter = ";" if words.language == "pt_BR" else ","
    lines = IssueLines(headers, words)
    yield (BOM + csv_text([issue_header(words)], delimiter)).encode()
    async for batch in _batches(records):
        yield csv_text(map(lines.cells, batch), delimiter).encode()


async def issues_xlsx(
    records: AsyncIterator[Record], headers: Mapping[int, str], words: Translator
) -> AsyncIterator[bytes]:
    """The list as a workbook, written row by row beside the event loop, then sent from disk."""
    with tempfile.TemporaryDirectory(prefix="balcao-issues-") as folder:
        path = Path(folder) / "issues.xlsx"
        book = await asyncio.to_thread(_IssueBook, path, folder, IssueLines(headers, words), words)
        async for batch in _batches(records):
            if not await asyncio.to_thread(book.add, batch):
                break
        await asyncio.to_thread(book.close)
        with path.open("rb") as file:  # noqa: ASYNC230 - a local scratch file, a piece at a time
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece


async def _batches(records: AsyncIterator[Record]) -> AsyncIterator[list[Record]]:
    batch: list[Record] = []
    async for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _IssueBook:
    """A workbook that keeps one row in memory at a time."""

    def __init__(self, path: Path, folder: str, lines: IssueLines, words: Translator) -> None:
        # Forty modules, wanted by whoever takes the list as a workbook: not a start's business.
        import xlsxwriter  # pyright: ignore[reportMissingTypeStubs] - has none

        self._lines = lines
        self._more = words("There are more: the list as CSV holds all of them.")
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        self._book: Any = xlsxwriter.Workbook(str(path), options)
        self._sheet: Any = self._book.add_worksheet(words("Issues"))
        self._colours = {
            level: self._book.add_format({"bg_color": colour}) for level, colour in _LEVEL_COLOURS.items()
        }
        self._fill = self._book.add_format({"bg_color": "#FFFCE0", "border": 1, "border_color": "#D8C77A"})
        self._next = 1
        header = self._book.add_format({"bold": True, "bottom": 2})
        for column, width in enumerate(_WIDTHS):
            self._sheet.set_column(column, column, width)
        self._sheet.freeze_panes(1, 2)
        for column, title in enumerate(issue_header(words)):
            self._sheet.write_string(0, column, title, header)

    def add(self, batch: Sequence[Record]) -> bool:
        """More lines; False once the sheet is full."""
        write = self._sheet.write_string
        for record in batch:
            if self._next > SHEET_ROWS:
                self._sheet.write_string(self._next, 0, self._more)
                return False
            cells = self._lines.cells(record)
            self._sheet.write_number(self._next, 0, record[0])
            for column in range(1, len(cells)):
                if cells[column]:
                    write(
                        self._next,
                        column,
                        cells[column],
                        self._colours[CODES[record[3]].level] if column == 7 else None,
                    )
            self._sheet.write_blank(self._next, len(cells) - 1, None, self._fill)
            self._next += 1
        return True

    def close(self) -> None:
        """Writes the file."""
        self._sheet.autofilter(0, 0, max(1, self._next - 1), len(_WIDTHS) - 1)
        self._book.close()
