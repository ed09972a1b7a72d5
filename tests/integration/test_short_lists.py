"""Lists that are short by their nature: whole when nothing is asked, in slices like any other when it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT
from tests.factories.shops import Shop, make_shop


@pytest.fixture(autouse=True)
def _no_cookies_are_left(client: httpx.AsyncClient) -> Iterator[None]:
    yield
    client.cookies.clear()


@pytest_asyncio.fixture
async def desk(runtime: Runtime) -> AsyncIterator[Shop]:
    """The platform's own business for the length of a test."""
    shop = await make_shop(runtime)
    rename = text("update tenants set slug = :slug where id = :id")
    for slug in (PLATFORM_TENANT, f"was-central-{uuid4().hex[:8]}"):
        async with platform_work(runtime.database) as session:
            await session.execute(rename, {"slug": slug, "id": shop.tenant.id})
        runtime.tenants.forget()
        if slug == PLATFORM_TENANT:
            yield shop


async def _list(client: httpx.AsyncClient, path: str, who: Shop, **query: Any) -> dict[str, Any]:
    answer = await client.get(path, params=query, headers=who.staff)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _sliced(client: httpx.AsyncClient, path: str, who: Shop, **query: Any) -> None:
    """At least two items, whole at first, then one by one."""
    whole = await _list(client, path, who, **query)
    total = len(whole["items"])
    assert total >= 2
    assert (whole["total"], whole["offset"]) == (total, 0)
    assert whole["limit"] >= max(total, 20)
    second = await _list(client, path, who, limit=1, offset=1, **query)
    assert (second["items"], second["total"], second["limit"], second["offset"]) == (
        [whole["items"][1]], total, 1, 1,
    )  # fmt: skip
    past = await _list(client, path, who, offset=total, **query)
    assert (past["items"], past["total"]) == ([], total)
    for wrong in ({"limit": 0}, {"limit": 101}, {"offset": -1}):
        assert (await client.get(path, params={**query, **wrong}, headers=who.staff)).status_code == 422


async def test_of_a_business(client: httpx.AsyncClient, shop: Shop) -> None:
    for number in (1, 2):
        made = await client.post(
            "/contacts", json={"first_name": f"Ana {number}", "tags": [f"marca-{number}"]}, headers=shop.staff
        )
        assert made.status_code == 201, made.text
    person = made.json()["id"]
    for status in ("granted", "withdrawn"):
        said = await client.post(
            f"/contacts/{person}/consents",
            json={"channel": "email", "status": status, "source": "balcão", "evidence": "disse"},
            headers=shop.staff,
        )
        assert said.status_code == 201, said.text
    assert said.json()["total"] == len(said.json()["items"]) == 2
    for name, until in (("Perto", 1000), ("Longe", 5000)):
        await shop.add_area(kind="km", name=name, metres_min=0, metres_max=until)
    await _sliced(client, "/contacts/tags", shop)
    await _sliced(client, f"/contacts/{person}/consents", shop)
    await _sliced(client, "/admin/shipping/areas", shop, store_id=str(shop.store_id))
    await _sliced(client, "/admin/modules", shop)
    none = await _list(client, "/ghl/connections", shop, limit=5)
    assert none == {"items": [], "total": 0, "limit": 5, "offset": 0}


async def test_of_the_platform(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    base = f"/admin/central/tenants/{shop.tenant.id}"
    for number in (1, 2):
        body = {"slug": f"p{uuid4().hex[:14]}", "name": "Essencial", "price_cents": 9900 + number}
        made = await client.post("/admin/central/plans", json=body, headers=desk.staff)
        assert made.status_code == 201, made.text
        await client.patch(base, json={"users_limit": 7 + number}, headers=desk.staff)
    await _sliced(client, "/admin/central/plans", desk)
    await _sliced(client, f"{base}/modules", desk)
    trail = await _list(client, f"{base}/audit", desk)
    assert (trail["limit"], trail["offset"]) == (30, 0)
    assert trail["total"] == len(trail["items"]) >= 2
    second = await _list(client, f"{base}/audit", desk, limit=1, offset=1)
    assert (second["items"], second["total"]) == ([trail["items"][1]], trail["total"])
