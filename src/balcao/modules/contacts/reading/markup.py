"""Tags and texts of HTML and of XML spreadsheets, as a stream: what programs save under the name of an .xls.

A tokeniser rather than a parser: such files are rarely well-formed, and it is linear in time with little memory whatever they
hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import IO, Final, NamedTuple

from balcao.modules.contacts.reading.limits import CHUNK, too_complex
from balcao.modules.contacts.reading.streams import text_stream

START: Final = 0
END: Final = 1
TEXT: Final = 2

_TOKEN: Final = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<(/?)([A-Za-z][\w.:-]*)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*'|[\"'])*+)>|([^<]+)|<",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r"([\w.:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SILENT: Final = frozenset({"script", "style", "title"})
_LONGEST_TOKEN: Final = 1 << 20
_ENTITY: Final = 12
_LONG_TOKENS: Final = (("<!--", "-->"), ("<![CDATA[", "]]>"))
_OPENING: Final = re.compile(r"<!--|<!\[CDATA\[")


class Token(NamedTuple):
    """A start tag (`value`: its attributes as written), an end tag, or a run of text. Names are in lower case."""

    kind: int
    name: str
    value: str


def tokens(file: IO[bytes], encoding: str) -> Iterator[Token]:
    """All tokens from the beginning. Comments, scripts and styles are left out. Raises FileRefused for endless ones."""
    silent = ""
    for text in _pieces(file, encoding):
        for cdata, slash, name, attributes, plain in _TOKEN.findall(text):
            if name:
                name = name.lower()  # noqa: PLW2901  the same name as it is compared
                if slash:
                    silent = "" if name == silent else silent
                    yield Token(END, name, "")
                elif not silent:
                    yield Token(START, name, attributes)
                    if attributes.endswith("/"):
                        yield Token(END, name, "")
                    elif name in _SILENT:
                        silent = name
            elif not silent and (plain or cdata):
                yield Token(TEXT, "", unescape(plain) if plain else cdata)


def _pieces(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The text cut where neither a tag, a comment nor an entity is under way."""
    carry = ""
    reader = text_stream(file, encoding)
    while chunk := reader.read(CHUNK):
        buffer = carry + chunk
        cut = _safe_cut(buffer)
        carry = buffer[cut:]
        if len(carry) > _LONGEST_TOKEN:
            raise too_complex("element")
        if cut:
            yield buffer[:cut]
    if carry and not _OPENING.match(carry):
        yield carry


def _safe_cut(buffer: str) -> int:
    for opening, closing in _LONG_TOKENS:
        begun = buffer.find(opening, max(0, buffer.rfind(closing)))
        if begun >= 0:
            return begun
    tag = buffer.rfind("<")
    if tag >= 0 and buffer.find(">", tag) < 0:
        return tag
    entity = buffer.rfind("&", -_ENTITY)
    return entity if entity >= 0 and buffer.find(";", entity) < 0 else len(buffer)


def attributes_of(written: str) -> dict[str, str]:
    """Attributes by their names in lower case, without prefix."""
    return {
        name.rpartition(":")[2].lower(): unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(written)
    }
