"""The Python client on the real application: without a network, and in both kinds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from balcao.kernel.runtime import Runtime
from balcao.web_app import web_app
from balcao_client import AsyncBalcao, Balcao
from tests.factories.shops import Shop

BASE = "http://localhost"
Connect = Callable[..., AsyncBalcao]


class Losing(httpx.AsyncBaseTransport):
    """A way on which the first answers are lost, after the server has done what was asked."""

    def __init__(self, way: httpx.AsyncBaseTransport, losses: int = 1) -> None:
        self.way, self.losses, self.keys = way, losses, list[str | None]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.way.handle_async_request(request)
        self.keys.append(request.headers.get("idempotency-key"))
        if len(self.keys) > self.losses:
            return response
        await response.aread()
        raise httpx.ReadError("the line broke", request=request)


class Across(httpx.BaseTransport):
    """A way from a thread that waits to the application in the loop of the tests."""

    def __init__(self, way: httpx.AsyncBaseTransport, loop: asyncio.AbstractEventLoop) -> None:
        self.way, self.loop = way, loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._answer(request), self.loop).result()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        request.stream = httpx.ByteStream(request.read())
        response = await self.way.handle_async_request(request)
        content = b"".join([chunk async for chunk in response.aiter_raw()])
        return httpx.Response(
            response.status_code, headers=response.headers, stream=httpx.ByteStream(content)
        )


@pytest.fixture(scope="session")
def way(runtime: Runtime) -> httpx.AsyncBaseTransport:
    return httpx.ASGITransport(app=web_app(runtime), raise_app_exceptions=False)


@pytest_asyncio.fixture
async def owner(shop: Shop, way: httpx.AsyncBaseTransport) -> AsyncIterator[AsyncBalcao]:
    """The client of the shop's owner."""
    async with AsyncBalcao(BASE, token=shop.token, transport=way) as client:
        yield client


@pytest_asyncio.fixture
async def waiting_owner(shop: Shop, way: httpx.AsyncBaseTransport) -> Balcao:
    """The client of the shop's owner that waits; use it in a thread."""
    return Balcao(BASE, token=shop.token, transport=Across(way, asyncio.get_running_loop()))


@pytest_asyncio.fixture
async def connect(way: httpx.AsyncBaseTransport) -> AsyncIterator[Connect]:
    """Makes clients that are closed in the end."""
    made: list[AsyncBalcao] = []

    def connected(**more: Any) -> AsyncBalcao:
        made.append(AsyncBalcao(BASE, **{"transport": way, **more}))
        return made[-1]

    yield connected
    for client in made:
        await client.close()
