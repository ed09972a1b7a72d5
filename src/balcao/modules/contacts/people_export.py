"""The address book as CSV: GoHighLevel's twelve columns, those and more, or a file to look at in Excel."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import text

from balcao.brazil.phones import format_phone
from balcao.kernel.runtime import Work
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.csv_safety import E164_FIELDS, TRIGGERS, quoted_formula
from balcao.modules.contacts.people_fields import EXTRA_COLUMNS, FIELDS, GHL_COLUMNS
from balcao.modules.contacts.people_queries import (
    EXPORT_ROWS,
    PeopleFilter,
    Where,
    chosen_people,
    stream_people,
)

Profile = Literal["ghl", "extended", "excel"]
Words = Callable[[str], str]
BOM: Final = "\ufeff"
E164: Final = re.compile(r"\+[1-9]\d{7,14}")
FREE_TEXT: Final = frozenset({"notes", "website", "instagram", "owner", "external_id", "gender", "job_title"})
PERSONAL: Final = frozenset({"cpf"})
# Where each column of an export lies in the table.
_SOURCES: Final[dict[str, str]] = {
    "tags": "array_to_string(c.tags, ', ')",
    "additional_emails": "array_to_string(c.additional_emails, ', ')",
    "additional_phones": "array_to_string(c.additional_phones, ', ')",
    "birthday": "coalesce(c.birthday::text, '')",
    "cpf": "case when length(c.document) = 11 then c.document else coalesce(c.extra->>'cpf', '') end",
    "cnpj": "case when length(c.document) = 14 then c.document else coalesce(c.extra->>'cnpj', '') end",
    **{
        name: f"coalesce(c.extra->>'{name}', '')"
        for name in ("contact_id", "owner", "gender", "instagram", "external_id")
    },
}


def _source(name: str) -> str:
    return _SOURCES.get(name, f"c.{name}")


def safe_cell(name: str, value: str) -> str:
    """A cell that no spreadsheet takes for a formula (contacts specification, 5.5).

    A telephone keeps its plus, for it is nothing but one; free text gets an apostrophe; elsewhere the signs go.
    """
    if quoted_formula(value) == value:
        return value
    if name in E164_FIELDS and all(E164.fullmatch(part) for part in value.split(", ")):
        return value
    return quoted_formula(value) if name in FREE_TEXT else value.lstrip(TRIGGERS + " \u00a0")


def csv_line(values: Sequence[str], separator: str) -> str:
    """A line (RFC 4180): quoted only where it must be, ending in CR LF."""
    cells = [
        '"' + value.replace('"', '""') + '"'
        if separator in value or '"' in value or "\n" in value or "\r" in value
        else value
        for value in values
    ]
    return separator.join(cells) + "\r\n"


async def export_people(
    work: Work, words: Words, wanted: PeopleFilter, profile: Profile
) -> AsyncIterator[bytes]:
    """The file, piece by piece; each piece is a transaction of its own, so a slow reader holds nothing up."""
    columns, where = await work.run(lambda uow: _columns(uow, wanted, profile))
    separator = ";" if profile == "excel" else ","
    labels = [words(_label(name)) if profile == "excel" else label for label, name in columns]
    yield ((BOM if profile == "excel" else "") + csv_line(labels, separator)).encode()
    names = [name for _, name in columns]
    after: UUID | None = None
    while True:
        rows = await work.run(lambda uow: _rows(uow, where, names, after))  # noqa: B023 - run before the next turn
        if rows:
            yield "".join(_line(row[1:], names, separator, profile) for row in rows).encode()
            after = rows[-1][0]
        if len(rows) < EXPORT_ROWS:
            return


async def _columns(
    uow: UnitOfWork, wanted: PeopleFilter, profile: Profile
) -> tuple[list[tuple[str, str]], Where]:
    """The columns of a profile: further ones only when somebody has a value there. A CPF only to those who may change people."""
    where = (await chosen_people(uow, wanted, fills=1)).where
    if profile == "ghl":
        return list(GHL_COLUMNS), where
    allowed = [
        (label, name)
        for label, name in EXTRA_COLUMNS
        if name not in PERSONAL or uow.actor.can("contacts.people:edit")
    ]
    used = ", ".join(f"coalesce(bool_or({_source(name)} <> ''), false)" for _, name in allowed)
    query = text(f"select {used} from contacts c where {where.sql}")  # noqa: S608 - constants of this file
    flags = (await uow.session.execute(query, dict(where.values))).one()
    return [*GHL_COLUMNS, *(column for column, is_used in zip(allowed, flags, strict=True) if is_used)], where


async def _rows(uow: UnitOfWork, where: Where, names: list[str], after: UUID | None) -> list[Any]:
    columns = ", ".join(["c.id", *(f"{_source(name)} as col_{name}" for name in names)])
    return [row async for row in stream_people(uow, where, columns, after)]


_LABELS: Final = {
    "additional_emails": "Further e-mails", "additional_phones": "Further telephones", "contact_id": "GoHighLevel id",
}  # fmt: skip


def _label(name: str) -> str:
    return _LABELS.get(name) or FIELDS[name].label


def _line(values: Sequence[str], names: list[str], separator: str, profile: Profile) -> str:
    cells = [
        _readable(value)
        if profile == "excel" and name in {"phone", "additional_phones"}
        else safe_cell(name, value)
        for name, value in zip(names, values, strict=True)
    ]
    return csv_line(cells, separator)


def _readable(phones: str) -> str:
    """Numbers as Excel leaves them alone: it would take +5511987654321 for a sum."""
    parts = [format_phone(phone) for phone in phones.split(", ")] if phones else []
    return ", ".join(part if not part.startswith("+") else f"'{part}" for part in parts)
