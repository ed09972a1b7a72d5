"""One import in the panel: at work, waiting for its columns, failed, or with its result; and what one may do with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import Allow, ReadUow, Words, Work, Works, translator_of
from balcao.kernel.web.event_stream import event_stream
from balcao.kernel.web.templates import go_to, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.api.mapping_documents import mapping_document
from balcao.modules.contacts.corrections import count_waiting
from balcao.modules.contacts.import_jobs import (
    cancel_import,
    delete_import,
    get_import,
    rerun_with_options,
    retry_import,
    undo_import,
)
from balcao.modules.contacts.import_options import DELIMITERS, ENCODINGS, parse_options
from balcao.modules.contacts.import_queries import OPEN, eta_seconds
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.pages.imports_frame import (
    HOME,
    crumbs_of,
    frame,
    page_of,
    posted_fields,
    tabs_of,
)
from balcao.modules.contacts.pages.imports_mapping import SHOWN
from balcao.modules.contacts.pages.imports_report import result_context
from balcao.modules.contacts.people_fields import FIELDS, PERSON
from balcao.modules.contacts.row_view import person_of

router = APIRouter(prefix=f"{HOME}/{{job_id:uuid}}")
VIEW, EDIT = Depends(Allow("contacts.imports:view")), Depends(Allow("contacts.imports:edit"))
FIRST_PEOPLE = 20


@router.get("", dependencies=[VIEW])
async def import_page(
    request: Request, job_id: UUID, uow: ReadUow, feito: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """The import, in whatever state it is."""
    return await show_import(request, uow, await get_import(uow, job_id), done=feito)


async def show_import(
    request: Request,
    uow: UnitOfWork,
    job: ImportJob,
    *,
    done: str = "",
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    """The page of an import; `errors` are of its options, `problem` of what was tried."""
    words = translator_of(request)
    is_open = job.status in OPEN
    context: dict[str, Any] = {
        **frame(request, uow.tenant, uow.actor, done), "job": job, "is_open": is_open, "errors": errors or {},
        "problem": problem, "here": page_of(job), "crumbs": crumbs_of(job, words),
        "eta": eta_seconds(job.status, job.rows_done, job.rows_total, job.started_at, uow.now()),
        "live_url": page_of(job, "ao-vivo") if is_open or job.undone_at else None,
        "encodings": list(ENCODINGS.items()), "delimiters": _delimiters(request), "tabs": [],
    }  # fmt: skip
    if job.status == "done":
        context |= result_context(job, words)
        context |= {"tabs": tabs_of(job, words, ""), "waiting": await count_waiting(uow, job)}
    elif is_open:
        context |= _first_look(job, words)
    elif job.status == "needs_mapping":
        context["mapping"] = mapping_document(job, list(FIELDS), masked=True)
    return render(request, "contacts/imports/job.html", status=status, **context)


def _first_look(job: ImportJob, words: Translator) -> dict[str, Any]:
    """The first people, while the rest is still being cleaned."""
    early: list[list[str]] = (job.report or {}).get("early") or []
    rows = [person_of(texts) for texts in early[:FIRST_PEOPLE]]
    for row in rows:
        row.pop("cpf", None)
    used = [name for name in PERSON if any(name in row for row in rows)]
    return {
        "rows": rows,
        "row_fields": [(name, words(SHOWN[name])) for name in used],
        "preview_problem": "",
    }


def _delimiters(request: Request) -> list[tuple[str, str]]:
    words = translator_of(request)
    labels = {
        "semicolon": words("Semicolon ;"),
        "comma": words("Comma ,"),
        "tab": words("Tab"),
        "pipe": words("Bar |"),
    }
    return [(name, labels[name]) for name in DELIMITERS]


@router.get("/ao-vivo", dependencies=[VIEW])
async def stream(request: Request, job_id: UUID, works: Works) -> Response:
    """Tells the page of an import when to look again."""
    await works.run(lambda uow: get_import(uow, job_id))
    topics = {"import.changed": (f"import:{job_id}",)}
    return event_stream(request, works.tenant.id, topics, at_once=("import.changed",))


@router.post("/cancelar", dependencies=[EDIT])
async def cancel(request: Request, job_id: UUID, works: Works) -> Response:
    """Stops an import that waits or is at work."""
    return await _act(request, works, job_id, lambda uow: cancel_import(uow, job_id), "canceled")


@router.post("/tentar", dependencies=[EDIT])
async def retry(request: Request, job_id: UUID, works: Works) -> Response:
    """Runs a failed or stopped import again."""
    return await _act(request, works, job_id, lambda uow: retry_import(uow, job_id), "again")


@router.post("/desfazer", dependencies=[EDIT])
async def undo(request: Request, job_id: UUID, works: Works) -> Response:
    """Takes what the import did to the contacts back."""
    return await _act(request, works, job_id, lambda uow: undo_import(uow, job_id), "undone")


@router.post("/reprocessar", dependencies=[EDIT])
async def reprocess(request: Request, job_id: UUID, works: Works) -> Response:
    """Cleans the file again with the corrections made since."""
    return await _act(request, works, job_id, lambda uow: rerun_with_options(uow, job_id, {}), "again")


@router.post("/apagar", dependencies=[EDIT])
async def remove(request: Request, job_id: UUID, works: Works) -> Response:
    """Removes the import and its files; contacts stay."""
    try:
        await works.run(lambda uow: delete_import(uow, job_id))
    except DomainError as error:
        return await refused(request, works, job_id, error)
    return go_to(request, f"{HOME}?feito=deleted")


@router.post("/opcoes", dependencies=[EDIT])
async def options(request: Request, job_id: UUID, works: Works, words: Words) -> Response:
    """Reads the stored file again: another sheet, another encoding, another row of headers."""
    fields = await posted_fields(request)

    async def verb(uow: UnitOfWork) -> object:
        return await rerun_with_options(uow, job_id, await _changed(uow, job_id, fields))

    return await _act(request, works, job_id, verb, "again")


async def _changed(uow: UnitOfWork, job_id: UUID, fields: dict[str, str]) -> dict[str, Any]:
    """Only what differs from before: choosing a table anew would forget the columns a person chose."""
    before = (await get_import(uow, job_id)).options
    given = parse_options(fields)
    return {name: value for name, value in given.items() if before.get(name) != value}


async def _act(
    request: Request, works: Work, job_id: UUID, verb: Callable[[UnitOfWork], Awaitable[object]], done: str
) -> Response:
    try:
        await works.run(verb)
    except DomainError as error:
        return await refused(request, works, job_id, error)
    return go_to(request, page_of(job_id, feito=done))


async def refused(request: Request, works: Work, job_id: UUID, error: DomainError) -> Response:
    """The page of the import again, with why it did not work."""
    if error.status in {403, 404} or error.status >= 500:
        raise error
    words = translator_of(request)
    errors = (
        {item["pointer"].strip("/"): words(item["message"]) for item in error.ext.get("errors", [])}
        if isinstance(error, ValidationFailedError)
        else {}
    )
    problem = "" if errors else words(error.message, **error.params)

    async def show(uow: UnitOfWork) -> Response:
        job = await get_import(uow, job_id)
        return await show_import(request, uow, job, errors=errors, problem=problem, status=error.status)

    return await works.run(show)
