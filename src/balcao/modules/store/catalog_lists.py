"""What the catalogue screens and the admin API read: products, categories and option groups as plain documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.errors import NotFoundError
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.search_terms import like_patterns

Document = dict[str, Any]
Availability = Literal["available", "order", "unavailable"]
THUMB_WIDTH = 200
# Accents of Portuguese, for the one column that is kept as it was typed.
_ACCENTED, _PLAIN = "áàâãäéèêëíìîïóòôõöúùûüçñ", "aaaaaeeeeiiiiooooouuuucn"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What to list. `uncategorised` asks for products without a category; `ids` for these and no others."""

    q: str = ""
    category_id: UUID | None = None
    uncategorised: bool = False
    store_id: UUID | None = None
    availability: Availability | None = None
    is_active: bool | None = None
    ids: Sequence[UUID] | None = None


_SKUS = """
  (select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'name', k.name, 'price_cents', k.price_cents,
     'is_active', k.is_active) order by k.position, k.id), '[]')
   from skus k where k.tenant_id = p.tenant_id and k.product_id = p.id)"""
_PICTURES = """
  (select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'file_id', i.file_id, 'alt', i.alt, 'width', f.width,
     'height', f.height, 'renditions', f.renditions) order by i.position, i.id), '[]')
   from product_images i join files f on (f.tenant_id, f.id) = (i.tenant_id, i.file_id)
   where i.tenant_id = p.tenant_id and i.product_id = p.id)"""
_LINKS = """
  (select coalesce(jsonb_agg(jsonb_build_object('group_id', l.group_id, 'name', g.name, 'min', l.min_choices,
     'max', l.max_choices, 'pricing_mode', g.pricing_mode, 'is_active', g.is_active) order by l.position, l.id), '[]')
   from product_option_groups l join option_groups g on (g.tenant_id, g.id) = (l.tenant_id, l.group_id)
   where l.tenant_id = p.tenant_id and l.product_id = p.id)"""
_COLUMNS = f"""
 p.id, p.code, p.name, p.description, p.tags, p.store_id, s.name as store_name, p.category_id,
 c.name as category_name, p.availability, p.lead_days, p.is_active, p.position, p.version, p.created_at,
 {_SKUS} as skus, {_PICTURES} as pictures, {_LINKS} as option_groups"""
_FROM = """
 from products p
 left join categories c on (c.tenant_id, c.id) = (p.tenant_id, p.category_id)
 left join stores s on (s.tenant_id, s.id) = (p.tenant_id, p.store_id)"""


def _conditions(uow: UnitOfWork, wanted: ProductFilter, *, everywhere: bool) -> tuple[str, dict[str, Any]]:
    parts = ["p.tenant_id = :tenant"]
    values: dict[str, Any] = {"tenant": uow.tenant_id}
    if uow.actor.store_ids is not None:
        parts.append("(p.store_id is null or p.store_id = any(:seen))")
        values["seen"] = sorted(uow.actor.store_ids)
    if wanted.ids is not None:
        parts.append("p.id = any(:ids)")
        values["ids"] = list(wanted.ids)
    if wanted.category_id is not None:
        parts.append("p.category_id = :category")
        values["category"] = wanted.category_id
    elif wanted.uncategorised:
        parts.append("p.category_id is null")
    if wanted.store_id is not None:
        parts.append("(p.store_id is null or p.store_id = :store)")
        values["store"] = wanted.store_id
    if wanted.availability is not None:
        parts.append("p.availability = :availability")
        values["availability"] = wanted.availability
    if wanted.is_active is not None:
        parts.append("p.is_active = :active")
        values["active"] = wanted.is_active
    _add_words(wanted.q, parts, values, everywhere=everywhere)
    return " and ".join(parts), values


def _add_words(q: str, parts: list[str], values: dict[str, Any], *, everywhere: bool) -> None:
    """Every word has to begin a word of name or tags, or of the description too; a number may be the code."""
    number = q.strip().lstrip("#")
    patterns = like_patterns(q)
    if q.strip() and not patterns:
        parts.append("false")
        return
    column = "' ' || p.search_text"
    if everywhere:
        column += f" || ' ' || translate(lower(p.description), '{_ACCENTED}', '{_PLAIN}')"
    found: list[str] = []
    for index, pattern in enumerate(patterns):
        values[f"w{index}"] = pattern
        found.append(f"{column} like :w{index}")
    if not found:
        return
    matches = " and ".join(found)
    if number.isascii() and number.isdigit() and len(number) < 12:
        values["code"] = int(number)
        matches = f"({matches}) or p.code = :code"
    parts.append(f"({matches})")


async def list_products(
    uow: UnitOfWork, wanted: ProductFilter, *, limit: int, offset: int
) -> tuple[list[Document], int]:
    """A slice of the catalogue in the order of the menu, and the count of all that match. Two statements.

    Words are looked for in names and tags; only when nothing has them, in descriptions too.
    """
    where, values = _conditions(uow, wanted, everywhere=False)
    total = await _count(uow, where, values)
    if not total and wanted.q.strip():
        where, values = _conditions(uow, wanted, everywhere=True)
        total = await _count(uow, where, values)
    statement = text(
        f"select {_COLUMNS} {_FROM} where {where} "  # noqa: S608 - parts are constants
        "order by c.position nulls last, c.name, p.category_id, p.position, p.name, p.id limit :limit offset :offset"
    )
    rows = await uow.session.execute(statement, {**values, "limit": limit, "offset": offset})
    return [_product(uow, row) for row in rows.mappings()], total


