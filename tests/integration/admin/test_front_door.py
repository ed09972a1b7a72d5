"""The first page and the API's documents."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.shops import Shop
from tests.integration.admin.team import client_with


async def test_the_first_page_has_the_doors(runtime: Runtime, client: httpx.AsyncClient, shop: Shop) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert {'href="/painel"', 'href="/docs"'} <= set(re.findall(r'href="[^"]*"', page.text))
    assert "/loja/" not in page.text
    settings = runtime.settings.model_copy(update={"default_tenant": shop.tenant.slug})
    async with client_with(runtime, settings=settings) as other:
        assert f'href="/loja/{shop.tenant.slug}"' in (await other.get("/")).text
    missing = runtime.settings.model_copy(update={"default_tenant": "ainda-nao"})
    async with client_with(runtime, settings=missing) as other:
        assert (await other.get("/")).status_code == 200


async def test_on_its_own_host_a_business_shows_its_shop(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    host = f"{shop.tenant.slug}.example"
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update tenants set custom_host = :host where id = :id"),
            {"host": host, "id": shop.tenant.id},
        )
    answer = await client.get("/", headers={"Host": host})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/loja/{shop.tenant.slug}")


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/docs/errors", "/painel/entrar"])
async def test_nothing_comes_from_elsewhere(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert page.status_code == 200
    assert "unsafe" not in page.headers.get("content-security-policy", "")
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sources
    assert [source for source in sources if not source.startswith(("/", "#"))] == []
    for source in sources:
        if source.startswith("/static/"):
            assert (await client.get(source)).status_code == 200, source
    assert not re.search(r"<script>|<style|style=\"|\son\w+=", page.text)


async def test_the_list_of_errors_knows_those_of_the_modules(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs/errors")
    for code in (
        "invalid_credentials",
        "several_tenants",
        "group_in_use",
        "users_limit",
        "rate_limited",
        "cross_origin",
    ):
        assert f'id="{code}"' in page.text


async def test_the_postman_collection_has_every_documented_route(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    collection = (await client.get("/postman.json")).json()
    assert collection["info"]["schema"].endswith("/v2.1.0/collection.json")
    requests = [item["request"] for folder in collection["item"] for item in folder["item"]]
    listed = {
        (item["method"], re.sub(r":(\w+)", r"{\1}", item["url"]["raw"].removeprefix("{{base_url}}")))
        for item in requests
    }
    documented = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    }
    assert listed == documented
    login = next(item for item in requests if item["url"]["raw"].endswith("/auth/login"))
    assert '"email": "dona@padaria.example"' in login["body"]["raw"]
    saved = next(
        item["response"]
        for folder in collection["item"]
        for item in folder["item"]
        if item["request"]["url"]["raw"].endswith("/auth/login")
    )
    refused = next(answer for answer in saved if answer["code"] == 429)
    assert json.loads(refused["body"])["code"] == "rate_limited"


async def test_every_documented_refusal_has_an_example(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    known = document["components"]["examples"]
    without: list[tuple[str, str, str]] = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                shown = answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
                values = [known[example["$ref"].rpartition("/")[2]]["value"] for example in shown.values()]
                if status.startswith("4") and [value["status"] for value in values] != [int(status)]:
                    without.append((method, path, status))
    assert without == []

    class_of_real = (await client.get("/api/v1/auth/me")).json()
    shown = known["unauthenticated"]["value"]
    assert shown.keys() == class_of_real.keys()
    assert shown["code"] == class_of_real["code"]


async def test_the_sign_in_is_documented_with_an_example(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for name in ("Credentials", "SignUp", "PersonCreate", "PersonPatch", "GroupCreate", "InvitationCreate"):
        assert "example" in document["components"]["schemas"][name], name


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/postman.json"])
async def test_the_api_pages_are_closed_by_setting(
    runtime: Runtime, client: httpx.AsyncClient, path: str
) -> None:
    assert (await client.get(path)).status_code == 200
    settings = runtime.settings.model_copy(update={"api_docs": "closed"})
    async with client_with(runtime, settings=settings) as other:
        refused = await other.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
        assert (await other.get("/docs/errors")).status_code == 200  # problem documents link there
        assert 'href="/docs"' not in (await other.get("/")).text
