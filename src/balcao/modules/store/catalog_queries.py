"""The public catalogue of a store: one statement, dumped once, kept as bytes until something in it changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from balcao.kernel.cache import CachedBytes
from balcao.kernel.errors import NotFoundError
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.checkout_load import schedule_of
from balcao.modules.store.opening_hours import OpenState, Schedule, opening_state
from balcao.modules.store.store_queries import store_document

CATALOG_TOPIC = "catalog"
TTL_SECONDS = 30.0
Json = dict[str, Any]

_CATALOGUE = text("""
with the_store as (
  select s.* from stores s where s.tenant_id = :tenant and s.is_active and (cast(:slug as text) is null
    or s.slug = :slug or s.id::text = :slug or lower(s.name) = lower(:slug)) order by s.position, s.name, s.id limit 1),
shown as (
  select p.id, p.category_id, p.code, p.name, p.description, p.availability, p.lead_days, p.position, p.tags
  from products p left join categories c on c.tenant_id = :tenant and c.id = p.category_id, the_store s
  where p.tenant_id = :tenant and p.is_active and (p.store_id is null or p.store_id = s.id)
    and (c.id is null or (c.is_active and (c.store_id is null or c.store_id = s.id)))),
levels as (
  select i.sku_id, i.option_id, case when i.track = 'daily' then coalesce(d.on_hand - d.reserved, i.daily_quota)
    else i.on_hand - i.reserved end as available
  from stock_items i join the_store s on i.store_id = s.id left join stock_days d on d.tenant_id = :tenant
    and d.stock_item_id = i.id and d.day = (cast(:now as timestamptz) at time zone s.timezone)::date
  where i.tenant_id = :tenant and i.track <> 'none')
select (select to_jsonb(s) from the_store s) as store,
 (select coalesce(jsonb_agg(jsonb_build_array(h.weekday, h.opens, h.closes) order by h.weekday, h.opens), '[]')
   from store_hours h where h.tenant_id = :tenant and h.store_id = (select id from the_store)) as hours,
 (select coalesce(jsonb_agg(jsonb_build_array(e.day, e.opens, e.closes, e.reason)), '[]') from store_exceptions e
   where e.tenant_id = :tenant and e.store_id = (select id from the_store) and e.day >= :today) as exceptions,
 (select coalesce(jsonb_agg(jsonb_build_array(p.until, p.reason)), '[]') from store_pauses p
   where p.tenant_id = :tenant and p.store_id = (select id from the_store) and p.until > :now) as pauses,
 (select coalesce(jsonb_agg(jsonb_build_array(c.id, c.name) order by c.position, c.name, c.id), '[]')
   from categories c where c.tenant_id = :tenant and c.id in (select category_id from shown)) as categories,
 (select coalesce(jsonb_agg(jsonb_build_array(p.id, p.category_id, p.code, p.name, p.description, p.availability,
   p.lead_days, p.tags) order by p.position, p.name, p.id), '[]') from shown p) as products,
 (select coalesce(jsonb_agg(jsonb_build_array(k.product_id, k.id, k.name, k.price_cents, coalesce(l.available, 1) > 0)
   order by k.position, k.id), '[]') from skus k left join levels l on l.sku_id = k.id
   where k.tenant_id = :tenant and k.is_active and k.product_id in (select id from shown)) as skus,
 (select coalesce(jsonb_agg(jsonb_build_array(l.product_id, g.id, g.name, l.min_choices, l.max_choices, g.pricing_mode)
   order by l.position, g.id), '[]') from product_option_groups l join option_groups g
   on g.tenant_id = :tenant and g.id = l.group_id
   where l.tenant_id = :tenant and g.is_active and l.product_id in (select id from shown)) as groups,
 (select coalesce(jsonb_agg(jsonb_build_array(o.group_id, o.id, o.name, o.price_cents, o.max_per_item,
   coalesce(l.available, 1) > 0) order by o.position, o.id), '[]') from options o left join levels l on l.option_id = o.id
   where o.tenant_id = :tenant and o.is_active and o.group_id in (select x.group_id from product_option_groups x
     where x.tenant_id = :tenant and x.product_id in (select id from shown))) as options,
 (select coalesce(jsonb_agg(jsonb_build_array(i.product_id, f.id, f.width, f.height, i.alt, f.renditions)
   order by i.position, i.id), '[]') from product_images i join files f on f.tenant_id = :tenant and f.id = i.file_id
   where i.tenant_id = :tenant and i.product_id in (select id from shown)) as images
