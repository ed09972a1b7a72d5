"""Imports over HTTP: a spreadsheet in, its progress, its clean files out."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from starlette.responses import StreamingResponse

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Uow, Words, Work, Works
from balcao.kernel.web.event_stream import event_stream
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.api.attachments import attachment
from balcao.modules.contacts.api.import_documents import (
    CleanPreview,
    ImportDocument,
    ImportLine,
    OptionsIn,
    Report,
    Status,
    import_document,
    line_document,
)
from balcao.modules.contacts.downloads import Only, Profile, open_download, preview_of
from balcao.modules.contacts.import_jobs import (
    cancel_import,
    create_import,
    delete_import,
    get_import,
    rerun_with_options,
    retry_import,
    undo_import,
)
from balcao.modules.contacts.import_options import DEFAULTS, parse_choice, parse_options
from balcao.modules.contacts.import_queries import get_finished, list_imports
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.people_fields import GHL_COLUMNS
from balcao.modules.contacts.uploads import Upload, receive_upload

router = APIRouter(prefix="/jobs", tags=["imports"])
VIEW, EDIT = Depends(Allow("contacts.imports:view")), Depends(Allow("contacts.imports:edit"))
_UPLOAD_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "xlsx, xls, xlsb, ods, csv …",
                        },
                        "profile": {"type": "string", "enum": ["ghl", "extended", "excel"], "default": "ghl"},
                        "default_ddd": {"type": "string", "description": "Area code of numbers without one."},
                        "review": {
                            "type": "boolean",
                            "default": False,
                            "description": "Wait for a look at the columns.",
                        },
                        "dedupe": {"type": "boolean", "default": True},
                        "repair": {"type": "string", "enum": ["fix", "suggest"], "default": "fix"},
                        "import_tag": {"type": "boolean", "default": True},
                        "force": {
                            "type": "boolean",
                            "default": False,
                            "description": "Import the same file again.",
                        },
                    },
                },
                "example": {"file": "leads.csv", "default_ddd": "11", "review": "false"},
            }
        },
    }
}
_REPEAT: dict[int | str, dict[str, Any]] = {
    200: {"model": ImportDocument, "description": "The same file was imported before: that import"}
}
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}, "application/zip": {}}, "description": "The file"}
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Says when to look again"}
}


class ImportQuery(PageQuery):
    """Which imports."""

    status: Status | None = None
    q: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


async def take_upload(request: Request, works: Work) -> tuple[ImportJob, bool]:
    """Stores the file of a form and makes its import; the same file again answers the one there is, and True."""
    runtime = works.runtime
    sent = await receive_upload(
        request.stream(), request.headers.get("content-type", ""), runtime.blobs, works.tenant.id
    )

    async def make(uow: UnitOfWork) -> tuple[ImportJob, bool]:
        return await _make_import(uow, sent)

    is_kept = False
    try:
        job, is_repeat = await works.run(make)
        is_kept = not is_repeat
        return job, is_repeat
    finally:
        if not is_kept:
            await runtime.blobs.delete(sent.key)


async def _make_import(uow: UnitOfWork, sent: Upload) -> tuple[ImportJob, bool]:
    return await create_import(
        uow,
        filename=sent.filename,
        size=sent.size,
        sha256=sent.sha256,
        source_key=sent.key,
        options={**DEFAULTS, **parse_options(sent.fields)},
        forced=_is_forced(sent.fields.get("force", "")),
        import_id=sent.id,
    )


def _is_forced(text: str) -> bool:
    try:
        return parse_choice(text)
    except ValueError:
        return False


@router.post("", status_code=202, dependencies=[EDIT], openapi_extra=_UPLOAD_FORM, responses=_REPEAT)
async def upload(request: Request, response: Response, works: Works, words: Words) -> ImportDocument:
    """Takes a spreadsheet and begins to clean it; the same file again answers 200 with the import there is."""
    job, is_repeat = await take_upload(request, works)
    if is_repeat:
        response.status_code = 200
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return import_document(job, words, works.runtime.clock(), is_repeat=is_repeat)


@router.get("", dependencies=[VIEW])
async def imports(uow: ReadUow, words: Words, query: Annotated[ImportQuery, Query()]) -> Page[ImportLine]:
    """Imports, newest first, by status and by words of the file's name."""
    found = await list_imports(uow, query, status=query.status, q=query.q.strip())
    items = [line_document(line, words, uow.now()) for line in found.items]
    return Page[ImportLine](items=items, total=found.total, limit=found.limit, offset=found.offset)


