"""What an import found, over HTTP: issues, rows beside their clean form, repeated people, corrections."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import StreamingResponse

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.web.dependencies import Allow, ReadUow, Uow, Words, Work, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.api.attachments import attachment
from balcao.modules.contacts.api.import_documents import (
    CorrectionsIn,
    CorrectionsSaved,
    Duplicates,
    ImportDocument,
    Issue,
    Level,
    Member,
    RepeatedPerson,
    Rows,
    Split,
    import_document,
    row_document,
)
from balcao.modules.contacts.cleaning.findings import CODES
from balcao.modules.contacts.corrections import CellCorrection, count_waiting, save_corrections
from balcao.modules.contacts.downloads import CSV_TYPE, stem_of
from balcao.modules.contacts.excel import XLSX_TYPE, issues_csv, issues_xlsx
from balcao.modules.contacts.import_jobs import get_import, rerun_with_options
from balcao.modules.contacts.import_queries import IssueFilter, get_finished, list_issues
from balcao.modules.contacts.import_results import reader_of
from balcao.modules.contacts.import_words import ROW_STATES, column_letter, column_position
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.result_views import read_groups, read_row_views, split_pair
from balcao.modules.contacts.returned_files import receive_corrections
from balcao.modules.contacts.row_view import columns_of, person_of

router = APIRouter(prefix="/jobs/{job_id}", tags=["imports"])
VIEW, EDIT = Depends(Allow("contacts.imports:view")), Depends(Allow("contacts.imports:edit"))
PER_PAGE = 50
RowState = Literal["output", "duplicate", "suppressed", "no_identifier", "total", "repeated_header", "footer"]
Code = Annotated[str | None, Query(max_length=60, pattern=r"^[A-Z0-9_]*$")]
ColumnName = Annotated[
    str | None, Query(max_length=5, pattern=r"^[A-Za-z0-9]*$", description="Letter, or number from 1")
]
Start = Annotated[int, Query(ge=0, le=2_000_000)]
_STATE_OF_LETTER = {letter: state for state, letter in ROW_STATES.items()}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {CSV_TYPE: {}, XLSX_TYPE: {}}, "description": "The file"}
}
_CORRECTIONS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["cells"],
                    "additionalProperties": False,
                    "properties": {
                        "cells": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 1000,
                            "items": {
                                "type": "object",
                                "required": ["row", "column", "value"],
                                "additionalProperties": False,
                                "properties": {
                                    "row": {"type": "integer", "minimum": 1, "maximum": 1048576},
                                    "column": {"type": "integer", "minimum": 0, "maximum": 16383},
                                    "value": {"type": "string", "maxLength": 5000},
                                },
                            },
                        },
                        "reprocess": {"type": "boolean", "default": True},
                    },
                },
                "example": {
                    "cells": [{"row": 7, "column": 2, "value": "(11) 98765-4321"}],
                    "reprocess": True,
                },
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "issues.csv or .xlsx, filled in",
                        },
                        "reprocess": {"type": "boolean", "default": True},
                    },
                },
                "example": {"file": "issues.xlsx"},
            },
        },
    }
}


def position_of(column: str | None) -> int | None:
    """The position from 0 of a column named by letter, or by its number from 1. ValidationFailedError."""
    if not column:
        return None
    try:
        return column_position(column)
    except ValueError:
        raise ValidationFailedError.at("/column", "There is no such column.") from None


@router.get("/issues", dependencies=[VIEW])
async def issues(
    job_id: UUID,
    uow: ReadUow,
    words: Words,
    code: Code = None,
    level: Annotated[Level | None, Query()] = None,
    column: ColumnName = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = PER_PAGE,
    offset: Annotated[int | None, Query(ge=0, le=1_000_000, description="Instead of `page`")] = None,
) -> Page[Issue]:
    """Cells that were put right, are doubtful or were left out, in the file's order, by code, level and column."""
    job = await get_finished(uow, job_id)
    wanted = IssueFilter(code or None, level, position_of(column))
    start = (page - 1) * limit if offset is None else offset
    query = PageQuery.model_construct(limit=limit, offset=start)
    lines, total = await list_issues(uow, job_id, wanted, query)
    headers = {known.position: known.header for known in columns_of(job.report or {})}
    items = [
        Issue.model_validate(
            {
                "row": line.row, "column": line.column if line.column >= 0 else None,
                "letter": column_letter(line.column) or None, "header": headers.get(line.column), "field": line.field,
                "code": line.code, "level": line.level, "message": words(CODES[line.code].text),
                "original": line.original, "value": line.value, "note": line.note,
            }
        )
        for line in lines
    ]  # fmt: skip
    return Page[Issue](items=items, total=total, limit=limit, offset=query.offset)


