"""The lines that leave: GoHighLevel's CSV, and rows for the database's COPY."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from balcao.brazil.addresses import fold
from balcao.modules.contacts.people_fields import GHL_COLUMNS

GHL_WIDTH: Final = len(GHL_COLUMNS)
"""A person begins with these, in this order (a test holds people_fields to it)."""
GHL_HEADER: Final = ",".join(label for label, _ in GHL_COLUMNS) + "\r\n"
COPY_COLUMNS: Final = (
    "ordinal", "row", "id", "kind", "phone_key", "shares_email", "name_key", "first_name", "last_name", "email", "phone", "company",
    "address", "city", "state", "postal_code", "country", "source", "tags", "additional_emails", "additional_phones",
    "birthday", "website", "notes", "contact_id", "owner", "job_title", "gender", "instagram", "cpf", "cnpj",
    "external_id", "created_at", "opt_out", "opt_in",
)  # fmt: skip
"""Columns of the lines made by `copy_line`: what was derived, then a person in PERSON's order."""

_QUOTED: Final = re.compile(r'[",\r\n]')
_UNSAFE: Final = re.compile(r"[\\\t\r\n\x00]")
_ESCAPES: Final = {"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\n": "\\n", "\x00": ""}
_WORDS: dict[str, str] = {}
_MOST_WORDS: Final = 50_000


def csv_line(values: Sequence[str]) -> str:
    """A line of CSV (RFC 4180): quoted only where it must be, ending in CR LF."""
    line = ",".join(values)
    if '"' in line or "\n" in line or "\r" in line:
        return ",".join([_quoted(value) for value in values]) + "\r\n"
    if line.count(",") == len(values) - 1:
        return line + "\r\n"
    return ",".join([f'"{value}"' if "," in value else value for value in values]) + "\r\n"


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if _QUOTED.search(value) else value


def ghl_line(person: Sequence[str]) -> str:
    """The twelve columns of a person."""
    return csv_line(person[:GHL_WIDTH])


def copy_line(
    row: int, contact: str, kind: str, key: str, person: Sequence[str], *, is_role: bool = False
) -> str:
    """A line in PostgreSQL's text format of COPY, of COPY_COLUMNS after the first: the ordinal is put before it later."""
    values = (str(row), contact, kind, key, "t" if is_role else "", name_key(person[0], person[1]), *person)
    line = "\t".join(values)
    if "\\" in line or "\n" in line or "\r" in line or "\x00" in line or line.count("\t") != len(values) - 1:
        line = "\t".join([_UNSAFE.sub(_escaped, value) for value in values])
    return line + "\n"


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES[found[0]]


def name_key(first: str, last: str) -> str:
    """The name as it is searched and sorted: `fold` of first and last name, remembered word by word."""
    name = f"{first} {last}" if last else first
    if name.isascii():
        return name.lower()
    return " ".join([_folded(word) for word in name.split()])


def _folded(word: str) -> str:
    known = _WORDS.get(word)
    if known is None:
        if len(_WORDS) >= _MOST_WORDS:
            _WORDS.clear()
        known = _WORDS[word] = fold(word)
    return known


def id_prefix(import_id: str, created_ms: int) -> str:
    """The beginning of the ids of an import's people: a UUIDv7 of its moment whose tail is the source row.

    So a row that is read again, after a crash or a correction, is the same person.
    """
    moment = f"{created_ms:012x}"
    seed = import_id.replace("-", "")[-13:]
    variant = "89ab"[int(seed[3], 16) & 3]
    return f"{moment[:8]}-{moment[8:]}-7{seed[:3]}-{variant}{seed[4:7]}-"


def contact_id(prefix: str, row: int) -> str:
    """The id of the person of a source row."""
    return f"{prefix}{row:012x}"
