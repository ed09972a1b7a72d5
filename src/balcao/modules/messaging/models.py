"""Messages that leave: the outbox every channel shares, and the in-product mailbox at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel


class Message(TenantModel, Stamped):
    """One message to one recipient. The dedupe key makes one event one message, however often it is delivered."""

    __tablename__ = "messages"
    channel: Mapped[str]
    template: Mapped[str]
    recipient: Mapped[str]
    recipient_name: Mapped[str] = mapped_column(server_default="", default="")
    subject: Mapped[str] = mapped_column(server_default="", default="")
    body: Mapped[str]
    link: Mapped[str | None]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    dedupe_key: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="queued", default="queued")
    attempts: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    provider_id: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_messages_created", "tenant_id", "created_at"),
        Index("ix_messages_subject", "tenant_id", "subject_kind", "subject_id"),
        CheckConstraint("channel in ('email', 'whatsapp_link')", name="channel"),
        CheckConstraint("status in ('queued', 'sent', 'failed', 'dead', 'ready', 'opened')", name="status"),
    )
