"""The mailbox in the panel."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.web.dependencies import Allow, ReadUow
from balcao.kernel.web.templates import panel_context, render
from balcao.modules.messaging.queries import list_messages

router = APIRouter()
PER_PAGE = 30


@router.get("/painel/mensagens", dependencies=[Depends(Allow("messaging.messages:view"))])
async def messages_page(request: Request, uow: ReadUow, offset: int = 0) -> Response:
    """What left the house, newest first."""
    page = await list_messages(uow, PageQuery(limit=PER_PAGE, offset=max(0, min(offset, 1_000_000))))
    return render(
        request,
        "messaging/messages.html",
        **panel_context(request, uow.tenant, uow.actor),
        page=page,
        page_url=_page_url,
    )


def _page_url(offset: int) -> str:
    return f"/painel/mensagens?offset={offset}"
