"""Imports in the panel: the box for a file, the list, and the columns kept for next time."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError
from balcao.kernel.web.dependencies import Allow, CurrentCaller, ReadUow, Work, Works, translator_of
from balcao.kernel.web.event_stream import event_stream
from balcao.kernel.web.templates import go_to, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.api.imports import take_upload
from balcao.modules.contacts.import_queries import eta_seconds, list_imports
from balcao.modules.contacts.mapping_profiles import delete_profile, list_profiles
from balcao.modules.contacts.pages.imports_frame import HOME, LIST_EVENTS, LIST_LIVE, frame, page_of

router = APIRouter(prefix=HOME)
VIEW, EDIT = Depends(Allow("contacts.imports:view")), Depends(Allow("contacts.imports:edit"))
PER_PAGE = 20
StatusParameter = Literal["", "queued", "processing", "needs_mapping", "done", "failed", "canceled"]
TextParameter = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Done = Annotated[str, Query(max_length=20)]


@router.get("", dependencies=[VIEW])
async def list_page(
    request: Request,
    uow: ReadUow,
    situacao: StatusParameter = "",
    q: TextParameter = "",
    offset: Offset = 0,
    feito: Done = "",
) -> Response:
    """The box for a file, and every import, newest first."""
    return await _list_page(request, uow, situacao, q.strip(), offset, done=feito)


@router.post("", dependencies=[EDIT])
async def upload(request: Request, works: Works) -> Response:
    """Takes a file from the plain form; a refusal shows the page again with its reason."""
    try:
        job, is_repeat = await take_upload(request, works)
    except DomainError as error:
        return await _refused(request, works, error)
    return go_to(request, page_of(job, feito="same" if is_repeat else ""))


async def _refused(request: Request, works: Work, error: DomainError) -> Response:
    if error.status >= 500:
        raise error
    words = translator_of(request)
    messages = [words(item["message"]) for item in error.ext.get("errors", [])]
    problem = " ".join(messages) or words(error.message, **error.params)

    async def show(uow: UnitOfWork) -> Response:
        return await _list_page(request, uow, "", "", 0, problem=problem, status=error.status)

    return await works.run(show)


async def _list_page(
    request: Request,
    uow: UnitOfWork,
    state: str,
    q: str,
    offset: int,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    page = await list_imports(uow, PageQuery(limit=PER_PAGE, offset=offset), status=state or None, q=q)
    now = uow.now()
    etas = {
        line.id: eta_seconds(line.status, line.rows_done, line.rows_total, line.started_at, now)
        for line in page.items
    }

    def url(start: int) -> str:
        return _list_url(state, q, start)

    context: dict[str, Any] = {
        **frame(request, uow.tenant, uow.actor, done), "live_url": LIST_LIVE, "page": page, "etas": etas, "q": q,
        "state": state, "page_url": url, "here": _list_url(state, q, offset), "problem": problem,
        "any_open": any(line.is_open for line in page.items),
    }  # fmt: skip
    return render(request, "contacts/imports/list.html", status=status, **context)


def _list_url(state: str, q: str, offset: int) -> str:
    kept = {name: value for name, value in (("situacao", state), ("q", q), ("offset", offset)) if value}
    return f"{HOME}?{urlencode(kept)}" if kept else HOME


@router.get("/ao-vivo", dependencies=[VIEW])
async def list_stream(request: Request, who: CurrentCaller) -> Response:
    """Tells the list when to look again."""
    return event_stream(request, who.tenant.id, LIST_EVENTS, at_once=("imports.changed",))


@router.get("/colunas-guardadas", dependencies=[VIEW])
async def profiles_page(request: Request, uow: ReadUow, offset: Offset = 0, feito: Done = "") -> Response:
    """Mappings kept for files of the same shape."""
    items, total = await list_profiles(uow, PageQuery(limit=PER_PAGE, offset=offset))

    def url(start: int) -> str:
        return f"{HOME}/colunas-guardadas?offset={start}"

    context: dict[str, Any] = {
        **frame(request, uow.tenant, uow.actor, feito), "items": items, "total": total, "limit": PER_PAGE,
        "offset": offset, "page_url": url,
    }  # fmt: skip
    return render(request, "contacts/imports/profiles.html", **context)


@router.post("/colunas-guardadas/{profile_id:uuid}/apagar", dependencies=[EDIT])
async def forget_profile(request: Request, works: Works, profile_id: UUID) -> Response:
    """Forgets a kept mapping."""
    await works.run(lambda uow: delete_profile(uow, profile_id))
    return go_to(request, f"{HOME}/colunas-guardadas?feito=profile")
