"""What the team's tests do over and over."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.rate_limit import RateLimiter
from balcao.kernel.runtime import Runtime
from balcao.web_app import web_app
from tests.factories.shops import PASSWORD, Shop

ATTENDANT = ["store.orders:view", "store.orders:edit"]
TEAM = ["admin.team:view", "admin.team:edit"]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def log_in(
    client: httpx.AsyncClient, email: str, password: str = PASSWORD, **headers: str
) -> httpx.Response:
    answer = await client.post("/auth/login", json={"email": email, "password": password}, headers=headers)
    client.cookies.clear()
    return answer


async def token_of(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> str:
    answer = await log_in(client, email, password)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


async def add_person(client: httpx.AsyncClient, shop: Shop, email: str, **body: Any) -> dict[str, Any]:
    wanted = {"email": email, "name": "Joana", "password": PASSWORD, **body}
    answer = await client.post("/admin/users", json=wanted, headers=shop.staff)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def add_group(
    client: httpx.AsyncClient, shop: Shop, name: str, permissions: list[str], **body: Any
) -> dict[str, Any]:
    answer = await client.post(
        "/admin/groups", json={"name": name, "permissions": permissions, **body}, headers=shop.staff
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def letters(runtime: Runtime, email: str) -> list[str]:
    """Bodies of the e-mails to an address, oldest first, in every business."""
    async with platform_work(runtime.database, read_only=True) as session:
        rows = await session.execute(
            text("select body from messages where recipient = :email order by created_at, id"),
            {"email": email},
        )
        return [row.body for row in rows]


async def last_link_token(runtime: Runtime, email: str) -> str:
    found = re.search(r"/painel/(?:convite|nova-senha)/(\S+)", (await letters(runtime, email))[-1])
    assert found is not None
    return found[1]


async def set_users_limit(runtime: Runtime, shop: Shop, limit: int) -> None:
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update tenants set users_limit = :limit where id = :id"),
            {"limit": limit, "id": shop.tenant.id},
        )
    runtime.tenants.forget()


@asynccontextmanager
async def client_with(runtime: Runtime, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A second server on the same database with some parts of its own."""
    app = web_app(dataclasses.replace(runtime, **changes))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


def strict_limits() -> RateLimiter:
    return RateLimiter()
