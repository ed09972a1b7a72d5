"""What the people who run the installation ask of all shops together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Each business is asked through an index of its own: the cost grows with the month's orders, not with all there are.
_SALES: Final = text("""
select (select count(*) from stores where is_active) as stores_active,
       count(*) filter (where o.placed_at >= :day) as orders_today, count(*) as orders_month,
       coalesce(sum(o.total_cents) filter (where o.placed_at >= :day and o.counts), 0) as sales_today_cents,
       coalesce(sum(o.total_cents) filter (where o.counts), 0) as sales_month_cents
from tenants t cross join lateral (
  select placed_at, total_cents, status not in ('canceled', 'expired', 'awaiting_payment') as counts
    from orders where tenant_id = t.id and placed_at >= :month) o
""")
_STORES: Final = text("select count(*) from stores where tenant_id = :tenant")


@dataclass(frozen=True, slots=True)
class SalesOfAll:
    """Orders of every business since the two moments asked for; money in centavos, without what was called off."""

    stores_active: int
    orders_today: int
    orders_month: int
    sales_today_cents: int
    sales_month_cents: int


async def sales_of_all(session: AsyncSession, *, day: datetime, month: datetime) -> SalesOfAll:
    """Counts and sums since `day` and since `month` began. `session` is the platform's."""
    row = (await session.execute(_SALES, {"day": day, "month": month})).mappings().one()
    return SalesOfAll(**{name: int(value) for name, value in row.items()})


async def stores_count(session: AsyncSession, tenant_id: UUID) -> int:
    """How many stores a business has, switched off or not: what its limit counts."""
    return int((await session.execute(_STORES, {"tenant": tenant_id})).scalar_one())
