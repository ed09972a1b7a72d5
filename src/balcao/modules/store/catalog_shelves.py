"""Categories: the shelves of the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError, VersionConflictError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.catalog_editing import CATALOG_TOPIC, keep_in_reach
from balcao.modules.store.catalog_lists import category_document
from balcao.modules.store.models import Category, Product, Store


class CategoryInUseError(DomainError):
    """There are products in the category; `products` says how many."""

    code = "category_in_use"
    title = "Category in use."
    detail = "This category has products. Move them to another one first, or hide the category."


class CategoryNameTakenError(DomainError):
    """Another category of the same place has the name."""

    code = "category_exists"
    title = "Category name taken."
    detail = "There is already a category with this name."


async def create_category(
    uow: UnitOfWork, name: str, *, store_id: UUID | None = None, is_active: bool = True
) -> UUID:
    """A new category at the end of the menu. Raises CategoryNameTakenError, ValidationFailedError."""
    keep_in_reach(uow, store_id)
    await _check(uow, name, store_id, None)
    last = (await uow.session.execute(select(func.max(Category.position)))).scalar_one()
    category = Category(
        tenant_id=uow.tenant_id, id=new_id(), name=name, store_id=store_id, is_active=is_active,
        position=int(last or 0) + 1,
    )  # fmt: skip
    uow.session.add(category)
    await uow.session.flush()
    uow.announce(CATALOG_TOPIC)
    return category.id


async def update_category(
    uow: UnitOfWork, category_id: UUID, changes: Mapping[str, Any], version: int | None
) -> None:
    """Changes name, store or visibility. Raises VersionConflictError, CategoryNameTakenError, NotFoundError."""
    category = await _locked(uow, category_id)
    if version is not None and category.version != version:
        raise VersionConflictError(current=await category_document(uow, category_id))
    for name in ("name", "store_id", "is_active"):
        if name in changes:
            setattr(category, name, changes[name])
    keep_in_reach(uow, category.store_id)
    await _check(uow, category.name, category.store_id, category_id)
    await _check_goods(uow, category)
    category.version += 1
    await uow.session.flush()
    uow.announce(CATALOG_TOPIC)


async def delete_category(uow: UnitOfWork, category_id: UUID) -> None:
    """Erases an empty category. Raises CategoryInUseError, NotFoundError."""
    category = await _locked(uow, category_id)
    query = select(func.count()).select_from(Product).where(Product.category_id == category_id)
    count = (await uow.session.execute(query)).scalar_one()
    if count:
        raise CategoryInUseError(products=count)
    await uow.session.delete(category)
    uow.announce(CATALOG_TOPIC)


async def _locked(uow: UnitOfWork, category_id: UUID) -> Category:
    query = select(Category).where(Category.id == category_id).with_for_update()
    category = (
        await uow.session.execute(query.execution_options(populate_existing=True))
    ).scalar_one_or_none()
    if category is None:
        raise NotFoundError
    keep_in_reach(uow, category.store_id)
    return category


async def _check(uow: UnitOfWork, name: str, store_id: UUID | None, own_id: UUID | None) -> None:
    with uow.session.no_autoflush:
        if store_id is not None:
            found = await uow.session.execute(select(Store.id).where(Store.id == store_id))
            if found.scalar_one_or_none() is None:
                raise ValidationFailedError.at("/store_id", "This store does not exist any more.")
        twin = select(Category.id).where(
            Category.name == name, Category.store_id.is_not_distinct_from(store_id), Category.id != own_id
        )
        if (await uow.session.execute(twin)).first() is not None:
            raise CategoryNameTakenError


async def _check_goods(uow: UnitOfWork, category: Category) -> None:
    """A category that moves to one store must not hold goods of another."""
    if category.store_id is None:
        return
    query = select(Product.id).where(
        Product.category_id == category.id,
        Product.store_id.is_not(None),
        Product.store_id != category.store_id,
    )
    if (await uow.session.execute(query.limit(1))).first() is not None:
        raise ValidationFailedError.at("/store_id", "There are products of another store in this category.")
