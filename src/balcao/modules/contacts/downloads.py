"""The files that leave an import: GoHighLevel's CSV in parts, the extended one, one for Excel, and the list of issues."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, Literal

from balcao.kernel.errors import NotFoundError, ValidationFailedError
from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.runtime import Runtime
from balcao.modules.contacts.csv_safety import E164_FIELDS, quoted_formula
from balcao.modules.contacts.import_blobs import result_key
from balcao.modules.contacts.import_results import people_of_import
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.people_fields import EXTRA_COLUMNS, GHL_COLUMNS, INDEX
from balcao.modules.contacts.pipeline.outputs import GHL_HEADER
from balcao.modules.contacts.pipeline.request import Limits

Profile = Literal["ghl", "extended", "excel"]
Only = Literal["all", "new", "changed", "fresh", "unchanged", "conflict", "suppressed"]
CSV_TYPE: Final = "text/csv; charset=utf-8"
ZIP_TYPE: Final = "application/zip"
BOM: Final = "\ufeff"
LIMITS: Final = Limits()
PIECE_BYTES: Final = 256 * 1024
PREVIEW_ROWS: Final = 20
_PREVIEW_BYTES: Final = 512 * 1024
_ROWS_A_PIECE: Final = 1_000
_SUFFIXES: Final = {
    "all": "", "new": "-novos", "changed": "-alterados", "fresh": "-novos-e-alterados", "unchanged": "-iguais",
    "conflict": "-em-conflito", "suppressed": "-bloqueados",
}  # fmt: skip
_ZIP_MOMENT: Final = (1980, 1, 1, 0, 0, 0)

Columns = Sequence[tuple[str, str]]
"""Headers and the fields of a person under them."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way out."""

    filename: str
    content_type: str
    chunks: AsyncIterator[bytes]


async def open_download(
    runtime: Runtime, job: ImportJob, *, profile: Profile, only: Only, part: int | None
) -> Download:
    """The clean people of a finished import as a file.

    The profiles for GoHighLevel come in parts of at most 10,000 rows and 19 MB: one part is a CSV, more are a zip, and
    `part` (from 1) asks for one of them. NotFoundError for a part there is not.
    """
    if part is not None and profile == "excel":
        raise ValidationFailedError.at("/part", "A file for Excel has no parts.")
    stem = f"{stem_of(job.filename_original)}{_SUFFIXES[only]}-{profile}"
    if profile == "excel":
        return Download(f"{stem}.csv", CSV_TYPE, _excel(runtime, job, only))
    if profile == "ghl" and only == "all":
        return await _ready_parts(runtime.blobs, job, stem, part)
    columns: Columns = GHL_COLUMNS
    if profile == "extended":
        columns = [*GHL_COLUMNS, *await _used_extras(runtime, job, only)]
    return await _made_parts(runtime, job, only, columns, stem, part)


def stem_of(filename: str) -> str:
    """The name of a file without its ending; made of what every system takes."""
    stem = PurePath(filename).stem or "contatos"
    kept = "".join(mark if mark.isalnum() or mark in "-_ ." else "-" for mark in stem).strip(" .-")
    return kept[:100] or "contatos"


async def preview_of(blobs: BlobStore, job: ImportJob) -> list[list[str]]:
    """The first twenty rows of GoHighLevel's CSV, without its header."""
    key = _key(job, "ghl.csv")
    size = (await blobs.info(key)).size
    data = await _bytes_of(blobs, job, 0, min(size, _PREVIEW_BYTES)) if size else b""
    reader = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""))
    rows = list(reader)[1 : PREVIEW_ROWS + 2]
    # A row that was cut in the middle is not shown.
    return rows[:PREVIEW_ROWS] if size <= _PREVIEW_BYTES else rows[:-1][:PREVIEW_ROWS]


# -- the file that is ready: its parts are stretches of it ------------------------------------------------------------------


async def _ready_parts(blobs: BlobStore, job: ImportJob, stem: str, part: int | None) -> Download:
    parts: list[dict[str, int]] = list((job.report or {}).get("parts") or ())
    if part is not None:
        if not 1 <= part <= max(1, len(parts)):
            raise NotFoundError
        name = f"{stem}-{part:02d}.csv" if len(parts) > 1 else f"{stem}.csv"
        return Download(name, CSV_TYPE, _ready_part(blobs, job, parts[part - 1] if parts else None))
    if len(parts) <= 1:
        return Download(f"{stem}.csv", CSV_TYPE, _ready_part(blobs, job, parts[0] if parts else None))
    files = [
        (f"{stem}-{number:02d}.csv", _ready_part(blobs, job, span)) for number, span in enumerate(parts, 1)
    ]
    return Download(f"{stem}.zip", ZIP_TYPE, zip_of(_each(files)))


async def _ready_part(blobs: BlobStore, job: ImportJob, span: dict[str, int] | None) -> AsyncIterator[bytes]:
    """The header and the bytes of a part; the first part may begin with the header already."""
    header = GHL_HEADER.encode()
    start = span["start"] if span else 0
    stop = start + span["bytes"] if span else 0
    yield header
    start = max(start, len(header))
    if start < stop:
        blob = await blobs.open(_key(job, "ghl.csv"), start=start, stop=stop)
        async for chunk in blob.chunks:
            yield chunk


