"""Categories over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Uow
from balcao.modules.store.api.admin_catalog_documents import CategoryDocument
from balcao.modules.store.api.admin_catalog_schemas import CategoryIn, CategoryPatch, Ids
from balcao.modules.store.catalog_bulk import reorder_categories
from balcao.modules.store.catalog_lists import category_document, list_categories
from balcao.modules.store.catalog_shelves import create_category, delete_category, update_category

router = APIRouter(prefix="/admin/catalog/categories", tags=["catalogue"])
VIEW, EDIT = Depends(Allow("store.catalog:view")), Depends(Allow("store.catalog:edit"))


@router.get("", dependencies=[VIEW])
async def categories(uow: ReadUow, page: Annotated[PageQuery, Query()]) -> Page[CategoryDocument]:
    """Categories in the order of the menu."""
    found = [CategoryDocument.model_validate(item) for item in await list_categories(uow)]
    part = found[page.offset : page.offset + page.limit]
    return Page(items=part, total=len(found), limit=page.limit, offset=page.offset)


@router.post("", status_code=201, dependencies=[EDIT], response_model=CategoryDocument)
async def new_category(body: CategoryIn, uow: Uow) -> dict[str, Any]:
    """Makes a category at the end of the menu."""
    made = await create_category(uow, body.name, store_id=body.store_id, is_active=body.is_active)
    return await category_document(uow, made)


@router.post("/order", status_code=204, dependencies=[EDIT])
async def order_categories(body: Ids, uow: Uow) -> None:
    """Puts categories into the given order."""
    await reorder_categories(uow, body.ids)


@router.get("/{category_id}", dependencies=[VIEW], response_model=CategoryDocument)
async def category(category_id: UUID, uow: ReadUow) -> dict[str, Any]:
    """One category."""
    return await category_document(uow, category_id)


@router.patch("/{category_id}", dependencies=[EDIT], response_model=CategoryDocument)
async def change_category(category_id: UUID, body: CategoryPatch, uow: Uow) -> dict[str, Any]:
    """Changes what is sent of a category seen at `version`."""
    changes = {
        name: getattr(body, name)
        for name in body.model_fields_set - {"version"}
        if name == "store_id" or getattr(body, name) is not None
    }
    await update_category(uow, category_id, changes, body.version)
    return await category_document(uow, category_id)


@router.delete("/{category_id}", status_code=204, dependencies=[EDIT])
async def remove_category(category_id: UUID, uow: Uow) -> None:
    """Erases an empty category."""
    await delete_category(uow, category_id)
