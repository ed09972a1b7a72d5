"""Files that come in: read from the request piece by piece and written to the store on the way, never whole in memory."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.files.blobs import BlobKey, BlobStore, blob_key
from balcao.kernel.ids import new_id
from balcao.modules.contacts.import_blobs import AREA
from balcao.modules.contacts.import_errors import ImportFileTooLargeError

CONTENT_TYPE: Final = "application/octet-stream"
WORKBOOK_BYTES: Final = 50_000_000
TEXT_BYTES: Final = 200_000_000
"""Largest files taken (contacts specification, feature table): packed workbooks, and everything that is text."""
FORM_BYTES: Final = 64_000
"""Room for everything in the form besides the file."""
FIELDS_LIMIT: Final = 40
NAME_LIMIT: Final = 255
_HEAD_BYTES: Final = 16
_PACKED: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Beginnings of files that cannot be a table, whatever they are called. The rest is found out while reading.
_FOREIGN: Final = (
    b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF", b"II*\x00", b"MM\x00*", b"\x1f\x8b\x08",
    b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ", b"\x7fELF", b"MZ\x90\x00", b"SQLite format 3", b"OggS",
    b"ID3\x03", b"ID3\x04", b"\x00\x00\x01\x00", b"{\\rtf",
)  # fmt: skip


class FileUnsupportedError(DomainError):
    """The first bytes say that this is no spreadsheet."""

    status = 415
    code = "file_unsupported"
    title = "File type not supported."
    detail = "This is not a spreadsheet. Send a file of Excel (.xlsx, .xls), LibreOffice (.ods) or a .csv."


class UploadBrokenError(DomainError):
    """The form could not be read to its end, or is no form with a file."""

    status = 400
    code = "upload_broken"
    title = "Upload cut off."
    detail = "The file did not arrive whole. Send it again."


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """Bytes a file may have, by what its beginning says."""

    workbook: int = WORKBOOK_BYTES
    text: int = TEXT_BYTES


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that lies in the store, and the texts that came with it. `id` is part of the key, and for the import to take."""

    id: UUID
    key: BlobKey
    filename: str
    size: int
    sha256: str
    fields: Mapping[str, str]


async def receive_upload(
    stream: AsyncIterator[bytes],
    content_type: str,
    blobs: BlobStore,
    tenant_id: UUID,
    limits: SizeLimits = SizeLimits(),  # noqa: B008 - frozen
) -> Upload:
    """Stores the part `file` of a multipart form under a key of its own, and answers it with the other fields.

    `stream` gives the body as it arrives. Nothing is kept when it fails: ValidationFailedError without a file,
    FileUnsupportedError, ImportFileTooLargeError, UploadBrokenError, and what the store raises.
    """
    body = _Body(stream, _boundary_of(content_type), limits)
    await body.reach_file()
    upload_id = new_id()
    key = blob_key(tenant_id, AREA, upload_id, "source")
    try:
        await _store(blobs, key, body)
        await body.read_rest()
    except Exception as error:
        await blobs.delete(key)
        if body.fault is not None and body.fault is not error:
            raise body.fault from None
        raise
    filename = safe_filename(body.parts.filename)
    return Upload(upload_id, key, filename, body.size, body.digest, dict(body.parts.fields))


async def _store(blobs: BlobStore, key: BlobKey, body: _Body) -> None:
    first = await body.next_piece()
    if first is None:
        await blobs.put(key, b"", CONTENT_TYPE)
        return
    await blobs.put(key, body.pieces(first), CONTENT_TYPE)


def safe_filename(name: str | None) -> str:
    """The name without folders, control characters and marks that turn the reading direction; at most 255 characters."""
    bare = (name or "").replace("\\", "/").rpartition("/")[2]
    kept = "".join(mark for mark in bare if unicodedata.category(mark) not in {"Cc", "Cf", "Cs"}).strip()
    if len(kept) > NAME_LIMIT:
        stem, dot, ending = kept.rpartition(".")
        tail = dot + ending if stem and len(ending) <= 10 else ""
        kept = kept[: NAME_LIMIT - len(tail)] + tail
    return kept or "planilha"


