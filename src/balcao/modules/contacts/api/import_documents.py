"""Documents of the imports' API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from balcao.kernel.i18n import Translator
from balcao.modules.contacts.import_queries import ImportSummary, eta_seconds
from balcao.modules.contacts.import_words import error_text
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.row_view import CellView, RowView

Status = Literal["queued", "processing", "needs_mapping", "done", "failed", "canceled"]
Level = Literal["info", "warning", "error"]
Text = Annotated[str, Field(max_length=5_000, pattern=r"^[^\x00]*$")]


class Progress(BaseModel):
    """Rows cleaned, of how many; null while that is not known."""

    rows_done: int
    rows_total: int | None


class Failure(BaseModel):
    """Why an import failed: a stable code, and a text in the caller's language."""

    code: str
    message: str


class ImportDocument(BaseModel):
    """An import: one spreadsheet on its way to clean contacts."""

    id: UUID
    status: Status
    stage: str
    filename_original: str
    size_bytes: int
    sha256: str
    progress: Progress
    eta_seconds: int | None = Field(description="Seconds it still needs, at the pace so far.")
    error: Failure | None
    options: dict[str, Any]
    attempt: int
    version: int
    needs_review: bool = Field(description="A column was understood without being sure: look at the mapping.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime
    undone_at: datetime | None
    duplicate_of: UUID | None = Field(
        None, description="The same file was imported already: this is that import."
    )
    links: dict[str, str]


class ImportLine(BaseModel):
    """An import in the list."""

    id: UUID
    status: Status
    stage: str
    filename_original: str
    size_bytes: int
    progress: Progress
    eta_seconds: int | None
    error: Failure | None
    total_rows: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    links: dict[str, str]


class CleanPreview(BaseModel):
    """The first twenty rows of the file for GoHighLevel."""

    columns: list[str]
    rows: list[dict[str, str]]
    total: int


class Report(BaseModel):
    """The report of a finished import; counts balance exactly (rows_read is the sum of the others)."""

    model_config = ConfigDict(extra="allow")
    total_rows: int
    pct_with_email: float
    pct_with_phone: float


class Issue(BaseModel):
    """Something found in a cell of the source, or in a row as a whole (column and letter are then null)."""

    row: int
    column: int | None
    letter: str | None
    header: str | None
    field: str
    code: str
    level: Level
    message: str
    original: str
    value: str
    note: str


class Cell(BaseModel):
    """A cell of the source beside its clean text."""

    column: int
    letter: str
    header: str
    field: str
    original: str
    value: str
    changed: bool
    codes: list[str]
    corrected: str | None


class Row(BaseModel):
    """A row of the source: what became of it and of its cells. `ref`: the row it was joined with."""

    row: int
    state: str
    ref: int | None
    codes: list[str]
    cells: list[Cell]
    person: dict[str, str]


class Rows(BaseModel):
    """Rows from a position on; `next_start` goes on, null at the end."""

    items: list[Row]
    start: int
    next_start: int | None


class Member(BaseModel):
    """One of the rows that were the same person, as it was alone."""

    row: int
    person: dict[str, str]


class RepeatedPerson(BaseModel):
    """Rows that were the same person, before and after they were joined."""

    row: int
    rows: list[int]
    before: list[Member]
    after: dict[str, str]


class Duplicates(BaseModel):
    """Groups from a position on; `next_start` goes on, null at the end."""

    items: list[RepeatedPerson]
    start: int
    next_start: int | None


class Split(BaseModel):
    """Takes a row out of the group of another."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"row": 14, "from_row": 3}})
    row: Annotated[int, Field(ge=1, le=1_048_576)]
    from_row: Annotated[int, Field(ge=1, le=1_048_576)]


class CellIn(BaseModel):
    """A cell of the source (row as the spreadsheet counts, column from 0) and what to read instead."""

    model_config = ConfigDict(extra="forbid")
    row: Annotated[int, Field(ge=1, le=1_048_576)]
    column: Annotated[int, Field(ge=0, le=16_383)]
    value: Text


class CorrectionsIn(BaseModel):
    """Corrected cells; with `reprocess` (the default) the import runs again with them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"cells": [{"row": 7, "column": 2, "value": "(11) 98765-4321"}], "reprocess": True}
        },
    )
    cells: Annotated[list[CellIn], Field(min_length=1, max_length=1_000)]
    reprocess: bool = True


