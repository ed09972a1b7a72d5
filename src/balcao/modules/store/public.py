"""What other modules may use of the shop."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from balcao.kernel.work import UnitOfWork
from balcao.modules.store.events import OrderPlaced as OrderPlaced
from balcao.modules.store.events import OrderStatusChanged as OrderStatusChanged
from balcao.modules.store.events import StockLow as StockLow
from balcao.modules.store.models import Store


async def store_names(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """Id and name of every store of the business, in its order."""
    rows = await uow.session.execute(
        select(Store.id, Store.name)
        .where(Store.tenant_id == uow.tenant_id)
        .order_by(Store.position, Store.name)
    )
    return [(row.id, row.name) for row in rows]