async def _bytes_of(blobs: BlobStore, job: ImportJob, start: int, stop: int) -> bytes:
    blob = await blobs.open(_key(job, "ghl.csv"), start=start, stop=stop)
    return b"".join([chunk async for chunk in blob.chunks])


def _key(job: ImportJob, name: str) -> Any:
    if job.results_key is None:
        raise NotFoundError
    return result_key(job.tenant_id, job.id, job.results_key, name)


# -- files made while they leave ------------------------------------------------------------------------------------------


async def _made_parts(
    runtime: Runtime, job: ImportJob, only: Only, columns: Columns, stem: str, part: int | None
) -> Download:
    parts = _parts_of(_lines(runtime, job, only, columns), _header_of(columns))
    if part is not None:
        found = await _nth(parts, part)
        return Download(f"{stem}-{part:02d}.csv", CSV_TYPE, _once(found))
    first = await anext(parts)
    second = await anext(parts, None)
    if second is None:
        return Download(f"{stem}.csv", CSV_TYPE, _once(first))

    async def files() -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        yield f"{stem}-01.csv", _once(first)
        yield f"{stem}-02.csv", _once(second)
        number = 3
        async for body in parts:
            yield f"{stem}-{number:02d}.csv", _once(body)
            number += 1

    return Download(f"{stem}.zip", ZIP_TYPE, zip_of(files()))


async def _parts_of(lines: AsyncIterator[bytes], header: bytes) -> AsyncIterator[bytes]:
    """Whole CSV files within GoHighLevel's limits; at least one, be it without rows."""
    body, rows, made = bytearray(header), 0, 0
    async for line in lines:
        if rows == LIMITS.part_rows or len(body) + len(line) > LIMITS.part_bytes:
            yield bytes(body)
            body, rows, made = bytearray(header), 0, made + 1
        body += line
        rows += 1
    if rows or not made:
        yield bytes(body)


async def _nth(parts: AsyncIterator[bytes], number: int) -> bytes:
    at = 0
    async for body in parts:
        at += 1
        if at == number:
            return body
    raise NotFoundError


async def _lines(runtime: Runtime, job: ImportJob, only: Only, columns: Columns) -> AsyncIterator[bytes]:
    async for person in _people(runtime, job, only):
        yield csv_text([safe_cells(person, columns)]).encode()


async def _excel(runtime: Runtime, job: ImportJob, only: Only) -> AsyncIterator[bytes]:
    """UTF-8 with its mark and semicolons: what Excel in Brazil opens by a double click."""
    columns: Columns = [*GHL_COLUMNS, *await _used_extras(runtime, job, only)]
    yield (BOM + csv_text([[label for label, _ in columns]], ";")).encode()
    rows: list[list[str]] = []
    async for person in _people(runtime, job, only):
        rows.append(safe_cells(person, columns))
        if len(rows) == _ROWS_A_PIECE:
            yield csv_text(rows, ";").encode()
            rows.clear()
    if rows:
        yield csv_text(rows, ";").encode()


async def _used_extras(runtime: Runtime, job: ImportJob, only: Only) -> Columns:
    """The columns beyond GoHighLevel's twelve that at least one person has a value for."""
    missing = dict(EXTRA_COLUMNS)
    async for person in _people(runtime, job, only):
        filled = [label for label, field in missing.items() if person[INDEX[field]]]
        for label in filled:
            del missing[label]
        if not missing:
            break
    return [(label, field) for label, field in EXTRA_COLUMNS if label not in missing]


async def _people(runtime: Runtime, job: ImportJob, only: Only) -> AsyncIterator[Sequence[str]]:
    async for found in people_of_import(runtime.blobs, job.tenant_id, job, only):
        yield found.person


def safe_cells(person: Sequence[str], columns: Columns) -> list[str]:
    """A person's texts for a file: none of them a formula, telephones in their international form."""
    return [
        person[INDEX[field]] if field in E164_FIELDS else quoted_formula(person[INDEX[field]])
        for _, field in columns
    ]


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Rows as CSV (RFC 4180): quoted only where it must be, ending in CR LF."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _header_of(columns: Columns) -> bytes:
    return csv_text([[label for label, _ in columns]]).encode()


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _each(
    files: Iterable[tuple[str, AsyncIterator[bytes]]],
) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
    for file in files:
        yield file


class _Outlet(io.RawIOBase):
    """What a zip is written into: bytes are taken out as they come, and nothing is sought."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        return len(data)

    def take(self) -> bytes:
        """What was written since."""
        data = bytes(self._waiting)
        self._waiting.clear()
        return data


async def zip_of(files: AsyncIterator[tuple[str, AsyncIterator[bytes]]]) -> AsyncIterator[bytes]:
    """A zip made while it leaves, packed beside the event loop; the same files give the same bytes."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        async for name, chunks in files:
            entry = zipfile.ZipInfo(name, _ZIP_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                async for chunk in chunks:
                    for start in range(0, len(chunk), PIECE_BYTES):
                        await asyncio.to_thread(file.write, chunk[start : start + PIECE_BYTES])
                        if packed := outlet.take():
                            yield packed
    yield outlet.take()
