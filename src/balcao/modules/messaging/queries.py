"""The outbox and the mailbox as lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, case, func, select

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.work import UnitOfWork
from balcao.modules.messaging.models import Message


class MessageView(BaseModel):
    """A message of the outbox."""

    id: UUID
    channel: str
    template: str
    recipient: str
    recipient_name: str
    subject: str
    body: str
    link: str | None
    status: str
    attempts: int
    error: str | None
    created_at: datetime
    sent_at: datetime | None


BLANK = "•••"


def view_columns(now: datetime) -> list[ColumnElement[Any]]:
    """The columns of a MessageView at a moment.

    A secret is shown only where the in-product mailbox is the mailbox: the message counts as sent and still has it,
    while its door is open.
    """
    is_readable = Message.secret.is_(None) | ((Message.status == "sent") & (Message.secret_until > now))
    body = case(
        (is_readable, Message.body),
        else_=func.replace(Message.body, func.coalesce(Message.secret, ""), BLANK),
    )
    names = [name for name in MessageView.model_fields if name != "body"]
    return [*(getattr(Message, name) for name in names), body.label("body")]


def _filtered(query: Any, subject_id: UUID | None) -> Any:
    return query if subject_id is None else query.where(Message.subject_id == subject_id)


async def list_messages(
    uow: UnitOfWork, page: PageQuery, subject_id: UUID | None = None
) -> Page[MessageView]:
    """Messages, newest first, of one thing or of all."""
    tenant = Message.tenant_id == uow.tenant_id
    if uow.actor.role != "owner":
        # Invitations and password links let whoever reads them in, so they are for the owner's eyes only.
        tenant = tenant & Message.template.not_like("team.%")
    total = (
        await uow.session.execute(
            _filtered(select(func.count()).select_from(Message).where(tenant), subject_id)
        )
    ).scalar_one()
    query = _filtered(select(*view_columns(uow.now())).where(tenant), subject_id)
    query = query.order_by(Message.created_at.desc(), Message.id.desc()).limit(page.limit).offset(page.offset)
    rows = (await uow.session.execute(query)).mappings()
    return Page(
        items=[MessageView.model_validate(dict(row)) for row in rows],
        total=total,
        limit=page.limit,
        offset=page.offset,
    )
