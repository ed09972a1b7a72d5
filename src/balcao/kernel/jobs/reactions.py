"""Delivering events: each reaction runs in one transaction with the row that says it did."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from balcao.kernel.actor import SYSTEM
from balcao.kernel.db.models import Stamped, TenantModel
from balcao.kernel.events import Reaction, event_of
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import Transactions


class ProcessedEvent(TenantModel, Stamped):
    """That a reaction has handled an event: the id is derived from both, so a second delivery conflicts."""

    __tablename__ = "processed_events"
    reaction: Mapped[str]


async def deliver(
    transactions: Transactions,
    tenant: Tenant,
    reaction: Reaction,
    event_id: UUID,
    payload: dict[str, Any],
    request_id: str,
) -> bool:
    """Runs the reaction unless it already handled this event; False for a repeat."""
    row_id = uuid5(event_id, reaction.job_name)
    async with transactions.begin(tenant, SYSTEM, request_id=request_id) as uow:
        mark = (
            insert(ProcessedEvent)
            .values(tenant_id=tenant.id, id=row_id, reaction=reaction.job_name)
            .on_conflict_do_nothing()
            .returning(ProcessedEvent.id)
        )
        if (await uow.session.execute(mark)).first() is None:
            return False
        uow.event_id = event_id
        await reaction.function(uow, event_of(reaction.event_type, payload))
    return True
