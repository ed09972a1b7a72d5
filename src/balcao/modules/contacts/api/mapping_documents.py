"""Documents of the columns' API: how they are understood, and mappings kept for the next file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from balcao.brazil.documents import InvalidDocument, parse_cpf
from balcao.modules.contacts.api.import_documents import Status
from balcao.modules.contacts.import_words import column_letter
from balcao.modules.contacts.models import ImportJob, MappingProfile
from balcao.modules.contacts.row_view import DOCUMENT_FIELDS, mask_document

Header = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


class MappedColumn(BaseModel):
    """A column of the source and the field it is taken for; `evidence` says why."""

    position: int
    letter: str
    header: str
    field: str | None
    confidence: float
    evidence: str
    status: str
    samples: list[str]
    filled: int | None


class MappingDocument(BaseModel):
    """How the columns of an import are understood, and the fields there are."""

    status: Status
    shape: str | None
    columns: list[MappedColumn]
    fields: list[str]


class MappingIn(BaseModel):
    """Which field each column is, by position; "" leaves a column out. `save_as` keeps it for the next such file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"columns": {"0": "full_name", "1": "whatsapp"}, "save_as": "Leads"}},
    )
    columns: Annotated[
        dict[Annotated[int, Field(ge=0, le=16_383)], Annotated[str, Field(max_length=40)]],
        Field(max_length=16_384),
    ]
    save_as: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$")] | None = None


class MappingPreview(BaseModel):
    """The first rows as they would come out."""

    rows: list[dict[str, str]]


class ProfileIn(BaseModel):
    """A mapping to keep: which field each header is ("" for none)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "Leads", "columns": {"Nome": "full_name", "Zap": "whatsapp"}}},
    )
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$")]
    columns: Annotated[
        dict[Header, Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=500)
    ]


class ProfileDocument(BaseModel):
    """A mapping kept for files with the same headers."""

    id: UUID
    name: str
    columns: dict[str, str]
    uses: int
    last_used_at: datetime | None
    created_at: datetime


def mapping_document(job: ImportJob, fields: list[str], *, masked: bool = False) -> MappingDocument:
    """How the columns of an import are understood: what a person chose since counts. `masked` hides documents."""
    report: dict[str, Any] = job.report or {}
    chosen: dict[str, Any] = job.mapping or {}
    columns: list[MappedColumn] = []
    for column in report.get("columns") or ():
        position = int(column["position"])
        field = chosen.get(str(position), column.get("field"))
        columns.append(
            MappedColumn(
                position=position,
                letter=column.get("letter") or column_letter(position),
                header=column.get("header") or "",
                field=field or None,
                confidence=float(column.get("confidence") or 0.0),
                evidence=str(column.get("evidence") or "none"),
                status=str(column.get("status") or "unmapped"),
                samples=_samples(column, field, masked=masked),
                filled=column.get("filled"),
            )
        )
    return MappingDocument.model_validate(
        {"status": job.status, "shape": report.get("shape"), "columns": columns, "fields": fields}
    )


def _samples(column: dict[str, Any], field: str | None, *, masked: bool) -> list[str]:
    samples = [str(sample) for sample in (column.get("samples") or ())[:5]]
    if not masked:
        return samples
    is_document = field in DOCUMENT_FIELDS or column.get("field") in DOCUMENT_FIELDS
    return [mask_document(text) if is_document or (not field and _is_cpf(text)) else text for text in samples]


def _is_cpf(text: str) -> bool:
    try:
        parse_cpf(text)
    except InvalidDocument:
        return False
    return True


def profile_document(profile: MappingProfile) -> ProfileDocument:
    """A kept mapping."""
    return ProfileDocument(
        id=profile.id,
        name=profile.name,
        columns={header: str(field or "") for header, field in profile.columns.items()},
        uses=profile.uses,
        last_used_at=profile.last_used_at,
        created_at=profile.created_at,
    )
