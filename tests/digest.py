"""Everything the database keeps of a business, as one number."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.db.models import TenantModel
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime


async def digest_of(runtime: Runtime, tenant_id: UUID, *, without: Collection[str] = ()) -> str:
    """One digest over every row of the tenant in every table but those in `without`."""
    tables = sorted({str(model.__tablename__) for model in TenantModel.__subclasses__()} - set(without))
    parts = [
        f"select '{table}' as name, coalesce(md5(string_agg(t::text, '|' order by t.id)), '') as part "
        f"from {table} t where t.tenant_id = :tenant"
        for table in tables
    ]
    async with platform_work(runtime.database, read_only=True) as session:
        rows = await session.execute(
            text(" union all ".join(parts) + " order by name"), {"tenant": tenant_id}
        )
        found = [row.part for row in rows]
    assert len(found) == len(tables) > 20
    return hashlib.sha256("|".join(found).encode()).hexdigest()
