"""The names of the fields, ready to be looked up by normalised header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from balcao.modules.contacts.mapping.further_synonyms import FURTHER_SYNONYMS
from balcao.modules.contacts.mapping.normal_form import normalise_header
from balcao.modules.contacts.mapping.synonyms import SYNONYMS
from balcao.modules.contacts.mapping.word_lists import STOP_WORDS

_AFTER_THE_TABLE: Final = 100
_EXPLICIT: Final = frozenset({"nome completo", "full name"})
"""Better than a plain "Nome" beside them, which then is the first name or a nickname."""
_SHORTEST_TYPO: Final = 5


class Known(NamedTuple):
    """What a phrase stands for. `rank` orders the phrases of a field, the surest first."""

    field: str
    rank: int


def without_stop_words(text: str) -> str:
    """The words that say something."""
    return " ".join([word for word in text.split() if word not in STOP_WORDS])


def _exact() -> dict[str, Known]:
    found: dict[str, Known] = {}
    for table, start in ((SYNONYMS, 0), (FURTHER_SYNONYMS, _AFTER_THE_TABLE)):
        for field, phrases in table.items():
            for rank, phrase in enumerate(phrases, start):
                text = normalise_header(phrase).text
                found.setdefault(text, Known(field, -1 if text in _EXPLICIT else rank))
    return found


def _stripped() -> dict[str, Known]:
    """Phrases without their stop words. One word left of several says too little, unless it is a phrase itself."""
    found: dict[str, Known] = {}
    for text, known in EXACT.items():
        short = without_stop_words(text)
        if " " in short and short not in EXACT:
            found.setdefault(short, known)
    return found


def _compact() -> dict[str, Known]:
    found: dict[str, Known] = {}
    for text, known in (*EXACT.items(), *STRIPPED.items()):
        found.setdefault(text.replace(" ", ""), known)
    return found


EXACT: Final[Mapping[str, Known]] = _exact()
"""By the whole phrase."""
STRIPPED: Final[Mapping[str, Known]] = _stripped()
"""By the phrase without its stop words."""
COMPACT: Final[Mapping[str, Known]] = _compact()
"""By the phrase without blanks: DATANASCIMENTO, C.P.F."""
WORDS: Final = frozenset(word for text in EXACT for word in text.split())
"""Every word of every phrase."""
PHRASES: Final = tuple(
    (text, frozenset(short.split()), known)
    for text, known in EXACT.items()
    if " " in text and (short := without_stop_words(text))
)
"""Phrases of two words and more: the text, its words without the stop words, and what it stands for."""
TYPED: Final = tuple(text for text in EXACT if len(text) >= _SHORTEST_TYPO)
"""Phrases long enough to be known with a slip of the fingers in them."""


def known_phrase(text: str) -> Known | None:
    """What a text stands for, whole or written without its stop words."""
    return EXACT.get(text) or STRIPPED.get(text)
