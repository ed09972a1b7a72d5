"""Products over HTTP: list, make, change, copy, erase, order, and many at once."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from balcao.kernel.db.paging import Page
from balcao.kernel.errors import NotFoundError
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Uow, Words, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.api.admin_catalog_documents import Changed, ProductDocument
from balcao.modules.store.api.admin_catalog_schemas import (
    BulkIn,
    DuplicateIn,
    Ids,
    LinksIn,
    NewSku,
    ProductIn,
    ProductPatch,
    ProductQuery,
    SkuPatch,
    Version,
)
from balcao.modules.store.catalog_bulk import BulkChange, change_products, reorder_products
from balcao.modules.store.catalog_editing import (
    create_product,
    delete_product,
    duplicate_product,
    set_price,
    update_product,
)
from balcao.modules.store.catalog_lists import ProductFilter, list_products, product_document
from balcao.modules.store.catalog_rules import SkuDraft
from balcao.modules.store.product_pictures import drop_sizes, forget_unused

router = APIRouter(prefix="/admin/catalog/products", tags=["catalogue"])
VIEW, EDIT = Depends(Allow("store.catalog:view")), Depends(Allow("store.catalog:edit"))


@router.get("", dependencies=[VIEW])
async def products(uow: ReadUow, query: Annotated[ProductQuery, Query()]) -> Page[ProductDocument]:
    """Products in the order of the menu, by text, category, store, availability and visibility."""
    wanted = ProductFilter(
        query.q, query.category_id, False, query.store_id, query.availability, query.is_active
    )
    items, total = await list_products(uow, wanted, limit=query.limit, offset=query.offset)
    found = [ProductDocument.model_validate(item) for item in items]
    return Page(items=found, total=total, limit=query.limit, offset=query.offset)


@router.post("", status_code=201, dependencies=[EDIT], response_model=ProductDocument)
async def new_product(body: ProductIn, uow: Uow) -> dict[str, Any]:
    """Makes a product with its sizes and option groups; its code is the next number of the business."""
    return await product_document(uow, await create_product(uow, body.draft()))


@router.post("/order", status_code=204, dependencies=[EDIT])
async def order_products(body: Ids, uow: Uow) -> None:
    """Puts products of one category into the given order."""
    await reorder_products(uow, body.ids)


@router.post("/bulk", dependencies=[EDIT])
async def change_many(body: BulkIn, uow: Uow) -> Changed:
    """Changes prices, availability, visibility or category of many products, or of none when one does not fit."""
    change = BulkChange(
        body.price_basis_points, body.round_to_cents, body.availability, body.is_active, body.category_id,
        leave_category="category_id" in body.model_fields_set and body.category_id is None,
    )  # fmt: skip
    return Changed(changed=await change_products(uow, body.ids, change))


@router.get("/{product_id}", dependencies=[VIEW], response_model=ProductDocument)
async def product(product_id: UUID, uow: ReadUow) -> dict[str, Any]:
    """One product with sizes, option groups and pictures."""
    return await product_document(uow, product_id)


@router.patch("/{product_id}", dependencies=[EDIT], response_model=ProductDocument)
async def change_product(product_id: UUID, body: ProductPatch, uow: Uow) -> dict[str, Any]:
    """Changes what is sent of a product seen at `version`."""
    await update_product(uow, product_id, body.changes(), body.version)
    if body.price_cents is not None and body.skus is None:
        await set_price(uow, product_id, body.price_cents, None)
    return await product_document(uow, product_id)


@router.delete("/{product_id}", status_code=204, dependencies=[EDIT])
async def remove_product(product_id: UUID, works: Works, runtime: Installation) -> None:
    """Erases a product that was never sold."""

    async def erase(uow: UnitOfWork) -> list[dict[str, Any]]:
        return await forget_unused(uow, await delete_product(uow, product_id))

    await drop_sizes(runtime.blobs, await works.run(erase))


@router.post("/{product_id}/duplicate", status_code=201, dependencies=[EDIT], response_model=ProductDocument)
async def copy_product(
    product_id: UUID, uow: Uow, words: Words, body: DuplicateIn | None = None
) -> dict[str, Any]:
    """Copies a product with everything but its stock; the copy is hidden at first."""
    original = await product_document(uow, product_id)
    name = body.name if body and body.name else words("{name} (copy)", name=original["name"])
    return await product_document(uow, await duplicate_product(uow, product_id, name))


@router.put("/{product_id}/option-groups", dependencies=[EDIT], response_model=ProductDocument)
async def offer_groups(product_id: UUID, body: LinksIn, uow: Uow) -> dict[str, Any]:
    """Sets which option groups the product offers, in which order, with which limits."""
    links = [link.draft() for link in body.option_groups]
    await update_product(uow, product_id, {"option_groups": links}, body.version)
    return await product_document(uow, product_id)


@router.post("/{product_id}/skus", status_code=201, dependencies=[EDIT], response_model=ProductDocument)
async def new_sku(product_id: UUID, body: NewSku, uow: Uow) -> dict[str, Any]:
    """Adds a size behind the others."""
    drafts = await _drafts(uow, product_id)
    await update_product(uow, product_id, {"skus": [*drafts.values(), body.draft()]}, body.version)
    return await product_document(uow, product_id)


@router.patch("/{product_id}/skus/{sku_id}", dependencies=[EDIT], response_model=ProductDocument)
async def change_sku(product_id: UUID, sku_id: UUID, body: SkuPatch, uow: Uow) -> dict[str, Any]:
    """Changes name, price or sale of one size."""
    drafts = await _drafts(uow, product_id)
    old = drafts.get(sku_id)
    if old is None:
        raise NotFoundError
    drafts[sku_id] = SkuDraft(
        old.price_cents if body.price_cents is None else body.price_cents,
        old.name if body.name is None else body.name,
        old.is_active if body.is_active is None else body.is_active,
        sku_id,
    )
    await update_product(uow, product_id, {"skus": list(drafts.values())}, body.version)
    return await product_document(uow, product_id)


@router.delete("/{product_id}/skus/{sku_id}", dependencies=[EDIT], response_model=ProductDocument)
async def remove_sku(
    product_id: UUID, sku_id: UUID, version: Annotated[Version, Query()], uow: Uow
) -> dict[str, Any]:
    """Erases a size that was never sold."""
    drafts = await _drafts(uow, product_id)
    if drafts.pop(sku_id, None) is None:
        raise NotFoundError
    await update_product(uow, product_id, {"skus": list(drafts.values())}, version)
    return await product_document(uow, product_id)


async def _drafts(uow: UnitOfWork, product_id: UUID) -> dict[UUID, SkuDraft]:
    """The sizes as they are, by id. The version check of the change that follows finds what moved meanwhile."""
    document = await product_document(uow, product_id)
    return {
        UUID(str(sku["id"])): SkuDraft(
            sku["price_cents"], sku["name"], sku["is_active"], UUID(str(sku["id"]))
        )
        for sku in document["skus"]
    }
