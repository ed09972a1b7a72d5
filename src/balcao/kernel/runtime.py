"""The installation as one process holds it, put together once in the composition root and handed down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from balcao.kernel.actor import Actor
from balcao.kernel.backups.maintenance import Maintenance
from balcao.kernel.bulletin import PLATFORM, Bulletin
from balcao.kernel.cache import Cache
from balcao.kernel.clock import Clock
from balcao.kernel.db.engine import Database
from balcao.kernel.figures.process import ProcessFigures
from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.i18n import Catalogues
from balcao.kernel.identity.tokens import SigningKeys
from balcao.kernel.module import Module
from balcao.kernel.providers import Providers
from balcao.kernel.rate_limit import RateLimiter
from balcao.kernel.settings import Settings
from balcao.kernel.tenants import TENANTS_TOPIC, Tenant, TenantDirectory
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

    def start(self) -> None:
        """Starts what runs beside the requests of this process."""
        self.bulletin.start()
        self.figures.start()
        self.maintenance.start()

    async def close(self) -> None:
        """Ends it in order."""
        await self.maintenance.stop()
        await self.figures.stop()
        await self.bulletin.stop()
        await self.cache.close()
        await self.limiter.close()
        await self.database.close()


@dataclass(frozen=True, slots=True)
class Work:
    """Who asks, and the way to as many transactions of theirs as it takes: for verbs that look outside in between."""

    runtime: Runtime
    tenant: Tenant
    actor: Actor
    request_id: str

    async def run(self, verb: Callable[[UnitOfWork], Awaitable[Result]], *, lane: str = "") -> Result:
        """Runs the verb in a transaction, up to three times when the database asks for a repeat.

        Verbs of a tenant that all want the same rows share a `lane`, in which few of them run at a time.
        """
        return await self.runtime.transactions.run(
            self.tenant, self.actor, verb, request_id=self.request_id, lane=lane
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
