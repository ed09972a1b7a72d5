"""Imports of spreadsheets: the job, its cell-by-cell list, corrections, and mappings kept for the next file."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk


class ImportJob(TenantModel, Stamped, Versioned):
    """One file on its way to clean people.

    `attempt` fences workers off: results lie in a folder of their attempt, and only the attempt the row names may finish
    it. `dedupe_key` is the file's SHA-256 and its options, empty (null) when the same file was wanted again on purpose.
    `mapping` is what a person chose ({column position: field}), null until then; the one in force stands in `report`.
    """

    __tablename__ = "import_jobs"
    status: Mapped[str] = mapped_column(server_default="queued", default="queued")
    stage: Mapped[str] = mapped_column(server_default="received", default="received")
    filename_original: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    source_key: Mapped[str | None]
    dedupe_key: Mapped[str | None]
    options: Mapped[dict[str, Any]]
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    rows_done: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    rows_total: Mapped[int | None]
    attempt: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    heartbeat_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    error_code: Mapped[str | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    results_key: Mapped[str | None]
    merged_rows: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    created_by: Mapped[str]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    source_deleted_at: Mapped[datetime | None]
    results_deleted_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_import_jobs_created", "tenant_id", "created_at"),
        CheckConstraint(
            "status in ('queued', 'processing', 'needs_mapping', 'done', 'failed', 'canceled')", name="status"
        ),
        CheckConstraint(
            "stage in ('received', 'inspecting', 'mapping', 'cleaning', 'deduping', 'writing', 'merging', 'finished')",
            name="stage",
        ),
    )


class ImportIssue(TenantModel):
    """A cell that was changed by a guess or lost its value. The first 100,000 of an import; the whole list is a file."""

    __tablename__ = "job_issues"
    import_id: Mapped[UUID]
    position: Mapped[int]
    row: Mapped[int]
    column: Mapped[int]
    field: Mapped[str]
    code: Mapped[str]
    level: Mapped[str]
    original: Mapped[str]
    value: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="", default="")
    __table_args__ = (
        tenant_fk("import_id", "import_jobs", ondelete="CASCADE"),
        Index("ix_job_issues_position", "tenant_id", "import_id", "position"),
        CheckConstraint("level in ('info', 'warning', 'error')", name="level"),
    )


class ImportCorrection(TenantModel):
    """What a person put in place of a cell of the source (row as the spreadsheet counts, column from 0)."""

    __tablename__ = "import_corrections"
    import_id: Mapped[UUID]
    row: Mapped[int]
    column: Mapped[int]
    value: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        tenant_fk("import_id", "import_jobs", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "import_id", "row", "column"),
    )


class MappingProfile(TenantModel, Stamped):
    """How a shape of file was understood. `columns` maps each normalised header to a field ("" for none)."""

    __tablename__ = "mapping_profiles"
    name: Mapped[str]
    signature: Mapped[str]
    columns: Mapped[dict[str, Any]]
    uses: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    last_used_at: Mapped[datetime | None]
    actor: Mapped[str]
    __table_args__ = (UniqueConstraint("tenant_id", "signature"),)
