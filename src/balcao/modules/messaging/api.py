"""The outbox over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import Allow, ReadUow
from balcao.modules.messaging.queries import MessageView, list_messages

router = APIRouter(tags=["messaging"])


@router.get("/admin/messages", dependencies=[Depends(Allow("messaging.messages:view"))])
async def messages(
    uow: ReadUow, page: Annotated[PageQuery, Query()], subject_id: UUID | None = None
) -> Page[MessageView]:
    """Messages that were sent or wait to be, newest first."""
    return await list_messages(uow, page, subject_id)
