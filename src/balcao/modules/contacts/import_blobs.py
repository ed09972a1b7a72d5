"""Where an import's files lie: the upload, and the results of each attempt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import UUID

from balcao.kernel.files.blobs import BlobKey, BlobStore, blob_key

AREA: Final = "imports"
# The ids in the keys that rows answer for: an import's own, and its upload's.
KNOWN_IDS: Final = (
    "select id from import_jobs where tenant_id = :tenant union "
    "select split_part(source_key, '/', 3)::uuid from import_jobs where tenant_id = :tenant and source_key is not null"
)
BYTES: Final = "application/octet-stream"
_PIECE: Final = 1_000_000


def result_key(tenant_id: UUID, import_id: UUID, results: str, name: str) -> BlobKey:
    """The key of a result file such as rows.blk; `results` is the attempt that made it."""
    return blob_key(tenant_id, AREA, import_id, f"{results}-{name}")


async def fetch(blobs: BlobStore, key: BlobKey, path: Path) -> None:
    """Copies a stored file to this machine. Raises NotFoundError, StorageUnavailableError."""
    blob = await blobs.open(key)
    with path.open("wb") as file:  # noqa: ASYNC230 - a local scratch file, a piece at a time
        async for piece in blob.chunks:
            file.write(piece)


async def store(blobs: BlobStore, path: Path, key: BlobKey) -> None:
    """Copies a file of this machine to the store."""

    async def pieces() -> AsyncIterator[bytes]:
        with path.open("rb") as file:  # noqa: ASYNC230
            while piece := file.read(_PIECE):
                yield piece

    await blobs.put(key, pieces(), BYTES)


async def forget(blobs: BlobStore, tenant_id: UUID, import_id: UUID, *, keep: str | None = None) -> None:
    """Removes the files of an import; with `keep`, only results of other attempts than that."""
    async for info in blobs.list(tenant_id, f"{AREA}/{import_id}"):
        name = info.key.rsplit("/", 1)[1]
        if keep is not None and (name.startswith(f"{keep}-") or not name[0].isdigit()):
            continue
        await blobs.delete(info.key)
