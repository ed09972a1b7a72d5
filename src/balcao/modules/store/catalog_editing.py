"""Making, changing, copying and erasing products. Sizes and offered option groups travel with their product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from balcao.kernel.errors import (
    DomainError,
    ForbiddenError,
    NotFoundError,
    ValidationFailedError,
    VersionConflictError,
)
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.catalog_lists import product_document
from balcao.modules.store.catalog_parts import IN_USE, erase_stock, set_links, set_skus
from balcao.modules.store.catalog_rules import (
    NAME_MAX,
    LinkDraft,
    ProductDraft,
    SkuDraft,
    clean_tags,
    search_text_of,
)
from balcao.modules.store.events import ProductsChanged
from balcao.modules.store.models import Category, Product, ProductImage, ProductOptionGroup, Sku, Store

CATALOG_TOPIC = "catalog"
_SCALARS = (
    "name", "description", "category_id", "store_id", "tags", "availability", "lead_days", "is_active",
)  # fmt: skip


class ProductInUseError(DomainError):
    """The product was sold, so its history needs it; it can be hidden."""

    code = "product_in_use"
    title = "Product sold before."
    detail = "This product was sold already, so it stays in the records. Hide it from the menu instead."


class BelongsToAllStoresError(ForbiddenError):
    """Someone who answers for some stores tried to change what all of them share."""

    code = "belongs_to_all_stores"
    title = "Shared by all stores."
    detail = "This belongs to all stores. Ask somebody who looks after the whole business."


def keep_in_reach(uow: UnitOfWork, store_id: UUID | None) -> None:
    """Refuses changes outside the actor's stores: NotFoundError for another store's, BelongsToAllStoresError for shared."""
    if uow.actor.store_ids is None:
        return
    if store_id is None:
        raise BelongsToAllStoresError
    if not uow.actor.sees_store(store_id):
        raise NotFoundError


async def get_product(uow: UnitOfWork, product_id: UUID) -> Product:
    """A product the actor may change, locked. NotFoundError, BelongsToAllStoresError."""
    query = select(Product).where(Product.id == product_id).with_for_update()
    product = (
        await uow.session.execute(query.execution_options(populate_existing=True))
    ).scalar_one_or_none()
    if product is None:
        raise NotFoundError
    keep_in_reach(uow, product.store_id)
    return product


async def create_product(uow: UnitOfWork, draft: ProductDraft) -> UUID:
    """A new product at the end of its category. Raises ValidationFailedError and what keeps people to their stores."""
    keep_in_reach(uow, draft.store_id)
    await _check_place(uow, draft.category_id, draft.store_id)
    tags = clean_tags(draft.tags)
    product = Product(
        tenant_id=uow.tenant_id,
        id=new_id(),
        code=await _next_code(uow),
        name=draft.name,
        description=draft.description,
        search_text=search_text_of(draft.name, tags),
        tags=tags,
        category_id=draft.category_id,
        store_id=draft.store_id,
        availability=draft.availability,
        lead_days=draft.lead_days,
        is_active=draft.is_active,
        position=await _last_position(uow, draft.category_id),
    )
    uow.session.add(product)
    await uow.session.flush()
    await set_skus(uow, product.id, draft.skus)
    await set_links(uow, product.id, draft.option_groups)
    uow.publish(ProductsChanged((product.id,), "created"))
    uow.announce(CATALOG_TOPIC)
    return product.id


async def update_product(
    uow: UnitOfWork, product_id: UUID, changes: Mapping[str, Any], version: int | None
) -> None:
    """Changes the given fields; `skus` and `option_groups` replace the whole list when given.

    `version` None skips the comparison, for switches where the last hand wins. Raises VersionConflictError with the
    current product, ValidationFailedError, SkuInUseError, NotFoundError.
    """
    product = await get_product(uow, product_id)
    if version is not None and product.version != version:
        raise VersionConflictError(current=await product_document(uow, product_id))
    before = (product.category_id, product.store_id)
    for name in _SCALARS:
        if name in changes:
            setattr(product, name, changes[name])
    keep_in_reach(uow, product.store_id)
    if (product.category_id, product.store_id) != before:
        await _check_place(uow, product.category_id, product.store_id)
    if product.category_id != before[0]:
        product.position = await _last_position(uow, product.category_id)
    product.tags = clean_tags(product.tags)
    product.search_text = search_text_of(product.name, product.tags)
    product.version += 1
    await uow.session.flush()
    if "skus" in changes:
        await set_skus(uow, product_id, changes["skus"])
    if "option_groups" in changes:
        await set_links(uow, product_id, changes["option_groups"])
    uow.publish(ProductsChanged((product_id,), "updated"))
    uow.announce(CATALOG_TOPIC)


async def set_price(uow: UnitOfWork, product_id: UUID, price_cents: int, version: int | None) -> None:
    """The price of a product that has one size. Raises what update_product raises; several sizes are refused."""
    skus = await _skus_of(uow, product_id)
    if len(skus) != 1:
        raise ValidationFailedError.at(
            "/price_cents", "This product has several sizes. Change the price of each."
        )
    only = skus[0]
    draft = SkuDraft(price_cents, only.name, only.is_active, only.id)
    await update_product(uow, product_id, {"skus": [draft]}, version)


async def delete_product(uow: UnitOfWork, product_id: UUID) -> list[UUID]:
    """Erases a product nobody ever bought; answers the ids of the picture files it used. ProductInUseError, NotFoundError."""
    product = await get_product(uow, product_id)
    skus = [sku.id for sku in await _skus_of(uow, product_id)]
    used = await uow.session.execute(IN_USE, {"tenant": uow.tenant_id, "product": product_id, "skus": skus})
    if used.scalar_one():
        raise ProductInUseError
    files = select(ProductImage.file_id).where(ProductImage.product_id == product_id)
    file_ids = list((await uow.session.execute(files)).scalars())
    await erase_stock(uow, skus)
    await uow.session.delete(product)
    await uow.session.flush()
    uow.publish(ProductsChanged((product_id,), "deleted"))
    uow.announce(CATALOG_TOPIC)
    return file_ids


async def duplicate_product(uow: UnitOfWork, product_id: UUID, name: str) -> UUID:
    """A copy with sizes, options and pictures, but no stock; hidden until somebody has looked at it."""
    product = await get_product(uow, product_id)
    links = await uow.session.execute(
        select(ProductOptionGroup)
        .where(ProductOptionGroup.product_id == product_id)
        .order_by(ProductOptionGroup.position, ProductOptionGroup.id)
    )
    copy_id = await create_product(
        uow,
        ProductDraft(
            name=name[:NAME_MAX],
            description=product.description,
            category_id=product.category_id,
            store_id=product.store_id,
            tags=product.tags,
            availability=product.availability,
            lead_days=product.lead_days,
            is_active=False,
            skus=[
                SkuDraft(sku.price_cents, sku.name, sku.is_active) for sku in await _skus_of(uow, product_id)
            ],
            option_groups=[
                LinkDraft(link.group_id, link.min_choices, link.max_choices) for link in links.scalars()
            ],
        ),
    )
    pictures = await uow.session.execute(select(ProductImage).where(ProductImage.product_id == product_id))
    uow.session.add_all(
        ProductImage(
            tenant_id=uow.tenant_id, product_id=copy_id, file_id=picture.file_id, alt=picture.alt,
            position=picture.position,
        )
        for picture in pictures.scalars()
    )  # fmt: skip
    return copy_id


async def _skus_of(uow: UnitOfWork, product_id: UUID) -> Sequence[Sku]:
    query = select(Sku).where(Sku.product_id == product_id).order_by(Sku.position, Sku.id)
    return (await uow.session.execute(query)).scalars().all()


async def _next_code(uow: UnitOfWork) -> int:
    """The next number under a lock of the tenant, so that two new products never get the same."""
    await uow.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended('product-code:' || cast(:tenant as text), 0))"),
        {"tenant": str(uow.tenant_id)},
    )
    highest = await uow.session.execute(select(func.max(Product.code)))
    return int(highest.scalar_one() or 0) + 1


async def _last_position(uow: UnitOfWork, category_id: UUID | None) -> int:
    query = select(func.max(Product.position)).where(Product.category_id.is_not_distinct_from(category_id))
    return int((await uow.session.execute(query)).scalar_one() or 0) + 1


async def _check_place(uow: UnitOfWork, category_id: UUID | None, store_id: UUID | None) -> None:
    """Category and store exist and fit together: a category of one store holds goods of that store or of all."""
    if store_id is not None:
        found = await uow.session.execute(select(Store.id).where(Store.id == store_id))
        if found.scalar_one_or_none() is None:
            raise ValidationFailedError.at("/store_id", "This store does not exist any more.")
    if category_id is None:
        return
    row = (
        await uow.session.execute(select(Category.id, Category.store_id).where(Category.id == category_id))
    ).one_or_none()
    if row is None:
        raise ValidationFailedError.at("/category_id", "This category does not exist any more.")
    if row.store_id is not None and store_id is not None and row.store_id != store_id:
        raise ValidationFailedError.at("/category_id", "This category belongs to another store.")
