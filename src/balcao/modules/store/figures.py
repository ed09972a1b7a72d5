"""What is told of the shops at /metrics, over all businesses together."""

from __future__ import annotations

from typing import Final

from balcao.kernel.figures.declared import Figures, read

# Each business is asked through an index of its own: the cost grows with the last day's orders, not with all there are.
_STATEMENT = """
with day as materialized (
  select o.status, o.channel, o.fulfilment, o.total_cents
    from tenants t cross join lateral (
      select status, channel, fulfilment, total_cents from orders
       where tenant_id = t.id and placed_at > now() - interval '1 day') o
), baskets as materialized (
  select c.updated_at, jsonb_array_length(c.items) > 0 as is_filled
    from tenants t cross join lateral (
      select updated_at, items from carts where tenant_id = t.id and updated_at > now() - interval '1 day') c
), states (status) as (values ('awaiting_payment'), ('received'), ('confirmed'), ('preparing'), ('ready'),
  ('out_for_delivery'), ('picked_up'), ('delivered'))
select 'orders_placed_total' as series, array[]::text[] as labels, coalesce(sum(last_code), 0)::float8 as value
  from order_counters
union all
select 'orders_last_day', array[status, channel, fulfilment], count(*) from day group by status, channel, fulfilment
union all
select 'revenue_last_day_cents', array[]::text[], coalesce(sum(total_cents), 0)
  from day where status not in ('canceled', 'expired', 'awaiting_payment')
union all
select 'orders_open', array[s.status], count(o.id)
  from states s left join (stores st join orders o on o.tenant_id = st.tenant_id and o.store_id = st.id) using (status)
 group by s.status
union all
select 'orders_overdue', array[]::text[], count(*) from orders where due_at < now() - interval '2 minutes'
union all
select 'carts_last_day', array[]::text[], count(*) from baskets where is_filled
union all
select 'carts_last_hour', array[]::text[], count(*) from baskets where is_filled and updated_at > now() - interval '1 hour'
union all
select 'stores', array[]::text[], count(*) from stores
union all
select 'products', array[]::text[], count(*) from products
"""
FIGURES: Final = Figures(
    "store",
    (
        read(
            "counter", "orders_placed_total", "Orders ever placed, by the numbers they were given.", "orders"
        ),
        read(
            "gauge",
            "orders_last_day",
            "Orders of the last 24 hours.",
            "orders",
            "status",
            "channel",
            "fulfilment",
        ),
        read(
            "gauge",
            "revenue_last_day_cents",
            "Totals of the orders of the last 24 hours, but for those canceled, expired or not yet paid.",
            "centavos",
        ),
        read("gauge", "orders_open", "Orders somebody still has to do something about.", "orders", "status"),
        read(
            "gauge", "orders_overdue", "Orders the sweeper should have looked at two minutes ago.", "orders"
        ),
        read("gauge", "carts_last_day", "Filled baskets touched in the last 24 hours.", "baskets"),
        read("gauge", "carts_last_hour", "Filled baskets touched in the last hour.", "baskets"),
        read("gauge", "stores", "Stores of all businesses.", "stores"),
        read("gauge", "products", "Products of all catalogues.", "products"),
    ),
    _STATEMENT,
)
