"""The installation as one process holds it, put together once in the composition root and handed down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from balcao.kernel.actor import Actor
from balcao.kernel.backups.maintenance import Maintenance
from balcao.kernel.bulletin import PLATFORM, Bulletin
from balcao.kernel.cache import Cache
from balcao.kernel.clock import Clock
from balcao.kernel.db.engine import Database
from balcao.kernel.db.replica import Replica
from balcao.kernel.figures.process import ProcessFigures
from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.i18n import Catalogues
from balcao.kernel.identity.tokens import SigningKeys
from balcao.kernel.module import Module
from balcao.kernel.observability.outward import start_outward, stop_outward
from balcao.kernel.observability.query_stats import slow_limit
from balcao.kernel.providers import Providers
from balcao.kernel.rate_limit import RateLimiter
from balcao.kernel.settings import Settings
from balcao.kernel.tenants import PLATFORM_TENANT, TENANTS_TOPIC, Tenant, TenantDirectory
from balcao.kernel.work import Transactions, UnitOfWork

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything long-lived. No part of it knows a product word."""

    settings: Settings
    clock: Clock
    database: Database
    bulletin: Bulletin
    transactions: Transactions
    tenants: TenantDirectory
    cache: Cache
    limiter: RateLimiter
    blobs: BlobStore
    catalogues: Catalogues
    keys: SigningKeys
    modules: Sequence[Module]
    providers: Providers
    permissions: frozenset[str]
    figures: ProcessFigures
    maintenance: Maintenance

    def permissions_in(self, tenant: Tenant) -> frozenset[str]:
        """What can be granted in a business: what concerns the whole installation only in the platform's own."""
        if tenant.slug == PLATFORM_TENANT:
            return self.permissions
        return self.permissions - {
            permission.code
            for module in self.modules
            for permission in module.permissions
            if permission.of_platform
        }

    def start(self) -> None:
        """Starts what runs beside the requests of this process."""
        start_outward(self.settings)
        slow_limit.seconds = self.settings.slow_statement_ms / 1000
        self.bulletin.start()
        if self.database.replica is not None:
            self.database.replica.start()
        self.figures.start()
        self.maintenance.start()

    async def close(self) -> None:
        """Ends it in order."""
        await self.maintenance.stop()
        await self.figures.stop()
        await self.bulletin.stop()
        await self.cache.close()
        await self.limiter.close()
        if self.database.replica is not None:
            await self.database.replica.stop()
        await self.database.close()
        await asyncio.to_thread(stop_outward)


@dataclass(frozen=True, slots=True)
class Work:
    """Who asks, and the way to as many transactions of theirs as it takes: for verbs that look outside in between."""

    runtime: Runtime
    tenant: Tenant
    actor: Actor
    request_id: str
    address: str = ""

    async def run(self, verb: Callable[[UnitOfWork], Awaitable[Result]], *, lane: str = "") -> Result:
        """Runs the verb in a transaction, up to three times when the database asks for a repeat.

        Verbs of a tenant that all want the same rows share a `lane`, in which few of them run at a time.
        """
        return await self.runtime.transactions.run(
            self.tenant, self.actor, verb, request_id=self.request_id, address=self.address, lane=lane
        )


def known_permissions(modules: Sequence[Module]) -> frozenset[str]:
    """Every permission any module declares."""
    return frozenset(permission.code for module in modules for permission in module.permissions)


def connect_caches(bulletin: Bulletin, cache: Cache, tenants: TenantDirectory) -> None:
    """Lets postings of any process drop what this one remembers."""

    def heard(tenant_id: Any, topic: str) -> None:
        if tenant_id == PLATFORM and topic == TENANTS_TOPIC:
            tenants.forget()
        cache.invalidate_local(tenant_id, topic)

    def gap() -> None:
        tenants.forget()
        cache.clear()

    bulletin.listen(heard, on_gap=gap)
    bulletin.listen_to_own(cache.invalidate_shared)


def connect_replica(bulletin: Bulletin, replica: Replica) -> None:
    """Whatever any process tells of a business may be something the replica has not heard of yet."""
    bulletin.listen(
        lambda tenant_id, _topic: replica.wrote(None if tenant_id == PLATFORM else tenant_id),
        on_gap=lambda: replica.wrote(None),
    )