def check_head(head: bytes) -> None:
    """Raises FileUnsupportedError for what can be told from the first bytes not to be a table."""
    if head.startswith(_FOREIGN) or head[4:8] == b"ftyp":
        raise FileUnsupportedError


def _boundary_of(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 200:
        raise ValidationFailedError.at("/file", "Choose the file to import.")
    return boundary


class _Parts:
    """What a multipart body holds: texts by name, and the pieces of the one file, waiting to be taken."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.filename: str | None = None
        self.waiting: deque[bytes] = deque()
        self.has_file = False
        self.file_ended = False
        self.is_whole = False
        self._disposition = b""
        self._header = b""
        self._value = b""
        self._name = ""
        self._is_file = False
        self._text = bytearray()
        self._spent = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_done,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._whole,
            },
        )

    def feed(self, data: bytes) -> None:
        """The next bytes of the body. Raises UploadBrokenError."""
        try:
            self._parser.write(data)
        except FormParserError:
            raise UploadBrokenError from None

    def _begin(self) -> None:
        self._disposition = self._header = self._value = b""
        self._text.clear()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_done(self) -> None:
        # The parser reads headers as Latin-1; browsers write names in UTF-8.
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = self._name == "file" and b"filename" in options
        if self._is_file and self.has_file:
            raise ValidationFailedError.at("/file", "Send one file at a time.")
        if self._is_file:
            self.has_file = True
            self.filename = options[b"filename"].decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.waiting.append(data[start:end])
        else:
            self._count(end - start)
            self._text += data[start:end]

    def _end(self) -> None:
        if self._is_file:
            self.file_ended = True
            self._is_file = False
        elif len(self.fields) < FIELDS_LIMIT:
            self.fields[self._name] = self._text.decode("utf-8", "replace").replace("\x00", "")

    def _whole(self) -> None:
        self.is_whole = True

    def _count(self, size: int) -> None:
        self._spent += size
        if self._spent > FORM_BYTES:
            raise UploadBrokenError


class _Body:
    """The body of the request, taken as the store asks for it; counts and digests the file as it passes."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes, limits: SizeLimits) -> None:
        self.parts = _Parts(boundary)
        self.size = 0
        self.fault: Exception | None = None
        self._stream = stream
        self._limits = limits
        self._limit = limits.text
        self._head = b""
        self._sha256 = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        return self._sha256.hexdigest()

    async def reach_file(self) -> None:
        """Reads up to the file. ValidationFailedError when there is none."""
        while not self.parts.has_file:
            if not await self._advance():
                raise ValidationFailedError.at("/file", "Choose the file to import.")

    async def next_piece(self) -> bytes | None:
        """The next bytes of the file; None at its end."""
        while not self.parts.waiting:
            if self.parts.file_ended:
                return None
            if not await self._advance():
                raise UploadBrokenError
        piece = self.parts.waiting.popleft()
        self._look_at_head(piece)
        self.size += len(piece)
        if self.size > self._limit:
            megabytes = self._limit // 1_000_000
            raise ImportFileTooLargeError(params={"megabytes": megabytes}, limit_bytes=self._limit)
        self._sha256.update(piece)
        return piece

    async def pieces(self, first: bytes) -> AsyncIterator[bytes]:
        """The file from its first piece on. Its error is kept in `fault`, whatever the store makes of it."""
        piece: bytes | None = first
        try:
            while piece is not None:
                yield piece
                piece = await self.next_piece()
        except Exception as error:
            self.fault = error
            raise

    async def read_rest(self) -> None:
        """The fields after the file."""
        while await self._advance():
            pass
        if not self.parts.is_whole:
            raise UploadBrokenError

    async def _advance(self) -> bool:
        data = await anext(self._stream, None)
        if data is None:
            return False
        self.parts.feed(data)
        return True

    def _look_at_head(self, piece: bytes) -> None:
        if len(self._head) >= _HEAD_BYTES:
            return
        self._head += piece[:_HEAD_BYTES]
        check_head(self._head)
        self._limit = self._limits.workbook if self._head.startswith(_PACKED) else self._limits.text
