"""What is told of messages at /metrics, over all businesses together."""

from __future__ import annotations

from typing import Final

from balcao.kernel.figures.declared import Figures, read

_STATEMENT = """
with day as materialized (
  select m.channel, m.status, m.created_at
    from tenants t cross join lateral (
      select channel, status, created_at from messages
       where tenant_id = t.id and created_at > now() - interval '1 day') m
)
select 'messages_last_day' as series, array[channel, status] as labels, count(*)::float8 as value
  from day group by channel, status
union all
select 'messages_oldest_queued_seconds', array[]::text[], coalesce(max(extract(epoch from now() - created_at)), 0)
  from day where status = 'queued'
"""
FIGURES: Final = Figures(
    "messaging",
    (
        read("gauge", "messages_last_day", "Messages of the last 24 hours.", "messages", "channel", "status"),
        read(
            "gauge",
            "messages_oldest_queued_seconds",
            "Of those, how long the oldest unsent one waits.",
            "seconds",
        ),
    ),
    _STATEMENT,
)
