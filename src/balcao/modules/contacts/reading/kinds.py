"""What kind of file it is, by its content and never by its name (contacts specification, 5.1)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import IO, Final

from balcao.modules.contacts.reading.archives import Archive, small_part
from balcao.modules.contacts.reading.encodings import marked_encoding
from balcao.modules.contacts.reading.limits import FileRefused
from balcao.modules.contacts.reading.xlsx_book import book_part

HEAD: Final = 1 << 16
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BARE_XLS: Final = (
    b"\x09\x08\x10\x00\x00\x06",
    b"\x09\x08\x08\x00\x00\x05",
    b"\x09\x04\x06\x00",
    b"\x09\x02\x06\x00",
)
_OTHERS: Final[Mapping[bytes, str]] = {
    b"%PDF": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "riff", b"Rar!": "rar",
    b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip", b"{\\rtf": "rtf", b"\x7fELF": "program", b"SQLite format 3": "sqlite",
    b"PAR1": "parquet", b"BEGIN:VCARD": "vcard", b"BZh": "bzip2", b"\xfd7zXZ": "xz",
}  # fmt: skip
_MARKUP: Final = re.compile(
    r"<(?:(?:!doctype\s+html|html|head|body|table|meta|style|div|center|font|title|link|form|span|p|b|tr|br|h[1-6])\b"
    r"|\?xml|\?mso|ss:|!--)",
    re.IGNORECASE,
)
_SPREADSHEET: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_CONTROLS: Final = bytes([*range(1, 9), *range(14, 26), *range(28, 32), 127])
_EXTENSIONS: Final[Mapping[str, frozenset[str]]] = {
    "xlsx": frozenset({"xlsx", "xlsm", "xltx", "xltm"}),
    "xlsb": frozenset({"xlsb"}),
    "xls": frozenset({"xls", "xlt"}),
    "ods": frozenset({"ods", "ots"}),
    "html": frozenset({"html", "htm"}),
    "xml": frozenset({"xml"}),
    "csv": frozenset({"csv", "tsv", "txt", "tab", "dat", "prn", ""}),
}


def kind_of(head: bytes) -> str:
    """zip, ole, xls, html, xml or csv, by a file's first bytes. Raises FileRefused for anything else."""
    if not head.strip(b"\x00 \t\r\n\x1a\xef\xbb\xbf\xff\xfe"):
        raise FileRefused("FILE_EMPTY", "no content")
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_EMPTY_ZIP):
        raise FileRefused("FILE_EMPTY", "empty archive")
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(_BARE_XLS):
        return "xls"
    start = head[:1024].removeprefix(codecs.BOM_UTF8).lstrip()
    for signature, name in _OTHERS.items():
        if start.startswith(signature):
            raise FileRefused("FILE_UNSUPPORTED", name)
    return _text_kind(head)


def _text_kind(head: bytes) -> str:
    encoding = marked_encoding(head)
    if encoding is None and _is_binary(head):
        raise FileRefused("FILE_UNSUPPORTED", "binary")
    text = head.decode(encoding or "latin-1", "replace").lstrip("\ufeff\u00ef\u00bb\u00bf \t\r\n\x00")
    if not _MARKUP.match(text):
        return "csv"
    if _SPREADSHEET in text and re.search(r"<(?:\w+:)?workbook\b", text, re.IGNORECASE):
        return "xml"
    if text.startswith("<?xml") and not re.search(r"<(?:html|table|tr)\b", text, re.IGNORECASE):
        raise FileRefused("FILE_UNSUPPORTED", "xml")
    return "html"


def _is_binary(head: bytes) -> bool:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > 0.02 * len(head) or head.count(0) > 0.3 * len(head)


def kind_of_archive(archive: Archive) -> str:
    """xlsx, xlsb or ods; "" for an archive that is none of them, which may hold one. Raises FileRefused for documents."""
    if "xl/workbook.bin" in archive.parts:
        return "xlsb"
    if "mimetype" in archive.parts and b"opendocument" in (
        mimetype := small_part(archive, "mimetype", 1_000)
    ):
        if b"spreadsheet" not in mimetype:
            raise FileRefused("FILE_UNSUPPORTED", "opendocument")
        return "ods"
    if "word/document.xml" in archive.parts or "ppt/presentation.xml" in archive.parts:
        raise FileRefused("FILE_UNSUPPORTED", "office document")
    if any(name.endswith(".iwa") for name in archive.parts):
        raise FileRefused("FILE_UNSUPPORTED", "numbers")
    return "xlsx" if book_part(archive) is not None else ""


def kind_of_ole(file: IO[bytes]) -> str:
    """xls. Raises FileRefused for a workbook under a password, and for the other programs of that container."""
    found: set[str] = set()
    names = {
        name: name.encode("utf-16-le") for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")
    }
    file.seek(0)
    before = b""
    while block := file.read(1 << 20):
        data = before + block
        found.update(name for name, wanted in names.items() if wanted in data)
        before = block[-64:]
    if "EncryptedPackage" in found:
        raise FileRefused("FILE_PASSWORD_PROTECTED", "workbook")
    if not found & {"Workbook", "Book"}:
        raise FileRefused("FILE_UNSUPPORTED" if "WordDocument" in found else "FILE_CORRUPT", "compound file")
    return "xls"


def is_named_so(kind: str, filename: str) -> bool:
    """Whether a file's name has an ending of its kind."""
    _, dot, ending = filename.lower().rpartition(".")
    return (ending if dot else "") in _EXTENSIONS[kind]
