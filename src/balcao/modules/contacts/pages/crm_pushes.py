"""Sending an import to GoHighLevel in the panel: what it takes, its progress, its honest list, its error report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, Literal, cast
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.tenant_secrets import sealing_keys_of
from balcao.kernel.web.dependencies import (
    Allow,
    ReadUow,
    Words,
    Work,
    Works,
    runtime_of,
    translator_of,
)
from balcao.kernel.web.event_stream import event_stream
from balcao.kernel.web.templates import go_to, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.cleaning.findings import CODES
from balcao.modules.contacts.crm_error_logs import list_log
from balcao.modules.contacts.crm_log_upload import take_error_log
from balcao.modules.contacts.crm_push_rows import get_push, topic
from balcao.modules.contacts.crm_pushes import (
    Only,
    PushOrder,
    cancel_push,
    contacts_of,
    estimate_push,
    pause_push,
    ready_import,
    resume_push,
    retry_failed,
    start_push,
    undo_push,
)
from balcao.modules.contacts.crm_queries import (
    STATE_GROUPS,
    list_connections,
    list_items,
    list_pushes,
    push_document,
)
from balcao.modules.contacts.import_queries import get_import
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.pages.crm import HOME, Done, crm_frame
from balcao.modules.contacts.pages.people_frame import Posted, id_of, posted, problems_of

IMPORTS: Final = "/painel/contatos/importacoes"
router = APIRouter()
VIEW, EDIT = Depends(Allow("contacts.crm:view")), Depends(Allow("contacts.crm:edit"))
PER_PAGE: Final = 50
PARTS: Final[tuple[Only, ...]] = ("all", "fresh", "new")
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
GroupName = Literal["", "waiting", "arrived", "partial", "failed", "skipped"]


@router.get(f"{IMPORTS}/{{job_id:uuid}}/gohighlevel", dependencies=[VIEW])
async def order_page(request: Request, job_id: UUID, uow: ReadUow, feito: Done = "") -> Response:
    """What may be sent, where to, and what that takes."""
    return await _order_page(request, uow, await get_import(uow, job_id), done=feito)


async def _order_page(
    request: Request,
    uow: UnitOfWork,
    job: ImportJob,
    *,
    done: str = "",
    problem: str = "",
    chosen: str = "all",
) -> Response:
    words = translator_of(request)
    connections = [found for found in await list_connections(uow) if found.status == "connected"]
    parts: list[dict[str, Any]] = []
    refused = ""
    try:
        await ready_import(uow, job.id)
        for only in PARTS if connections else ():
            found = await estimate_push(uow, job.id, PushOrder(connections[0].id, only))
            parts.append({"only": only, "estimate": found})
    except DomainError as error:
        if isinstance(error, NotFoundError):
            raise
        refused = words(error.message, **error.params)
    return render(
        request, "contacts/crm/order.html", status=422 if problem else 200,
        **crm_frame(request, uow.tenant, uow.actor, done),
        job=job, connections=connections, choices=parts, refused=refused, problem=problem, chosen=chosen,
        suppressed=contacts_of(job.report or {}, "new", suppressed=True) - contacts_of(job.report or {}, "new"),
        accounts=[(str(found.id), found.name or found.location_id) for found in connections],
        page=await list_pushes(uow, PageQuery(limit=20), import_id=job.id),
        log=await list_log(uow, job.id, PageQuery(limit=1)),
        crumbs=_crumbs(words, job, words("GoHighLevel")),
    )  # fmt: skip


def _crumbs(words: Any, job: ImportJob, here: str) -> list[tuple[str, ...]]:
    return [
        (words("Imports"), IMPORTS),
        (job.filename_original, f"{IMPORTS}/{job.id}"),
        (here,),
    ]


@router.post(f"{IMPORTS}/{{job_id:uuid}}/gohighlevel", dependencies=[EDIT])
async def start(request: Request, job_id: UUID, works: Works) -> Response:
    """Begins to send."""
    form = await posted(request)
    order = _order_of(form)
    try:
        push_id = await works.run(lambda uow: start_push(uow, job_id, order))
    except DomainError as error:
        if isinstance(error, NotFoundError):
            raise
        _, problem = problems_of(translator_of(request), error)

        async def again(uow: UnitOfWork) -> Response:
            job = await get_import(uow, job_id)
            return await _order_page(request, uow, job, problem=problem, chosen=order.only)

        return await works.run(again)
    return go_to(request, f"{HOME}/envios/{push_id}?feito=comecou")


def _order_of(form: Posted) -> PushOrder:
    only = form.text("only", 10)
    return PushOrder(
        id_of(form.text("connection_id", 36)),
        cast("Only", only) if only in PARTS else "all",
        safe_mode="safe_mode" in form.values,
        send_suppressed_as_dnd="send_suppressed_as_dnd" in form.values,
    )


@router.post(f"{IMPORTS}/{{job_id:uuid}}/gohighlevel/relatorio", dependencies=[EDIT])
async def upload_log(request: Request, job_id: UUID, works: Works) -> Response:
    """Takes GoHighLevel's error report of this import."""
    try:
        await take_error_log(works, job_id, request.stream(), request.headers.get("content-type", ""))
    except DomainError as error:
        if isinstance(error, NotFoundError) or error.status >= 500:
            raise
        errors, problem = problems_of(translator_of(request), error)
        said = problem or " ".join(errors.values())

        async def again(uow: UnitOfWork) -> Response:
            return await _order_page(request, uow, await get_import(uow, job_id), problem=said)

        return await works.run(again)
    return go_to(request, f"{IMPORTS}/{job_id}/gohighlevel/relatorio?feito=relatorio")


