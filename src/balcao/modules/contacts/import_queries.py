"""Reading imports: the list, one of them, its issues. Few statements, small values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.db.paging import Page, PageQuery, like_prefix
from balcao.kernel.errors import DomainError
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.import_errors import ImportNotReadyError
from balcao.modules.contacts.import_jobs import get_import
from balcao.modules.contacts.models import ImportJob

STATUSES: Final = ("queued", "processing", "needs_mapping", "done", "failed", "canceled")
OPEN: Final = frozenset({"queued", "processing"})
LIST_TOPIC: Final = "imports"
LISTED_ISSUES: Final = 100_000
"""Issues kept in the database; the whole list is a file."""

_LIST = text("""
select id, status, stage, filename_original, size_bytes, rows_done, rows_total, error_code, created_at, started_at,
       finished_at, undone_at, results_deleted_at,
       (report->>'total_rows')::int as total_rows, (report->'counts'->>'duplicates')::int as duplicates,
       (report->'levels'->>'error')::int as errors, coalesce((report->>'needs_review')::boolean, false) as needs_review,
       count(*) over () as total
from import_jobs
where tenant_id = :tenant and (cast(:status as text) is null or status = :status)
  and (cast(:q as text) is null or filename_original ilike :q)
order by created_at desc, id desc limit :limit offset :offset
""")
_COUNT = text("""
select count(*) from import_jobs
where tenant_id = :tenant and (cast(:status as text) is null or status = :status)
  and (cast(:q as text) is null or filename_original ilike :q)
""")
_ISSUES = text("""
select row, "column", field, code, level, original, value, note, count(*) over () as total
from job_issues
where tenant_id = :tenant and import_id = :id and (cast(:code as text) is null or code = :code)
  and (cast(:level as text) is null or level = :level) and (cast(:position as int) is null or "column" = :position)
  and (cast(:row as int) is null or row = :row)
order by case when cast(:gravest as boolean) then array_position(array['error', 'warning', 'info'], level) end, position
limit :limit offset :offset
""")
_ISSUES_OF_ROWS = text("""
select row, "column", field, code, level, original, value, note from job_issues
where tenant_id = :tenant and import_id = :id and row = any(cast(:rows as int[])) order by position
""")


class ResultsGoneError(DomainError):
    """The results were kept for their time and then removed."""

    status = 410
    code = "import_results_gone"
    title = "Results removed."
    detail = "The files of this import were removed after their time. Import the spreadsheet again."


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """A line of the list of imports."""

    id: UUID
    status: str
    stage: str
    filename_original: str
    size_bytes: int
    rows_done: int
    rows_total: int | None
    error_code: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    results_deleted_at: datetime | None
    total_rows: int | None
    duplicates: int | None
    errors: int | None
    needs_review: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still at work."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues: by code, level, column (from 0) and row; None is any."""

    code: str | None = None
    level: str | None = None
    column: int | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class IssueLine:
    """What happened to a cell: its row as the spreadsheet counts, its column from 0 (-1: the whole row)."""

    row: int
    column: int
    field: str
    code: str
    level: str
    original: str
    value: str
    note: str


async def list_imports(
    uow: UnitOfWork, page: PageQuery, *, status: str | None = None, q: str = ""
) -> Page[ImportSummary]:
    """Imports, newest first, by status and by words of the file's name."""
    values = {"tenant": uow.tenant_id, "status": status or None, "q": like_prefix(q) if q else None}
    wanted = {**values, "limit": page.limit, "offset": page.offset}
    rows = [dict(row) for row in (await uow.session.execute(_LIST, wanted)).mappings()]
    total = rows[0]["total"] if rows else 0
    if not rows and page.offset:
        total = (await uow.session.execute(_COUNT, values)).scalar_one()
    for row in rows:
        del row["total"]
    items = [ImportSummary(**row) for row in rows]
    return Page[ImportSummary].model_construct(items=items, total=total, limit=page.limit, offset=page.offset)


async def get_finished(uow: UnitOfWork, import_id: UUID) -> ImportJob:
    """One import whose results can be read. NotFoundError, ImportNotReadyError, ResultsGoneError."""
    job = await get_import(uow, import_id)
    require_results(job)
    return job


def require_results(job: ImportJob) -> None:
    """Raises ImportNotReadyError or ResultsGoneError unless the import's results can be read."""
    if job.status != "done" or job.report is None:
        raise ImportNotReadyError(status=job.status)
    if job.results_deleted_at is not None:
        raise ResultsGoneError


async def list_issues(
    uow: UnitOfWork, import_id: UUID, wanted: IssueFilter, page: PageQuery, *, is_gravest_first: bool = False
) -> tuple[list[IssueLine], int]:
    """Issues in the file's order or the gravest first, and how many there are, of the first 100,000."""
    values = {
        "tenant": uow.tenant_id, "id": import_id, "code": wanted.code, "level": wanted.level,
        "position": wanted.column, "row": wanted.row, "limit": page.limit, "offset": page.offset,
        "gravest": is_gravest_first,
    }  # fmt: skip
    rows = (await uow.session.execute(_ISSUES, values)).all()
    if not rows and page.offset:
        first = (await uow.session.execute(_ISSUES, {**values, "limit": 1, "offset": 0})).all()
        return [], first[0].total if first else 0
    return [IssueLine(*row[:8]) for row in rows], rows[0].total if rows else 0


async def issues_of_rows(uow: UnitOfWork, import_id: UUID, rows: Iterable[int]) -> dict[int, list[IssueLine]]:
    """The issues of some rows, by row."""
    values = {"tenant": uow.tenant_id, "id": import_id, "rows": sorted(set(rows))}
    found: dict[int, list[IssueLine]] = {}
    for row in await uow.session.execute(_ISSUES_OF_ROWS, values):
        found.setdefault(row[0], []).append(IssueLine(*row))
    return found


def eta_seconds(
    status: str, rows_done: int, rows_total: int | None, started_at: datetime | None, now: datetime
) -> int | None:
    """Seconds an import at work still needs, at the pace so far; None while that cannot be told."""
    if status != "processing" or started_at is None or not rows_total or rows_done < 1:
        return None
    spent = max(0.0, (now - started_at).total_seconds())
    left = max(0, rows_total - rows_done)
    return round(spent / rows_done * left)