@router.get("/{job_id}", dependencies=[VIEW])
async def one_import(job_id: UUID, uow: ReadUow, words: Words) -> ImportDocument:
    """One import: where it stands, how far it is, why it failed, where to go on."""
    return import_document(await get_import(uow, job_id), words, uow.now())


@router.get("/{job_id}/events", dependencies=[VIEW], response_class=StreamingResponse, responses=_EVENTS)
async def events(request: Request, job_id: UUID, works: Works) -> StreamingResponse:
    """Server-sent events `import.changed`: each says to look again."""
    await works.run(lambda uow: get_import(uow, job_id))
    return event_stream(
        request, works.tenant.id, {"import.changed": (f"import:{job_id}",)}, at_once=("import.changed",)
    )


@router.get("/{job_id}/preview", dependencies=[VIEW])
async def preview(job_id: UUID, works: Works) -> CleanPreview:
    """The first twenty rows of the file for GoHighLevel. 409 until the import is done."""
    job = await works.run(lambda uow: get_finished(uow, job_id))
    columns = [label for label, _ in GHL_COLUMNS]
    rows = [dict(zip(columns, row, strict=False)) for row in await preview_of(works.runtime.blobs, job)]
    return CleanPreview(columns=columns, rows=rows, total=int((job.report or {}).get("total_rows") or 0))


@router.get("/{job_id}/report", dependencies=[VIEW])
async def report(job_id: UUID, uow: ReadUow) -> Report:
    """What was found and done: file, columns, counts that balance, codes, states, parts. 409 until the import is done."""
    job = await get_finished(uow, job_id)
    return Report.model_validate(job.report)


@router.get("/{job_id}/download", dependencies=[VIEW], response_class=StreamingResponse, responses=_CSV)
async def download(
    job_id: UUID,
    works: Works,
    runtime: Installation,
    profile: Annotated[Profile | None, Query()] = None,
    part: Annotated[int | None, Query(ge=1, le=100_000)] = None,
    only: Annotated[Only, Query()] = "all",
) -> StreamingResponse:
    """The clean file: a CSV, or a zip of parts of at most 10,000 rows and 19 MB. 409 until the import is done."""
    job = await works.run(lambda uow: get_finished(uow, job_id))
    wanted: Any = profile or job.options.get("profile") or "ghl"
    found = await open_download(runtime, job, profile=wanted, only=only, part=part)
    return await attachment(found.filename, found.content_type, found.chunks)


@router.post("/{job_id}/retry", status_code=202, dependencies=[EDIT])
async def retry(job_id: UUID, uow: Uow, words: Words) -> ImportDocument:
    """Runs a failed or cancelled import again from its stored file; 409 for any other."""
    return import_document(await retry_import(uow, job_id), words, uow.now())


@router.post("/{job_id}/cancel", status_code=202, dependencies=[EDIT])
async def cancel(job_id: UUID, uow: Uow, words: Words) -> ImportDocument:
    """Stops an import that waits or is at work; nothing of it stays."""
    return import_document(await cancel_import(uow, job_id), words, uow.now())


@router.post("/{job_id}/undo", status_code=202, dependencies=[EDIT])
async def undo(job_id: UUID, uow: Uow, words: Words) -> ImportDocument:
    """Takes what the import did to the contacts back; who was touched since stays and is listed in the report."""
    return import_document(await undo_import(uow, job_id), words, uow.now())


@router.post("/{job_id}/options", status_code=202, dependencies=[EDIT])
async def rerun(job_id: UUID, body: OptionsIn, uow: Uow, words: Words) -> ImportDocument:
    """Reads the stored file again with other options: a sheet, an encoding, the row of the headers, an area code."""
    changes = parse_options(body.model_dump(exclude_unset=True))
    return import_document(await rerun_with_options(uow, job_id, changes), words, uow.now())


@router.delete("/{job_id}", status_code=204, dependencies=[EDIT])
async def remove(job_id: UUID, uow: Uow) -> None:
    """Removes an import and its files; the contacts it made stay."""
    await delete_import(uow, job_id)
