"""Routing by sections answers what the whole router would, and a full house is a clear answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from balcao.kernel.runtime import Runtime
from balcao.kernel.web.sections import Sections
from balcao.web_app import web_app
from tests.factories.shops import Shop


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return web_app(runtime)


def _example(path: str) -> str:
    parts = ["0199a0b1-0000-7000-8000-000000000000" if "{" in part else part for part in path.split("/")]
    return "/".join(parts)


def test_every_route_is_found_in_its_section(app: FastAPI) -> None:
    sections: Any = app.router.middleware_stack
    assert isinstance(sections, Sections)
    known: dict[str, Any] = vars(sections)["_known"]
    contexts = [
        context
        for context in iter_route_contexts(app.router.routes)
        if isinstance(context.original_route, APIRoute)
    ]
    assert len(contexts) > 200
    for context in contexts:
        word = (context.path or "/").split("/")[3 if (context.path or "").startswith("/api/v1/") else 1]
        section = known[f"/api/{word}" if (context.path or "").startswith("/api/v1/") else word]
        paths = {inner.path for inner in iter_route_contexts(section.routes)}
        assert context.path in paths


async def test_wrong_methods_and_unknown_words_are_refused_as_before(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    wrong = await client.delete("/api/v1/catalog", headers=shop.headers)
    assert wrong.status_code == 405
    for path in ("/nothing-here", "/api/v1/nothing-here", "/api", "/catalogue"):
        unknown = await client.get(path, headers=shop.headers)
        assert unknown.status_code == 404, path
        assert unknown.json()["code"] == "not_found"
    assert (await client.get("/api/v1/stores", headers=shop.headers)).content == (
        await client.get("/stores", headers=shop.headers)
    ).content


@pytest.mark.parametrize(
    "path", ["/health/live", "/stores", "/catalog", "/static/favicon.svg", "/nowhere", "/auth/me"]
)
async def test_head_answers_like_get_without_a_body(client: httpx.AsyncClient, shop: Shop, path: str) -> None:
    asked = await client.get(path, headers=shop.headers)
    head = await client.head(path, headers=shop.headers)
    assert (head.status_code, head.content) == (asked.status_code, b"")
    assert head.headers["content-type"] == asked.headers["content-type"]
    assert head.headers.get("etag") == asked.headers.get("etag")
