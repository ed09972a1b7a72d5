"""What tests of central administration and billing stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT
from tests.factories.shops import Shop, make_shop


@pytest_asyncio.fixture
async def desk(runtime: Runtime) -> AsyncIterator[Shop]:
    """The platform's own business for the length of a test; `desk.staff` is its owner."""
    shop = await make_shop(runtime)
    await _rename(runtime, shop, PLATFORM_TENANT)
    yield shop
    await _rename(runtime, shop, f"was-central-{uuid4().hex[:8]}")


async def _rename(runtime: Runtime, shop: Shop, slug: str) -> None:
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update tenants set slug = :slug where id = :id"), {"slug": slug, "id": shop.tenant.id}
        )
    runtime.tenants.forget()
    shop.tenant = await runtime.tenants.find("id", str(shop.tenant.id))


@pytest.fixture(autouse=True)
def _no_cookies_are_left(client: httpx.AsyncClient) -> Iterator[None]:
    """The client is shared: what one test's answers put into its jar is nobody else's."""
    yield
    client.cookies.clear()
