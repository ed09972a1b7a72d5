"""Many products at once: prices by per cent, availability, shelf; and the order of what is listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, text

from balcao.kernel.errors import NotFoundError, ValidationFailedError
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.catalog_editing import CATALOG_TOPIC, keep_in_reach
from balcao.modules.store.catalog_rules import adjusted_price
from balcao.modules.store.events import ProductsChanged
from balcao.modules.store.models import Category, Product

OrderedTable = Literal["categories", "product_images", "products"]


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to do to each product; None leaves a thing as it is.

    Prices change by `price_basis_points` (1 000 = +10 %), rounded half up to a multiple of `round_to_cents`.
    """

    price_basis_points: int | None = None
    round_to_cents: int = 1
    availability: str | None = None
    is_active: bool | None = None
    category_id: UUID | None = None
    leave_category: bool = False


_LOCK = text("""
select id, store_id from products where tenant_id = :tenant and id = any(cast(:ids as uuid[])) order by id for update
""")
_PRICES = text("""
select id, price_cents from skus where tenant_id = :tenant and product_id = any(cast(:ids as uuid[]))
""")
_SET_PRICES = text("""
update skus k set price_cents = n.price_cents
from unnest(cast(:ids as uuid[]), cast(:prices as bigint[])) as n(id, price_cents)
where k.tenant_id = :tenant and k.id = n.id
""")


async def change_products(uow: UnitOfWork, product_ids: Sequence[UUID], change: BulkChange) -> int:
    """Applies a change to every product named, or to none; answers how many there were.

    Raises NotFoundError when one of them is not there, ValidationFailedError, and what keeps people to their stores.
    """
    ids = sorted(set(product_ids))
    rows = (await uow.session.execute(_LOCK, {"tenant": uow.tenant_id, "ids": ids})).all()
    if len(rows) != len(ids):
        raise NotFoundError
    for row in rows:
        keep_in_reach(uow, row.store_id)
    if change.category_id is not None:
        await _check_category(uow, change.category_id, {row.store_id for row in rows})
    if change.price_basis_points is not None:
        await _change_prices(uow, ids, change.price_basis_points, change.round_to_cents)
    await _change_columns(uow, ids, change)
    uow.publish(ProductsChanged(tuple(ids), "updated"))
    uow.announce(CATALOG_TOPIC)
    return len(ids)


async def _change_prices(uow: UnitOfWork, ids: list[UUID], basis_points: int, step: int) -> None:
    rows = (await uow.session.execute(_PRICES, {"tenant": uow.tenant_id, "ids": ids})).all()
    try:
        prices = [adjusted_price(row.price_cents, basis_points, step) for row in rows]
    except ValueError:
        raise ValidationFailedError.at(
            "/price_basis_points", "A price would pass the highest one, R$ 999.999,99."
        ) from None
    await uow.session.execute(
        _SET_PRICES, {"tenant": uow.tenant_id, "ids": [row.id for row in rows], "prices": prices}
    )


async def _change_columns(uow: UnitOfWork, ids: list[UUID], change: BulkChange) -> None:
    sets, values = ["version = version + 1"], dict[str, Any](tenant=uow.tenant_id, ids=ids)
    if change.availability is not None:
        sets.append("availability = :availability")
        values["availability"] = change.availability
    if change.is_active is not None:
        sets.append("is_active = :active")
        values["active"] = change.is_active
    if change.category_id is not None or change.leave_category:
        sets.append("category_id = cast(:category as uuid)")
        # They go to the end of the shelf and keep their order among themselves.
        sets.append(
            "position = position + coalesce((select max(q.position) from products q where q.tenant_id = :tenant "
            "and q.category_id is not distinct from cast(:category as uuid)), 0)"
        )
        values["category"] = change.category_id
    statement = (
        f"update products set {', '.join(sets)} where tenant_id = :tenant and id = any(cast(:ids as uuid[]))"  # noqa: S608 - parts are constants
    )
    await uow.session.execute(text(statement), values)


async def _check_category(uow: UnitOfWork, category_id: UUID, store_ids: set[UUID | None]) -> None:
    query = select(Category.store_id).where(Category.id == category_id)
    row = (await uow.session.execute(query)).one_or_none()
    if row is None:
        raise ValidationFailedError.at("/category_id", "This category does not exist any more.")
    if row.store_id is not None and store_ids - {None, row.store_id}:
        raise ValidationFailedError.at("/category_id", "This category belongs to another store.")


# The rows given trade the places they hold among their neighbours; the others stay where they are.
_REORDER = """
with wanted as (select id, n from unnest(cast(:ids as uuid[])) with ordinality as w(id, n)),
neighbours as (
  select t.id, row_number() over (order by t.position, {tie} t.id) as place from {table} t
  where t.tenant_id = :tenant and {scope}),
places as (
  select s.place, row_number() over (order by s.place) as n from neighbours s join wanted w on w.id = s.id),
target as (
  select s.id, coalesce(p.place, s.place) as place from neighbours s
  left join wanted w on w.id = s.id left join places p on p.n = w.n)
update {table} t set position = target.place from target where t.tenant_id = :tenant and t.id = target.id
returning t.id
"""
_SAME_CATEGORY = (
    "t.category_id is not distinct from (select o.category_id from products o "
    "where o.tenant_id = :tenant and o.id = (cast(:ids as uuid[]))[1])"
)
_SCOPES = {
    "categories": ("true", "t.name,"),
    "products": (_SAME_CATEGORY, "t.name,"),
    "product_images": ("t.product_id = :owner", ""),
}


async def reorder(
    uow: UnitOfWork, table: OrderedTable, ids: Sequence[UUID], *, owner: UUID | None = None
) -> None:
    """Puts rows of one list into the given order; rows not named keep their places.

    Products have to be of one category, pictures of one product (`owner`). Raises NotFoundError for a row that is not
    in the list, ValidationFailedError for one named twice.
    """
    if len(set(ids)) != len(ids):
        raise ValidationFailedError.at("/ids", "Something is named twice.")
    scope, tie = _SCOPES[table]
    values: dict[str, Any] = {"tenant": uow.tenant_id, "ids": list(ids)}
    if owner is not None:
        values["owner"] = owner
    statement = text(_REORDER.format(table=table, scope=scope, tie=tie))
    moved = set((await uow.session.execute(statement, values)).scalars())
    if not moved.issuperset(ids):
        raise NotFoundError
    uow.announce(CATALOG_TOPIC)


async def reorder_products(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """`reorder` for products the actor may change."""
    query = select(Product.store_id).where(Product.id.in_(ids)).distinct()
    for store_id in (await uow.session.execute(query)).scalars():
        keep_in_reach(uow, store_id)
    await reorder(uow, "products", ids)


async def reorder_categories(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """`reorder` for categories; their order is that of the whole menu."""
    keep_in_reach(uow, None)
    await reorder(uow, "categories", ids)
