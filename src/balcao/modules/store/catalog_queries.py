"""The public catalogue of a store: one statement, dumped once, kept as bytes until something in it changes."""

from __future__ import annotations

from typing import Any, Final

import orjson
from sqlalchemy import text

from balcao.brazil.addresses import fold
from balcao.kernel.cache import CachedBytes
from balcao.kernel.db.engine import plain
from balcao.kernel.errors import NotFoundError
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.modules.store.catalog_document import catalog_categories
from balcao.modules.store.shelf_answers import CATALOG_TOPIC as CATALOG_TOPIC
from balcao.modules.store.shelf_answers import answer, dump_answer
from balcao.modules.store.store_queries import (
    PICTURE_WIDTHS,
    STORE_ROW,
    told_store,
)

# A store is named by its slug, its id or its name; names are compared as `fold` writes them.
_FOLDED_NAME: Final = r"regexp_replace(btrim(regexp_replace(normalize(lower(s.name), NFKD), '[\u0300-\u036f]', '', 'g')), '\s+', ' ', 'g')"

# Arrays and not objects, as text and not as values: what travels is small and is parsed once, by the fastest parser.
# Short on purpose, in columns' order: a statement of more than 4,096 characters is parsed anew by psycopg each time.
_CATALOGUE_SQL = f"""
with wanted as materialized (select s.* from stores s
where s.tenant_id = :tenant and s.is_active
and (:store = '' or s.slug = :store or s.id::text = :store or {_FOLDED_NAME} = :store)
order by s.slug = :store desc, s.position, s.name, s.id limit 1),
shown as materialized (select p.* from wanted s
join products p on p.tenant_id = :tenant and p.is_active and (p.store_id is null or p.store_id = s.id)
left join categories c on c.tenant_id = :tenant and c.id = p.category_id
where c.id is null or (c.is_active and (c.store_id is null or c.store_id = s.id))),
offered as materialized (
select l.product_id, l.group_id, l.min_choices, l.max_choices, l.position, g.name, g.pricing_mode
from shown p join product_option_groups l on l.tenant_id = :tenant and l.product_id = p.id
join option_groups g on g.tenant_id = :tenant and g.id = l.group_id and g.is_active)
select json_build_object('store', {STORE_ROW},
'categories', (select json_agg(json_build_array(c.id, c.name) order by c.position, c.name, c.id)
from categories c where c.tenant_id = :tenant and c.id in (select category_id from shown)),
'products', (select json_agg(json_build_array(p.id, p.category_id, p.code, p.name, p.description,
p.availability, p.lead_days, p.tags) order by p.position, p.code) from shown p),
'skus', (select json_agg(json_build_array(k.product_id, k.id, k.name, k.price_cents) order by k.position, k.id)
from shown p join skus k on k.tenant_id = :tenant and k.product_id = p.id and k.is_active),
'groups', (select json_agg(json_build_array(l.product_id, l.group_id, l.name, l.min_choices, l.max_choices,
l.pricing_mode) order by l.position, l.name, l.group_id) from offered l),
'options', (select json_agg(json_build_array(o.group_id, o.id, o.name, o.price_cents, o.max_per_item)
order by o.position, o.id)
from options o where o.tenant_id = :tenant and o.is_active and o.group_id in (select group_id from offered)),
'sold_out', (select json_agg(json_build_array(coalesce(i.sku_id, i.option_id), i.track = 'daily'))
from stock_items i left join stock_days d on d.tenant_id = :tenant and d.stock_item_id = i.id
and d.day = (cast(:now as timestamptz) at time zone s.timezone)::date
where i.tenant_id = :tenant and i.store_id = s.id and i.track <> 'none' and case i.track when 'daily'
then coalesce(d.on_hand - d.reserved, i.daily_quota) else i.on_hand - i.reserved end <= 0),
'images', (select json_agg(json_build_array(i.product_id, f.id, i.alt, {PICTURE_WIDTHS}, f.width, f.height)
order by i.position, i.id)
from shown p join product_images i on i.tenant_id = :tenant and i.product_id = p.id
join files f on f.tenant_id = :tenant and f.id = i.file_id and f.is_public)
)::text from wanted s
"""  # noqa: S608 - fixed texts
_CATALOGUE = plain(text(_CATALOGUE_SQL))


def catalogue_name(store: str) -> str:
    """The name under which the catalogue of a store (folded slug, id or name; empty for the first) is kept."""
    return f"catalogue:{store}"


async def catalogue_bytes(runtime: Runtime, tenant: Tenant, store: str | None) -> CachedBytes:
    """The catalogue of a store (slug, id or name; the first one by default) as the bytes of GET /catalog.

    Raises NotFoundError for a store that is not there. Never told over an opening, a closing or a midnight.
    """
    wanted = fold(store) if store else ""

    async def make() -> bytes:
        return await _load(runtime, tenant, wanted)

    return await answer(runtime, tenant.id, catalogue_name(wanted), make)


async def _load(runtime: Runtime, tenant: Tenant, store: str) -> bytes:
    """One statement, one document."""
    now, tenant_id = runtime.clock(), str(tenant.id)
    parameters = {"tenant": tenant.id, "store": store, "now": now}
    found: str | None = await runtime.transactions.read_value(tenant, _CATALOGUE, parameters)
    if found is None:
        raise NotFoundError
    rows: dict[str, Any] = orjson.loads(found)
    about, true_until = told_store(tenant_id, rows["store"], now)
    document = {
        "store": about,
        "categories": catalog_categories(tenant_id, rows),
        "banners": [],
    }
    return dump_answer(document, true_until)
