"""Lines to a CRM: the accounts connected, what was sent to them, and what became of each contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk


def _text(default: str = "") -> Mapped[str]:
    return mapped_column(server_default=default, default=default)


def _number(default: int = 0) -> Mapped[int]:
    return mapped_column(server_default=text(str(default)), default=default)


def _secret() -> Mapped[bytes | None]:
    return mapped_column(LargeBinary(), nullable=True)


class GhlConnection(TenantModel, Stamped, Versioned):
    """An account ("location") of GoHighLevel that the business lets us write to.

    Tokens are sealed (kernel/tenant_secrets.py) and leave this table for the provider only. `refresh_until` is a worker's
    claim on the refresh token, which works once: whoever holds it asks, the others wait for what it brings.
    `bucket_*`, `rate` and `blocked_until` are the pace all workers share (crm_pacing.py); the daily numbers are what the
    account's last answer said.
    """

    __tablename__ = "ghl_connections"
    __audit__ = ("access_token", "refresh_token")
    provider: Mapped[str] = _text("gohighlevel")
    kind: Mapped[str]
    location_id: Mapped[str]
    name: Mapped[str] = _text()
    status: Mapped[str] = _text("connected")
    problem: Mapped[str] = _text()
    access_token: Mapped[bytes | None] = _secret()
    refresh_token: Mapped[bytes | None] = _secret()
    access_expires_at: Mapped[datetime | None]
    refresh_until: Mapped[datetime | None]
    scopes: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    checked_at: Mapped[datetime | None]
    connected_by: Mapped[str]
    bucket_tokens: Mapped[float] = mapped_column(Float(), server_default=text("0"), default=0.0)
    bucket_at: Mapped[datetime | None]
    rate: Mapped[float] = mapped_column(Float(), server_default=text("8"), default=8.0)
    rate_changed_at: Mapped[datetime | None]
    strikes: Mapped[int] = _number()
    blocked_until: Mapped[datetime | None]
    daily_limit: Mapped[int | None]
    daily_remaining: Mapped[int | None]
    daily_read_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider", "location_id"),
        CheckConstraint("kind in ('token', 'consent')", name="kind"),
        CheckConstraint("status in ('connected', 'needs_reconnect', 'disconnected')", name="status"),
        CheckConstraint("(status = 'disconnected') = (access_token is null)", name="token"),
    )


class GhlPush(TenantModel, Stamped, Versioned):
    """One sending of an import's people to one account. `counts` is the last count of its items by state.

    `turn` numbers the job that may work on it: an older one that is still queued finds another number and does nothing.
    """

    __tablename__ = "ghl_pushes"
    import_id: Mapped[UUID]
    connection_id: Mapped[UUID]
    only: Mapped[str]
    safe_mode: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    suppressed_as_dnd: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    status: Mapped[str] = _text("preparing")
    problem: Mapped[str] = _text()
    total: Mapped[int] = _number()
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default=text("'{}'"), default=dict)
    turn: Mapped[int] = _number()
    heartbeat_at: Mapped[datetime | None]
    resume_at: Mapped[datetime | None]
    started_by: Mapped[str]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        tenant_fk("import_id", "import_jobs", ondelete="CASCADE"),
        tenant_fk("connection_id", "ghl_connections"),
        Index("ix_ghl_pushes_created", "tenant_id", "created_at"),
        Index("ix_ghl_pushes_import", "tenant_id", "import_id"),
        Index("ix_ghl_pushes_connection", "tenant_id", "connection_id"),
        CheckConstraint("\"only\" in ('all', 'new', 'changed', 'fresh')", name="only"),
        CheckConstraint(
            "status in ('preparing', 'running', 'paused', 'paused_daily', 'needs_reconnect', 'canceled', 'done', "
            "'failed', 'undoing', 'undone')",
            name="status",
        ),
    )


class GhlPushItem(TenantModel):
    """One contact on its way. `row` is the spreadsheet's own row number.

    `person` is the sealed payload; it is dropped once the contact arrived, and kept for a failed one so that it can be
    sent again. "sent" is written before a request leaves: found after a crash, it means that nobody knows, and the
    contact is looked up before anything is repeated. `is_unclear` means the same after a time-out. `is_new`: we made the
    contact there, so an undo may remove it; `before` is the sealed image of one that we changed (safe mode only).
    """

    __tablename__ = "ghl_push_items"
    push_id: Mapped[UUID]
    row: Mapped[int]
    contact_id: Mapped[UUID | None]
    person: Mapped[bytes | None] = _secret()
    before: Mapped[bytes | None] = _secret()
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    state: Mapped[str] = _text("pending")
    attempts: Mapped[int] = _number()
    is_unclear: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    next_attempt_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    remote_id: Mapped[str] = _text()
    is_new: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    code: Mapped[str] = _text()
    detail: Mapped[str] = _text()
    missing: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    tag_state: Mapped[str] = _text("none")
    tag_attempts: Mapped[int] = _number()
    undone: Mapped[str] = _text()
    __table_args__ = (
        tenant_fk("push_id", "ghl_pushes", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "push_id", "row"),
        Index("ix_ghl_push_items_state", "tenant_id", "push_id", "state", "row"),
        Index(
            "ix_ghl_push_items_tags", "tenant_id", "push_id", postgresql_where=text("tag_state = 'pending'")
        ),
        CheckConstraint(
            "state in ('pending', 'sent', 'retry', 'created', 'updated', 'partial', 'skipped', 'failed')",
            name="state",
        ),
        CheckConstraint("tag_state in ('none', 'pending', 'done', 'failed')", name="tag_state"),
        CheckConstraint("undone in ('', 'deleted', 'restored', 'gone', 'failed')", name="undone"),
    )
