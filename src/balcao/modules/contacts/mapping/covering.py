"""Headers made of several known words: "Nº Celular (WhatsApp)", "UF/Estado", "Celular do responsável"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from balcao.modules.contacts.mapping.normal_form import Header
from balcao.modules.contacts.mapping.vocabulary import EXACT, WORDS, Known, known_phrase
from balcao.modules.contacts.mapping.word_lists import (
    ABBREVIATIONS,
    FILLER,
    FURTHER,
    NEUTRAL,
    STOP_WORDS,
    WEAK,
)

_LONGEST_PHRASE: Final = 5
_MOST_WORDS: Final = 20
_TELEPHONES: Final = ("extra_phone", "whatsapp", "mobile", "phone")
"""The most telling first: "Telefone/WhatsApp" is a WhatsApp number."""
_ADDRESS_PARTS: Final = frozenset(
    {"address_number", "address_extra", "neighborhood", "city", "state", "postal_code", "country"}
)
_JOINED: Final[Sequence[tuple[frozenset[str], str]]] = (
    (frozenset({"cpf", "cnpj"}), "cpf_cnpj"),
    (frozenset({"cpf", "cnpj", "cpf_cnpj"}), "cpf_cnpj"),
    (frozenset({"cpf_cnpj", "cpf"}), "cpf"),
    (frozenset({"cpf_cnpj", "cnpj"}), "cnpj"),
    (frozenset({"email", "extra_email"}), "extra_email"),
    (frozenset({"first_name", "last_name"}), "full_name"),
    (frozenset({"full_name", "first_name"}), "full_name"),
    (frozenset({"full_name", "last_name"}), "full_name"),
    (frozenset({"city", "state"}), "city"),
    (frozenset({"city", "state", "country"}), "city"),
)
"""Two things in one cell, and the field whose rule takes them apart."""
_NAMED: Final = frozenset(
    {"city", "state", "neighborhood", "address", "country", "company", "owner", "source", "tags", "instagram"}
)
_NAME_OF: Final = re.compile(r"\b(?:nome d[aeo]s? |name of )|[a-z] name$")
_NUMBER: Final = frozenset({"numero", "number"})
_PARTS_OF_DATES: Final = frozenset({"mes", "ano"})
"""The month of a birthday is no birthday."""
_NUMBERED: Final = frozenset(
    {
        *_TELEPHONES,
        "ddd",
        "ddi",
        "cpf",
        "cnpj",
        "cpf_cnpj",
        "address",
        "address_extra",
        "external_id",
        "postal_code",
    }
)
"""What "Número de …" may stand before. "Número do cadastro" is no date."""


class Cover(NamedTuple):
    """The field a header's words agree on. `is_plain`: nothing but the field's own words and words of politeness."""

    field: str
    is_plain: bool
    rank: int


@dataclass(slots=True)
class _Found:
    strong: list[Known] = field(default_factory=list[Known])
    weak: list[Known] = field(default_factory=list[Known])
    has_owner: bool = False
    is_further: bool = False
    has_number: bool = False


def canonical_words(text: str) -> list[str]:
    """The words of a text written out and in the singular, as far as the vocabulary has them so."""
    return [_canonical(word) for word in text.split()[:_MOST_WORDS]]


def _canonical(word: str) -> str:
    if word in ABBREVIATIONS:
        return ABBREVIATIONS[word]
    if word.endswith("s") and word not in EXACT:
        for singular in (word[:-1], word[:-2]):
            if singular in WORDS:
                return singular
    return word


def covered(header: Header) -> Cover | None:
    """The one field that every word of a header speaks of, or None when some word is unknown or they disagree."""
    words = [word for word in canonical_words(header.base) if word not in STOP_WORDS]
    found = None if words and words[0] in _PARTS_OF_DATES else _segments(words)
    if found is None:
        return None
    strong = found.strong or found.weak
    agreed = _agreed([known.field for known in strong], header.text, has_number=not _NUMBER.isdisjoint(words))
    if agreed and found.is_further:
        agreed = _further(agreed)
    if not agreed or (found.has_number and agreed not in _NUMBERED):
        return None
    is_plain = not (found.strong and found.has_owner) and not (
        agreed in _NAMED and _NAME_OF.search(header.text)
    )
    return Cover(agreed, is_plain, min(known.rank for known in strong) + len(words))


def _segments(words: Sequence[str]) -> _Found | None:
    found, start = _Found(), 0
    while start < len(words):
        size = _longest_phrase(words, start)
        known = known_phrase(" ".join(words[start : start + size]))
        if not _sort_in(found, words[start], known, size):
            return None
        start += size
    return found


def _longest_phrase(words: Sequence[str], start: int) -> int:
    for size in range(_LONGEST_PHRASE, 1, -1):
        if start + size <= len(words) and known_phrase(" ".join(words[start : start + size])):
            return size
    return 1


def _sort_in(found: _Found, word: str, known: Known | None, size: int) -> bool:
    """Whether the word, or the phrase that begins with it, is one we know."""
    if size > 1:
        assert known is not None
        found.strong.append(known)
    elif word in FURTHER:
        found.is_further = True
    elif word in NEUTRAL or word in FILLER:
        found.has_number = found.has_number or word in _NUMBER
    elif word.isdigit():
        return True
    elif word in WEAK:
        found.has_owner = True
        found.weak.extend([known] if known else [])
    elif known is None:
        return False
    else:
        found.strong.append(known)
    return True


def _agreed(fields: Sequence[str], text: str, *, has_number: bool) -> str | None:
    distinct = frozenset(fields)
    if len(distinct) <= 1:
        return next(iter(distinct), None)
    if distinct <= {*_TELEPHONES, "ddd", "ddi"}:
        return next((name for name in _TELEPHONES if name in distinct), None)
    for together, field_of_both in _JOINED:
        if distinct == together:
            return field_of_both
    if "address" in distinct and distinct <= _ADDRESS_PARTS | {"address"}:
        # "Endereço - Cidade" is a city; "Endereço e bairro" and "Endereço, número, bairro" are whole addresses.
        others = distinct - {"address"}
        return "address" if len(others) > 1 or has_number or " e " in text else next(iter(others))
    named = distinct - {"full_name"}
    if len(named) == 1 and named <= _NAMED and _NAME_OF.search(text):
        return next(iter(named))
    return None


def _further(name: str) -> str | None:
    if name in _TELEPHONES:
        return "extra_phone"
    return "extra_email" if name in {"email", "extra_email"} else None
