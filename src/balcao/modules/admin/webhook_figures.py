"""What is told of webhooks at /metrics, over all businesses together."""

from __future__ import annotations

from typing import Final

from balcao.kernel.figures.declared import Figures, read
from balcao.kernel.observability.series import counter

WEBHOOK_TRIES: Final = counter(
    "webhook_tries_total",
    "Tries to hand a webhook over, by how they ended: delivered, or why not.",
    "tries",
    ("outcome",),
)
_STATEMENT = """
select 'webhook_deliveries_last_day' as series, array[d.status] as labels, count(*)::float8 as value
  from tenants t cross join lateral (
    select status from webhook_deliveries
     where tenant_id = t.id and created_at > now() - interval '1 day') d
 group by d.status
union all
select 'webhook_endpoints', array[e.status], count(*)::float8 from webhook_endpoints e group by e.status
"""
FIGURES: Final = Figures(
    "webhooks",
    (
        read(
            "gauge", "webhook_deliveries_last_day", "Deliveries of the last 24 hours, by how they stand.",
            "deliveries", "status",
        ),
        read("gauge", "webhook_endpoints", "Addresses that ask for webhooks, by state.", "endpoints", "status"),
    ),
    _STATEMENT,
)  # fmt: skip
