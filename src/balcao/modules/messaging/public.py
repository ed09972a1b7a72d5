"""What other modules may use of messaging: put a message into the outbox; the credentials of a business's channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from balcao.brazil.phones import wa_link
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.messaging.channel_checks import check_channel as check_channel
from balcao.modules.messaging.channel_credentials import ChannelCredentials as ChannelCredentials
from balcao.modules.messaging.channel_credentials import ChannelView as ChannelView
from balcao.modules.messaging.channel_credentials import channel_credentials as channel_credentials
from balcao.modules.messaging.channel_credentials import list_channels as list_channels
from balcao.modules.messaging.channel_credentials import remove_channel as remove_channel
from balcao.modules.messaging.channel_credentials import save_channel as save_channel
from balcao.modules.messaging.channel_rules import CHANNELS as CHANNELS
from balcao.modules.messaging.channel_rules import Channel as Channel
from balcao.modules.messaging.jobs import send_email
from balcao.modules.messaging.models import Message
from balcao.modules.messaging.queries import MessageView, view_columns


@dataclass(frozen=True, slots=True)
class BodySecret:
    """A part of a body that lets its reader in, such as the token of a link, and until when it does.

    It is blanked from the stored body once a mail server took the message, and at `until` in any case.
    """

    text: str
    until: datetime


async def kept_secrets(uow: UnitOfWork, dedupe_keys: Sequence[str]) -> dict[str, str]:
    """The secrets of letters that stayed in the in-product mailbox, by dedupe key, while their doors are open. A mail
    server that took a letter leaves nothing here.
    """
    query = select(Message.dedupe_key, Message.secret).where(
        Message.tenant_id == uow.tenant_id, Message.dedupe_key.in_(dedupe_keys), Message.status == "sent",
        Message.secret.is_not(None), Message.secret_until > uow.now(),
    )  # fmt: skip
    return {key: secret for key, secret in await uow.session.execute(query) if secret}


async def queue_email(
    uow: UnitOfWork,
    *,
    to: str,
    to_name: str,
    subject: str,
    body: str,
    dedupe_key: str,
    template: str,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    secret: BodySecret | None = None,
) -> UUID | None:
    """One e-mail, sent by a job after the commit. The same dedupe key again does nothing and answers None."""
    message_id = new_id()
    made = await uow.session.execute(
        insert(Message)
        .values(
            tenant_id=uow.tenant_id, id=message_id, channel="email", template=template, recipient=to,
            recipient_name=to_name, subject=subject, body=body, dedupe_key=dedupe_key, subject_kind=subject_kind,
            subject_id=subject_id, status="queued", secret=secret.text if secret else None,
            secret_until=secret.until if secret else None,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "dedupe_key"])
        .returning(Message.id)
    )  # fmt: skip
    if made.first() is None:
        return None
    uow.enqueue(send_email, message_id=message_id)
    return message_id


async def offer_whatsapp_link(
    uow: UnitOfWork,
    *,
    phone: str,
    name: str,
    body: str,
    dedupe_key: str,
    template: str,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
) -> UUID | None:
    """A message the shopkeeper sends with one tap: a wa.me link with the text ready. None for a repeated dedupe key."""
    message_id = new_id()
    made = await uow.session.execute(
        insert(Message)
        .values(
            tenant_id=uow.tenant_id, id=message_id, channel="whatsapp_link", template=template, recipient=phone,
            recipient_name=name, body=body, link=wa_link(phone, body), dedupe_key=dedupe_key, subject_kind=subject_kind,
            subject_id=subject_id, status="ready",
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "dedupe_key"])
        .returning(Message.id)
    )  # fmt: skip
    return None if made.first() is None else message_id


async def messages_of(uow: UnitOfWork, subject_kind: str, subject_id: UUID) -> list[MessageView]:
    """What was written about one thing, newest first (at most 50)."""
    query = (
        select(*view_columns(uow.now()))
        .where(
            Message.tenant_id == uow.tenant_id,
            Message.subject_kind == subject_kind,
            Message.subject_id == subject_id,
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(50)
    )
    return [MessageView.model_validate(dict(row)) for row in (await uow.session.execute(query)).mappings()]
