"""A row of the source beside what became of it: cell by cell, with the codes of what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from balcao.modules.contacts.import_words import column_letter
from balcao.modules.contacts.people_fields import INDEX, PERSON

PHONE_FIELDS: Final = frozenset({"phone", "mobile", "whatsapp", "extra_phone"})
EMAIL_FIELDS: Final = frozenset({"email", "extra_email"})
DOCUMENT_FIELDS: Final = frozenset({"cpf", "cpf_cnpj"})
# Columns that become a part of another field: nothing of their own stands beside them.
JOINED: Final = frozenset({"ddd", "ddi", "address_number", "address_extra", "neighborhood"})
_DIGITS_OF_A_NUMBER: Final = 8


class Column(NamedTuple):
    """A column of the source as the report has it. `field` is empty when it was left out."""

    position: int
    letter: str
    header: str
    field: str


class CellIssue(NamedTuple):
    """What was found in a cell."""

    column: int
    code: str


@dataclass(frozen=True, slots=True)
class CellView:
    """A source cell and its clean text. `is_changed`: they differ. `corrected`: what a person put there since."""

    column: int
    letter: str
    header: str
    field: str
    original: str
    value: str
    is_changed: bool
    codes: tuple[str, ...]
    corrected: str | None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row: `state` is its letter in the result file, `ref` the row it was joined with, for a repeated one."""

    row: int
    state: str
    ref: int | None
    codes: tuple[str, ...]
    cells: tuple[CellView, ...]
    person: Mapping[str, str]


def columns_of(report: Mapping[str, Any]) -> list[Column]:
    """The columns of a report, in the source's order."""
    return [
        Column(
            int(column["position"]),
            str(column.get("letter") or column_letter(int(column["position"]))),
            str(column.get("header") or ""),
            str(column.get("field") or ""),
        )
        for column in report.get("columns") or ()
    ]


def person_of(texts: Sequence[str] | None) -> dict[str, str]:
    """A person by field, without what is empty."""
    return {name: text for name, text in zip(PERSON, texts or (), strict=False) if text}


def view_row(
    record: Sequence[Any],
    columns: Sequence[Column],
    issues: Sequence[CellIssue],
    corrected: Mapping[int, str],
    *,
    masked: bool,
) -> RowView:
    """A record of rows.blk with what was found in it. `masked` hides the middle of documents, for screens."""
    row, state, source, person, ref = record[0], record[1], record[2], record[3], record[4]
    cells = [
        _cell(
            column,
            _at(source, column.position),
            person,
            issues,
            corrected.get(column.position),
            masked=masked,
        )
        for column in columns
    ]
    whole = tuple(issue.code for issue in issues if issue.column < 0)
    clean = person_of(person)
    if masked and "cpf" in clean:
        clean["cpf"] = mask_document(clean["cpf"])
    return RowView(row, state, ref if state == "d" else None, whole, tuple(cells), clean)


def _cell(
    column: Column,
    original: str,
    person: Sequence[str] | None,
    issues: Sequence[CellIssue],
    corrected: str | None,
    *,
    masked: bool,
) -> CellView:
    codes = tuple(issue.code for issue in issues if issue.column == column.position)
    value = clean_text_of(column.field, original, person) if person else ""
    is_changed = bool(person and column.field and column.field not in JOINED and value != original.strip())
    if masked and column.field in DOCUMENT_FIELDS:
        original, value = mask_document(original), mask_document(value)
    return CellView(
        column.position,
        column.letter,
        column.header,
        column.field,
        original,
        value,
        is_changed,
        codes,
        corrected,
    )


def clean_text_of(field: str, original: str, person: Sequence[str]) -> str:
    """What stands in the clean person for a column of this field; empty for one that was joined into another."""
    if field == "full_name":
        return " ".join(filter(None, (person[INDEX["first_name"]], person[INDEX["last_name"]])))
    if field in PHONE_FIELDS:
        return ", ".join(_numbers_in(original, person))
    if field in EMAIL_FIELDS:
        return ", ".join(_emails_in(original, person))
    if field == "cpf_cnpj":
        return person[INDEX["cpf"]] or person[INDEX["cnpj"]]
    position = INDEX.get(field)
    return person[position] if position is not None else ""


def _numbers_in(original: str, person: Sequence[str]) -> list[str]:
    """The person's numbers that came out of this cell: by their last digits, since a ninth one may have been added."""
    digits = "".join(mark for mark in original if mark.isdigit())
    numbers = [person[INDEX["phone"]], *person[INDEX["additional_phones"]].split(", ")]
    return [number for number in numbers if number and number[-_DIGITS_OF_A_NUMBER:] in digits]


def _emails_in(original: str, person: Sequence[str]) -> list[str]:
    """The person's addresses that came out of this cell: by the part before the @, since domains are repaired."""
    text = "".join(original.lower().split())
    emails = [person[INDEX["email"]], *person[INDEX["additional_emails"]].split(", ")]
    return [email for email in emails if email and email.partition("@")[0] in text]


def mask_document(text: str) -> str:
    """A CPF with its first digits and its last two hidden: ***.982.247-**. Anything with fewer digits is hidden whole."""
    digits = "".join(mark for mark in text if mark.isdigit())
    if not digits:
        return text
    if len(digits) != 11:
        return "•" * len(digits)
    return f"***.{digits[3:6]}.{digits[6:9]}-**"


def _at(cells: Sequence[Any], position: int) -> str:
    return str(cells[position]) if position < len(cells) and cells[position] is not None else ""
