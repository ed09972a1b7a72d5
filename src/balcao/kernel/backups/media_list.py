"""Which files the installation stores, and how large they are: lists beside a backup, and what a restore compares."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from uuid import UUID

from balcao.kernel.backups.errors import BackupDamagedError
from balcao.kernel.backups.manifest import MediaList
from balcao.kernel.backups.shelf import digest
from balcao.kernel.files.blobs import BlobStore

MediaFile = tuple[str, int]
"""Key and size in bytes."""


def media_of(blobs: BlobStore, tenant_ids: Sequence[UUID]) -> list[MediaFile]:
    """Every stored file of these tenants, sorted by key. Must not be called where an event loop runs."""

    async def gather() -> list[MediaFile]:
        return sorted(
            [(str(info.key), info.size) for tenant_id in tenant_ids async for info in blobs.list(tenant_id)]
        )

    return asyncio.run(gather())


def write_media(path: Path, files: Iterable[MediaFile]) -> MediaList:
    """Writes the list, a line for each file, and says what it holds."""
    count = total = 0
    with gzip.open(path, "wt", encoding="ascii", compresslevel=6) as out:
        for key, size in files:
            out.write(json.dumps([key, size]) + "\n")
            count, total = count + 1, total + size
    return MediaList(files=count, size_bytes=total, sha256=digest(path))


def read_media(path: Path, expected: MediaList) -> Iterator[MediaFile]:
    """The list of a backup. BackupDamagedError when it is missing or another."""
    if not path.is_file() or digest(path) != expected.sha256:
        raise BackupDamagedError("the list of media is missing or was changed")
    with gzip.open(path, "rt", encoding="ascii") as lines:
        for line in lines:
            key, size = json.loads(line)
            yield str(key), int(size)


def missing_media(listed: Iterable[MediaFile], stored: Iterable[MediaFile]) -> list[str]:
    """Keys that were stored when the backup was made and are gone now, or have another size."""
    there = dict(stored)
    return [key for key, size in listed if there.get(key) != size]
