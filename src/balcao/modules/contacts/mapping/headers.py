"""Headers: their normal form, the field they surely stand for, and the mark by which a shape of file is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from balcao.modules.contacts.mapping.normal_form import Header, normalise_header
from balcao.modules.contacts.mapping.wording import STOP_WORDS_OUT, sure_readings

__all__ = ["Header", "exact_field", "header_keys", "header_signature", "normalise_header"]

_LONGEST_HEADER: Final = 120


def exact_field(text: str) -> str | None:
    """The field that a header surely stands for (0.90 and more by its words), or None. Takes any cell's text."""
    if not text or len(text) > _LONGEST_HEADER:
        return None
    readings = sure_readings(normalise_header(text))
    return readings[0].field if readings and readings[0].score >= STOP_WORDS_OUT else None


def header_keys(headers: Sequence[str]) -> list[str]:
    """The normal form of each header, made unique: the second "Telefone" of a file is "telefone 2". Empty stays empty."""
    texts = [normalise_header(header).text for header in headers]
    taken, seen = set(texts), set[str]()
    keys: list[str] = []
    for text in texts:
        key, number = text, 2
        if text in seen and text:
            while f"{text} {number}" in taken:
                number += 1
            key = f"{text} {number}"
            taken.add(key)
        seen.add(text)
        keys.append(key)
    return keys


def header_signature(headers: Sequence[str]) -> str:
    """The same for files with the same headers in any order: 64 hexadecimal digits."""
    return hashlib.sha256("\n".join(sorted(header_keys(headers))).encode()).hexdigest()
