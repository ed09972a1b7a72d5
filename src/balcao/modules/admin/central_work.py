"""The way of central administration into the database: across all businesses, on the trail, told to every process."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.actor import Actor
from balcao.kernel.bulletin import PLATFORM
from balcao.kernel.db.audit_trail import AuditEntry
from balcao.kernel.db.constraints import domain_error_of
from balcao.kernel.errors import AlreadyExistsError
from balcao.kernel.ids import new_id
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import TENANTS_TOPIC


class SlugTakenError(AlreadyExistsError):
    """Two businesses cannot share an address word."""

    detail = "Another business has this address."


class HostTakenError(AlreadyExistsError):
    """Two businesses cannot share a host name."""

    detail = "Another business has this host name."


_CONSTRAINTS = {"uq_tenants_slug": SlugTakenError, "uq_tenants_custom_host": HostTakenError}


@dataclass(frozen=True, slots=True)
class Central:
    """A person of the platform at work: who, from where, in which request."""

    runtime: Runtime
    actor: Actor
    request_id: str
    address: str

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """A look at every business."""
        async with platform_work(self.runtime.database, read_only=True) as session:
            yield session

    @asynccontextmanager
    async def writing(self, *tenant_ids: UUID) -> AsyncGenerator[AsyncSession]:
        """A change, on the audit trail. After the commit every process forgets what it knew of the businesses."""
        try:
            async with platform_work(
                self.runtime.database, actor=self.actor, request_id=self.request_id, address=self.address
            ) as session:
                yield session
        except IntegrityError as error:
            known = domain_error_of(error, _CONSTRAINTS)
            if known is None:
                raise
            raise known from error
        tell_everybody(self.runtime, *tenant_ids)

    def note(
        self, session: AsyncSession, tenant_id: UUID, deed: str, entity_id: object, /, **after: Any
    ) -> None:
        """Writes into the trail of a business what was done there and changed no row of an audited table."""
        session.add(
            AuditEntry(
                tenant_id=tenant_id, id=new_id(), actor_kind=self.actor.kind, actor_id=self.actor.id, impersonator=None,
                address=self.address or None, request_id=self.request_id or None, verb="did", entity=deed,
                entity_id=str(entity_id), before={}, after=after,
            )
        )  # fmt: skip


def tell_everybody(runtime: Runtime, *tenant_ids: UUID) -> None:
    """Every process asks anew for businesses, plans and switches; what shows a name or a door is made again."""
    runtime.bulletin.post(PLATFORM, [TENANTS_TOPIC])
    for tenant_id in tenant_ids:
        runtime.bulletin.post(tenant_id, ["catalog"])
