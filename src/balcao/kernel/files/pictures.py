"""Pictures of a tenant: encoded and stored first, written down after, so that no transaction waits for the disk.

`store_picture` is the whole way; `prepare_picture` and `record_picture` are its halves for callers with a transaction
of their own. The same bytes sent twice by a tenant for one purpose are kept once.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from PIL import Image
from sqlalchemy import select, text

from balcao.kernel.actor import Actor
from balcao.kernel.errors import DomainError
from balcao.kernel.files.blobs import BlobStore, blob_key, parse_key
from balcao.kernel.files.images import WIDTHS, Rendition, make_picture
from balcao.kernel.files.models import File
from balcao.kernel.files.quota import check_storage
from balcao.kernel.ids import new_id
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import Transactions, UnitOfWork

Result = TypeVar("Result")
FAST_EFFORT = 1  # of WebP's 0-6: our own drawings are flat, so more effort saves next to nothing


class PictureTooHeavyError(DomainError):
    """The file of a picture has more bytes than are taken; `limit_bytes` says how many are."""

    status = 413
    code = "picture_too_large"
    title = "Picture too large."
    detail = "This picture is too heavy. Send one of up to {megabytes} MB."

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(params={"megabytes": limit_bytes // 1_000_000}, limit_bytes=limit_bytes)


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """A picture whose sizes are stored, waiting for its row. `width` and `height` are those of the original, upright."""

    id: UUID
    purpose: str
    sha256: str
    width: int
    height: int
    renditions: tuple[dict[str, Any], ...]


def digest_of(data: bytes) -> str:
    """What tells two files apart."""
    return sha256(data).hexdigest()


async def prepare_picture(
    blobs: BlobStore, tenant_id: UUID, data: bytes, purpose: str, *, max_bytes: int
) -> PreparedPicture:
    """Decodes, encodes in every width and stores the sizes. Call it with no transaction open.

    `purpose` is a word of the code and the area of the keys, such as "products". Raises PictureTooHeavyError,
    ImageRejectedError, DiskFullError, StorageUnavailableError.
    """
    if len(data) > max_bytes:
        raise PictureTooHeavyError(max_bytes)
    picture = await asyncio.to_thread(make_picture, data, widths=WIDTHS)
    return await _put(
        blobs, tenant_id, purpose, digest_of(data), (picture.width, picture.height), picture.renditions
    )


async def prepare_own_picture(
    blobs: BlobStore, tenant_id: UUID, data: bytes, purpose: str, *, widths: Sequence[int]
) -> PreparedPicture:
    """The same for a WebP drawing that ships with the program: its own bytes are the largest size, the rest is quick."""
    size, renditions = await asyncio.to_thread(_own_renditions, data, widths)
    return await _put(blobs, tenant_id, purpose, digest_of(data), size, renditions)


def _own_renditions(data: bytes, widths: Sequence[int]) -> tuple[tuple[int, int], tuple[Rendition, ...]]:
    image = Image.open(io.BytesIO(data), formats=("WEBP",))
    own = Rendition("webp", image.width, image.height, data)
    smaller: list[Rendition] = []
    for width in sorted(width for width in widths if width < image.width):
        height = max(1, round(image.height * width / image.width))
        sized = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)  # pyright: ignore[reportUnknownMemberType] - half typed in Pillow
        out = io.BytesIO()
        sized.save(out, "WEBP", quality=80, method=FAST_EFFORT)
        smaller.append(Rendition("webp", width, height, out.getvalue()))
    return image.size, (*smaller, own)


async def _put(
    blobs: BlobStore,
    tenant_id: UUID,
    purpose: str,
    digest: str,
    size: tuple[int, int],
    renditions: Sequence[Rendition],
) -> PreparedPicture:
    file_id = new_id()
    rows: list[dict[str, Any]] = []
    for rendition in renditions:
        key = blob_key(tenant_id, purpose, file_id, variant_of(rendition))
        await blobs.put(key, rendition.data, rendition.content_type)
        rows.append(
            {
                "width": rendition.width,
                "height": rendition.height,
                "format": rendition.format,
                "key": key,
                "bytes": len(rendition.data),
            }
        )
    return PreparedPicture(file_id, purpose, digest, size[0], size[1], tuple(rows))


def variant_of(rendition: Rendition) -> str:
    """The last part of a size's key and address: "w400.webp"."""
    return f"w{rendition.width}.{rendition.format}"


async def find_picture(uow: UnitOfWork, digest: str, purpose: str) -> File | None:
    """The picture this tenant already has of the same bytes."""
    query = select(File).where(File.sha256 == digest, File.purpose == purpose).order_by(File.id).limit(1)
    return (await uow.session.execute(query)).scalar_one_or_none()


def picture_row(tenant_id: UUID, prepared: PreparedPicture) -> File:
    """The row of a prepared picture, for callers who know that it is new; others use `record_picture`."""
    return File(
        tenant_id=tenant_id,
        id=prepared.id,
        purpose=prepared.purpose,
        content_type="image/webp",
        size_bytes=sum(row["bytes"] for row in prepared.renditions),
        sha256=prepared.sha256,
        is_public=True,
        width=prepared.width,
        height=prepared.height,
        renditions=[dict(row) for row in prepared.renditions],
    )


async def record_picture(uow: UnitOfWork, prepared: PreparedPicture) -> File:
    """The row of a prepared picture; the row that is there when the same bytes came in meanwhile.

    StorageLimitError when the plan has no room for it.

    When the answer's id is not that of `prepared`, its sizes are nobody's: drop them with `discard_picture` after.
    """
    # Two equal uploads at the same time wait for each other here, so the second finds the first.
    await uow.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"picture:{uow.tenant_id}:{prepared.purpose}:{prepared.sha256}"},
    )
    known = await find_picture(uow, prepared.sha256, prepared.purpose)
    if known is not None:
        return known
    file = picture_row(uow.tenant_id, prepared)
    await check_storage(uow, file.size_bytes)
    uow.session.add(file)
    await uow.session.flush()
    return file


async def discard_picture(blobs: BlobStore, renditions: Sequence[dict[str, Any]]) -> None:
    """Removes the stored sizes of a picture that has no row (any more)."""
    for row in renditions:
        await blobs.delete(parse_key(row["key"]))


async def store_picture(
    transactions: Transactions,
    blobs: BlobStore,
    tenant: Tenant,
    actor: Actor,
    data: bytes,
    purpose: str,
    use: Callable[[UnitOfWork, File], Awaitable[Result]],
    *,
    max_bytes: int,
) -> Result:
    """Stores a picture and runs `use` with its row in one transaction, opened after everything slow is done.

    Raises PictureTooHeavyError, ImageRejectedError, and what the store and `use` raise; then nothing is left behind.
    """
    if len(data) > max_bytes:
        raise PictureTooHeavyError(max_bytes)
    digest = digest_of(data)

    async def with_known(uow: UnitOfWork) -> tuple[Result] | None:
        known = await find_picture(uow, digest, purpose)
        return None if known is None else (await use(uow, known),)

    done = await transactions.run(tenant, actor, with_known)
    if done is not None:
        return done[0]
    prepared = await prepare_picture(blobs, tenant.id, data, purpose, max_bytes=max_bytes)

    async def with_new(uow: UnitOfWork) -> tuple[UUID, Result]:
        file = await record_picture(uow, prepared)
        return file.id, await use(uow, file)

    kept: UUID | None = None
    try:
        kept, result = await transactions.run(tenant, actor, with_new)
    finally:
        if kept != prepared.id:
            await discard_picture(blobs, prepared.renditions)
    return result
