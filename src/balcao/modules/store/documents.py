"""Things of the shop as other programs read them: plain documents with everything in, amounts in centavos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.work import UnitOfWork
from balcao.modules.store.order_queries import order_detail

Json = dict[str, Any]

_STORE = text("""
select jsonb_build_object('id', s.id, 'name', s.name, 'slug', s.slug,
  'paused_until', p.until, 'reason', coalesce(p.reason, ''))
from stores s left join lateral (
  select until, reason from store_pauses where tenant_id = :tenant and store_id = s.id and until > :now
  order by until desc limit 1) p on true
where s.tenant_id = :tenant and s.id = :store
""")
_PRODUCTS = text("""
select jsonb_build_object('id', p.id, 'version', p.version, 'code', p.code, 'name', p.name, 'description', p.description,
  'category', case when c.id is null then null else jsonb_build_object('id', c.id, 'name', c.name) end,
  'store_id', p.store_id, 'availability', p.availability, 'lead_days', p.lead_days, 'is_active', p.is_active,
  'tags', p.tags, 'skus', (select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'name', k.name,
    'price_cents', k.price_cents, 'is_active', k.is_active) order by k.position, k.id), '[]')
    from skus k where k.tenant_id = :tenant and k.product_id = p.id))
from products p left join categories c on c.tenant_id = :tenant and c.id = p.category_id
where p.tenant_id = :tenant and p.id = any(:ids) order by p.code
""")
_STOCK = text("""
select jsonb_build_object('id', i.id, 'store', jsonb_build_object('id', st.id, 'name', st.name), 'track', i.track,
  'available', case when i.track = 'daily' then coalesce(d.on_hand - d.reserved, i.daily_quota)
                    else i.on_hand - i.reserved end,
  'low_threshold', i.low_threshold,
  'product', case when p.id is null then null else jsonb_build_object('id', p.id, 'name', p.name) end,
  'sku', case when k.id is null then null else jsonb_build_object('id', k.id, 'name', k.name) end,
  'option', case when o.id is null then null
                 else jsonb_build_object('id', o.id, 'name', o.name, 'group', g.name) end)
from stock_items i
join stores st on st.tenant_id = :tenant and st.id = i.store_id
left join skus k on k.tenant_id = :tenant and k.id = i.sku_id
left join products p on p.tenant_id = :tenant and p.id = k.product_id
left join options o on o.tenant_id = :tenant and o.id = i.option_id
left join option_groups g on g.tenant_id = :tenant and g.id = o.group_id
left join stock_days d on d.tenant_id = :tenant and d.stock_item_id = i.id
  and d.day = (cast(:now as timestamptz) at time zone st.timezone)::date
where i.tenant_id = :tenant and i.id = :item
""")


async def order_document(uow: UnitOfWork, order_id: UUID) -> Json:
    """An order with its store, buyer, lines, amounts and payments; without what the team said to itself.

    NotFoundError for an order that is not there.
    """
    document = await order_detail(uow, order_id, "system")
    return {name: value for name, value in document.items() if name not in {"events", "next_statuses"}}


async def product_documents(uow: UnitOfWork, product_ids: Sequence[UUID]) -> list[Json]:
    """Products with their sizes and prices, by code; those that are gone are left out."""
    found = await uow.session.execute(_PRODUCTS, {"tenant": uow.tenant_id, "ids": list(product_ids)})
    return list(found.scalars())


async def store_pause_document(uow: UnitOfWork, store_id: UUID) -> Json | None:
    """A store, and until when it takes no orders, if it is paused; None when it is gone."""
    parameters = {"tenant": uow.tenant_id, "store": store_id, "now": uow.now()}
    return (await uow.session.execute(_STORE, parameters)).scalar_one_or_none()


async def stock_document(uow: UnitOfWork, stock_item_id: UUID) -> Json | None:
    """What is counted, in which store, and how much of it may still be sold; None when it is gone."""
    parameters = {"tenant": uow.tenant_id, "item": stock_item_id, "now": uow.now()}
    return (await uow.session.execute(_STOCK, parameters)).scalar_one_or_none()
