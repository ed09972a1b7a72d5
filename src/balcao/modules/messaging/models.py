"""Messages that leave: the outbox every channel shares, and the in-product mailbox at once; how channels are reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned


def _text() -> Mapped[str]:
    return mapped_column(server_default="", default="")


def _secret() -> Mapped[bytes | None]:
    return mapped_column(LargeBinary(), nullable=True)


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


class ChannelCredential(TenantModel, Stamped, Versioned):
    """How a business is known at WhatsApp or Telegram. Secrets are sealed (kernel/tenant_secrets.py); `endings` keeps, by
    field, the few characters of each that may be shown (channel_rules.py:ending).

    What a webhook is proved with holds beside its successor until `former_app_until` and `former_verify_until`.
    `check_outcome` is what the provider said when it was last asked; it raises no version.
    """

    __tablename__ = "channel_credentials"
    __audit__ = (
        "access_token", "app_secret", "verify_token", "bot_token", "former_app_secret", "former_verify_token", "endings",
    )  # fmt: skip
    channel: Mapped[str]
    phone_number_id: Mapped[str] = _text()
    waba_id: Mapped[str] = _text()
    chat_id: Mapped[str] = _text()
    access_token: Mapped[bytes | None] = _secret()
    app_secret: Mapped[bytes | None] = _secret()
    verify_token: Mapped[bytes | None] = _secret()
    bot_token: Mapped[bytes | None] = _secret()
    former_app_secret: Mapped[bytes | None] = _secret()
    former_app_until: Mapped[datetime | None]
    former_verify_token: Mapped[bytes | None] = _secret()
    former_verify_until: Mapped[datetime | None]
    endings: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default=text("'{}'"), default=dict)
    checked_at: Mapped[datetime | None]
    check_outcome: Mapped[str] = _text()
    shown_name: Mapped[str] = _text()
    shown_number: Mapped[str] = _text()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        UniqueConstraint("tenant_id", "channel"),
        CheckConstraint(
            "channel = 'whatsapp' and phone_number_id <> '' and access_token is not null "
            "or channel = 'telegram' and bot_token is not null",
            name="channel",
        ),
        CheckConstraint("(former_app_secret is null) = (former_app_until is null)", name="former_app"),
        CheckConstraint(
            "(former_verify_token is null) = (former_verify_until is null)", name="former_verify"
        ),
        CheckConstraint(
            "check_outcome in ('', 'ok', 'unauthorized', 'forbidden', 'unknown', 'refused', 'unavailable', 'lost')",
            name="check_outcome",
        ),
    )
