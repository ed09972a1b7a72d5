"""What every page brings along (colours, tile, language), and whether the installation is well."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from balcao.kernel.runtime import Runtime
from balcao.kernel.web import health
from balcao.web_app import web_app
from tests.factories.shops import Shop


async def test_a_business_has_colours_and_a_tile_of_its_own(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    slug = shop.tenant.slug
    style = await client.get(f"/aparencia/{slug}.css")
    assert (style.status_code, style.headers["content-type"].split(";")[0]) == (200, "text/css")
    assert f'url("/aparencia/{slug}/azulejo.svg")' in style.text
    tile = await client.get(f"/aparencia/{slug}/azulejo.svg")
    assert (tile.headers["content-type"].split(";")[0], tile.text[:4]) == ("image/svg+xml", "<svg")
    assert (await client.get(f"/aparencia/{other_shop.tenant.slug}/azulejo.svg")).text != tile.text
    assert (await client.get(f"/aparencia/{slug}/azulejo.svg")).text == tile.text
    assert (await client.get("/aparencia/nao-existe.css")).status_code == 404


@pytest.mark.parametrize(
    ("code", "kept"), [("en", "en"), ("en-GB", "en"), ("pt-BR", "pt_BR"), ("fr", "pt_BR")]
)
async def test_the_language_is_kept(client: httpx.AsyncClient, code: str, kept: str) -> None:
    answer = await client.get(f"/idioma/{code}?next=/painel")
    assert (answer.status_code, answer.headers["location"]) == (303, "/painel")
    assert f"lang={kept};" in answer.headers["set-cookie"]
    client.cookies.clear()


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "evil.example", ""]
)
async def test_the_language_switch_leads_nowhere_else(client: httpx.AsyncClient, target: str) -> None:
    answer = await client.get("/idioma/en", params={"next": target})
    assert answer.headers["location"] == "/"
    client.cookies.clear()


@pytest.mark.parametrize("path", ["/health", "/health/ready", "/api/v1/health"])
async def test_a_well_installation_says_so(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body["parts"]) == {"database", "migration", "queue", "disk"}
    assert (body["parts"]["database"]["status"], body["parts"]["disk"]["status"]) == ("ok", "ok")


async def test_alive_is_said_without_a_look(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}


async def test_a_full_disk_takes_the_installation_down(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "DISK_FLOOR_BYTES", 2**62)
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert "MB free" in answer.json()["parts"]["disk"]["detail"]


async def test_a_lost_database_is_told_without_its_address(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lost:
        def connect(self) -> None:
            raise ConnectionError("postgresql://owner:senha@db.example")

    monkeypatch.setattr(runtime.database, "engine", Lost())
    found = await health.examine(runtime)
    assert (found.status, found.parts["database"].status) == ("down", "down")
    assert "senha" not in found.model_dump_json()


async def test_the_pool_is_shown_while_debugging_only(client: httpx.AsyncClient, runtime: Runtime) -> None:
    assert (await client.get("/debug/db")).status_code == 404
    settings = runtime.settings.model_copy(update={"debug": True})
    transport = httpx.ASGITransport(app=web_app(replace(runtime, settings=settings)))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as open_client:
        answer = await open_client.get("/debug/db")
    assert "Pool size" in answer.json()["pool"]
