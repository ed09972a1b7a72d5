"""The list of those who must not be contacted, in the panel."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Words, Works
from balcao.kernel.web.templates import render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.pages.people_frame import (
    EDIT_PEOPLE,
    HOME,
    VIEW_PEOPLE,
    frame,
)
from balcao.modules.contacts.suppressions import (
    UPLOAD_BYTES,
    Added,
    lift_one,
    list_suppressions,
    pasted_text,
    suppress_lines,
)

HERE: Final = f"{HOME}/bloqueios"
router = APIRouter()
VIEW, EDIT = [Depends(Allow(VIEW_PEOPLE))], [Depends(Allow(EDIT_PEOPLE))]
PER_PAGE: Final = 50
PASTE_LIMIT: Final = 500_000
KINDS: Final = {"email": "E-mail", "phone": "Telephone", "domain": "Domain", "cpf": "CPF"}
ICONS: Final = {"email": "mail", "phone": "phone", "domain": "globe", "cpf": "user"}
SOURCES: Final = {
    "manual": "added by hand", "api": "by a program", "upload": "from a file", "consent": "consent withdrawn",
    "erasure": "asked to be forgotten", "import": "from an import", "messaging": "answered a message",
}  # fmt: skip


@router.get(HERE, dependencies=VIEW)
async def list_page(
    request: Request, uow: ReadUow, q: Annotated[str, Query(max_length=320)] = "",
    tipo: Annotated[str, Query(max_length=10)] = "", offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    feito: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """The list, and the box to add to it."""
    return await _page(
        request, uow, q=q.replace("\x00", ""), kind=tipo if tipo in KINDS else "", offset=offset, feito=feito
    )


async def _page(
    request: Request, uow: UnitOfWork, *, q: str = "", kind: str = "", offset: int = 0, feito: str = "",
    done: Added | None = None, typed: dict[str, Any] | None = None, error: str = "",
) -> Response:  # fmt: skip
    page = await list_suppressions(uow, PageQuery(limit=PER_PAGE, offset=offset), kind=kind, q=q)

    def page_url(start: int) -> str:
        kept = {name: value for name, value in (("q", q), ("tipo", kind), ("offset", start)) if value}
        return f"{HERE}?{urlencode(kept)}" if kept else HERE

    return render(
        request, "contacts/people/suppressions.html", status=422 if error else 200,
        **frame(request, uow.tenant, uow.actor, feito), page=page,
        page_url=page_url, q=q, kind=kind, kinds=KINDS, icons=ICONS, sources=SOURCES, here=HERE, done=done,
        typed=typed or {}, error=error,
    )  # fmt: skip


@router.post(HERE, dependencies=EDIT)
async def add(request: Request, works: Works, words: Words) -> Response:
    """Puts people on the list, from the box or a file, and says what was understood."""
    sent = await request.form(max_fields=50)
    file, pasted = sent.get("file"), str(sent.get("lines", ""))[:PASTE_LIMIT].replace("\x00", "")
    data = await file.read(UPLOAD_BYTES + 1) if isinstance(file, UploadFile) else b""
    reason, hash_only = str(sent.get("reason", ""))[:200].replace("\x00", ""), "hash_only" in sent
    lines = f"{pasted}\n{pasted_text(data)}"
    error = ""
    if len(data) > UPLOAD_BYTES:
        error = words("This file is too large.")
    elif not lines.strip():
        error = words("Write somebody into the box, or choose a file.")

    async def verb(uow: UnitOfWork) -> Added | None:
        if error:
            return None
        return await suppress_lines(
            uow,
            lines,
            source="upload" if data else "manual",
            reason=reason,
            hash_only=hash_only,
        )

    done = await works.run(verb)
    typed: dict[str, Any] = {"lines": pasted, "reason": reason, "hash_only": hash_only} if error else {}
    # The answer stands in the page itself: lines that were not understood are personal data and belong in no address.
    return await works.run(lambda uow: _page(request, uow, done=done, typed=typed, error=error))


@router.post(f"{HERE}/{{suppression_id:uuid}}/liberar", dependencies=EDIT)
async def release(works: Works, suppression_id: UUID) -> Response:
    """Takes a line off the list."""
    await works.run(lambda uow: lift_one(uow, suppression_id))
    return RedirectResponse(f"{HERE}?feito=liberado", 303)
