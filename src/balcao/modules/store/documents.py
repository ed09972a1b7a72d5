"""Things of the shop as other programs read them: plain documents with everything in, amounts in centavos."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.work import UnitOfWork
from balcao.modules.store.order_queries import order_detail

Json = dict[str, Any]

_CUSTOMER = text("""
select jsonb_build_object('id', c.id, 'name', c.name, 'phone', c.phone, 'email', c.email, 'document', c.document,
                          'created_at', c.created_at, 'last_order_at', c.last_order_at)
from customers c where c.tenant_id = :tenant and c.id = :customer
""")
_FIRST_OF = text("""
select o.customer_id from orders o where o.tenant_id = :tenant and o.id = :order and not exists (
  select from orders e where e.tenant_id = :tenant and e.customer_id = o.customer_id
  and (e.placed_at, e.id) < (o.placed_at, o.id))
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


async def customer_document(uow: UnitOfWork, customer_id: UUID) -> Json | None:
    """A buyer; None when they were erased meanwhile."""
    found = await uow.session.execute(_CUSTOMER, {"tenant": uow.tenant_id, "customer": customer_id})
    return found.scalar_one_or_none()


async def new_customer_of(uow: UnitOfWork, order_id: UUID) -> UUID | None:
    """The buyer of an order, when it is their first one here."""
    found = await uow.session.execute(_FIRST_OF, {"tenant": uow.tenant_id, "order": order_id})
    return found.scalar_one_or_none()


async def stock_document(uow: UnitOfWork, stock_item_id: UUID) -> Json | None:
    """What is counted, in which store, and how much of it may still be sold; None when it is gone."""
    parameters = {"tenant": uow.tenant_id, "item": stock_item_id, "now": uow.now()}
    return (await uow.session.execute(_STOCK, parameters)).scalar_one_or_none()
