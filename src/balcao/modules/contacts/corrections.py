"""What people put in place of cells of a source: one by one, or with the list of issues sent back filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from balcao.brazil.addresses import fold
from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.csv_safety import unquoted_formula
from balcao.modules.contacts.import_words import column_position
from balcao.modules.contacts.models import ImportCorrection, ImportJob

VALUE_LIMIT: Final = 5_000
ROW_LIMIT: Final = 1_048_576
FILE_CELLS_LIMIT: Final = 100_000
_BATCH: Final = 2_000

_ROW, _COLUMN = frozenset({"row", "linha"}), frozenset({"column", "coluna"})
_FIXED = frozenset({"corrected value", "valor corrigido", "correction", "correcao"})
_VALUE = frozenset({"new value", "novo valor"})
_ORIGINAL = frozenset({"original", "original value", "valor original"})

_LISTED = text("""
select row, "column", original, value from job_issues where tenant_id = :tenant and import_id = :id and "column" >= 0
  and row = any(cast(:rows as int[]))
""")


class CorrectionsUnreadableError(DomainError):
    """The file sent back has no columns for row, column and the corrected value."""

    status = 422
    code = "corrections_unreadable"
    title = "List of corrections not readable."
    detail = "This does not look like the list of issues. Download it here, fill in “Corrected value” and send it back."


@dataclass(frozen=True, slots=True)
class CellCorrection:
    """A cell of the source (row as the spreadsheet counts, column from 0) and what to read instead."""

    row: int
    column: int
    value: str


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A line of the list of issues as it came back."""

    row: int
    column: int
    original: str
    value: str
    fixed: str


async def save_corrections(uow: UnitOfWork, job: ImportJob, cells: Sequence[CellCorrection]) -> int:
    """Keeps corrections for the next run, in place of earlier ones of the same cells; answers how many were given.

    ValidationFailedError for a cell outside the source.
    """
    width = len((job.report or {}).get("columns") or ())
    faults = [fault for number, cell in enumerate(cells) if (fault := _fault_of(cell, number, width))]
    if faults:
        raise ValidationFailedError(faults[:20])
    latest = {(cell.row, cell.column): cell.value for cell in cells}
    rows = [
        {
            "tenant_id": uow.tenant_id, "id": new_id(), "import_id": job.id, "row": row, "column": column,
            "value": value, "actor": uow.actor.label, "at": uow.now(),
        }
        for (row, column), value in latest.items()
    ]  # fmt: skip
    for start in range(0, len(rows), _BATCH):
        statement = insert(ImportCorrection).values(rows[start : start + _BATCH])
        kept = {name: statement.excluded[name] for name in ("value", "actor", "at")}
        keys = ["tenant_id", "import_id", "row", "column"]
        await uow.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=kept))
    uow.announce(f"import:{job.id}")
    return len(latest)


def _fault_of(cell: CellCorrection, number: int, width: int) -> dict[str, str] | None:
    if not 1 <= cell.row <= ROW_LIMIT:
        return {"pointer": f"/cells/{number}/row", "message": "There is no such row."}
    if not 0 <= cell.column < width:
        return {"pointer": f"/cells/{number}/column", "message": "There is no such column."}
    if len(cell.value) > VALUE_LIMIT:
        return {"pointer": f"/cells/{number}/value", "message": "This is too long."}
    return None


async def forget_correction(uow: UnitOfWork, job: ImportJob, row: int, column: int) -> None:
    """Goes back to what the source says; nothing to forget is fine."""
    wanted = (
        ImportCorrection.import_id == job.id,
        ImportCorrection.row == row,
        ImportCorrection.column == column,
    )
    await uow.session.execute(delete(ImportCorrection).where(*wanted))
    uow.announce(f"import:{job.id}")


