"""The first rows of an import as they would come out with a mapping that nobody has confirmed yet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from balcao.kernel.files.blobs import BlobStore
from balcao.modules.contacts.import_errors import ImportNotReadyError
from balcao.modules.contacts.import_jobs import check_mapping
from balcao.modules.contacts.import_results import reader_of
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.pipeline.preview import preview_mapping
from balcao.modules.contacts.row_view import person_of

ROWS: Final = 20


def require_columns(job: ImportJob) -> None:
    """Raises ImportNotReadyError until the columns of the file are known."""
    if not (job.report or {}).get("columns"):
        raise ImportNotReadyError(status=job.status)


async def preview_rows(
    blobs: BlobStore, job: ImportJob, columns: Mapping[int, str], today: date
) -> list[dict[str, str]]:
    """The first twenty rows, each a person by field. ImportNotReadyError, MappingInvalidError."""
    require_columns(job)
    report: dict[str, Any] = job.report or {}
    check_mapping(columns, {int(column["position"]) for column in report["columns"]})
    rows = await source_rows(blobs, job)
    work = partial(preview_mapping, rows, report, dict(columns), job.options, today=today)
    return [person_of(texts) for texts in await asyncio.to_thread(work)]


async def source_rows(blobs: BlobStore, job: ImportJob) -> list[list[Any]]:
    """The first rows as they stand in the file, [row number, cells]: from the report, else from the results."""
    report: dict[str, Any] = job.report or {}
    if report.get("source"):
        return list(report["source"])[:ROWS]
    if job.results_key is None or job.results_deleted_at is not None:
        return []
    reader = await reader_of(blobs, job.tenant_id, job, "rows.blk")
    return [[record[0], record[2]] for record in await reader.slice(0, ROWS)]
