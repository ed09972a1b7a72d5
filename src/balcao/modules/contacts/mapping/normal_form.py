"""A header as plain words, so that what people write differently meets (contacts specification, 3.1, steps 1-7)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.cells import tidy
from balcao.modules.contacts.cleaning.encoding_repair import repair_encoding

_LONGEST: Final = 300
"""Characters read. No header is longer; a cell of running text may be."""
_CAMEL: Final = re.compile(
    # fullName, and CPFCliente; but CEPs stays one word.
    "(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2})"
)
_NUMBER_SIGN: Final = re.compile(r"\bn\s?\.?\s?[º°˚]\.?", re.IGNORECASE)
_ORDINAL_SIGN: Final = re.compile(r"(?<=[0-9])\s?[ºª°]")
_OTHER_CHARACTERS: Final = re.compile(r"[^a-z0-9@]+")
_GLUED: Final = re.compile(r"\b([a-z]{2,})([0-9]{1,2})\b")
_EMAIL: Final = re.compile(r"\be mail")
_WHATSAPP: Final = re.compile(r"\bwhats? app\b")
_SMALL_NUMBER: Final = re.compile(r"([0-9]{1,2})([oa]?)")


class Header(NamedTuple):
    """A normalised header. `text` has every word; `ordinal` is the 2 of "Telefone 2", or 0; `base` has no such numbers."""

    text: str
    ordinal: int
    base: str


def normalise_header(header: str) -> Header:
    """The words of a header: no accents, capitals or punctuation; never fails. Normalising its text changes nothing."""
    text = _CAMEL.sub(" ", tidy(repair_encoding(header[:_LONGEST])))
    text = _ORDINAL_SIGN.sub("o ", _NUMBER_SIGN.sub(" numero ", text))
    text = _OTHER_CHARACTERS.sub(" ", fold(text)).strip()
    text = _WHATSAPP.sub("whatsapp", _EMAIL.sub("email", _GLUED.sub(r"\1 \2", text)))
    ordinal, base = _without_numbers(text)
    return Header(text, ordinal, base)


def _without_numbers(text: str) -> tuple[int, str]:
    """A number in front is the number of a question ("1. Nome") unless it is marked as an ordinal ("2º telefone")."""
    ordinal, kept = 0, list[str]()
    for place, word in enumerate(text.split(" ")):
        number = _SMALL_NUMBER.fullmatch(word)
        if number is None:
            kept.append(word)
        elif place or number[2]:
            ordinal = ordinal or int(number[1])
    return ordinal, " ".join(kept)
