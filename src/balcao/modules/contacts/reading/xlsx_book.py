"""The small parts of an xlsx workbook: which sheets there are and where, which cell styles are dates, the epoch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple
from xml.parsers import expat

from balcao.modules.contacts.reading.archives import Archive, xml_chunks
from balcao.modules.contacts.reading.limits import FileRefused, too_complex

_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_CODE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTER: Final = re.compile(r"[dmyhs]", re.IGNORECASE)
_MOST_SHEETS: Final = 200
_MOST_STYLES: Final = 65_536
_DEFAULT_BOOK: Final = "xl/workbook.xml"


class Tag(NamedTuple):
    """A start tag: its name, its parent's, and its attributes, all without prefixes."""

    parent: str
    name: str
    attributes: Mapping[str, str]


class SheetPart(NamedTuple):
    """A worksheet and the part of the archive it is in."""

    name: str
    part: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class BookParts:
    """What a workbook's own part says. `recalculates`: its formulas are to be calculated when it is opened, so a cached
    zero is nobody's result.
    """

    sheets: tuple[SheetPart, ...]
    strings: str | None
    styles: str | None
    is_1904: bool
    recalculates: bool


def start_tags(archive: Archive, part: str) -> Iterator[Tag]:
    """All start tags of a part, as a stream. Raises expat's error on what is no XML."""
    found: list[Tag] = []
    path: list[str] = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = _local(name)
        found.append(Tag(path[-1], plain, {_local(key): value for key, value in attributes.items()}))
        path.append(plain)

    def end(_name: str) -> None:
        path.pop()

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    for chunk in xml_chunks(archive, part):
        parser.Parse(chunk, False)
        yield from found
        found.clear()
    parser.Parse(b"", True)
    yield from found


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def book_part(archive: Archive) -> str | None:
    """The part that is the workbook, by the archive's own relations; None in an archive that is no workbook."""
    if "_rels/.rels" in archive.parts:
        for tag in start_tags(archive, "_rels/.rels"):
            target = tag.attributes.get("Target", "").lstrip("/").lower()
            if tag.attributes.get("Type", "").endswith("/officeDocument") and target in archive.parts:
                return target
    return _DEFAULT_BOOK if _DEFAULT_BOOK in archive.parts else None


def read_book(archive: Archive, part: str) -> BookParts:
    """The sheets of a workbook in order, and where its shared parts are. Raises FileRefused when it has no sheet."""
    relations = _relations(archive, part)
    sheets: list[SheetPart] = []
    is_1904 = recalculates = False
    for tag in start_tags(archive, part):
        if tag.name == "sheet" and tag.parent == "sheets" and len(sheets) < _MOST_SHEETS:
            kind, target = relations.get(tag.attributes.get("id", ""), ("", ""))
            if kind == "worksheet" and target in archive.parts:
                is_visible = tag.attributes.get("state", "visible") == "visible"
                sheets.append(SheetPart(tag.attributes.get("name", ""), target, is_visible))
        elif tag.name == "workbookPr":
            is_1904 = tag.attributes.get("date1904", "0") in {"1", "true"}
        elif tag.name == "calcPr":
            recalculates = tag.attributes.get("fullCalcOnLoad", "0") in {"1", "true"}
    if not sheets:
        raise FileRefused("FILE_CORRUPT", "no sheet")
    by_kind = {kind: target for kind, target in relations.values() if target in archive.parts}
    return BookParts(
        tuple(sheets), by_kind.get("sharedStrings"), by_kind.get("styles"), is_1904, recalculates
    )


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    folder = dirname(part)
    name = join(folder, "_rels", part[len(folder) :].lstrip("/") + ".rels")
    found: dict[str, tuple[str, str]] = {}
    for tag in start_tags(archive, name):
        if tag.name == "Relationship":
            target = tag.attributes.get("Target", "").replace("\\", "/").lower()
            whole = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            found[tag.attributes.get("Id", "")] = (tag.attributes.get("Type", "").rpartition("/")[2], whole)
    return found


def date_styles(archive: Archive, part: str | None) -> frozenset[int]:
    """The cell styles whose number format shows a date or a time."""
    if part is None:
        return frozenset()
    dates: set[int] = set(_BUILT_IN_DATES)
    found: set[int] = set()
    style = 0
    for tag in start_tags(archive, part):
        if tag.name == "numFmt" and tag.parent == "numFmts":
            code = int(tag.attributes.get("numFmtId", "0"))
            (dates.add if is_date_format(tag.attributes.get("formatCode", "")) else dates.discard)(code)
        elif tag.name == "xf" and tag.parent == "cellXfs":
            if int(tag.attributes.get("numFmtId", "0")) in dates:
                found.add(style)
            style += 1
            if style > _MOST_STYLES:
                raise too_complex("styles")
    return frozenset(found)


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or a time: a letter of one outside quotes, colours and fillings."""
    return _DATE_LETTER.search(_NOT_CODE.sub("", code)) is not None
