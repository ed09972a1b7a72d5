"""What an import found, in the panel: issues one may correct in place, rows beside their clean form, repeated people."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.web.dependencies import Allow, ReadUow, Works, translator_of
from balcao.kernel.web.templates import go_to, is_partial, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.api.import_results import position_of
from balcao.modules.contacts.cleaning.findings import CODES
from balcao.modules.contacts.corrections import (
    CellCorrection,
    corrections_of_rows,
    count_waiting,
    forget_correction,
    save_corrections,
)
from balcao.modules.contacts.import_jobs import get_import, rerun_with_options
from balcao.modules.contacts.import_queries import (
    LISTED_ISSUES,
    IssueFilter,
    IssueLine,
    get_finished,
    list_issues,
)
from balcao.modules.contacts.import_words import ROW_STATES, column_letter
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.pages.imports_frame import (
    HOME,
    crumbs_of,
    frame,
    page_of,
    posted_fields,
    tabs_of,
)
from balcao.modules.contacts.pages.imports_job import refused
from balcao.modules.contacts.pages.imports_mapping import SHOWN
from balcao.modules.contacts.people_fields import PERSON
from balcao.modules.contacts.result_views import Group, read_groups, read_row_views, split_pair
from balcao.modules.contacts.returned_files import receive_corrections
from balcao.modules.contacts.row_view import DOCUMENT_FIELDS, columns_of, mask_document, person_of

router = APIRouter(prefix=f"{HOME}/{{job_id:uuid}}")
VIEW, EDIT = Depends(Allow("contacts.imports:view")), Depends(Allow("contacts.imports:edit"))
PER_PAGE = 50
GROUPS_PER_PAGE = 20
ROWS_PER_PAGE = 30
LevelParameter = Literal["", "info", "warning", "error"]
StateParameter = Literal[
    "", "output", "duplicate", "suppressed", "no_identifier", "total", "repeated_header", "footer"
]
Word = Annotated[str, Query(max_length=60, pattern=r"^[A-Za-z0-9_]*$")]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Done = Annotated[str, Query(max_length=20)]


@router.get("/avisos", dependencies=[VIEW])
async def issues_page(
    request: Request,
    job_id: UUID,
    uow: ReadUow,
    codigo: Word = "",
    nivel: LevelParameter = "",
    coluna: Word = "",
    offset: Offset = 0,
    feito: Done = "",
) -> Response:
    """Cells that were put right, are doubtful or were left out, by what happened and where."""
    job = await get_finished(uow, job_id)
    wanted = IssueFilter(codigo or None, nivel or None, position_of(coluna))
    lines, total = await list_issues(
        uow,
        job_id,
        wanted,
        PageQuery.model_construct(limit=PER_PAGE, offset=offset),
        is_gravest_first=True,
    )
    corrected = await corrections_of_rows(uow, job_id, {line.row for line in lines})
    words = translator_of(request)
    report: dict[str, Any] = job.report or {}

    def url(start: int) -> str:
        return page_of(job, "avisos", codigo=codigo, nivel=nivel, coluna=coluna, offset=start)

    context: dict[str, Any] = {
        **frame(request, uow.tenant, uow.actor, feito), "job": job, "tabs": tabs_of(job, words, "avisos"),
        "crumbs": crumbs_of(job, words, words("What was found")), "lines": [_line(line, corrected) for line in lines],
        "total": total, "limit": PER_PAGE, "offset": offset, "page_url": url, "here": url(offset),
        "code": codigo, "level": nivel, "column": coluna.upper(), "codes": CODES, "code_options": _codes(report, request),
        "columns": columns_of(report), "waiting": await count_waiting(uow, job), "api": f"/api/v1/jobs/{job.id}",
        "is_cut": int(report.get("issues_listed") or 0) >= LISTED_ISSUES, "listed": LISTED_ISSUES,
    }  # fmt: skip
    return render(request, "contacts/imports/issues.html", **context)


def _codes(report: dict[str, Any], request: Request) -> list[tuple[str, str]]:
    words = translator_of(request)
    counts: dict[str, int] = dict(report.get("codes") or {})
    known = [code for code in counts if code in CODES and CODES[code].is_listed]
    known.sort(key=lambda code: -counts[code])
    return [(code, f"{words(CODES[code].text)} ({words.number(counts[code])})") for code in known]


def _line(line: IssueLine, corrected: dict[int, dict[int, str]]) -> dict[str, Any]:
    is_document = line.field in DOCUMENT_FIELDS
    return {
        "row": line.row, "column": line.column, "letter": column_letter(line.column), "field": line.field,
        "code": line.code, "level": line.level, "note": line.note,
        "original": mask_document(line.original) if is_document else line.original,
        "value": mask_document(line.value) if is_document else line.value,
        "typed": "" if is_document else line.original,
        "corrected": corrected.get(line.row, {}).get(line.column),
    }  # fmt: skip


@router.post("/avisos/corrigir", dependencies=[EDIT])
async def correct(request: Request, job_id: UUID, works: Works) -> Response:
    """Puts a text in place of a cell, for the next run; `forget` goes back to the file's own."""
    fields = await posted_fields(request)
    row, column = _place(fields)
    back = _back(fields, job_id)
    forgets = bool(fields.get("forget"))

    async def verb(uow: UnitOfWork) -> None:
        job = await get_import(uow, job_id)
        if forgets:
            await forget_correction(uow, job, row, column)
        else:
            await save_corrections(uow, job, [CellCorrection(row, column, fields.get("value", "").strip())])

    try:
        await works.run(verb)
    except DomainError as error:
        return await refused(request, works, job_id, error)
    if is_partial(request):
        return await _cell(request, works, job_id, row, column, fields)
    return go_to(
        request, f"{back}{'&' if '?' in back else '?'}feito={'forgotten' if forgets else 'corrected'}"
    )


