"""The list of issues that comes back filled in: received, opened with tight limits, compared with what it said."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from balcao.kernel.runtime import Work
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts import import_blobs
from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.corrections import (
    CellCorrection,
    CorrectionsUnreadableError,
    ReturnedLine,
    changed_cells,
    csv_rows,
    listed_values,
    returned_lines,
)
from balcao.modules.contacts.import_options import parse_choice
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.reading.limits import FileRefused, ReadingLimits
from balcao.modules.contacts.reading.open import open_table
from balcao.modules.contacts.reading.tables import TableChoice
from balcao.modules.contacts.uploads import SizeLimits, receive_upload

FILE_BYTES: Final = 20_000_000
INFLATED_BYTES: Final = 200_000_000
CELLS: Final = 3_000_000
"""Cells the workbook may span: the reader of workbooks works in this process, so little is allowed."""


async def receive_corrections(
    stream: AsyncIterator[bytes], content_type: str, works: Work, job: ImportJob
) -> tuple[list[CellCorrection], bool]:
    """The corrected cells of an uploaded list, and whether the import shall run again with them.

    Raises CorrectionsUnreadableError, and what `receive_upload` raises. The file is not kept.
    """
    blobs = works.runtime.blobs
    limits = SizeLimits(FILE_BYTES, FILE_BYTES)
    sent = await receive_upload(stream, content_type, blobs, works.tenant.id, limits)
    try:
        with tempfile.TemporaryDirectory(prefix="balcao-corrections-") as folder:
            path = Path(folder) / "issues"
            await import_blobs.fetch(blobs, sent.key, path)
            lines = await asyncio.to_thread(_lines_of, path, sent.filename)
    finally:
        await blobs.delete(sent.key)

    async def known(uow: UnitOfWork) -> dict[tuple[int, int], tuple[str, str]]:
        return await listed_values(uow, job.id, {line.row for line in lines})

    cells = changed_cells(lines, await works.run(known) if lines else {})
    if not cells:
        raise CorrectionsUnreadableError
    return cells, _wants_run(sent.fields.get("reprocess", "true"))


def _wants_run(text: str) -> bool:
    try:
        return parse_choice(text)
    except ValueError:
        return True


def _lines_of(path: Path, filename: str) -> list[ReturnedLine]:
    data = path.read_bytes()
    if not data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return list(returned_lines(csv_rows(data)))
    try:
        return list(returned_lines(_workbook_rows(path, filename)))
    except FileRefused:
        raise CorrectionsUnreadableError from None


def _workbook_rows(path: Path, filename: str) -> list[list[Any]]:
    limits = ReadingLimits(
        xlsx_bytes=FILE_BYTES, inflated_bytes=INFLATED_BYTES, cells=CELLS, bounding_box=CELLS
    )
    table = open_table(
        path, filename=filename, choice=TableChoice(header_row=1), limits=limits, recognise=lambda _: None
    )
    rows: list[list[Any]] = [list(table.headers)]
    for block in table.blocks():
        rows.extend([cell_text(cell) for cell in row] for row in block.rows)
    return rows
