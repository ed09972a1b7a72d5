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
    # The part of the body that opens a door, and until when it does. Blanked once the message left or the door closed.
    secret: Mapped[str | None]
    secret_until: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_messages_created", "tenant_id", "created_at"),
        Index("ix_messages_subject", "tenant_id", "subject_kind", "subject_id"),
        Index("ix_messages_secret", "secret_until", postgresql_where=text("secret is not null")),
        CheckConstraint("(secret is null) = (secret_until is null)", name="secret"),
        CheckConstraint("channel in ('email', 'whatsapp_link')", name="channel"),
        CheckConstraint("status in ('queued', 'sent', 'failed', 'dead', 'ready', 'opened')", name="status"),
    )
