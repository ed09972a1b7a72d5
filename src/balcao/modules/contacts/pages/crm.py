"""GoHighLevel in the panel: the accounts of the business, connecting and disconnecting them, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.actor import Actor
from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Works, runtime_of, translator_of
from balcao.kernel.web.event_stream import event_stream
from balcao.kernel.web.templates import go_to, panel_context, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_connections import (
    PROVIDER,
    check_connection,
    connect_by_consent,
    connect_with_token,
    consent_link,
    disconnect,
)
from balcao.modules.contacts.crm_push_rows import LIST_TOPIC
from balcao.modules.contacts.crm_queries import list_connections, list_pushes
from balcao.modules.contacts.crm_reach import reach_of_work
from balcao.modules.contacts.crm_words import (
    CONNECTION_WORDS,
    FIELD_WORDS,
    ITEM_WORDS,
    KIND_WORDS,
    ONLY_WORDS,
    PROBLEM_WORDS,
    PUSH_WORDS,
    UNDONE_WORDS,
    code_text,
)
from balcao.modules.contacts.pages.people_frame import posted, problems_of, section_tabs

HOME: Final = "/painel/contatos/gohighlevel"
router = APIRouter(prefix=HOME)
VIEW, EDIT = Depends(Allow("contacts.crm:view")), Depends(Allow("contacts.crm:edit"))
CAN_EDIT: Final = "contacts.crm:edit"
PER_PAGE: Final = 20
DONE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "conectado": ("GoHighLevel is connected.", "done"),
    "verificado": ("The connection works.", "done"),
    "desconectado": ("Disconnected. To be thorough, delete the token at GoHighLevel too.", "done"),
    "recusado": ("You did not give permission at GoHighLevel, so nothing was connected.", "waits"),
    "comecou": ("The sending has begun. You may leave this page.", "done"),
    "pausado": ("Paused. Nothing new leaves.", "done"),
    "continua": ("It goes on.", "done"),
    "parado": ("Stopped. Who arrived stays there.", "done"),
    "de-novo": ("They go out once more.", "done"),
    "nenhum": ("No contact failed, so there is nothing to send again.", "waits"),
    "desfazendo": ("What was sent is being taken back.", "done"),
    "relatorio": ("The report was read.", "done"),
}
WORDS: Final[Mapping[str, Any]] = {
    "connection_words": CONNECTION_WORDS,
    "kind_words": KIND_WORDS,
    "push_words": PUSH_WORDS,
    "item_words": ITEM_WORDS,
    "only_words": ONLY_WORDS,
    "problem_words": PROBLEM_WORDS,
    "undone_words": UNDONE_WORDS,
    "sent_fields": FIELD_WORDS,
    "code_text": code_text,
    "crm_home": HOME,
}
Done = Annotated[str, Query(max_length=20)]


def crm_frame(request: Request, tenant: Tenant, actor: Actor, done: str = "") -> dict[str, Any]:
    """The context of a page of GoHighLevel. `done` is a word left by a redirect."""
    words = translator_of(request)
    said = DONE_WORDS.get(done)
    toasts = [{"text": words(said[0]), "tone": said[1]}] if said else []
    return {
        **panel_context(request, tenant, actor), **WORDS, "toasts": toasts, "can_edit": actor.can(CAN_EDIT),
        "section": section_tabs(words, actor, request.url.path),
    }  # fmt: skip


@router.get("", dependencies=[VIEW])
async def home_page(
    request: Request,
    uow: ReadUow,
    importacao: Annotated[str, Query(max_length=36)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    feito: Done = "",
) -> Response:
    """The accounts, and every sending, newest first. With `importacao` on to the page that sends that import."""
    if importacao:
        try:
            return RedirectResponse(f"/painel/contatos/importacoes/{UUID(importacao)}/gohighlevel", 303)
        except ValueError:
            return RedirectResponse(HOME, 303)
    return await _home(request, uow, offset=offset, done=feito)


async def _home(
    request: Request, uow: UnitOfWork, *, offset: int = 0, done: str = "", typed: str = "", problem: str = "",
    errors: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    crm = runtime_of(request).providers.crm.get(PROVIDER)
    return render(
        request, "contacts/crm/home.html", status=422 if problem or errors else 200,
        **{**crm_frame(request, uow.tenant, uow.actor, done), "live_url": f"{HOME}/ao-vivo"},
        connections=await list_connections(uow),
        page=await list_pushes(uow, PageQuery(limit=PER_PAGE, offset=offset)),
        page_url=_page_url, has_consent=crm is not None and crm.sign_in is not None,
        typed=typed, problem=problem, errors=errors or {},
    )  # fmt: skip


def _page_url(offset: int) -> str:
    return f"{HOME}?offset={offset}" if offset else HOME


@router.get("/ao-vivo", dependencies=[VIEW])
async def stream(request: Request, works: Works) -> Response:
    """Tells the page when to look again."""
    return event_stream(request, works.tenant.id, {"ghl.changed": (LIST_TOPIC,)}, at_once=("ghl.changed",))


@router.post("", dependencies=[EDIT])
async def connect(request: Request, works: Works) -> Response:
    """Connects with a private token. What was typed comes back after a mistake, but never the token."""
    form = await posted(request)
    location = form.text("location_id", 80)
    try:
        await connect_with_token(reach_of_work(works), location, form.text("token", 5000))
    except DomainError as error:
        errors, problem = problems_of(translator_of(request), error)

        async def again(uow: UnitOfWork) -> Response:
            return await _home(request, uow, typed=location, problem=problem, errors=errors)

        return await works.run(again)
    return go_to(request, f"{HOME}?feito=conectado")


@router.get("/autorizar", dependencies=[EDIT])
async def ask_consent(works: Works, runtime: Installation) -> Response:
    """Leads to GoHighLevel, where the owner of the account allows this installation in.

    A link and not a form: the Content-Security-Policy lets no form lead to another site.
    """
    link = consent_link(reach_of_work(works), runtime.keys, runtime.settings.api_base_url)
    return RedirectResponse(
        link, 303, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"}
    )


@router.get("/retorno", dependencies=[EDIT])
async def consent_given(
    request: Request,
    works: Works,
    runtime: Installation,
    code: Annotated[str, Query(max_length=2048)] = "",
    state: Annotated[str, Query(max_length=2048)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The way back from there. The code is used up here and is in no address after."""
    if error and not code:
        return RedirectResponse(f"{HOME}?feito=recusado", 303)
    try:
        await connect_by_consent(
            reach_of_work(works), runtime.keys, runtime.settings.api_base_url, state=state, code=code
        )
    except DomainError as refused:
        _, problem = problems_of(translator_of(request), refused)

        async def again(uow: UnitOfWork) -> Response:
            return await _home(request, uow, problem=problem)

        return await works.run(again)
    return RedirectResponse(f"{HOME}?feito=conectado", 303)


@router.post("/contas/{connection_id:uuid}/verificar", dependencies=[EDIT])
async def check(request: Request, works: Works, connection_id: UUID) -> Response:
    """Asks GoHighLevel whether the connection works."""
    try:
        await check_connection(reach_of_work(works), connection_id)
    except DomainError as error:
        if error.status == 404:
            raise
        _, problem = problems_of(translator_of(request), error)

        async def again(uow: UnitOfWork) -> Response:
            return await _home(request, uow, problem=problem)

        return await works.run(again)
    return go_to(request, f"{HOME}?feito=verificado")


@router.post("/contas/{connection_id:uuid}/desconectar", dependencies=[EDIT])
async def leave(request: Request, works: Works, connection_id: UUID) -> Response:
    """Forgets the tokens of an account."""
    await works.run(lambda uow: disconnect(uow, connection_id))
    return go_to(request, f"{HOME}?feito=desconectado")
