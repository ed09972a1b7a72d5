"""Pages of an import's results, ready to be shown: rows with their cells, groups of repeated people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.runtime import Work
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.corrections import corrections_of_rows
from balcao.modules.contacts.import_jobs import get_import, rerun_with_options
from balcao.modules.contacts.import_queries import IssueLine, issues_of_rows
from balcao.modules.contacts.import_results import reader_of
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.row_view import CellIssue, RowView, columns_of, view_row

LOOKED_AT: Final = 50_000
"""Records looked through for a page of one state; the next page goes on from there."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that were the same person: `leader` is the first; before are people by row, after is the joined one."""

    leader: int
    rows: tuple[int, ...]
    before: tuple[Sequence[str], ...]
    after: Sequence[str]


async def read_row_views(
    works: Work, job: ImportJob, start: int, limit: int, state: str | None, *, masked: bool
) -> tuple[list[RowView], int | None]:
    """Up to `limit` rows from a position on, of one state (its letter) or all, and where to go on (None at the end)."""
    records, after = await _records(works.runtime.blobs, job, start, limit, state)
    numbers = [int(record[0]) for record in records]

    async def beside(
        uow: UnitOfWork,
    ) -> tuple[dict[int, list[IssueLine]], dict[int, dict[int, str]]]:
        return await issues_of_rows(uow, job.id, numbers), await corrections_of_rows(uow, job.id, numbers)

    issues, corrected = await works.run(beside) if numbers else ({}, {})
    columns = columns_of(job.report or {})
    views = [
        view_row(
            record,
            columns,
            [CellIssue(line.column, line.code) for line in issues.get(record[0], ())],
            corrected.get(record[0], {}),
            masked=masked,
        )
        for record in records
    ]
    return views, after


async def _records(
    blobs: BlobStore, job: ImportJob, start: int, limit: int, state: str | None
) -> tuple[list[list[Any]], int | None]:
    reader = await reader_of(blobs, job.tenant_id, job, "rows.blk")
    found: list[list[Any]] = []
    position = start
    async for record in reader.records(start):
        if len(found) == limit or position - start >= LOOKED_AT:
            return found, position
        position += 1
        if state is None or record[1] == state:
            found.append(record)
    return found, None


async def read_groups(
    blobs: BlobStore, job: ImportJob, start: int, limit: int
) -> tuple[list[Group], int | None]:
    """Up to `limit` groups of repeated people from a position on, and where to go on (None at the end)."""
    reader = await reader_of(blobs, job.tenant_id, job, "duplicates.blk")
    groups = [_group(record) for record in await reader.slice(start, limit)]
    after = start + len(groups)
    return groups, after if after < reader.count else None


def _group(record: Sequence[Any]) -> Group:
    leader, members, before, after = record[:4]
    rows = tuple(members) if leader in members else (leader, *members)
    return Group(int(leader), rows, tuple(before), after)


async def split_pair(uow: UnitOfWork, import_id: UUID, row: int, from_row: int) -> ImportJob:
    """Says that a row is another person than the one it was joined with, and cleans the file again."""
    if row == from_row:
        raise ValidationFailedError.at("/row", "Choose two different rows.")
    job = await get_import(uow, import_id, lock=True)
    pairs: list[list[int]] = [list(pair) for pair in job.options.get("apart") or ()]
    pair = [row, from_row]
    return await rerun_with_options(uow, import_id, {"apart": pairs if pair in pairs else [*pairs, pair]})


def balance_of(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The lines that add up to the rows read, those that are nought left out but for the first."""
    names = (
        "rows_output", "duplicates", "suppressed", "no_identifier", "totals", "repeated_headers", "footers", "blank",
    )  # fmt: skip
    return [(name, counts.get(name, 0)) for name in names if name == "rows_output" or counts.get(name, 0)]
