"""The one door across tenants: for sign-in, seeding, sweeping and central administration. A contract lists its users."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.db.engine import Database, begin_as
from balcao.kernel.db.row_security import PLATFORM_ROLE


@asynccontextmanager
async def platform_work(database: Database, *, read_only: bool = False) -> AsyncGenerator[AsyncSession]:
    """A transaction that sees every tenant's rows. Commits when the block ends well."""
    async with database.session() as session:
        await begin_as(session, PLATFORM_ROLE, "", read_only=read_only, timeout_ms=60_000)
        yield session
        await session.commit()
