"""Tables of the installation itself: what was done with backups, and whether the house is shut."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import PlatformModel, Stamped
from balcao.kernel.ids import new_id

LEFT_OUT: Final = ("backup_runs", "maintenance")
"""Their rows are the operator's, of now: no backup holds them, and a restore takes them along."""


class BackupRun(PlatformModel, Stamped):
    """One thing somebody, or the clock, asked for. `report` says what came of it; `error_code` why it failed."""

    __tablename__ = "backup_runs"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="queued", default="queued")
    backup_name: Mapped[str] = mapped_column(server_default="", default="")
    asked_by: Mapped[str]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error_code: Mapped[str] = mapped_column(server_default="", default="")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default=text("'{}'"), default=dict)
    __table_args__ = (
        Index("ix_backup_runs_created", "created_at"),
        CheckConstraint("kind in ('create', 'verify', 'restore', 'cleanup')", name="kind"),
        CheckConstraint("status in ('queued', 'running', 'done', 'failed')", name="status"),
    )


class MaintenanceNote(PlatformModel):
    """The one row whose presence shuts the house."""

    __tablename__ = "maintenance"
    id: Mapped[int] = mapped_column(primary_key=True, server_default=text("1"), autoincrement=False)
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    reason: Mapped[str]
    __table_args__ = (CheckConstraint("id = 1", name="one"),)
