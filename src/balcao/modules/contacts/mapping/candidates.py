"""What each column may be, and how surely: memory, shape, words and contents together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from balcao.modules.contacts.mapping import signs as s
from balcao.modules.contacts.mapping.evidence import (
    CONTENT,
    ColumnEvidence,
    are_first_names,
    are_surnames,
    fields_by_content,
    weighed,
)
from balcao.modules.contacts.mapping.normal_form import Header
from balcao.modules.contacts.mapping.shapes import Shape, field_in
from balcao.modules.contacts.mapping.word_lists import NUMBER_HEADERS
from balcao.modules.contacts.mapping.wording import STOP_WORDS_OUT, is_about_others, readings_of

CONFIRM: Final = 0.60
SURE: Final = 0.85
_SAVED: Final = 1.00
_SEEN: Final = 0.97
_SHAPE: Final = 1.00
_FAR_NUMBER: Final = 0.65
_SURNAMES: Final = 0.65
_MOSTLY: Final = 0.8
_NUMBER_AFTER: Final = frozenset({"address", "address_extra", "neighborhood", "postal_code"})
_NAMES: Final = frozenset({"full_name", "first_name", "last_name"})
_DOCUMENTS: Final = frozenset({"cpf", "cnpj", "cpf_cnpj"})
_NAME_WORDS: Final = frozenset({"nome", "name", "nomes"})
_BARE: Final = re.compile(
    r"(?:coluna|column|col|campo|field|unnamed|untitled|sem titulo|sem nome|header|cabecalho|var|f|c|v)?(?: ?[0-9]+)?|[a-mo-z]"
)
"""Headers that programs invent when there is none: Column1, Unnamed: 2, F3. (N alone is a number.)"""


class Candidate(NamedTuple):
    """A field a column may be, or "" for nothing at all. `rank` orders equal scores, the surest header first."""

    field: str
    score: float
    evidence: str
    rank: int = 0


class Column(NamedTuple):
    """A column of the file as the mapping sees it; `key` is its header made unique (headers.header_keys)."""

    position: int
    raw: str
    header: Header
    key: str
    evidence: ColumnEvidence


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of the file besides the column itself; of `saved`, `seen` and `chosen` only fields that exist."""

    columns: Sequence[Column]
    saved: Mapping[str, str]
    seen: Mapping[str, str]
    chosen: Mapping[int, str]
    shape: Shape | None

    def is_named(self, position: int, fields: frozenset[str]) -> bool:
        """Whether the words of a column's header mean one of the fields."""
        if not 0 <= position < len(self.columns):
            return False
        readings = readings_of(self.columns[position].header)
        return bool(readings) and readings[0].field in fields


def is_bare(column: Column) -> bool:
    """Whether a column has no header, or one that a program made up."""
    return _BARE.fullmatch(column.header.text) is not None


def candidates_of(column: Column, knowledge: Knowledge) -> list[Candidate]:
    """Every field a column may be with 0.60 or more. A person's choice, for this file or its shape, stands alone."""
    chosen = knowledge.chosen.get(column.position)
    if chosen is not None:
        return [Candidate(chosen, 1.0, "chosen")]
    saved = knowledge.saved.get(column.key) if column.key else None
    if saved is not None:
        return [Candidate(saved, weighed(_SAVED, saved, column.evidence), "saved")]
    found = [
        candidate._replace(score=weighed(candidate.score, candidate.field, column.evidence))
        for candidate in _by_header(column, knowledge)
        if _may_be_name(candidate, column.evidence)
    ]
    found.extend(_by_content(column, knowledge))
    return [candidate for candidate in found if candidate.score >= CONFIRM]


def _by_header(column: Column, knowledge: Knowledge) -> Iterator[Candidate]:
    seen = knowledge.seen.get(column.key) if column.key else None
    if seen:
        yield Candidate(seen, _SEEN, "seen")
    known = field_in(knowledge.shape, column.header) if knowledge.shape else None
    if known is not None:
        if known.field:
            yield Candidate(known.field, _SHAPE, "shape", known.rank)
        return
    if column.header.base in NUMBER_HEADERS and _is_house_number(column, knowledge):
        yield Candidate("address_number", STOP_WORDS_OUT, "synonym")
    for reading in readings_of(column.header):
        # What was left out of another file is not guessed at again; a plain name of a field is no guess.
        if seen != "" or reading.score >= STOP_WORDS_OUT:
            yield Candidate(*reading)


def _is_house_number(column: Column, knowledge: Knowledge) -> bool:
    """ "Número" behind a part of the address, with five digits at most."""
    return knowledge.is_named(column.position - 1, _NUMBER_AFTER) and (
        not column.evidence.signs or column.evidence.share(s.SMALL_NUMBER) >= _MOSTLY
    )


def _may_be_name(candidate: Candidate, evidence: ColumnEvidence) -> bool:
    """A mistyped header names people only when the cells look like them."""
    return (
        candidate.evidence != "fuzzy"
        or candidate.field not in _NAMES
        or not evidence.signs
        or evidence.share(s.NAME | s.ONE_NAME) >= 0.5
    )


def _by_content(column: Column, knowledge: Knowledge) -> Iterator[Candidate]:
    seen = knowledge.seen.get(column.key) if column.key else None
    known = field_in(knowledge.shape, column.header) if knowledge.shape else None
    is_nothing = known is not None and not known.field
    if seen == "" or (is_nothing and not seen) or is_about_others(column.header):
        return
    evidence, bare = column.evidence, is_bare(column)
    if column.header.base in NUMBER_HEADERS:
        yield from _number_by_content(evidence, knowledge)
    may_name = bare or (
        not _NAME_WORDS.isdisjoint(column.header.text.split()) and not readings_of(column.header)
    )
    for field, score in fields_by_content(evidence, is_bare=bare, may_name=may_name).items():
        if not _is_document_named_elsewhere(column, field, knowledge):
            yield Candidate(field, score, "content")
    if (
        bare
        and are_surnames(evidence)
        and any(are_first_names(other.evidence) for other in knowledge.columns)
    ):
        yield Candidate("last_name", _SURNAMES, "content")


def _is_document_named_elsewhere(column: Column, field: str, knowledge: Knowledge) -> bool:
    """Whether another column says that it holds the contact's document: then this one is somebody else's."""
    if field not in _DOCUMENTS:
        return False
    named = frozenset({field, "cpf_cnpj"})
    return any(
        other.position != column.position and knowledge.is_named(other.position, named)
        for other in knowledge.columns
    )


def _number_by_content(evidence: ColumnEvidence, knowledge: Knowledge) -> Iterator[Candidate]:
    """ "Número" elsewhere: a house number of the file's address, or a telephone without its area code; not that of the row."""
    if evidence.share(s.SMALL_NUMBER) >= _MOSTLY:
        if not evidence.is_counting and any(
            knowledge.is_named(other.position, frozenset({"address"})) for other in knowledge.columns
        ):
            yield Candidate("address_number", _FAR_NUMBER, "content")
    elif evidence.share(s.PHONE | s.LOCAL) >= _MOSTLY and evidence.share(s.CPF) < _MOSTLY:
        yield Candidate("phone", round(CONTENT * evidence.share(s.PHONE | s.LOCAL), 2), "content", 1)
