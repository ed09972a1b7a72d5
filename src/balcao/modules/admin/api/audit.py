"""The trail of changes over HTTP: a feed with a cursor, and the same as a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from balcao.kernel.web.dependencies import Allow, ReadUow, Words
from balcao.modules.admin.api.schemas import CLEAN
from balcao.modules.admin.audit import MAX_EXPORT, AuditFilter, AuditLine, find_entries, names_for, subject_of
from balcao.modules.admin.audit_words import Reader

router = APIRouter(prefix="/admin/audit", tags=["audit"])
VIEW = Depends(Allow("admin.audit:view"))
Short = Annotated[str, Field(max_length=100, pattern=CLEAN)]


class AuditQuery(BaseModel):
    """What to look for; what is left out looks for everything."""

    who: UUID | None = None
    entity: Short = ""
    entity_id: Short = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    request_id: Short = ""

    def wanted(self) -> AuditFilter:
        """The same as a value of the domain."""
        return AuditFilter(self.who, self.entity, self.entity_id, self.since, self.until, self.request_id)


class AuditPageQuery(AuditQuery):
    """The same, a page at a time."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=200, pattern=CLEAN)] = ""


class AuditView(BaseModel):
    """One change. `summary` is in the caller's language; `***` stands for what is secret or personal."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str | None
    impersonator: str | None
    address: str | None
    request_id: str | None
    verb: str
    entity: str
    entity_id: str
    subject: str
    summary: str
    before: dict[str, Any]
    after: dict[str, Any]


class AuditFeed(BaseModel):
    """Changes, newest first. `next_cursor` leads to older ones."""

    items: list[AuditView]
    next_cursor: str | None


def _view(line: AuditLine, reader: Reader) -> AuditView:
    fields = {name: getattr(line, name) for name in AuditLine.__slots__}
    return AuditView(**fields, subject=subject_of(line, reader.names), summary=reader.sentence(line))


@router.get("", dependencies=[VIEW])
async def entries(uow: ReadUow, words: Words, query: Annotated[AuditPageQuery, Query()]) -> AuditFeed:
    """Who changed what, when and from where, newest first."""
    lines, following = await find_entries(uow, query.wanted(), limit=query.limit, cursor=query.cursor)
    reader = Reader(words, uow.tenant.timezone, await names_for(uow, lines))
    return AuditFeed(items=[_view(line, reader) for line in lines], next_cursor=following)


@router.get(
    "/export.csv",
    dependencies=[VIEW],
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export(uow: ReadUow, words: Words, query: Annotated[AuditQuery, Query()]) -> Response:
    """The newest 10,000 changes that fit, as CSV for spreadsheets."""
    lines, _ = await find_entries(uow, query.wanted(), limit=MAX_EXPORT)
    reader = Reader(words, uow.tenant.timezone, await names_for(uow, lines))
    name = f"auditoria-{uow.now():%Y-%m-%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(as_csv(lines, reader), media_type="text/csv; charset=utf-8", headers=headers)


def as_csv(lines: list[AuditLine], reader: Reader) -> bytes:
    """A table that spreadsheets open as UTF-8 and in which no cell is a formula."""
    words, out = reader.words, io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    heads = ("When", "Who", "What happened", "Before", "After", "Address", "Request", "Table", "Id")
    table.writerow([words(head) for head in heads])
    for line in lines:
        details = reader.details(line)
        cells = (
            reader.words.moment(line.at, reader.zone), reader.who(line), reader.sentence(line),
            "\n".join(f"{detail.field}: {detail.before}" for detail in details if detail.before),
            "\n".join(f"{detail.field}: {detail.after}" for detail in details if detail.after),
            line.address or "", line.request_id or "", line.entity, line.entity_id,
        )  # fmt: skip
        table.writerow([_harmless(cell) for cell in cells])
    return ("\ufeff" + out.getvalue()).encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
