"""The list of those who must not be contacted, over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.web.dependencies import Allow, ReadUow, Works
from balcao.kernel.web.placing import operation_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.api.people_schemas import Plain
from balcao.modules.contacts.suppressions import (
    UPLOAD_BYTES,
    Added,
    SuppressionView,
    lift_one,
    lift_value,
    list_suppressions,
    pasted_text,
    suppress_lines,
)

router = APIRouter(prefix="/suppressions", tags=["contacts"], generate_unique_id_function=operation_id)
VIEW, EDIT = [Depends(Allow("contacts.people:view"))], [Depends(Allow("contacts.people:edit"))]
Reason = Annotated[Plain, Field(max_length=200)]


class SuppressionsQuery(PageQuery):
    """Which lines: of a kind, or the one of an e-mail, @domain, telephone or CPF (also those kept as a digest only)."""

    kind: Literal["", "email", "phone", "domain", "cpf"] = ""
    q: Annotated[Plain, Field(max_length=320)] = ""


class SuppressIn(BaseModel):
    """Whom not to contact: one a line, e-mails, @domains, telephones and CPFs in any form."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"lines": "ana@exemplo.com.br\n(11) 98765-4321\n@concorrente.com.br", "reason": "Pediu para sair"}]
        },
    )  # fmt: skip
    lines: Annotated[Plain, Field(min_length=1, max_length=500_000)]
    reason: Reason = ""
    hash_only: bool = False


class SuppressDone(BaseModel):
    """What came of it. `refused` holds the first lines nothing was understood of."""

    added: int
    already: int
    refused_total: int
    refused: list[str]

    @classmethod
    def of(cls, done: Added) -> SuppressDone:
        """From what the verb counted."""
        return cls(
            added=done.added, already=done.already, refused_total=done.refused_total, refused=done.refused
        )


@router.get("", dependencies=VIEW)
async def suppressions(uow: ReadUow, query: Annotated[SuppressionsQuery, Query()]) -> Page[SuppressionView]:
    """Those who must not be contacted, newest first."""
    page = PageQuery(limit=query.limit, offset=query.offset)
    return await list_suppressions(uow, page, kind=query.kind, q=query.q)


@router.post("", dependencies=EDIT, status_code=201)
async def add(works: Works, body: SuppressIn) -> SuppressDone:
    """Put people on the list; with `hash_only` nothing readable is kept of them."""

    async def verb(uow: UnitOfWork) -> Added:
        return await suppress_lines(
            uow, body.lines, source="api", reason=body.reason, hash_only=body.hash_only
        )

    return SuppressDone.of(await works.run(verb))


@router.post("/upload", dependencies=EDIT, status_code=201)
async def upload(
    works: Works,
    file: UploadFile,
    reason: Annotated[Reason, Form()] = "",
    hash_only: Annotated[bool, Form()] = False,
) -> SuppressDone:
    """The same from a text or CSV file of up to 5 MB."""
    data = await file.read(UPLOAD_BYTES + 1)
    if len(data) > UPLOAD_BYTES:
        raise ValidationFailedError.at("/file", "This file is too large.")
    lines = pasted_text(data)

    async def verb(uow: UnitOfWork) -> Added:
        return await suppress_lines(uow, lines, source="upload", reason=reason, hash_only=hash_only)

    return SuppressDone.of(await works.run(verb))


@router.delete("", dependencies=EDIT, status_code=204)
async def remove_value(works: Works, value: Annotated[Plain, Query(min_length=1, max_length=320)]) -> None:
    """Take somebody off the list by e-mail, @domain, telephone or CPF."""
    await works.run(lambda uow: lift_value(uow, value))


@router.delete("/{suppression_id}", dependencies=EDIT, status_code=204)
async def remove(works: Works, suppression_id: UUID) -> None:
    """Take one line off the list."""
    await works.run(lambda uow: lift_one(uow, suppression_id))