class CorrectionsSaved(BaseModel):
    """How many cells were corrected now, how many wait for the next run, and the import."""

    saved: int
    waiting: int
    job: ImportDocument


class OptionsIn(BaseModel):
    """Options to read the stored file with again; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"sheet": "Leads", "default_ddd": "11"}}
    )
    profile: Literal["ghl", "extended", "excel"] | None = None
    default_ddd: Annotated[str, Field(max_length=4)] | None = None
    review: bool | None = None
    repair: Literal["fix", "suggest"] | None = None
    dedupe: bool | None = None
    import_tag: bool | None = None
    sheet: Annotated[str, Field(max_length=255)] | None = None
    all_sheets: bool | None = None
    header_row: Annotated[int, Field(ge=0, le=1000)] | None = None
    encoding: Annotated[str, Field(max_length=40)] | None = None
    delimiter: Annotated[str, Field(max_length=20)] | None = None


def error_document(words: Translator, code: str | None) -> Failure | None:
    """Why an import failed, in the caller's language."""
    return Failure(code=code, message=words(error_text(code))) if code else None


def links_of(import_id: UUID, status: str) -> dict[str, str]:
    """Where to go on from an import, as far as its status allows."""
    base = f"/api/v1/jobs/{import_id}"
    links = {"self": base, "events": f"{base}/events", "panel": f"/painel/contatos/importacoes/{import_id}"}
    if status == "done":
        names = ("preview", "report", "download", "issues", "duplicates", "rows", "mapping")
        links |= {name: f"{base}/{name}" for name in names}
    elif status == "needs_mapping":
        links["mapping"] = f"{base}/mapping"
    return links


def import_document(
    job: ImportJob, words: Translator, now: datetime, *, is_repeat: bool = False
) -> ImportDocument:
    """The document of an import."""
    return ImportDocument.model_validate(
        {
            "id": job.id, "status": job.status, "stage": job.stage, "filename_original": job.filename_original,
            "size_bytes": job.size_bytes, "sha256": job.sha256, "options": job.options, "attempt": job.attempt,
            "progress": Progress(rows_done=job.rows_done, rows_total=job.rows_total),
            "eta_seconds": eta_seconds(job.status, job.rows_done, job.rows_total, job.started_at, now),
            "error": error_document(words, job.error_code), "version": job.version,
            "needs_review": bool((job.report or {}).get("needs_review")), "created_at": job.created_at,
            "started_at": job.started_at, "finished_at": job.finished_at, "updated_at": job.updated_at,
            "undone_at": job.undone_at, "duplicate_of": job.id if is_repeat else None,
            "links": links_of(job.id, job.status),
        }
    )  # fmt: skip


def line_document(line: ImportSummary, words: Translator, now: datetime) -> ImportLine:
    """An import as a line of the list."""
    return ImportLine.model_validate(
        {
            "id": line.id, "status": line.status, "stage": line.stage, "filename_original": line.filename_original,
            "size_bytes": line.size_bytes, "progress": Progress(rows_done=line.rows_done, rows_total=line.rows_total),
            "eta_seconds": eta_seconds(line.status, line.rows_done, line.rows_total, line.started_at, now),
            "error": error_document(words, line.error_code), "total_rows": line.total_rows,
            "created_at": line.created_at, "started_at": line.started_at, "finished_at": line.finished_at,
            "undone_at": line.undone_at, "links": links_of(line.id, line.status),
        }
    )  # fmt: skip


def row_document(view: RowView, state: str) -> Row:
    """A row as the API tells it."""
    return Row(
        row=view.row,
        state=state,
        ref=view.ref,
        codes=list(view.codes),
        cells=[_cell_document(cell) for cell in view.cells],
        person=dict(view.person),
    )


def _cell_document(cell: CellView) -> Cell:
    return Cell(
        column=cell.column,
        letter=cell.letter,
        header=cell.header,
        field=cell.field,
        original=cell.original,
        value=cell.value,
        changed=cell.is_changed,
        codes=list(cell.codes),
        corrected=cell.corrected,
    )