@router.get(f"{IMPORTS}/{{job_id:uuid}}/gohighlevel/relatorio", dependencies=[VIEW])
async def log_page(
    request: Request, job_id: UUID, uow: ReadUow, words: Words, offset: Offset = 0, feito: Done = ""
) -> Response:
    """The lines of the report beside our rows."""
    job = await get_import(uow, job_id)
    here = f"{IMPORTS}/{job_id}/gohighlevel/relatorio"

    def page_url(start: int) -> str:
        return f"{here}?offset={start}" if start else here

    return render(
        request, "contacts/crm/report.html", **crm_frame(request, uow.tenant, uow.actor, feito), job=job,
        page=await list_log(uow, job_id, PageQuery(limit=PER_PAGE, offset=offset)), codes=CODES,
        crumbs=_crumbs(words, job, words("GoHighLevel's report")),
        page_url=page_url,
    )  # fmt: skip


@router.get(f"{HOME}/envios/{{push_id:uuid}}", dependencies=[VIEW])
async def push_page(
    request: Request, push_id: UUID, uow: ReadUow, ver: GroupName = "", offset: Offset = 0, feito: Done = ""
) -> Response:
    """A sending: how far it is, and the list of its contacts."""
    return await _push_page(request, uow, push_id, group=ver, offset=offset, done=feito)


async def _push_page(
    request: Request, uow: UnitOfWork, push_id: UUID, *, group: str = "", offset: int = 0, done: str = "",
    problem: str = "",
) -> Response:  # fmt: skip
    words, here = translator_of(request), f"{HOME}/envios/{push_id}"
    document = await push_document(uow, push_id)
    counts = document.counts
    labels: list[tuple[str, str, int]] = [
        ("", words("Everybody"), document.total), ("arrived", words("Arrived"), counts.arrived),
        ("partial", words("In part"), counts.partial), ("failed", words("Did not arrive"), counts.failed),
        ("skipped", words("Left out"), counts.skipped), ("waiting", words("Waiting"), counts.waiting),
    ]  # fmt: skip

    def page_url(start: int) -> str:
        kept = {name: value for name, value in (("ver", group), ("offset", start)) if value}
        return f"{here}?{urlencode(kept)}" if kept else here

    keys = sealing_keys_of(runtime_of(request).settings)
    items = await list_items(
        uow, keys, push_id, PageQuery(limit=PER_PAGE, offset=offset), states=STATE_GROUPS.get(group, ())
    )
    return render(
        request, "contacts/crm/push.html", status=409 if problem else 200,
        **{**crm_frame(request, uow.tenant, uow.actor, done), "live_url": f"{here}/ao-vivo"},
        push=document, items=items, group=group, here=here, problem=problem, page_url=page_url,
        tabs=[
            {"label": label, "href": f"{here}?ver={name}" if name else here, "active": name == group,
             "count": words.number(count) if count else None}
            for name, label, count in labels
        ],
    )  # fmt: skip


@router.get(f"{HOME}/envios/{{push_id:uuid}}/ao-vivo", dependencies=[VIEW])
async def stream(request: Request, push_id: UUID, works: Works) -> Response:
    """Tells the page of a sending when to look again."""
    await works.run(lambda uow: get_push(uow, push_id))
    return event_stream(
        request, works.tenant.id, {"push.changed": (topic(push_id),)}, at_once=("push.changed",)
    )


@router.post(f"{HOME}/envios/{{push_id:uuid}}/pausar", dependencies=[EDIT])
async def pause(request: Request, push_id: UUID, works: Works) -> Response:
    """Nothing new leaves from now on."""
    return await _act(request, works, push_id, lambda uow: pause_push(uow, push_id), "pausado")


@router.post(f"{HOME}/envios/{{push_id:uuid}}/continuar", dependencies=[EDIT])
async def resume(request: Request, push_id: UUID, works: Works) -> Response:
    """Goes on where it stopped."""
    return await _act(request, works, push_id, lambda uow: resume_push(uow, push_id), "continua")


@router.post(f"{HOME}/envios/{{push_id:uuid}}/cancelar", dependencies=[EDIT])
async def cancel(request: Request, push_id: UUID, works: Works) -> Response:
    """Ends the sending."""
    return await _act(request, works, push_id, lambda uow: cancel_push(uow, push_id), "parado")


@router.post(f"{HOME}/envios/{{push_id:uuid}}/enviar-falhas", dependencies=[EDIT])
async def send_failed(request: Request, push_id: UUID, works: Works) -> Response:
    """Sends who did not arrive once more."""
    return await _act(request, works, push_id, lambda uow: retry_failed(uow, push_id), "de-novo")


@router.post(f"{HOME}/envios/{{push_id:uuid}}/desfazer", dependencies=[EDIT])
async def undo(request: Request, push_id: UUID, works: Works) -> Response:
    """Takes back what was sent."""
    return await _act(request, works, push_id, lambda uow: undo_push(uow, push_id), "desfazendo")


async def _act(
    request: Request, works: Work, push_id: UUID, verb: Callable[[UnitOfWork], Awaitable[Any]], done: str
) -> Response:
    """Does it and shows the page; a refusal shows the page with its reason."""
    try:
        answer = await works.run(verb)
    except DomainError as error:
        if isinstance(error, NotFoundError):
            raise
        _, problem = problems_of(translator_of(request), error)

        async def again(uow: UnitOfWork) -> Response:
            return await _push_page(request, uow, push_id, problem=problem)

        return await works.run(again)
    return go_to(request, f"{HOME}/envios/{push_id}?feito={'nenhum' if answer == 0 else done}")
