"""Whether a spreadsheet would unfold into a giant grid: asked of OpenDocument and xlsb files before a library builds it.

Both kinds can state, in a few bytes, cells that lie a million rows and thousands of columns apart (contacts specification, 5.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from balcao.modules.contacts.reading.archives import Archive, part_chunks, xml_chunks
from balcao.modules.contacts.reading.limits import (
    LAST_COLUMN,
    LAST_ROW,
    FileRefused,
    ReadingLimits,
    too_complex,
)

_ODS_CONTENT: Final = "content.xml"
_VALUE_CELLS: Final = range(2, 12)
_ROW_HEADER: Final = 0
_LONGEST_RECORD: Final = 1 << 20


class _OdsGrid:
    """Walks the tags of an OpenDocument table and keeps the outline of its cells with content."""

    def __init__(self, limits: ReadingLimits) -> None:
        self._limits = limits
        self._row = self._column = self._widest = self._cells = 0
        self._repeat = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Heeds tables, rows and cells; everything else is no matter of size."""
        local = name.rpartition(":")[2]
        if local == "table":
            self._row = self._column = self._widest = 0
        elif local == "table-row":
            self._repeat = _repeated(attributes, "table:number-rows-repeated")
            self._row += self._repeat
            self._column = 0
        elif local in {"table-cell", "covered-table-cell"}:
            count = _repeated(attributes, "table:number-columns-repeated")
            self._column += count
            if "office:value-type" in attributes or "table:formula" in attributes:
                self._filled(count)

    def _filled(self, count: int) -> None:
        self._widest = max(self._widest, self._column)
        self._cells += count * self._repeat
        if self._row > LAST_ROW or self._column > LAST_COLUMN or self._cells > self._limits.cells:
            raise too_complex("cells")
        if self._row * self._widest > self._limits.bounding_box:
            raise too_complex("bounding box")


def _repeated(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1


def check_ods(archive: Archive, limits: ReadingLimits) -> None:
    """Raises FileRefused for an OpenDocument table beyond the bounds, or one that is encrypted."""
    if _ODS_CONTENT not in archive.parts:
        raise FileRefused("FILE_CORRUPT", "no content")
    for chunk in (
        part_chunks(archive, "meta-inf/manifest.xml") if "meta-inf/manifest.xml" in archive.parts else ()
    ):
        if b"encryption-data" in chunk:
            raise FileRefused("FILE_PASSWORD_PROTECTED", "ods")
    parser = expat.ParserCreate()
    parser.StartElementHandler = _OdsGrid(limits).start
    for chunk in xml_chunks(archive, _ODS_CONTENT):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def check_xlsb(archive: Archive, limits: ReadingLimits) -> None:
    """Raises FileRefused for a binary sheet beyond the bounds, and for parts that inflate without end."""
    for name in archive.parts:
        if name.startswith("xl/worksheets/") and name.endswith(".bin"):
            _check_binary_sheet(archive, name, limits)
        elif name.startswith("xl/") and name.endswith(".bin"):
            for _ in part_chunks(archive, name):
                pass


def _check_binary_sheet(archive: Archive, name: str, limits: ReadingLimits) -> None:
    row = widest = cells = 0
    for kind, start in _records(archive, name):
        if kind == _ROW_HEADER:
            row = start + 1
        elif kind in _VALUE_CELLS:
            cells += 1
            widest = max(widest, start + 1)
            if row > LAST_ROW or widest > LAST_COLUMN or cells > limits.cells:
                raise too_complex("cells")
            if row * widest > limits.bounding_box:
                raise too_complex("bounding box")


def _records(archive: Archive, name: str) -> Iterator[tuple[int, int]]:
    """Kind of each record of a binary part, and its first four bytes as a number: a row's or a cell's position."""
    data = b""
    for chunk in part_chunks(archive, name):
        data += chunk
        at = 0
        while True:
            header = _header(data, at)
            if header is None or header[2] + header[1] > len(data):
                break
            kind, size, body = header
            yield kind, int.from_bytes(data[body : body + 4], "little") if size >= 4 else 0
            at = body + size
        data = data[at:]
        if len(data) > _LONGEST_RECORD:
            raise too_complex("record")


def _header(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, size and beginning of the record at a place: numbers of seven bits a byte, two bytes and four at most."""
    kind = size = 0
    for index in range(2):
        if at >= len(data):
            return None
        byte = data[at]
        at += 1
        kind |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    for index in range(4):
        if at >= len(data):
            return None
        byte = data[at]
        at += 1
        size |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    return kind, size, at
