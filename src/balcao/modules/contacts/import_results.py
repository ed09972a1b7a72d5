"""Reading what an import left behind, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.modules.contacts.import_blobs import result_key
from balcao.modules.contacts.import_errors import ImportNotReadyError
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.people_merge import RECORD_BYTES
from balcao.modules.contacts.pipeline.block_files import BlockReader

CLASS_NAMES = {"n": "new", "m": "changed", "u": "unchanged", "c": "conflict"}


@dataclass(frozen=True, slots=True)
class ImportedPerson:
    """A clean person of an import: its row in the source, its place among the output, and what it was to the book."""

    row: int
    ordinal: int
    kind: str
    contact_id: UUID | None
    person: list[str]


async def reader_of(blobs: BlobStore, tenant_id: UUID, job: ImportJob, name: str) -> BlockReader:
    """A reader of `rows.blk`, `issues.blk` or `duplicates.blk`. Raises ImportNotReadyError, StorageUnavailableError."""
    if job.results_key is None or job.results_deleted_at is not None:
        raise ImportNotReadyError
    key = result_key(tenant_id, job.id, job.results_key, name)
    size = (await blobs.info(key)).size

    async def read(start: int, stop: int) -> bytes:
        if start == stop:
            return b""
        blob = await blobs.open(key, start=start, stop=stop)
        return b"".join([piece async for piece in blob.chunks])

    return await BlockReader.open(read, size)


async def read_rows(
    runtime: Runtime, tenant: Tenant, job: ImportJob, start: int, count: int
) -> list[list[Any]]:
    """Records of rows.blk: [row, state, source cells, person or null, ref]."""
    return await (await reader_of(runtime.blobs, tenant.id, job, "rows.blk")).slice(start, count)


async def read_classes(blobs: BlobStore, tenant_id: UUID, job: ImportJob) -> bytes:
    """17 bytes for each output row, or nothing when the people never reached the book."""
    if job.results_key is None or job.results_deleted_at is not None:
        raise ImportNotReadyError
    key = result_key(tenant_id, job.id, job.results_key, "classes.bin")
    return await blobs.read(key) if await blobs.exists(key) else b""


async def people_of_import(
    blobs: BlobStore, tenant_id: UUID, job: ImportJob, only: str = "all"
) -> AsyncIterator[ImportedPerson]:
    """The clean people in the file's order. `only`: all, new, changed, unchanged, conflict, fresh (new + changed), or suppressed."""
    classes = await read_classes(blobs, tenant_id, job)
    state = "s" if only == "suppressed" else "o"
    wanted = {"all": "nmuc", "suppressed": "nmuc", "fresh": "nm"}.get(only) or "".join(
        letter for letter, name in CLASS_NAMES.items() if name == only
    )
    reader = await reader_of(blobs, tenant_id, job, "rows.blk")
    async for row, found, _cells, person, ref in reader.records():
        if found != state or person is None:
            continue
        letter, contact = _class_of(classes, ref) if state == "o" else ("c", None)
        if letter in wanted:
            yield ImportedPerson(row, ref if ref is not None else -1, CLASS_NAMES[letter], contact, person)


def _class_of(classes: bytes, ordinal: int) -> tuple[str, UUID | None]:
    at = ordinal * RECORD_BYTES
    if at >= len(classes):
        return "n", None
    return chr(classes[at]), UUID(bytes=classes[at + 1 : at + RECORD_BYTES])