@router.get("/issues.csv", dependencies=[VIEW], response_class=StreamingResponse, responses=_FILES)
async def issues_as_csv(job_id: UUID, works: Works, words: Words) -> StreamingResponse:
    """The whole list of issues as CSV, with a column to fill in and send back."""
    job = await works.run(lambda uow: get_finished(uow, job_id))
    records = await _issue_records(works, job)
    name = f"{stem_of(job.filename_original)}-{words('issues')}.csv"
    return await attachment(name, CSV_TYPE, issues_csv(records, _headers(job), words))


@router.get("/issues.xlsx", dependencies=[VIEW], response_class=StreamingResponse, responses=_FILES)
async def issues_as_workbook(job_id: UUID, works: Works, words: Words) -> StreamingResponse:
    """The whole list of issues as a workbook, with a column to fill in and send back."""
    job = await works.run(lambda uow: get_finished(uow, job_id))
    records = await _issue_records(works, job)
    name = f"{stem_of(job.filename_original)}-{words('issues')}.xlsx"
    return await attachment(name, XLSX_TYPE, issues_xlsx(records, _headers(job), words))


async def _issue_records(works: Work, job: ImportJob) -> AsyncIterator[Sequence[Any]]:
    return (await reader_of(works.runtime.blobs, job.tenant_id, job, "issues.blk")).records()


def _headers(job: ImportJob) -> dict[int, str]:
    return {column.position: column.header for column in columns_of(job.report or {})}


@router.get("/rows", dependencies=[VIEW])
async def rows(
    job_id: UUID,
    works: Works,
    start: Start = 0,
    state: Annotated[RowState | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = PER_PAGE,
) -> Rows:
    """Rows of the source beside what became of them; changed cells say why."""
    job = await works.run(lambda uow: get_finished(uow, job_id))
    views, after = await read_row_views(
        works, job, start, limit, ROW_STATES[state] if state else None, masked=False
    )
    items = [row_document(view, _STATE_OF_LETTER.get(view.state, view.state)) for view in views]
    return Rows(items=items, start=start, next_start=after)


@router.get("/duplicates", dependencies=[VIEW])
async def duplicates(
    job_id: UUID, works: Works, start: Start = 0, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Duplicates:
    """Rows that were the same person, before and after they were joined."""
    job = await works.run(lambda uow: get_finished(uow, job_id))
    groups, after = await read_groups(works.runtime.blobs, job, start, limit)
    items = [
        RepeatedPerson(
            row=group.leader,
            rows=list(group.rows),
            before=[
                Member(row=row, person=person_of(texts))
                for row, texts in zip(group.rows, group.before, strict=False)
            ],
            after=person_of(group.after),
        )
        for group in groups
    ]
    return Duplicates(items=items, start=start, next_start=after)


@router.post("/duplicates/split", status_code=202, dependencies=[EDIT])
async def split(job_id: UUID, body: Split, uow: Uow, words: Words) -> ImportDocument:
    """Says that a row is another person, and cleans the file again."""
    job = await split_pair(uow, job_id, body.row, body.from_row)
    return import_document(job, words, uow.now())


@router.post("/corrections", status_code=202, dependencies=[EDIT], openapi_extra=_CORRECTIONS)
async def corrections(request: Request, job_id: UUID, works: Works, words: Words) -> CorrectionsSaved:
    """Corrected cells as JSON, or the list of issues sent back filled in (csv or xlsx); then the import runs again."""
    job = await works.run(lambda uow: get_import(uow, job_id))
    cells, reprocess = await _corrected(request, works, job)

    async def save(uow: UnitOfWork) -> CorrectionsSaved:
        current = await get_import(uow, job_id)
        saved = await save_corrections(uow, current, cells)
        waiting = await count_waiting(uow, current)
        if reprocess and saved:
            current = await rerun_with_options(uow, job_id, {})
        return CorrectionsSaved(saved=saved, waiting=waiting, job=import_document(current, words, uow.now()))

    return await works.run(save)


async def _corrected(request: Request, works: Work, job: ImportJob) -> tuple[list[CellCorrection], bool]:
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await receive_corrections(request.stream(), request.headers["content-type"], works, job)
    try:
        body = CorrectionsIn.model_validate_json(await request.body())
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None
    return [CellCorrection(cell.row, cell.column, cell.value) for cell in body.cells], body.reprocess
