"""Texts of an xlsx workbook: XML entities, Excel's own escapes, rich text, and the table of shared texts."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from html import unescape
from typing import Final, Protocol

from balcao.modules.contacts.reading.archives import Archive, xml_text
from balcao.modules.contacts.reading.limits import too_complex

_ITEM: Final = re.compile(
    r"<si(?:\s[^>]*?)?(?:/>|>(?:<t(?:\s[^>]*)?>([^<]*)</t></si>|(.*?)</si>))", re.DOTALL
)
_PLAIN_ITEM: Final = re.compile(r"<si><t(?: [^>/]*+)?>([^<]*+)</t></si>")
_TEXT: Final = re.compile(r"<t(?:\s[^>]*?)?(?:/>|>(.*?)</t>)", re.DOTALL)
_PHONETIC: Final = re.compile(r"<rPh\b.*?</rPh>|<phoneticPr\b[^>]*/>", re.DOTALL)
_CDATA: Final = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PREFIX: Final = re.compile(r"<([A-Za-z][\w.-]*:)(?:worksheet|sst)\b")
_ROOM: Final = 80_000_000
"""Inflated size from which texts are kept packed: a Python string each would cost about three times that."""


class Texts(Protocol):
    """The shared texts by their position."""

    def __getitem__(self, index: int, /) -> str: ...

    def __len__(self) -> int: ...


class PackedTexts:
    """Many texts in two blocks of memory, decoded when they are asked for."""

    __slots__ = ("_bytes", "_ends")

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def extend(self, texts: list[str]) -> None:
        """Adds texts behind the others."""
        for text in texts:
            self._bytes += text.encode("utf-8", "replace")
            self._ends.append(len(self._bytes))

    def __getitem__(self, index: int, /) -> str:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode("utf-8")

    def __len__(self) -> int:
        return len(self._ends) - 1


def plain_text(raw: str) -> str:
    """A text as a person sees it, from the inside of a `t` element."""
    if "&" in raw:
        raw = unescape(raw)
    return _ESCAPE.sub(_character, raw) if "_x" in raw else raw


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return "" if 0xD800 <= code < 0xE000 else chr(code)


def rich_text(inner: str) -> str:
    """The runs of a rich text as one text, without the reading aids above it."""
    if "<rPh" in inner:
        inner = _PHONETIC.sub("", inner)
    if "<![CDATA[" in inner:
        inner = _CDATA.sub(lambda match: match[1].replace("&", "&amp;").replace("<", "&lt;"), inner)
    return plain_text("".join(_TEXT.findall(inner)))


def prefix_of(text: str) -> str:
    """The namespace prefix a part writes before its tags, with its colon; mostly none."""
    match = _PREFIX.search(text)
    return match[1] if match else ""


def without_prefix(texts: Iterator[str]) -> Iterator[str]:
    """A part's text with its tags plain."""
    prefix: str | None = None
    for text in texts:
        if prefix is None:
            prefix = prefix_of(text)
        yield text.replace("<" + prefix, "<").replace("</" + prefix, "</") if prefix else text


def read_texts(archive: Archive, part: str | None) -> Texts:
    """The table of shared texts. Raises FileRefused when it is larger than any list of contacts needs."""
    found: list[str] = []
    if part is None:
        return found
    packed = PackedTexts() if archive.parts[part].file_size > _ROOM else None
    carry = ""
    size = 0
    for text in without_prefix(xml_text(archive, part)):
        size += len(text)
        if size > archive.limits.strings:
            raise too_complex("shared texts")
        buffer = carry + text
        cut = buffer.rfind("</si>") + 5
        if cut < 5:
            carry = buffer
            if len(carry) > archive.limits.row:
                raise too_complex("shared text")
            continue
        carry = buffer[cut:]
        (found if packed is None else packed).extend(_items(buffer[:cut]))
    (found if packed is None else packed).extend(_items(carry))
    return found if packed is None else packed


def _items(text: str) -> list[str]:
    """The texts in a run of items; most are plain ones, which one pattern takes out at once."""
    plain: list[str] = _PLAIN_ITEM.findall(text)
    if len(plain) != text.count("<si"):
        return [plain_text(plain) if plain else rich_text(rich) for plain, rich in _ITEM.findall(text)]
    if "&" in text or "_x" in text:
        return [plain_text(item) for item in plain]
    return plain
