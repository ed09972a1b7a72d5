"""Keeps `tenants.webhook_events` true: the types of events that some endpoint of a business asks for.

It may name too much for a moment, never too little: it is widened before an endpoint is written and tightened after. The
tenant's row is held in between, so that two people changing endpoints cannot tighten away each other's wishes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.bulletin import PLATFORM
from balcao.kernel.lanes import Lanes
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import TENANTS_TOPIC, Tenant
from balcao.modules.admin.webhook_events import events_of

# Not for update: rows of the business that are written meanwhile hold the key of this one.
_HOLD = text("select webhook_events from tenants where id = :tenant for no key update")
_SET = text("update tenants set webhook_events = :events where id = :tenant")
# Each change holds a connection while it takes a second one: a crowd of them would have them all and wait for ever.
_LANES = Lanes(2)
_ASKED = text("select events from webhook_endpoints where tenant_id = :tenant and status <> 'off'")


@asynccontextmanager
async def wishes_kept(runtime: Runtime, tenant: Tenant, wishes: Iterable[str]) -> AsyncGenerator[None]:
    """Changes endpoints in the block, in transactions of its own; `wishes` are those it may add. UnavailableError when
    too many others do."""
    async with _LANES.enter(TENANTS_TOPIC):
        async with platform_work(runtime.database) as session:
            is_wider = await _set(session, tenant.id, events_of(wishes), keep=True)
        if is_wider:
            runtime.bulletin.post(PLATFORM, {TENANTS_TOPIC})
        async with _held(runtime, tenant):
            yield


@asynccontextmanager
async def _held(runtime: Runtime, tenant: Tenant) -> AsyncGenerator[None]:
    async with platform_work(runtime.database) as session:
        await session.execute(_HOLD, {"tenant": tenant.id})
        yield
        rows: list[Any] = list((await session.execute(_ASKED, {"tenant": tenant.id})).scalars())
        is_tighter = await _set(session, tenant.id, events_of(wish for row in rows for wish in row))
    if is_tighter:
        runtime.bulletin.post(PLATFORM, {TENANTS_TOPIC})


async def _set(session: AsyncSession, tenant_id: UUID, events: frozenset[str], *, keep: bool = False) -> bool:
    """Writes the types, beside those there already with `keep`; whether anything changed."""
    known = frozenset((await session.execute(_HOLD, {"tenant": tenant_id})).scalar_one())
    wanted = known | events if keep else events
    if wanted == known:
        return False
    await session.execute(_SET, {"tenant": tenant_id, "events": sorted(wanted)})
    return True
