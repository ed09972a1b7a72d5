"""Pictures of products: adding, describing, ordering, taking away. The first one is the cover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from balcao.kernel.actor import Actor
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.files.models import File
from balcao.kernel.files.pictures import discard_picture, store_picture
from balcao.kernel.ids import new_id
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import Transactions, UnitOfWork
from balcao.modules.store.catalog_bulk import reorder
from balcao.modules.store.catalog_editing import CATALOG_TOPIC, get_product
from balcao.modules.store.catalog_rules import PICTURES_MAX
from balcao.modules.store.models import ProductImage

PURPOSE = "products"

# The files among these that nothing shows any more.
_UNUSED = text("""
delete from files f where f.tenant_id = :tenant and f.id = any(cast(:ids as uuid[])) and f.purpose = :purpose
  and not exists (select from product_images i where i.tenant_id = f.tenant_id and i.file_id = f.id)
  and not exists (select from stores s where s.tenant_id = f.tenant_id and s.cover_file_id = f.id)
returning f.renditions
""")


class TooManyPicturesError(DomainError):
    """The product has as many pictures as it may have; `limit` says how many."""

    code = "too_many_pictures"
    title = "Too many pictures."
    detail = "A product may have up to {limit} pictures. Remove one first."

    def __init__(self) -> None:
        super().__init__(params={"limit": PICTURES_MAX}, limit=PICTURES_MAX)


async def add_picture(
    transactions: Transactions,
    blobs: BlobStore,
    tenant: Tenant,
    actor: Actor,
    product_id: UUID,
    data: bytes,
    alt: str,
    *,
    max_bytes: int,
) -> UUID:
    """Encodes, stores and hangs a picture behind the others; answers its id. Call it with no transaction open.

    Raises PictureTooHeavyError, ImageRejectedError, TooManyPicturesError, NotFoundError.
    """

    async def check(uow: UnitOfWork) -> None:
        await _next_place(uow, product_id)

    # Before the work of encoding: a picture nobody may hang need not be drawn.
    await transactions.run(tenant, actor, check)

    async def hang(uow: UnitOfWork, file: File) -> UUID:
        return await hang_picture(uow, product_id, file.id, alt)

    return await store_picture(transactions, blobs, tenant, actor, data, PURPOSE, hang, max_bytes=max_bytes)


async def hang_picture(uow: UnitOfWork, product_id: UUID, file_id: UUID, alt: str) -> UUID:
    """Shows a stored file as the product's last picture. A file that is there already is described anew."""
    position = await _next_place(uow, product_id)
    query = select(ProductImage).where(ProductImage.product_id == product_id, ProductImage.file_id == file_id)
    twin = (await uow.session.execute(query)).scalars().first()
    if twin is not None:
        twin.alt = alt or twin.alt
        uow.announce(CATALOG_TOPIC)
        return twin.id
    picture = ProductImage(
        tenant_id=uow.tenant_id,
        id=new_id(),
        product_id=product_id,
        file_id=file_id,
        alt=alt,
        position=position,
    )
    uow.session.add(picture)
    await uow.session.flush()
    uow.announce(CATALOG_TOPIC)
    return picture.id


async def _next_place(uow: UnitOfWork, product_id: UUID) -> int:
    await get_product(uow, product_id)
    query = select(func.count(), func.max(ProductImage.position)).where(ProductImage.product_id == product_id)
    count, last = (await uow.session.execute(query)).one()
    if count >= PICTURES_MAX:
        raise TooManyPicturesError
    return int(last or 0) + 1


async def describe_picture(uow: UnitOfWork, product_id: UUID, picture_id: UUID, alt: str) -> None:
    """Sets the words for those who do not see the picture. NotFoundError."""
    (await _picture(uow, product_id, picture_id)).alt = alt
    uow.announce(CATALOG_TOPIC)


async def remove_picture(uow: UnitOfWork, product_id: UUID, picture_id: UUID) -> list[dict[str, Any]]:
    """Takes a picture down; answers the stored sizes nobody needs, for `drop_sizes` after the commit. NotFoundError."""
    picture = await _picture(uow, product_id, picture_id)
    await uow.session.delete(picture)
    await uow.session.flush()
    uow.announce(CATALOG_TOPIC)
    return await forget_unused(uow, [picture.file_id])


async def order_pictures(uow: UnitOfWork, product_id: UUID, ids: Sequence[UUID]) -> None:
    """Puts the pictures into the given order; the first is the cover. NotFoundError."""
    await get_product(uow, product_id)
    await reorder(uow, "product_images", ids, owner=product_id)


async def forget_unused(uow: UnitOfWork, file_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Erases the rows of files that nothing shows any more; answers their stored sizes."""
    values = {"tenant": uow.tenant_id, "ids": list(file_ids), "purpose": PURPOSE}
    rows = await uow.session.execute(_UNUSED, values)
    return [size for renditions in rows.scalars() for size in renditions]


async def drop_sizes(blobs: BlobStore, renditions: Sequence[dict[str, Any]]) -> None:
    """Removes stored sizes. Call it after the commit."""
    await discard_picture(blobs, renditions)


async def _picture(uow: UnitOfWork, product_id: UUID, picture_id: UUID) -> ProductImage:
    await get_product(uow, product_id)
    query = select(ProductImage).where(ProductImage.id == picture_id, ProductImage.product_id == product_id)
    picture = (await uow.session.execute(query)).scalar_one_or_none()
    if picture is None:
        raise NotFoundError
    return picture