async def _cell(
    request: Request, works: Works, job_id: UUID, row: int, column: int, fields: dict[str, str]
) -> Response:
    async def show(uow: UnitOfWork) -> Response:
        job = await get_import(uow, job_id)
        wanted = IssueFilter(fields.get("code") or None, None, column, row)
        lines, _ = await list_issues(uow, job_id, wanted, PageQuery(limit=1))
        corrected = await corrections_of_rows(uow, job_id, [row])
        context: dict[str, Any] = {
            "job": job, "line": _line(lines[0], corrected) if lines else None, "home": HOME,
            "here": _back(fields, job_id), "waiting": await count_waiting(uow, job), "can_edit": True,
        }  # fmt: skip
        return render(request, "contacts/imports/correction.html", **context)

    return await works.run(show)


def _place(fields: dict[str, str]) -> tuple[int, int]:
    row, column = fields.get("row", ""), fields.get("column", "")
    if not (row.isascii() and row.isdigit() and column.isascii() and column.isdigit()):
        raise NotFoundError
    return int(row[:9]), int(column[:9])


def _back(fields: dict[str, str], job_id: UUID) -> str:
    """Where the form stood, if that is a page of this import."""
    target = fields.get("back", "")
    base = page_of(job_id)
    return target if target.startswith(f"{base}/") and "\\" not in target else f"{base}/avisos"


@router.post("/avisos/devolver", dependencies=[EDIT])
async def give_back(request: Request, job_id: UUID, works: Works) -> Response:
    """Takes the list of issues back, filled in, and cleans the file again with it."""
    job = await works.run(lambda uow: get_import(uow, job_id))
    content_type = request.headers.get("content-type", "")
    try:
        cells, _ = await receive_corrections(request.stream(), content_type, works, job)

        async def verb(uow: UnitOfWork) -> None:
            await save_corrections(uow, await get_import(uow, job_id), cells)
            await rerun_with_options(uow, job_id, {})

        await works.run(verb)
    except DomainError as error:
        return await refused(request, works, job_id, error)
    return go_to(request, page_of(job_id, feito="again"))


