"""Option groups over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Uow
from balcao.modules.store.api.admin_catalog_documents import OptionGroupDocument
from balcao.modules.store.api.admin_catalog_schemas import OptionGroupIn, OptionGroupPatch
from balcao.modules.store.catalog_lists import list_option_groups, option_group_document
from balcao.modules.store.catalog_options import (
    create_option_group,
    delete_option_group,
    update_option_group,
)

router = APIRouter(prefix="/admin/catalog/option-groups", tags=["catalogue"])
VIEW, EDIT = Depends(Allow("store.catalog:view")), Depends(Allow("store.catalog:edit"))


@router.get("", dependencies=[VIEW])
async def option_groups(uow: ReadUow, page: Annotated[PageQuery, Query()]) -> Page[OptionGroupDocument]:
    """Option groups by name, with their options and the products that offer them."""
    items, total = await list_option_groups(uow, limit=page.limit, offset=page.offset)
    found = [OptionGroupDocument.model_validate(item) for item in items]
    return Page(items=found, total=total, limit=page.limit, offset=page.offset)


@router.post("", status_code=201, dependencies=[EDIT], response_model=OptionGroupDocument)
async def new_option_group(body: OptionGroupIn, uow: Uow) -> dict[str, Any]:
    """Makes a list with its options."""
    options = [option.draft() for option in body.options]
    made = await create_option_group(
        uow, body.name, options, pricing_mode=body.pricing_mode, is_active=body.is_active
    )
    return await option_group_document(uow, made)


@router.get("/{group_id}", dependencies=[VIEW], response_model=OptionGroupDocument)
async def option_group(group_id: UUID, uow: ReadUow) -> dict[str, Any]:
    """One list."""
    return await option_group_document(uow, group_id)


@router.patch("/{group_id}", dependencies=[EDIT], response_model=OptionGroupDocument)
async def change_option_group(group_id: UUID, body: OptionGroupPatch, uow: Uow) -> dict[str, Any]:
    """Changes what is sent of a list seen at `version`; `options` sets them all, in order."""
    changes = {
        name: getattr(body, name)
        for name in body.model_fields_set - {"version"}
        if getattr(body, name) is not None
    }
    if body.options is not None:
        changes["options"] = [option.draft() for option in body.options]
    await update_option_group(uow, group_id, changes, body.version)
    return await option_group_document(uow, group_id)


@router.delete("/{group_id}", status_code=204, dependencies=[EDIT])
async def remove_option_group(group_id: UUID, uow: Uow) -> None:
    """Erases a list no product offers."""
    await delete_option_group(uow, group_id)
