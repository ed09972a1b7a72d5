"""What is told of payments at /metrics, over all businesses together."""

from __future__ import annotations

from typing import Final

from balcao.kernel.figures.declared import Figures, read

# Ids grow with time (UUID version 7), so the last day of each business is the end of its primary key.
_STATEMENT = """
with since (id) as (
  select cast(lpad(to_hex(cast(extract(epoch from now() - interval '25 hours') * 1000 as bigint)), 12, '0')
              || '70008000000000000000' as uuid)
), day as materialized (
  select p.method, p.status, p.amount_cents, p.refund_due
    from since, tenants t cross join lateral (
      select method, status, amount_cents, refund_due from payments
       where tenant_id = t.id and id >= since.id and created_at > now() - interval '1 day') p
)
select 'payments_last_day' as series, array[method, status] as labels, count(*)::float8 as value
  from day group by method, status
union all
select 'payments_approved_last_day_cents', array[]::text[], coalesce(sum(amount_cents), 0)
  from day where status = 'approved'
union all
select 'refunds_due_last_day', array[]::text[], count(*) from day where refund_due
"""
FIGURES: Final = Figures(
    "payments",
    (
        read(
            "gauge",
            "payments_last_day",
            "Payments asked for in the last 24 hours.",
            "payments",
            "method",
            "status",
        ),
        read("gauge", "payments_approved_last_day_cents", "Of those, the money that came.", "centavos"),
        read("gauge", "refunds_due_last_day", "Of those, the ones to give back.", "payments"),
    ),
    _STATEMENT,
)
