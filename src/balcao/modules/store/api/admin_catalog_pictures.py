"""Pictures of a product over HTTP: multipart in, WebP in four widths out."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, UploadFile

from balcao.kernel.db.paging import Page, ShortListQuery
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Uow, Works
from balcao.kernel.web.placing import operation_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.api.admin_catalog_documents import PictureDocument
from balcao.modules.store.api.admin_catalog_schemas import Alt, AltIn, Ids
from balcao.modules.store.catalog_lists import product_document
from balcao.modules.store.product_pictures import (
    add_picture,
    describe_picture,
    drop_sizes,
    order_pictures,
    remove_picture,
)

router = APIRouter(
    prefix="/admin/catalog/products/{product_id}/pictures",
    tags=["catalogue"],
    generate_unique_id_function=operation_id,
)
VIEW, EDIT = Depends(Allow("store.catalog:view")), Depends(Allow("store.catalog:edit"))


class Pictures(Page[PictureDocument]):
    """The pictures of a product, the cover first."""


async def _pictures(uow: UnitOfWork, product_id: UUID, query: ShortListQuery | None = None) -> Pictures:
    document = await product_document(uow, product_id)
    return Pictures.of([PictureDocument.model_validate(picture) for picture in document["pictures"]], query)


@router.get("", dependencies=[VIEW])
async def pictures(product_id: UUID, uow: ReadUow, query: Annotated[ShortListQuery, Query()]) -> Pictures:
    """The pictures of a product, the cover first."""
    return await _pictures(uow, product_id, query)


@router.post("", status_code=201, dependencies=[EDIT])
async def upload_picture(
    product_id: UUID, file: UploadFile, works: Works, runtime: Installation, alt: Annotated[Alt, Form()] = ""
) -> Pictures:
    """Takes a JPEG, PNG, WebP, GIF or AVIF of up to 5 MB as the product's last picture."""
    limit = runtime.settings.upload_max_bytes
    data = await file.read(limit + 1)
    await add_picture(
        runtime.transactions, runtime.blobs, works.tenant, works.actor, product_id, data, alt, max_bytes=limit
    )

    async def read(uow: UnitOfWork) -> Pictures:
        return await _pictures(uow, product_id)

    return await works.run(read)


@router.post("/order", dependencies=[EDIT])
async def sort_pictures(product_id: UUID, body: Ids, uow: Uow) -> Pictures:
    """Puts pictures into the given order; the first is the cover."""
    await order_pictures(uow, product_id, body.ids)
    return await _pictures(uow, product_id)


@router.patch("/{picture_id}", dependencies=[EDIT])
async def describe(product_id: UUID, picture_id: UUID, body: AltIn, uow: Uow) -> Pictures:
    """Sets the words for those who do not see the picture."""
    await describe_picture(uow, product_id, picture_id, body.alt)
    return await _pictures(uow, product_id)


@router.delete("/{picture_id}", status_code=204, dependencies=[EDIT])
async def take_down(product_id: UUID, picture_id: UUID, works: Works, runtime: Installation) -> None:
    """Takes a picture down; its file goes when nothing else shows it."""

    async def remove(uow: UnitOfWork) -> list[dict[str, Any]]:
        return await remove_picture(uow, product_id, picture_id)

    await drop_sizes(runtime.blobs, await works.run(remove))
