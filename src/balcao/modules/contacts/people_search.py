"""What somebody typed into the one search box: an e-mail, a number, a document, or words of a name. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from balcao.brazil.addresses import fold
from balcao.brazil.documents import InvalidDocument, parse_document
from balcao.brazil.phones import InvalidPhone, parse_phone
from balcao.modules.contacts.cleaning.phones import phone_key

SearchKind = Literal["none", "email", "domain", "number", "digits", "name", "tag"]
_NUMBER_LIKE: Final = re.compile(r"[\d\s().+\-/*]+")
_SHORTEST_DIGITS: Final = 4
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for. `text` is in the form the table keeps; `document` besides, when the digits may be one."""

    kind: SearchKind
    text: str = ""
    phone_key: str = ""
    document: str = ""

    @property
    def words(self) -> list[str]:
        """The words of a name."""
        return self.text.split()


NOTHING: Final = Search("none")


def read_search(typed: str) -> Search:
    """Understands the box: `#tag`, `ana@x.com.br`, `@x.com.br`, `(11) 98765-4321`, `529.982.247-25`, `ana so`."""
    text = " ".join(typed.replace("\x00", "").split())[:_LONGEST]
    if not text:
        return NOTHING
    if text.startswith("#") and len(text) > 1:
        return Search("tag", text[1:].strip())
    if "@" in text and " " not in text:
        lower = text.lower()
        return Search("domain", lower[1:]) if lower.startswith("@") else Search("email", lower)
    if _NUMBER_LIKE.fullmatch(text) or _document(text):
        return _number(text)
    return Search("name", fold(text))


def _number(text: str) -> Search:
    digits = re.sub(r"\D", "", text)
    document, key = _document(text), _phone_key(text)
    if document or key:
        return Search("number", digits, key, document)
    if len(digits) >= _SHORTEST_DIGITS:
        return Search("digits", digits)
    return Search("name", fold(text))


def _phone_key(text: str) -> str:
    try:
        return phone_key(parse_phone(text))
    except InvalidPhone:
        bare = re.sub(r"[^\d+]", "", text)
        return phone_key(bare) if re.fullmatch(r"\+[1-9]\d{7,14}", bare) else ""


def _document(text: str) -> str:
    try:
        return parse_document(text).value
    except InvalidDocument:
        return ""
