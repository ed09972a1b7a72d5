"""Stored files without a row, and rows without a stored file: what killed processes and lost disks leave behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import text

from balcao.kernel.files.blobs import BlobInfo, BlobStore, parse_key
from balcao.kernel.work import UnitOfWork

# Whatever is being stored right now has its row soon; a day leaves room for a machine that stood still.
YOUNGEST: Final = timedelta(hours=24)
NAMED: Final = 20
log = structlog.get_logger("balcao.files")

_PICTURES: Final = text(
    "select f.id, r ->> 'key' as key from files f, jsonb_array_elements(f.renditions) r where f.tenant_id = :tenant"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows of a business say: the file ids that may be stored, by area, and the keys that must be."""

    ids: Mapping[str, set[UUID]]
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: files and bytes that went, and keys that rows name and the store does not have."""

    removed: int
    removed_bytes: int
    missing: tuple[str, ...]


async def known_files(uow: UnitOfWork, pictures: Iterable[str], areas: Mapping[str, str]) -> Known:
    """`pictures` are the areas whose files have rows in `files`; `areas` names SQL for those that keep rows of their own:
    it selects, for `:tenant`, the ids in their keys."""
    values = {"tenant": uow.tenant_id}
    ids: dict[str, set[UUID]] = {area: set() for area in pictures}
    for area, query in areas.items():
        ids[area] = set((await uow.session.execute(text(query), values)).scalars())
    rows = (await uow.session.execute(_PICTURES, values)).all()
    for row in rows:
        ids.setdefault(row.key.split("/")[1], set()).add(row.id)
    return Known(ids, frozenset(row.key for row in rows))


async def stored_files(blobs: BlobStore, tenant_id: UUID) -> list[BlobInfo]:
    """Everything the store has of a business. StorageUnavailableError."""
    return [info async for info in blobs.list(tenant_id)]


async def sweep(blobs: BlobStore, stored: list[BlobInfo], known: Known, now: datetime) -> Swept:
    """Removes old files that nobody knows, in areas somebody answers for; foreign areas are left alone.

    `stored` is listed before `known` is read: what is written in between is known, or young.
    """
    gone = [info for info in stored if _is_orphan(info, known, now)]
    for info in gone:
        await blobs.delete(info.key)
    there = {str(info.key) for info in stored}
    lost = [key for key in sorted(known.needed - there) if not await blobs.exists(parse_key(key))]
    swept = Swept(len(gone), sum(info.size for info in gone), tuple(lost))
    if gone:
        log.info("files_swept", removed=swept.removed, removed_bytes=swept.removed_bytes)
    if lost:
        log.error("files_missing", count=len(lost), keys=lost[:NAMED])
    return swept


def _is_orphan(info: BlobInfo, known: Known, now: datetime) -> bool:
    _, area, file_id, _ = info.key.split("/")
    return area in known.ids and UUID(file_id) not in known.ids[area] and info.modified_at < now - YOUNGEST