async def _count(uow: UnitOfWork, where: str, values: Mapping[str, Any]) -> int:
    statement = text(f"select count(*) from products p where {where}")  # noqa: S608 - parts are constants
    return int((await uow.session.execute(statement, values)).scalar_one())


async def product_document(uow: UnitOfWork, product_id: UUID) -> Document:
    """One product with its skus, option groups and pictures. NotFoundError."""
    found, _ = await list_products(uow, ProductFilter(ids=[product_id]), limit=1, offset=0)
    if not found:
        raise NotFoundError
    return found[0]


def _product(uow: UnitOfWork, row: Mapping[Any, Any]) -> Document:
    document: Document = dict(row)
    pictures = [picture_document(uow.tenant_id, picture) for picture in document["pictures"]]
    prices = [sku["price_cents"] for sku in document["skus"] if sku["is_active"]]
    return {
        **document,
        "pictures": pictures,
        "image": pictures[0] if pictures else None,
        "price_cents": min(prices, default=0),
        "price_max_cents": max(prices, default=0),
    }


def picture_document(tenant_id: UUID, row: Mapping[str, Any]) -> Document:
    """A picture with its addresses: `src` for the largest size, `srcset` for all, `thumb` for the smallest."""
    sizes = sorted(row["renditions"], key=lambda size: size["width"])
    urls = [f"/media/{tenant_id}/{row['file_id']}/w{size['width']}.{size['format']}" for size in sizes]
    largest = sizes[-1]
    return {
        "id": row["id"],
        "file_id": row["file_id"],
        "alt": row["alt"],
        "src": urls[-1],
        "srcset": ", ".join(f"{url} {size['width']}w" for url, size in zip(urls, sizes, strict=True)),
        "thumb": urls[0],
        "width": largest["width"],
        "height": largest["height"],
    }


_CATEGORIES = text("""
select c.id, c.name, c.store_id, s.name as store_name, c.position, c.is_active, c.version,
  (select count(*) from products p where p.tenant_id = c.tenant_id and p.category_id = c.id) as products
from categories c left join stores s on (s.tenant_id, s.id) = (c.tenant_id, c.store_id)
where c.tenant_id = :tenant and (:all or c.store_id is null or c.store_id = any(:seen))
order by c.position, c.name, c.id
""")


async def list_categories(uow: UnitOfWork) -> list[Document]:
    """Every category the actor may see, in the order of the menu, with its number of products."""
    seen = uow.actor.store_ids
    rows = await uow.session.execute(
        _CATEGORIES, {"tenant": uow.tenant_id, "all": seen is None, "seen": sorted(seen or ())}
    )
    return [dict(row) for row in rows.mappings()]


async def category_document(uow: UnitOfWork, category_id: UUID) -> Document:
    """One category. NotFoundError."""
    for category in await list_categories(uow):
        if category["id"] == category_id:
            return category
    raise NotFoundError


_GROUPS = text("""
select g.id, g.name, g.pricing_mode, g.is_active, g.version,
  (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'price_cents', o.price_cents,
     'max_per_item', o.max_per_item, 'is_active', o.is_active) order by o.position, o.id), '[]')
   from options o where o.tenant_id = g.tenant_id and o.group_id = g.id) as options,
  (select coalesce(jsonb_agg(jsonb_build_object('product_id', p.id, 'name', p.name, 'min', l.min_choices,
     'max', l.max_choices) order by p.name, p.id), '[]')
   from product_option_groups l join products p on (p.tenant_id, p.id) = (l.tenant_id, l.product_id)
   where l.tenant_id = g.tenant_id and l.group_id = g.id) as products
from option_groups g
where g.tenant_id = :tenant and (cast(:id as uuid) is null or g.id = :id)
order by g.name, g.id limit :limit offset :offset
""")


async def list_option_groups(
    uow: UnitOfWork, *, limit: int = 1000, offset: int = 0
) -> tuple[list[Document], int]:
    """Option groups by name with their options and the products that offer them, and the count of all."""
    count = text("select count(*) from option_groups where tenant_id = :tenant")
    total = (await uow.session.execute(count, {"tenant": uow.tenant_id})).scalar_one()
    values = {"tenant": uow.tenant_id, "id": None, "limit": limit, "offset": offset}
    rows = await uow.session.execute(_GROUPS, values)
    return [dict(row) for row in rows.mappings()], int(total)


async def option_group_document(uow: UnitOfWork, group_id: UUID) -> Document:
    """One option group. NotFoundError."""
    values = {"tenant": uow.tenant_id, "id": group_id, "limit": 1, "offset": 0}
    row = (await uow.session.execute(_GROUPS, values)).mappings().one_or_none()
    if row is None:
        raise NotFoundError
    return dict(row)


async def store_choices(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """The stores a product or category may be kept to: (id, name)."""
    statement = text("select id, name from stores where tenant_id = :tenant order by position, name, id")
    rows = await uow.session.execute(statement, {"tenant": uow.tenant_id})
    return [(row.id, row.name) for row in rows if uow.actor.sees_store(row.id)]
