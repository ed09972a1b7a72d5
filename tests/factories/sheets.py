"""Builders of spreadsheet and text files for tests: ordinary ones by a library, odd and hostile ones part by part."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def csv_bytes(
    rows: Iterable[Sequence[str]], *, delimiter: str = ";", encoding: str = "utf-8", ending: str = "\r\n"
) -> bytes:
    """Rows joined without any quoting."""
    return "".join(delimiter.join(row) + ending for row in rows).encode(encoding)


def xlsx_bytes(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    hidden: Sequence[str] = (),
    merged: Mapping[str, Sequence[tuple[int, int, int, int, str]]] | None = None,
    is_1904: bool = False,
) -> bytes:
    """A workbook of typed cells. `merged`: first row, first column, last row, last column from 0, and the text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_urls": False, "date_1904": is_1904})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(y, x, value, day)
                elif isinstance(value, str) and not value.startswith("="):
                    sheet.write_string(y, x, value)
                elif value is not None:
                    sheet.write(y, x, value)
        for first_row, first_column, last_row, last_column, text in (merged or {}).get(name, ()):
            sheet.merge_range(first_row, first_column, last_row, last_column, text)
        if name in hidden:
            sheet.hide()
    book.close()
    return buffer.getvalue()


def raw_xlsx(
    sheet: str | bytes,
    *,
    strings: str | bytes | None = None,
    styles: str | None = None,
    book: str = "",
    more: Mapping[str, str | bytes] | None = None,
    level: int = 6,
) -> bytes:
    """A workbook of one sheet whose XML is given; a text (not bytes) without root element is taken as rows."""
    if isinstance(sheet, str) and "worksheet" not in sheet:
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'
    content = sheet.encode() if isinstance(sheet, str) else sheet
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATION}">{book}<sheets>'
        '<sheet name="Plan1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId3" Type="{_RELATION}/styles" Target="/xl/styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": content,
        **({"xl/sharedStrings.xml": strings} if strings is not None else {}),
        **({"xl/styles.xml": styles} if styles is not None else {}),
        **(more or {}),
    }
    return zip_bytes(parts, level=level)


def zip_bytes(parts: Mapping[str, str | bytes], *, level: int = 6) -> bytes:
    """An archive of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def inline_rows(rows: Sequence[Sequence[str]]) -> str:
    """Rows of texts kept in their cells."""
    return "".join(
        f'<row r="{y}">'
        + "".join(
            f'<c r="{chr(64 + x)}{y}" t="inlineStr"><is><t>{text}</t></is></c>'
            for x, text in enumerate(row, start=1)
        )
        + "</row>"
        for y, row in enumerate(rows, start=1)
    )


def with_declared_size(archive: bytes, name: str, size: int) -> bytes:
    """The archive with a lie about one part's inflated size, in both places that state it."""
    data = bytearray(archive)
    for signature, at_size, at_length, header in ((b"PK\x03\x04", 22, 26, 30), (b"PK\x01\x02", 24, 28, 46)):
        at = data.find(signature)
        while at >= 0:
            length = struct.unpack_from("<H", data, at + at_length)[0]
            if data[at + header : at + header + length] == name.encode():
                struct.pack_into("<I", data, at + at_size, size)
            at = data.find(signature, at + 4)
    return bytes(data)


def ods_bytes(tables: str, *, styles: str = "") -> bytes:
    """An OpenDocument spreadsheet whose tables' XML is given."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    return zip_bytes(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0"/>',
            "content.xml": f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
            f'xmlns:text="{office}:text:1.0" xmlns:style="{office}:style:1.0">'
            f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def ods_table(rows: Sequence[Sequence[str]], name: str = "Plan1") -> str:
    """The XML of a table of texts."""
    return (
        f'<table:table table:name="{name}">'
        + "".join(
            "<table:table-row>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
                for cell in row
            )
            + "</table:table-row>"
            for row in rows
        )
        + "</table:table>"
    )


def xls_bytes(rows: Sequence[Sequence[str | float]]) -> bytes:
    """An old binary workbook (BIFF8 in a compound file) with one sheet of texts and numbers."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                sheet += record(0x0204, struct.pack("<HHH", y, x, 0) + text)
            else:
                sheet += record(0x0203, struct.pack("<HHHd", y, x, 0, value))
    sheet += record(0x000A, b"")
    name = b"\x05\x00Plan1"
    head = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + record(
        0x0042, struct.pack("<H", 1200)
    )
    start = len(head) + 4 + 6 + len(name) + 4
    stream = head + record(0x0085, struct.pack("<IBB", start, 0, 0) + name) + record(0x000A, b"") + sheet
    return ole_bytes("Workbook", stream)


def ole_bytes(name: str, stream: bytes) -> bytes:
    """A compound file with one stream."""
    size = max(4096, -(-len(stream) // 512) * 512)
    stream = stream.ljust(size, b"\x00")
    sectors = size // 512

    def entry(label: str, kind: int, child: int, begin: int, length: int) -> bytes:
        encoded = label.encode("utf-16-le").ljust(64, b"\x00")
        none = 0xFFFFFFFF
        return (
            encoded
            + struct.pack("<HBBIII", len(label) * 2 + 2, kind, 1, none, none, child)
            + bytes(36)
            + struct.pack("<IQ", begin, length)
        )

    directory = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, size)
    ).ljust(512, b"\x00")  # fmt: skip
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    assert len(fat) <= 128, "one sector of the table is enough for a test"
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    )  # fmt: skip
    return header + table + directory + stream
