"""The columns of an import: what each is taken for, why, and a look at what would come out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.errors import DomainError
from balcao.kernel.web.dependencies import Allow, Work, Works, translator_of
from balcao.kernel.web.templates import go_to, is_partial, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.api.mapping_documents import mapping_document
from balcao.modules.contacts.import_errors import MappingInvalidError
from balcao.modules.contacts.import_jobs import choose_mapping, get_import
from balcao.modules.contacts.mapping_preview import preview_rows, require_columns
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.pages.imports_frame import (
    HOME,
    crumbs_of,
    frame,
    page_of,
    posted_fields,
    tabs_of,
)
from balcao.modules.contacts.people_fields import PERSON
from balcao.modules.contacts.row_view import mask_document

router = APIRouter(prefix=f"{HOME}/{{job_id:uuid}}/colunas")
VIEW, EDIT = Depends(Allow("contacts.imports:view")), Depends(Allow("contacts.imports:edit"))
_COLUMN = re.compile(r"c(\d{1,5})")
FIELD_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Who it is", ("full_name", "first_name", "last_name", "company", "job_title", "birthday", "gender")),
    ("How to reach them", ("whatsapp", "mobile", "phone", "extra_phone", "ddd", "ddi", "email", "extra_email")),
    ("Where they are", ("address", "address_number", "address_extra", "neighborhood", "city", "state", "postal_code", "country")),
    ("Documents", ("cpf", "cnpj", "cpf_cnpj")),
    ("About the contact", ("tags", "source", "notes", "website", "instagram", "owner", "external_id", "created_at", "opt_in", "opt_out")),
)  # fmt: skip
SHOWN: Final[Mapping[str, str]] = {
    "first_name": "First name", "last_name": "Last name", "email": "E-mail", "phone": "Telephone",
    "company": "Company", "address": "Street", "city": "City", "state": "State", "postal_code": "CEP",
    "country": "Country", "source": "Source", "tags": "Tags", "additional_emails": "Further e-mail",
    "additional_phones": "Further telephone", "birthday": "Birthday", "website": "Site", "notes": "Notes",
    "contact_id": "External id", "owner": "Person in charge", "job_title": "Job title", "gender": "Gender",
    "instagram": "Instagram", "cpf": "CPF", "cnpj": "CNPJ", "external_id": "External id",
    "created_at": "Date of registration", "opt_out": "Does not want contact", "opt_in": "Agreed to contact",
}  # fmt: skip


@router.get("", dependencies=[VIEW])
async def mapping_page(request: Request, job_id: UUID, works: Works) -> Response:
    """The editor, with the first rows as they come out now."""
    job = await works.run(lambda uow: get_import(uow, job_id))
    require_columns(job)
    return await _editor(request, works, job, _current(job))


@router.post("", dependencies=[EDIT])
async def choose(request: Request, job_id: UUID, works: Works) -> Response:
    """Takes the columns over and cleans the file with them."""
    fields = await posted_fields(request)
    columns = chosen_columns(fields)
    name = fields.get("save_as", "").strip()[:80] if fields.get("save") else ""
    try:
        await works.run(lambda uow: choose_mapping(uow, job_id, columns, save_as=name or None))
    except DomainError as error:
        if error.status not in {409, 410, 422}:
            raise
        job = await works.run(lambda uow: get_import(uow, job_id))
        return await _editor(request, works, job, columns, fields=fields, error=error)
    return go_to(request, page_of(job_id, feito="mapped"))


@router.post("/previa", dependencies=[EDIT])
async def preview(request: Request, job_id: UUID, works: Works) -> Response:
    """The first rows as they would come out with what is chosen; nothing is kept."""
    columns = chosen_columns(await posted_fields(request))
    job = await works.run(lambda uow: get_import(uow, job_id))
    if not is_partial(request):
        return await _editor(request, works, job, columns)
    return render(request, "contacts/imports/preview.html", **await _preview(request, works, job, columns))


def chosen_columns(fields: Mapping[str, str]) -> dict[int, str]:
    """The selects of the form: `c0` … with the name of a field, or nothing to leave the column out."""
    return {
        int(match[1]): value.strip() for name, value in fields.items() if (match := _COLUMN.fullmatch(name))
    }


def _current(job: ImportJob) -> dict[int, str]:
    return {column.position: column.field or "" for column in mapping_document(job, [], masked=True).columns}


async def _editor(
    request: Request,
    works: Work,
    job: ImportJob,
    columns: Mapping[int, str],
    *,
    fields: Mapping[str, str] | None = None,
    error: DomainError | None = None,
) -> Response:
    words = translator_of(request)
    shown = await _preview(request, works, job, columns)

    async def show(uow: UnitOfWork) -> Response:
        context: dict[str, Any] = {
            **frame(request, uow.tenant, uow.actor), **shown, "job": job, "mapping": mapping_document(job, [], masked=True),
            "chosen": columns, "groups": FIELD_GROUPS, "typed": dict(fields or {}),
            "column_errors": _column_errors(request, error),
            "problem": words(error.message, **error.params) if error else "",
            "crumbs": crumbs_of(job, words, words("Columns")),
            "tabs": tabs_of(job, words, "colunas") if job.status == "done" else [],
        }  # fmt: skip
        return render(
            request, "contacts/imports/mapping.html", status=error.status if error else 200, **context
        )

    return await works.run(show)


async def _preview(
    request: Request, works: Work, job: ImportJob, columns: Mapping[int, str]
) -> dict[str, Any]:
    words = translator_of(request)
    try:
        rows = await preview_rows(works.runtime.blobs, job, columns, works.runtime.clock().date())
    except MappingInvalidError as error:
        faults = [words(item["message"]) for item in error.ext.get("errors", [])]
        return {"rows": [], "row_fields": [], "preview_problem": " ".join(dict.fromkeys(faults))}
    for row in rows:
        if "cpf" in row:
            row["cpf"] = mask_document(row["cpf"])
    used = [name for name in PERSON if any(name in row for row in rows)]
    return {
        "rows": rows,
        "row_fields": [(name, words(SHOWN[name])) for name in used],
        "preview_problem": "",
    }


def _column_errors(request: Request, error: DomainError | None) -> dict[int, str]:
    words = translator_of(request)
    found: dict[int, str] = {}
    faults: list[dict[str, str]] = error.ext.get("errors", []) if error else []
    for item in faults:
        position = item["pointer"].rpartition("/")[2]
        if position.isdigit():
            found[int(position)] = words(item["message"])
    return found
