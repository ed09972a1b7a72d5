"""The text of a cell cut into e-mail addresses, and each into what stands before and after its @."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from balcao.brazil.addresses import fold

_SIGN_ALIKE: Final = (
    dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63], "-")
    | dict.fromkeys([0x2018, 0x2019, 0x00B4, 0x2032], "'")
    | {0x3002: "."}
)
_TYPED_FOR_DOT: Final = "\ue000"
"""Stands for a comma or semicolon that somebody typed for a dot, until the domain is read."""
_COMMA_FOR_DOT: Final = re.compile(
    r"(?<=[^\W_])[,;](?=(?:com|net|org|br|edu|gov|con)\b(?![\w.+-]*@))", re.IGNORECASE
)
_BETWEEN: Final = re.compile(r"[;,|/\\\s<>()\[\]{}\"“”«»]+")
_LOOSE_AT: Final = re.compile(r"(?<![^\s;,|/<(])([^\s@;,|/<(]++)(?:\s+@\s*|@\s+)(?=[^\s@;,|/.]+\.)")
_BLANK: Final = "\ue001"
"""Stands for blanks beside an @ while several addresses are cut at their blanks."""
_BEFORE_LOCAL: Final = re.compile(r"[;|/\\<>()\[\]{}\"“”«»:*]|,\s|(?:^|\s)-+(?=\s)")
_AFTER_DOMAIN: Final = re.compile(r"[;|/\\<>()\[\]{}\"“”«»?#&*:!=]")
_WHOLE_DOMAIN: Final = re.compile(r"[^\s.,@]+(?:\.[^\s.,@]+)*\.[^\W\d_]{2,}")
_TAIL: Final = re.compile(r"[\W_]+$")
_DOTS: Final = re.compile(r"\.{2,}")
_WORD: Final = re.compile(r"\w")
_LEADING_SYMBOLS: Final = re.compile(r"^[^\w!#$%&'*+/=?^`{|}~.@-]+")
_LABELS: Final = frozenset(
    {
        "email",
        "e-mail",
        "mail",
        "contato",
        "trabalho",
        "pessoal",
        "comercial",
        "corporativo",
        "particular",
        "principal",
    }
)
_TELEPHONE: Final = re.compile(r"[0-9()+.-]{8,}")
_FORMULA_SIGNS: Final = "=+-@"


class Address(NamedTuple):
    """One address in small letters, not judged yet. `is_repaired`: its domain had a comma or two dots for a dot."""

    local: str
    domain: str
    has_spaces: bool = False
    is_repaired: bool = False
    is_neutralized: bool = False


def split_addresses(text: str) -> list[str]:
    """The parts of a tidied text that hold an @; the text itself when there is but one. Labels between them are left out."""
    if not text.isascii():
        text = text.translate(_SIGN_ALIKE)
    text = _COMMA_FOR_DOT.sub(_TYPED_FOR_DOT, text)
    if text.count("@") == 1:
        return [text]
    parts = [part for part in _BETWEEN.split(_LOOSE_AT.sub(rf"\1{_BLANK}@", text)) if "@" in part]
    # @ana beside an address is somebody's name in a network.
    return [part for part in parts if part.find("@", 1) > 0] or parts[:1]


def read_address(text: str) -> Address:
    """What stands around the only @ of a text, without labels, wrapping and blanks. Either half may come out empty."""
    left, _, right = text.replace(_BLANK, " ").partition("@")
    local, has_blank_before = _local(left)
    domain, has_blank_after, is_repaired = _domain(right)
    bare = local.lstrip(_FORMULA_SIGNS + "'`")
    is_neutralized = any(sign in _FORMULA_SIGNS for sign in local[: len(local) - len(bare)])
    return Address(
        bare.rstrip("'`").lower(), domain, has_blank_before or has_blank_after, is_repaired, is_neutralized
    )


def _local(left: str) -> tuple[str, bool]:
    before = _BEFORE_LOCAL.split(left.replace(_TYPED_FOR_DOT, ","))[-1]
    words = [word for word in before.split() if _WORD.search(word)]
    has_blank = left != left.rstrip()
    if len(words) > 1 and _are_labels(words[:-1], words[-1]):
        words = words[-1:]
    return _LEADING_SYMBOLS.sub("", "".join(words)), has_blank or len(words) > 1


def _are_labels(words: list[str], last: str) -> bool:
    """Whether what stands before an address names it or its owner: E-mail ana@…, Ana Souza ana@…, 11 98765-4321 ana@…"""
    if all(fold(word).strip(".") in _LABELS for word in words):
        return True
    if _TELEPHONE.fullmatch("".join(words)):
        return True
    is_owner = all(word[0].isupper() for word in words) and last.islower()
    return is_owner and (len(words) > 1 or fold(last).startswith(fold(words[0])))


def _domain(right: str) -> tuple[str, bool, bool]:
    """The domain, whether blanks were taken out of it, and whether a comma or two dots were made a dot."""
    words = right.split()
    has_spaces = right[:1].isspace()
    domain = ""
    for position, word in enumerate(words):
        if (
            domain
            and _WHOLE_DOMAIN.fullmatch(domain.rstrip(","))
            and not word.startswith((".", _TYPED_FOR_DOT))
        ):
            break
        has_spaces = has_spaces or position > 0
        part = _AFTER_DOMAIN.split(word, 1)[0]
        domain += part
        if part != word:
            break
    domain = _TAIL.sub("", _without_list(domain.replace(_TYPED_FOR_DOT, ",,")))
    tidied = _DOTS.sub(".", domain.replace(",", "."))
    return tidied.lower(), has_spaces, tidied != domain


def _without_list(domain: str) -> str:
    """The domain up to a comma behind which no part of it follows: gmail.com,ana."""
    first, comma, rest = domain.partition(",")
    return first if comma and not rest.startswith(",") and _WHOLE_DOMAIN.fullmatch(first) else domain
