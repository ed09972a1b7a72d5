"""What is behind the address of a public file: its row decides, remembered because it never changes."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.errors import NotFoundError
from balcao.kernel.files.blobs import BlobKey, parse_key
from balcao.kernel.tenants import TenantDirectory
from balcao.kernel.work import Transactions

REMEMBERED: Final = 10_000
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_ROW = text("select is_public, renditions from files where tenant_id = :tenant and id = :id")


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One size of a public picture: where it lies, what it is, how many bytes."""

    key: BlobKey
    content_type: str
    size: int


class MediaDirectory:
    """Finds the stored sizes behind addresses. Rows are immutable, so those found stay in memory, the newest first."""

    def __init__(self, transactions: Transactions, tenants: TenantDirectory) -> None:
        self._transactions = transactions
        self._tenants = tenants
        self._known: OrderedDict[tuple[UUID, UUID], Mapping[str, MediaFile]] = OrderedDict()

    async def find(self, tenant_id: UUID, file_id: UUID, variant: str) -> MediaFile:
        """The size called `variant` ("w400.webp"). NotFoundError when there is none, or it is private."""
        key = (tenant_id, file_id)
        variants = self._known.get(key)
        if variants is None:
            variants = await self._load(tenant_id, file_id)
            self._known[key] = variants
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        found = variants.get(variant)
        if found is None:
            raise NotFoundError
        return found

    async def _load(self, tenant_id: UUID, file_id: UUID) -> Mapping[str, MediaFile]:
        tenant = await self._tenants.find("id", str(tenant_id))
        async with self._transactions.begin(tenant, read_only=True) as uow:
            row = (await uow.session.execute(_ROW, {"tenant": tenant_id, "id": file_id})).one_or_none()
        if row is None or not row.is_public:
            raise NotFoundError
        return {media.key.rpartition("/")[2]: media for media in map(_media, row.renditions)}


def _media(rendition: Mapping[str, Any]) -> MediaFile:
    return MediaFile(parse_key(rendition["key"]), f"image/{rendition['format']}", int(rendition["bytes"]))


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The bytes `[start, stop)` that a Range header asks of a file of `size` bytes; None when it has to be ignored.

    One range of bytes is served; several, or anything else, mean the whole file (RFC 9110 14.2). A range outside the
    file comes back as it is, `start >= stop`, for the caller to refuse.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size
    start = int(first)
    if last and int(last) < start:
        return None
    return start, min(size, int(last) + 1) if last else size
