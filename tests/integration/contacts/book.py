"""Short ways to ask the address book in tests."""

from __future__ import annotations

from typing import Any

import httpx
import pytest_asyncio

from balcao.kernel.runtime import Runtime
from tests.factories.shops import Shop, make_shop

MODULES = ["store", "contacts"]


@pytest_asyncio.fixture
async def book(runtime: Runtime) -> Shop:
    """A fresh business with a shop and an address book."""
    return await make_shop(runtime, modules=MODULES)


async def add(client: httpx.AsyncClient, shop: Shop, **fields: Any) -> dict[str, Any]:
    """A person, by POST /contacts."""
    answer = await client.post("/contacts", json=fields, headers=shop.staff)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def names(client: httpx.AsyncClient, shop: Shop, **query: Any) -> list[str]:
    """Names on the first page of a search."""
    answer = await client.get("/contacts", params={"limit": 100, **query}, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def post(client: httpx.AsyncClient, shop: Shop, path: str, **body: Any) -> httpx.Response:
    """POST as the owner."""
    return await client.post(path, json=body, headers=shop.staff)


async def read(client: httpx.AsyncClient, shop: Shop, path: str, **query: Any) -> dict[str, Any]:
    """GET as the owner."""
    answer = await client.get(path, params=query, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    return answer.json()
