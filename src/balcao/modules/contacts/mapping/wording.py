"""What a header says by its words alone, with the scores of the contacts specification, 3.3."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from balcao.modules.contacts.mapping.covering import canonical_words, covered
from balcao.modules.contacts.mapping.normal_form import Header
from balcao.modules.contacts.mapping.vocabulary import (
    COMPACT,
    EXACT,
    PHRASES,
    TYPED,
    Known,
    known_phrase,
    without_stop_words,
)
from balcao.modules.contacts.mapping.word_lists import ABOUT, HEAD_WORDS, MISLEADING, NOT_CONTACT, OTHERS
from balcao.modules.contacts.people_fields import FIELDS

SYNONYM: Final = 0.95
STOP_WORDS_OUT: Final = 0.90
CONTAINED: Final = 0.80
FUZZY: Final = 0.70
HEAD_WORD: Final = 0.70
SLIP: Final = 0.62
"""One letter wrong in a word too short for the similarity the specification asks for."""
_SIMILAR: Final = 0.88
_SHORTEST_SLIP: Final = 6
_PART_OF_ADDRESS: Final = 0.85
_NUMBER: Final = "numero"
_LOOSE_RANK: Final = 300
_COUNTABLE: Final = frozenset(
    {name for name, field in FIELDS.items() if field.many}
    | {"full_name", "ddd", "ddi", "website", "birthday", "cpf", "cnpj", "cpf_cnpj", "company"}
)
"""Fields that come with a number behind. "Apto 12" and "Rua 7" are values."""
_LAST_ORDINAL: Final = 20
_NAME_WORDS: Final = frozenset({"nome", "name"})
_NO: Final = frozenset({"nao", "not"})
_KEYS: Final = frozenset({"id", "ids"})
"""The key of something in a program: "Associated Company ID" is no company."""


class Reading(NamedTuple):
    """A field a header may stand for. `rank` orders the headers that claim the same field with the same score."""

    field: str
    score: float
    evidence: str
    rank: int


@lru_cache(maxsize=4096)
def readings_of(header: Header) -> tuple[Reading, ...]:
    """Every field a header may stand for, the likeliest first; none when its words say nothing or spoil it."""
    if not header.base or header.text in MISLEADING:
        return ()
    sure = sure_readings(header)
    if sure:
        return sure
    words = frozenset((*header.text.split(), *canonical_words(header.base)))
    if (
        not words.isdisjoint(OTHERS)
        or not words.isdisjoint(ABOUT)
        or not words.isdisjoint(NOT_CONTACT | _KEYS)
    ):
        return ()
    found = sorted(
        (*_contained(header, words), *_head_word(words), *_typed(header)), key=lambda r: (-r.score, r.rank)
    )
    best: dict[str, Reading] = {}
    for reading in found:
        best.setdefault(reading.field, reading)
    return tuple(best.values())


def sure_readings(header: Header) -> tuple[Reading, ...]:
    """The readings that need no guess: the whole header is known."""
    reading = _sure(header)
    if reading is None:
        return ()
    if reading.field == "address" and _NUMBER in canonical_words(header.base):
        # "Endereço - Número" is both, or, in the exports of some programs, the number alone: the cells decide.
        return (reading, Reading("address_number", _PART_OF_ADDRESS, "contained", _LOOSE_RANK))
    return (reading,)


def _sure(header: Header) -> Reading | None:
    known = EXACT.get(header.text)
    if known is not None:
        return Reading(known.field, SYNONYM, "synonym", known.rank)
    known = _nearly(header)
    if known is not None:
        return Reading(known.field, STOP_WORDS_OUT, "stop_words", known.rank)
    cover = covered(header)
    if cover is None or not _may_be_counted(header, cover.field):
        return None
    score, evidence = (STOP_WORDS_OUT, "stop_words") if cover.is_plain else (CONTAINED, "contained")
    if not cover.is_plain and not _KEYS.isdisjoint(header.text.split()):
        return None
    if cover.field == "address" and header.ordinal > 1:
        # The second line of an address.
        return Reading("address_extra", score, evidence, cover.rank)
    return Reading(cover.field, score, evidence, cover.rank)


def is_about_others(header: Header) -> bool:
    """Whether the header speaks of somebody or something else, or of numbers that only look like a contact's."""
    words = frozenset(canonical_words(header.base))
    return not words.isdisjoint(OTHERS) or not words.isdisjoint(NOT_CONTACT)


def _may_be_counted(header: Header, field: str) -> bool:
    if not header.ordinal:
        return True
    return header.ordinal <= _LAST_ORDINAL and (field in _COUNTABLE or " " in header.base)


def _nearly(header: Header) -> Known | None:
    """The header without its stop words, its numbers or its blanks."""
    text, base = header.text, header.base
    known = known_phrase(without_stop_words(text)) or COMPACT.get(text.replace(" ", ""))
    if known is not None:
        return known
    known = known_phrase(base) or known_phrase(without_stop_words(base)) or COMPACT.get(base.replace(" ", ""))
    return known if known is not None and _may_be_counted(header, known.field) else None


def _contained(header: Header, words: frozenset[str]) -> Iterator[Reading]:
    """Phrases of two words and more that stand inside: whole, or word by word anywhere."""
    text = f" {header.text} "
    found: list[tuple[int, int, Known]] = []
    for phrase, needed, known in PHRASES:
        if f" {phrase} " in text or (len(needed) > 1 and needed <= words):
            found.append((-len(needed), known.rank, known))
    if found:
        # The longest phrase says most.
        _, rank, known = min(found)
        field = "opt_out" if known.field == "opt_in" and not words.isdisjoint(_NO) else known.field
        yield Reading(field, CONTAINED, "contained", rank + _LOOSE_RANK)


def _head_word(words: frozenset[str]) -> Iterator[Reading]:
    fields = {EXACT[word].field for word in words & HEAD_WORDS}
    # "Nome/Telefone" holds both: neither rule would read it.
    if len(fields) == 1 and words.isdisjoint(_NAME_WORDS):
        yield Reading(fields.pop(), HEAD_WORD, "contained", 2 * _LOOSE_RANK)


def _typed(header: Header) -> Iterator[Reading]:
    """Slips of the fingers."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract_iter

    base = header.base
    if len(base) < 5:
        return
    for phrase, similarity, _ in extract_iter(
        base, TYPED, scorer=OSA.normalized_similarity, score_cutoff=0.8
    ):
        known, distance = EXACT[phrase], OSA.distance(base, phrase)
        is_slip = distance == 1 and min(len(base), len(phrase)) >= _SHORTEST_SLIP and base[0] == phrase[0]
        if (similarity >= _SIMILAR or is_slip) and _may_be_counted(header, known.field):
            score = FUZZY if similarity >= _SIMILAR else SLIP
            yield Reading(known.field, score, "fuzzy", known.rank + _LOOSE_RANK)