""")


async def catalogue_bytes(runtime: Runtime, tenant: Tenant, store: str | None) -> CachedBytes:
    """The catalogue of a store (slug, id or name; the first one by default) as the bytes of GET /catalog.

    Raises NotFoundError for a store that is not there. Kept at most 30 s, and never over an opening or a closing.
    """
    name = f"catalogue:{store or ''}"
    found = runtime.cache.peek((tenant.id, name))
    if found is not None:
        return found
    # An edge of the opening hours inside the next half minute shortens the life of what is kept.
    life = TTL_SECONDS

    async def make() -> bytes:
        nonlocal life
        async with runtime.transactions.begin(tenant, read_only=True) as uow:
            document, life = await catalogue_document(uow, store)
        return orjson.dumps(document)

    body = await make()
    ready = CachedBytes.of(body)

    async def made() -> bytes:
        return ready

    if life < 1:
        return ready
    return await runtime.cache.get_or_make(tenant.id, name, made, life, (CATALOG_TOPIC,))


async def catalogue_document(uow: UnitOfWork, store: str | None) -> tuple[Json, float]:
    """The catalogue, and the seconds for which it stays true by the clock. One statement."""
    now = uow.now()
    parameters = {
        "tenant": uow.tenant_id, "slug": store, "now": now, "today": (now - timedelta(days=1)).date(),
    }  # fmt: skip
    row = (await uow.session.execute(_CATALOGUE, parameters)).mappings().one()
    if row["store"] is None:
        raise NotFoundError
    schedule = schedule_of(row["hours"], row["exceptions"], row["pauses"])
    state = opening_state(schedule, row["store"]["timezone"], now)
    products = _products(uow.tenant_id, dict(row))
    known = {category for category, _ in row["categories"]}
    categories = [
        {"id": category, "name": name, "products": [item for owner, item in products if owner == category]}
        for category, name in row["categories"]
    ]
    loose = [item for owner, item in products if owner not in known]
    if loose:
        categories.append({"id": None, "name": "", "products": loose})
    document = {
        "store": {**store_document(row["store"], state), "hours": _hours(row["hours"])},
        "categories": categories,
        "banners": [],
    }
    return document, _seconds_true(state, schedule, now)


def _seconds_true(state: OpenState, schedule: Schedule, now: datetime) -> float:
    edges = [edge for edge in (state.closes_at, state.next_opening) if edge is not None]
    edges += [pause.until for pause in schedule.pauses]
    left = [(edge.astimezone(UTC) - now).total_seconds() for edge in edges]
    return min([TTL_SECONDS, *(seconds for seconds in left if seconds > 0)])


def _hours(rows: Iterable[Any]) -> list[Json]:
    return [{"weekday": day, "opens": opens[:5], "closes": closes[:5]} for day, opens, closes in rows]


def _products(tenant_id: UUID, row: Json) -> list[tuple[str | None, Json]]:
    skus, groups, images = _skus(row), _groups(row), _images(tenant_id, row)
    out: list[tuple[str | None, Json]] = []
    for product, category, code, name, description, availability, lead_days, tags in row["products"]:
        own, linked = skus.get(product, []), groups.get(product, [])
        if not own:
            continue
        sellable = [sku for sku in own if sku["available"]] or own
        prices = [sku["price_cents"] for sku in sellable]
        sold_out = not any(sku["available"] for sku in own) or not all(map(_satisfiable, linked))
        out.append((category, {
            "id": product, "code": code, "name": name, "description": description, "price_cents": own[0]["price_cents"],
            "from_price_cents": min(prices) + sum(_cheapest(group) for group in linked),
            "availability": "sold_out" if sold_out and availability == "available" else availability,
            "lead_days": lead_days, "tags": tags, "image": images[product][0] if product in images else None,
            "images": images.get(product, []), "skus": own, "option_groups": linked,
        }))  # fmt: skip
    return out


def _skus(row: Json) -> dict[str, list[Json]]:
    skus: dict[str, list[Json]] = {}
    for product, sku, name, cents, available in row["skus"]:
        skus.setdefault(product, []).append(
            {"id": sku, "name": name, "price_cents": cents, "available": available}
        )
    return skus


def _groups(row: Json) -> dict[str, list[Json]]:
    options: dict[str, list[Json]] = {}
    for group, option, name, cents, most, available in row["options"]:
        options.setdefault(group, []).append(
            {"id": option, "name": name, "price_cents": cents, "max_per_item": most, "available": available}
        )
    groups: dict[str, list[Json]] = {}
    for product, group, name, low, high, mode in row["groups"]:
        document = {
            "id": group,
            "name": name,
            "min": low,
            "max": high,
            "pricing_mode": mode,
            "options": options.get(group, []),
        }
        groups.setdefault(product, []).append(document)
    return groups


def _satisfiable(group: Json) -> bool:
    """Whether the options left can fill the group's minimum."""
    return sum(option["max_per_item"] for option in group["options"] if option["available"]) >= group["min"]


def _cheapest(group: Json) -> int:
    """The least a mandatory group adds to the price."""
    prices = sorted(
        option["price_cents"]
        for option in group["options"]
        if option["available"]
        for _ in range(option["max_per_item"])
    )[: group["min"]]
    if not prices:
        return 0
    if group["pricing_mode"] == "highest":
        return max(prices)
    return (
        sum(prices)
        if group["pricing_mode"] == "sum"
        else (2 * sum(prices) + len(prices)) // (2 * len(prices))
    )


def _images(tenant_id: UUID, row: Json) -> dict[str, list[Json]]:
    images: dict[str, list[Json]] = {}
    for product, file, width, height, alt, renditions in row["images"]:
        images.setdefault(product, []).append(
            picture_document(tenant_id, file, width, height, alt, renditions)
        )
    return images


def picture_document(
    tenant_id: UUID, file_id: str, width: int, height: int, alt: str, renditions: list[Json]
) -> Json:
    """A picture with its sizes, as pages and programs show it."""
    base = f"/media/{tenant_id}/{file_id}"
    sizes = sorted(renditions, key=lambda size: size["width"])
    return {
        "src": f"{base}/w{sizes[-1]['width']}.webp",
        "srcset": ", ".join(f"{base}/w{size['width']}.webp {size['width']}w" for size in sizes),
        "width": width,
        "height": height,
        "alt": alt,
    }
