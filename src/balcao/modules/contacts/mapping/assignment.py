"""The mapping of a file: every column to the field it is, no single field twice (contacts specification, 3.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.mapping.candidates import SURE, Candidate, Column, Knowledge, candidates_of
from balcao.modules.contacts.mapping.columns import FileMapping, MappedColumn
from balcao.modules.contacts.mapping.evidence import evidence_of
from balcao.modules.contacts.mapping.headers import header_keys, header_signature, normalise_header
from balcao.modules.contacts.mapping.shapes import shape_of
from balcao.modules.contacts.mapping.special_rules import with_special_rules
from balcao.modules.contacts.people_fields import FIELDS

_STRENGTH: Final = {
    name: place
    for place, name in enumerate(
        ("chosen", "saved", "shape", "seen", "synonym", "stop_words", "contained", "fuzzy", "content")
    )
}
_IDENTIFIERS: Final = frozenset({"full_name", "first_name", "email", "phone", "mobile", "whatsapp"})


def map_columns(
    headers: Sequence[str],
    samples: Sequence[Sequence[Cell]],
    *,
    saved: Mapping[str, str] | None,
    seen: Mapping[str, str],
    chosen: Mapping[int, str] | None,
) -> FileMapping:
    """Maps the columns of a file. Never fails; missing samples count as none.

    `samples`: non-empty cells of each column, 500 are looked at. `saved`: field ("" for none) by normalised header, of the
    kept mapping with this signature; `seen`: the same from all others; `chosen`: by position, a person's word for this file.
    Where two columns claim a single field, a column with cells comes before an empty one, then the score decides.
    """
    keys = header_keys(headers)
    columns = [
        Column(
            position,
            raw,
            normalise_header(raw),
            keys[position],
            evidence_of(samples[position] if position < len(samples) else ()),
        )
        for position, raw in enumerate(headers)
    ]
    shape = shape_of([column.header for column in columns])
    knowledge = Knowledge(columns, _real(saved), _real(seen), _real_choices(chosen), shape)
    taken = with_special_rules(knowledge, _awarded(columns, knowledge))
    mapped = tuple([_mapped(column, taken.get(column.position)) for column in columns])
    return FileMapping(mapped, shape.name if shape else "", _is_sure(mapped), header_signature(headers))


def _real(fields: Mapping[str, str] | None) -> dict[str, str]:
    return {header: field for header, field in (fields or {}).items() if not field or field in FIELDS}


def _real_choices(fields: Mapping[int, str] | None) -> dict[int, str]:
    return {position: field for position, field in (fields or {}).items() if not field or field in FIELDS}


def _awarded(columns: Sequence[Column], knowledge: Knowledge) -> dict[int, Candidate]:
    """The best claims first, whatever the order of the columns; who loses a field may still be another."""
    claims = [
        (_order(column, candidate), column.position, candidate)
        for column in columns
        for candidate in candidates_of(column, knowledge)
    ]
    claims.sort()
    taken: dict[int, Candidate] = {}
    given: set[str] = set()
    for _, position, candidate in claims:
        field = candidate.field
        if position in taken or (field in given and not FIELDS[field].many):
            continue
        taken[position] = candidate
        if field:
            given.add(field)
    return taken


def _order(column: Column, candidate: Candidate) -> tuple[int, bool, float, int, int, int, str]:
    strength = _STRENGTH[candidate.evidence]
    return (
        min(strength, 2),
        not column.evidence.signs,
        -candidate.score,
        strength,
        column.header.ordinal,
        candidate.rank,
        column.key,
    )


def _mapped(column: Column, candidate: Candidate | None) -> MappedColumn:
    if candidate is None:
        candidate = Candidate("", 0.0, "none")
    status = "unmapped" if not candidate.field else "applied" if candidate.score >= SURE else "confirm"
    return MappedColumn(
        position=column.position,
        header=column.raw,
        normalised=column.key,
        field=candidate.field or None,
        confidence=candidate.score,
        evidence=candidate.evidence,
        status=status,
        ordinal=column.header.ordinal,
    )


def _is_sure(columns: Sequence[MappedColumn]) -> bool:
    used = [column for column in columns if column.field]
    return all(column.status == "applied" for column in used) and any(
        column.field in _IDENTIFIERS for column in used
    )
