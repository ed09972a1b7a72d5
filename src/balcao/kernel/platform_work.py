"""The one door across tenants: for sign-in, seeding, sweeping and central administration. A contract lists its users."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.actor import SYSTEM, Actor
from balcao.kernel.db.engine import Database, begin_as
from balcao.kernel.db.row_security import PLATFORM_ROLE
from balcao.kernel.observability.logging import current_address, current_request_id


@asynccontextmanager
async def platform_work(
    database: Database,
    *,
    read_only: bool = False,
    actor: Actor = SYSTEM,
    request_id: str = "",
    address: str = "",
) -> AsyncGenerator[AsyncSession]:
    """A transaction that sees every tenant's rows. Commits when the block ends well.

    What a person changes through it needs `actor`, for the audit trail; their client's `address` and the request are
    those being served when they are left out.
    """
    async with database.session() as session:
        trail = actor.for_the_trail(
            address or current_address.get(), request_id or current_request_id.get() or ""
        )
        await begin_as(session, PLATFORM_ROLE, "", read_only=read_only, timeout_ms=60_000, actor=trail)
        yield session
        await session.commit()
    if database.replica is not None and not read_only:
        database.replica.wrote(None)