@router.get("/linhas", dependencies=[VIEW])
async def rows_page(
    request: Request,
    job_id: UUID,
    works: Works,
    inicio: Offset = 0,
    estado: StateParameter = "",
    feito: Done = "",
) -> Response:
    """The file row by row: what stood there beside what came out."""
    job = await works.run(lambda uow: get_finished(uow, job_id))
    letter = ROW_STATES[estado] if estado else None
    views, after = await read_row_views(works, job, inicio, ROWS_PER_PAGE, letter, masked=True)
    words = translator_of(request)

    async def show(uow: UnitOfWork) -> Response:
        context: dict[str, Any] = {
            **frame(request, uow.tenant, uow.actor, feito), "job": job, "tabs": tabs_of(job, words, "linhas"),
            "crumbs": crumbs_of(job, words, words("Row by row")), "views": views, "columns": _mapped(job), "codes": CODES,
            "state": estado, "start": inicio, "waiting": await count_waiting(uow, job),
            "here": page_of(job, "linhas", estado=estado, inicio=inicio),
            "next_url": page_of(job, "linhas", estado=estado, inicio=after) if after is not None else None,
            "first_url": page_of(job, "linhas", estado=estado) if inicio else None,
            "state_options": [(name, letter) for name, letter in ROW_STATES.items()],
        }  # fmt: skip
        return render(request, "contacts/imports/rows.html", **context)

    return await works.run(show)


def _mapped(job: ImportJob) -> list[Any]:
    return columns_of(job.report or {})


@router.get("/repetidos", dependencies=[VIEW])
async def duplicates_page(
    request: Request, job_id: UUID, works: Works, inicio: Offset = 0, feito: Done = ""
) -> Response:
    """Rows that were the same person, before and after; a row may be taken out again."""
    job = await works.run(lambda uow: get_finished(uow, job_id))
    groups, after = await read_groups(works.runtime.blobs, job, inicio, GROUPS_PER_PAGE)
    words = translator_of(request)

    async def show(uow: UnitOfWork) -> Response:
        context: dict[str, Any] = {
            **frame(request, uow.tenant, uow.actor, feito), "job": job, "tabs": tabs_of(job, words, "repetidos"),
            "crumbs": crumbs_of(job, words, words("Repeated people")), "shown": SHOWN,
            "groups": [_group(group) for group in groups], "start": inicio,
            "next_url": page_of(job, "repetidos", inicio=after) if after is not None else None,
            "first_url": page_of(job, "repetidos") if inicio else None,
            "can_split": job.source_deleted_at is None and bool((job.options or {}).get("dedupe", True)),
        }  # fmt: skip
        return render(request, "contacts/imports/duplicates.html", **context)

    return await works.run(show)


def _group(group: Group) -> dict[str, Any]:
    """The fields anybody of the group has, row by row, and what was made of them."""
    people = [person_of(texts) for texts in group.before]
    joined = person_of(group.after)
    for person in (*people, joined):
        if "cpf" in person:
            person["cpf"] = mask_document(person["cpf"])
    names = [name for name in PERSON if any(_tells(name, person) for person in (*people, joined))]
    return {
        "leader": group.leader,
        "members": list(zip(group.rows, people, strict=False)),
        "after": joined,
        "fields": names,
    }


def _tells(name: str, person: dict[str, str]) -> bool:
    """Whether a field helps to see if two rows are one person; everybody of a file has its tag, nearly all the country."""
    return name in person and name != "tags" and (name, person[name]) != ("country", "BR")


@router.post("/repetidos/separar", dependencies=[EDIT])
async def split(request: Request, job_id: UUID, works: Works) -> Response:
    """Says that a row is another person, and cleans the file again."""
    fields = await posted_fields(request)
    row, leader = _place({"row": fields.get("row", ""), "column": fields.get("from_row", "")})
    try:
        await works.run(lambda uow: split_pair(uow, job_id, row, leader))
    except DomainError as error:
        return await refused(request, works, job_id, error)
    return go_to(request, page_of(job_id, feito="split"))
