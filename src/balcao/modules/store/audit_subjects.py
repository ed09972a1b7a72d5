"""What the rows of the shop are called, for whoever reads the trail of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.work import UnitOfWork

# A price belongs to a product, an hour to a store: rows without a name of their own are called like what they belong to.
_NAMES: Final = text("""
select 'stores' as entity, s.id, s.name from stores s where s.tenant_id = :tenant and s.id = any(:stores)
union all select 'categories', c.id, c.name from categories c where c.tenant_id = :tenant and c.id = any(:categories)
union all select 'products', p.id, p.name from products p where p.tenant_id = :tenant and p.id = any(:products)
union all select 'skus', k.id, p.name || case when k.name = '' then '' else ' · ' || k.name end
  from skus k join products p on (p.tenant_id, p.id) = (k.tenant_id, k.product_id)
  where k.tenant_id = :tenant and k.id = any(:skus)
union all select 'option_groups', g.id, g.name from option_groups g where g.tenant_id = :tenant and g.id = any(:option_groups)
union all select 'options', o.id, o.name from options o where o.tenant_id = :tenant and o.id = any(:options)
union all select 'delivery_areas', a.id, a.name from delivery_areas a where a.tenant_id = :tenant and a.id = any(:delivery_areas)
union all select 'product_images', i.id, p.name
  from product_images i join products p on (p.tenant_id, p.id) = (i.tenant_id, i.product_id)
  where i.tenant_id = :tenant and i.id = any(:product_images)
union all select 'product_option_groups', l.id, p.name
  from product_option_groups l join products p on (p.tenant_id, p.id) = (l.tenant_id, l.product_id)
  where l.tenant_id = :tenant and l.id = any(:product_option_groups)
union all select 'time_slots', t.id, s.name
  from time_slots t join stores s on (s.tenant_id, s.id) = (t.tenant_id, t.store_id)
  where t.tenant_id = :tenant and t.id = any(:time_slots)
union all select 'store_hours', h.id, s.name
  from store_hours h join stores s on (s.tenant_id, s.id) = (h.tenant_id, h.store_id)
  where h.tenant_id = :tenant and h.id = any(:store_hours)
""")
SHOP_SUBJECTS: Final = (
    "stores", "categories", "products", "skus", "option_groups", "options", "delivery_areas", "product_images",
    "product_option_groups", "time_slots", "store_hours",
)  # fmt: skip


async def shop_subjects(uow: UnitOfWork, wanted: Mapping[str, Iterable[UUID]]) -> dict[tuple[str, UUID], str]:
    """Names of rows of the shop by table and id, in one statement. Rows that are gone have none."""
    ids = {table: list(wanted.get(table, ())) for table in SHOP_SUBJECTS}
    if not any(ids.values()):
        return {}
    rows = await uow.session.execute(_NAMES, {"tenant": uow.tenant_id, **ids})
    return {(row.entity, row.id): row.name for row in rows}
