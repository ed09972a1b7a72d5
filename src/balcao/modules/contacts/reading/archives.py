"""Zip archives under bounds: the directory is judged before it is loaded, and inflated bytes are counted, never believed.

Bounds: contacts specification, 5.4. A part is read in chunks; nothing is ever written by the names inside an archive.
"""

from __future__ import annotations

import codecs
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final

from balcao.modules.contacts.reading.limits import CHUNK, FileRefused, ReadingLimits, too_complex

_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_LONGEST_COMMENT: Final = 65_535
_DIRECTORY_BYTES_PER_ENTRY: Final = 2_048
_IS_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_PICTURES: Final = ("xl/media/", "media/", "pictures/", "thumbnails/", "docprops/")
_TABLES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".htm", ".html", ".xml")


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive; parts by their names in lower case with forward slashes, as programs write them differently."""

    zip: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo]
    limits: ReadingLimits


def open_archive(file: IO[bytes], limits: ReadingLimits) -> Archive:
    """The archive, once its directory is within the bounds. Raises FileRefused."""
    _check_directory_size(file, limits)
    archive = zipfile.ZipFile(file)
    parts: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename.replace("\\", "/").lstrip("/").lower()
        if ".." in name.split("/"):
            raise too_complex("path")
        if not name.endswith("/"):
            parts.setdefault(name, info)
    if len(parts) > limits.zip_entries:
        raise too_complex("entries")
    if sum(info.file_size for info in parts.values()) > limits.inflated_bytes:
        raise too_complex("declared size")
    for name, info in parts.items():
        if not name.startswith(_PICTURES) and _is_bomb(info.file_size, info, limits):
            raise too_complex("ratio")
    return Archive(archive, parts, limits)


def _check_directory_size(file: IO[bytes], limits: ReadingLimits) -> None:
    """Loading a directory costs memory by its size, so its size is read first, where the archive's end states it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise FileRefused("FILE_CORRUPT", "no end of archive")
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    if entries > limits.zip_entries or directory > limits.zip_entries * _DIRECTORY_BYTES_PER_ENTRY:
        raise too_complex("entries")


def _is_bomb(inflated: int, info: zipfile.ZipInfo, limits: ReadingLimits) -> bool:
    return inflated > limits.ratio_from and inflated > limits.ratio * max(info.compress_size, 1)


def part_chunks(archive: Archive, name: str) -> Iterator[bytes]:
    """A part, inflated chunk by chunk. Raises FileRefused for a part that is locked, missing or grows beyond bounds."""
    info = archive.parts.get(name)
    if info is None:
        raise FileRefused("FILE_CORRUPT", "part missing")
    if info.flag_bits & _IS_ENCRYPTED:
        raise FileRefused("FILE_PASSWORD_PROTECTED", "zip")
    if info.compress_type not in _METHODS:
        raise FileRefused("FILE_UNSUPPORTED", "compression")
    inflated = 0
    with archive.zip.open(info) as stream:
        while chunk := stream.read(CHUNK):
            inflated += len(chunk)
            if inflated > archive.limits.inflated_bytes or _is_bomb(inflated, info, archive.limits):
                raise too_complex("inflated size")
            yield chunk


def xml_chunks(archive: Archive, name: str) -> Iterator[bytes]:
    """A part of XML as UTF-8, cut behind a tag each time. A document type (and so any entity of its own) is refused."""
    carry = b""
    for chunk in _as_utf8(part_chunks(archive, name)):
        data = carry + chunk
        cut = data.rfind(b">") + 1
        carry = data[cut:]
        if len(carry) > archive.limits.element:
            raise too_complex("element")
        if b"<!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
            raise too_complex("document type")
        if cut:
            yield data[:cut]


def xml_text(archive: Archive, name: str) -> Iterator[str]:
    """The same as text."""
    for chunk in xml_chunks(archive, name):
        yield chunk.decode("utf-8", "replace")


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    if not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")


def small_part(archive: Archive, name: str, limit: int) -> bytes:
    """A whole part, for those that are short by nature. Raises FileRefused beyond `limit` bytes."""
    whole = b""
    for chunk in part_chunks(archive, name):
        whole += chunk
        if len(whole) > limit:
            raise too_complex("part")
    return whole


def unwrap_single(archive: Archive) -> tuple[str, IO[bytes]]:
    """Name and content of the one table inside an archive. Raises FileRefused when there is none, or a choice."""
    names = [name for name in archive.parts if name.endswith(_TABLES) and not name.startswith("__macosx/")]
    if len(names) != 1:
        raise FileRefused("FILE_UNSUPPORTED", f"archive of {len(names)} tables")
    content = tempfile.TemporaryFile()  # noqa: SIM115  its reader closes it
    for chunk in part_chunks(archive, names[0]):
        if content.tell() + len(chunk) > archive.limits.text_bytes:
            content.close()
            raise FileRefused("FILE_TOO_LARGE", "inside the archive")
        content.write(chunk)
    content.seek(0)
    return names[0], content