async def count_waiting(uow: UnitOfWork, job: ImportJob) -> int:
    """Corrections made since the results were."""
    query = select(func.count()).select_from(ImportCorrection).where(ImportCorrection.import_id == job.id)
    if job.finished_at is not None:
        query = query.where(ImportCorrection.at > job.finished_at)
    return int((await uow.session.execute(query)).scalar_one())


async def corrections_of_rows(
    uow: UnitOfWork, import_id: UUID, rows: Iterable[int]
) -> dict[int, dict[int, str]]:
    """Corrections by row and column."""
    query = select(ImportCorrection.row, ImportCorrection.column, ImportCorrection.value).where(
        ImportCorrection.import_id == import_id, ImportCorrection.row.in_(sorted(set(rows)))
    )
    found: dict[int, dict[int, str]] = {}
    for row, column, value in await uow.session.execute(query):
        found.setdefault(row, {})[column] = value
    return found


def returned_lines(rows: Iterable[Sequence[Any]]) -> Iterator[ReturnedLine]:
    """The lines of a list of issues that came back, its header first. Raises CorrectionsUnreadableError."""
    walk = iter(rows)
    header = next(walk, ())
    names = [fold(str(cell or "")) for cell in header]
    row, column = _place(names, _ROW), _place(names, _COLUMN)
    fixed, value, original = _place(names, _FIXED), _place(names, _VALUE), _place(names, _ORIGINAL)
    if row is None or column is None or (fixed is None and value is None and original is None):
        raise CorrectionsUnreadableError
    for number, cells in enumerate(walk):
        if number >= FILE_CELLS_LIMIT:
            return
        place = _cell_of(_text(cells, row), _text(cells, column))
        if place is not None:
            yield ReturnedLine(*place, _text(cells, original), _text(cells, value), _text(cells, fixed))


def changed_cells(
    lines: Iterable[ReturnedLine], known: Mapping[tuple[int, int], tuple[str, str]]
) -> list[CellCorrection]:
    """What a person changed. `known` is what the list said of a cell: (original, new value).

    The column for it counts first; who overwrote the new value or the original instead is understood as well.
    """
    cells: list[CellCorrection] = []
    for line in lines:
        listed = known.get((line.row, line.column))
        if line.fixed:
            cells.append(CellCorrection(line.row, line.column, line.fixed))
        elif listed and line.value and line.value != listed[1]:
            cells.append(CellCorrection(line.row, line.column, line.value))
        elif listed and line.original and line.original != listed[0].strip():
            cells.append(CellCorrection(line.row, line.column, line.original))
    return cells


async def listed_values(
    uow: UnitOfWork, import_id: UUID, rows: Iterable[int]
) -> dict[tuple[int, int], tuple[str, str]]:
    """What the list of issues says of the cells of some rows: (original, new value) by (row, column)."""
    values = {"tenant": uow.tenant_id, "id": import_id, "rows": sorted(set(rows))}
    return {(row[0], row[1]): (row[2], row[3]) for row in await uow.session.execute(_LISTED, values)}


def csv_rows(data: bytes) -> list[list[str]]:
    """The records of a small CSV, as Excel or anything else saved it. Raises CorrectionsUnreadableError."""
    try:
        decoded = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        decoded = data.decode("cp1252", "replace")
    first = decoded.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(decoded.replace("\x00", ""), newline=""), delimiter=delimiter))
    except csv.Error:
        raise CorrectionsUnreadableError from None


def _place(names: Sequence[str], wanted: frozenset[str]) -> int | None:
    return next((position for position, name in enumerate(names) if name in wanted), None)


def _cell_of(row: str, column: str) -> tuple[int, int] | None:
    """Row and column of a line; None for one that names no cell, such as what was found in a row as a whole."""
    number = row.removesuffix(".0")
    if not (number.isascii() and number.isdigit()):
        return None
    try:
        return int(number), column_position(column)
    except ValueError:
        return None


def _text(cells: Sequence[Any], position: int | None) -> str:
    if position is None or position >= len(cells) or cells[position] is None:
        return ""
    return unquoted_formula(str(cells[position]).strip())
