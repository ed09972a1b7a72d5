"""Keys for programs: what they open, what they never open, and how they end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
import structlog
from sqlalchemy import text

from balcao.kernel.identity.api_keys import read_key
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.clock import MovableClock
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import client_with, code_of, strict_limits

ORDERS = ["store.orders:view"]


async def make(client: httpx.AsyncClient, headers: dict[str, str], **body: Any) -> httpx.Response:
    wanted = {"name": "Entregas", "permissions": ORDERS, **body}
    return await client.post("/admin/api-keys", json=wanted, headers=headers)


async def key_of(client: httpx.AsyncClient, shop: Shop, **body: Any) -> dict[str, str]:
    answer = await make(client, shop.staff, **body)
    assert answer.status_code == 201, answer.text
    return {"X-Api-Key": answer.json()["key"]}


async def column(runtime: Runtime, shop: Shop, name: str) -> Any:
    async with platform_work(runtime.database, read_only=True) as session:
        query = text(f"select {name} from api_keys where tenant_id = :tenant")
        return (await session.execute(query, {"tenant": shop.tenant.id})).scalar_one()


async def test_a_key_is_shown_once_and_kept_as_a_digest(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    answer = await make(client, shop.staff)
    made = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    read = read_key(made["key"])
    assert read is not None
    assert (read.tenant_id, str(read.key_id)) == (shop.tenant.id, made["id"])
    assert await column(runtime, shop, "key_hash") == read.digest
    listed = await client.get("/admin/api-keys", headers=shop.staff)
    assert made["key"] not in listed.text
    assert read.digest not in listed.text
    (item,) = listed.json()["items"]
    assert (item["last_four"], item["status"], item["last_used_at"]) == (made["key"][-4:], "live", None)


async def test_a_key_opens_what_it_was_made_for_and_nothing_else(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    key = await key_of(client, shop)
    assert (await client.get("/admin/orders", headers=key)).status_code == 200
    assert (await client.get("/api/v1/orders", headers=key)).status_code == 200
    assert code_of(await client.get("/admin/users", headers=key)) == (403, "forbidden")
    me = (await client.get("/auth/me", headers=key)).json()
    assert (me["name"], me["role"], me["permissions"]) == ("Entregas", "", ORDERS)


async def test_edit_implies_view(client: httpx.AsyncClient, shop: Shop) -> None:
    key = await key_of(client, shop, permissions=["store.catalog:edit"])
    assert (await client.get("/auth/me", headers=key)).json()["permissions"] == [
        "store.catalog:edit",
        "store.catalog:view",
    ]


async def test_a_key_sees_the_stores_it_was_made_for(client: httpx.AsyncClient, shop: Shop) -> None:
    key = await key_of(client, shop, store_ids=[str(shop.store_id)])
    assert (await client.get("/auth/me", headers=key)).json()["store_ids"] == [str(shop.store_id)]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/auth/sessions"),
        ("DELETE", "/auth/sessions"),
        ("POST", "/auth/password"),
        ("GET", "/auth/second-factor"),
        ("POST", "/auth/second-factor"),
        ("GET", "/admin/api-keys"),
        ("POST", "/admin/api-keys"),
        ("GET", "/painel/conta"),
    ],
)
async def test_some_doors_are_for_people_only(
    client: httpx.AsyncClient, shop: Shop, method: str, path: str
) -> None:
    key = await key_of(client, shop, permissions=["admin.api_keys:edit", "admin.team:edit"])
    answer = await client.request(method, path, headers=key | {"Accept": "application/json"}, json={})
    assert code_of(answer) == (403, "people_only")


async def test_nobody_makes_a_key_wider_than_themselves(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    lesser = await shop.add_user("manager", ["admin.api_keys:edit", *ORDERS], [shop.store_id])
    assert code_of(await make(client, lesser, permissions=["admin.team:edit"])) == (403, "beyond_own_rights")
    everywhere = await make(client, lesser)
    assert code_of(everywhere) == (403, "beyond_own_rights"), "no store listed means all of them"
    assert (await make(client, lesser, store_ids=[str(shop.store_id)])).status_code == 201
    for wrong in (
        {"permissions": []},
        {"permissions": ["store.orders:fly"]},
        {"permissions": ["admin.backups:view"]},
        {"store_ids": [str(other_shop.store_id)]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2999-01-01T00:00:00Z"},
    ):
        assert code_of(await make(client, shop.staff, **wrong)) == (422, "validation"), wrong
    reader = await shop.add_user("operator", ["admin.api_keys:view"])
    assert code_of(await make(client, reader)) == (403, "forbidden")


async def test_a_key_makes_neither_people_nor_groups(client: httpx.AsyncClient, shop: Shop) -> None:
    key = await key_of(client, shop, permissions=["admin.team:edit"])
    person = {"email": "nova@example.com", "name": "Nova", "role": "owner", "password": PASSWORD}
    assert code_of(await client.post("/admin/users", json=person, headers=key)) == (403, "people_only")
    group = {"name": "Tudo", "permissions": ["admin.team:edit"]}
    assert code_of(await client.post("/admin/groups", json=group, headers=key)) == (403, "people_only")


async def test_a_revoked_key_stops_at_once_also_where_it_was_remembered(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    made = (await make(client, shop.staff)).json()
    key = {"X-Api-Key": made["key"]}
    assert (await client.get("/admin/orders", headers=key)).status_code == 200
    gone = await client.delete(f"/admin/api-keys/{made['id']}", headers=shop.staff)
    assert gone.status_code == 204
    with structlog.testing.capture_logs() as lines:
        assert code_of(await client.get("/admin/orders", headers=key)) == (401, "api_key_invalid")
    assert [line["reason"] for line in lines if line["event"] == "api_key_refused"] == ["revoked"]
    again = await client.delete(f"/admin/api-keys/{made['id']}", headers=shop.staff)
    assert again.status_code == 404
    (item,) = (await client.get("/admin/api-keys", headers=shop.staff)).json()["items"]
    assert item["status"] == "revoked"


async def test_a_key_ends_on_its_day(client: httpx.AsyncClient, clock: MovableClock, shop: Shop) -> None:
    key = await key_of(client, shop, expires_at=(clock() + timedelta(days=2)).isoformat())
    clock.advance(days=1)
    assert (await client.get("/admin/orders", headers=key)).status_code == 200
    clock.advance(days=1, seconds=1)
    assert code_of(await client.get("/admin/orders", headers=key)) == (401, "api_key_invalid")


async def test_wrong_keys_open_nothing(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    key = (await key_of(client, shop))["X-Api-Key"]
    theirs = (await key_of(client, other_shop))["X-Api-Key"]
    # Our ids with their secret, their ids with ours, another last sign, and what has not the form of a key at all.
    mixed = [key[:50] + theirs[50:], theirs[:50] + key[50:], key[:-1] + ("A" if key[-1] != "A" else "B")]
    for wrong in [
        *mixed,
        "",
        "balcao_",
        key[:-1],
        key + "A",
        "x" * len(key),
        "balcao_" + "~" * (len(key) - 7),
    ]:
        answer = await client.get("/admin/orders", headers={"X-Api-Key": wrong})
        assert code_of(answer) == (401, "api_key_invalid"), wrong
    assert (await client.get("/admin/orders", headers={"X-Api-Key": key})).status_code == 200


async def test_a_wrong_key_is_refused_whatever_session_comes_with_it(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    answer = await client.get("/admin/orders", headers=shop.staff | {"X-Api-Key": "balcao_nothing"})
    assert code_of(answer) == (401, "api_key_invalid")


async def test_a_header_of_another_business_is_refused(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    key = await key_of(client, shop)
    for header, value in (("X-Tenant", other_shop.tenant.slug), ("X-Tenant-Id", str(other_shop.tenant.id))):
        assert code_of(await client.get("/admin/orders", headers=key | {header: value})) == (403, "forbidden")
    assert (await client.get("/admin/orders", headers=key | shop.headers)).status_code == 200
    # The ready answers in front of the router must not serve a key another business's catalogue either.
    assert (await client.get("/catalog", headers=other_shop.headers)).status_code == 200
    assert code_of(await client.get("/catalog", headers=key | other_shop.headers)) == (403, "forbidden")


async def test_failed_keys_count_like_failed_sign_ins(runtime: Runtime, shop: Shop) -> None:
    async with client_with(runtime, limiter=strict_limits()) as strict:
        wrong = {"X-Api-Key": "balcao_nothing"}
        answers = [await strict.get("/auth/me", headers=wrong) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429]
        assert int(answers[-1].headers["retry-after"]) >= 1


async def test_the_last_use_is_noted_at_most_once_a_minute(
    client: httpx.AsyncClient, runtime: Runtime, clock: MovableClock, shop: Shop
) -> None:
    key = await key_of(client, shop)
    app_memory = client._transport.app  # type: ignore[attr-defined]
    await client.get("/admin/orders", headers=key)
    first = await column(runtime, shop, "last_used_at")
    assert first is not None
    for seconds, moved in ((30, False), (31, True)):
        clock.advance(seconds=seconds)
        forget(app_memory)
        await client.get("/admin/orders", headers=key)
        assert (await column(runtime, shop, "last_used_at") > first) is moved


def forget(app: Any) -> None:
    """What ten seconds would do to the remembered keys."""
    while not hasattr(app, "state"):
        app = app.app
    app.state.actors._forget()


async def test_what_a_key_changes_is_on_the_trail(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    key = await key_of(client, shop, permissions=["store.catalog:edit"])
    answer = await client.post("/admin/catalog/categories", json={"name": "Bolos"}, headers=key)
    assert answer.status_code == 201, answer.text
    async with platform_work(runtime.database, read_only=True) as session:
        query = text(
            "select actor_kind, actor_id = (select id from api_keys where tenant_id = :tenant) as is_it "
            "from audit_entries where tenant_id = :tenant and entity = 'categories'"
        )
        rows = (await session.execute(query, {"tenant": shop.tenant.id})).all()
    assert [(row.actor_kind, row.is_it) for row in rows] == [("key", True)]


async def test_the_page_shows_a_key_once(client: httpx.AsyncClient, shop: Shop) -> None:
    form = {"name": "Contabilidade", "permissions": ["store.orders:view"], "days": "30"}
    made = await client.post("/painel/chaves/nova", data=form, headers=shop.staff)
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    found = re.search(r'name="key"[^>]*>(balcao_[\w-]+)</textarea>', made.text)
    assert found is not None
    key = {"X-Api-Key": found[1]}
    assert (await client.get("/admin/orders", headers=key)).status_code == 200
    listed = await client.get("/painel/chaves", headers=shop.staff)
    assert "Contabilidade" in listed.text
    assert found[1] not in listed.text
    revoke = re.search(r"/painel/chaves/[0-9a-f-]+/revogar", listed.text)
    assert revoke is not None
    assert (await client.post(revoke[0], headers=shop.staff)).status_code == 303
    client.cookies.clear()
    assert (await client.get("/admin/orders", headers=key)).status_code == 401


async def test_a_form_that_lacks_something_comes_back(client: httpx.AsyncClient, shop: Shop) -> None:
    for form in (
        {"name": "Sem nada"},
        {"name": "", "permissions": "store.orders:view"},
        {"name": "X", "permissions": "store.orders:view", "days": "9999"},
    ):
        answer = await client.post("/painel/chaves/nova", data=form, headers=shop.staff)
        assert answer.status_code == 422
    reader = await shop.add_user("operator", ["admin.api_keys:view"])
    assert (await client.get("/painel/chaves", headers=reader)).status_code == 200
    assert (await client.get("/painel/chaves/nova", headers=reader)).status_code == 403


async def test_the_documents_say_which_doors_a_key_opens(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["components"]["securitySchemes"]["api_key"]["name"] == "X-Api-Key"
    paths = {path.removeprefix("/api/v1"): item for path, item in document["paths"].items()}
    assert {"api_key": []} in paths["/admin/orders"]["get"]["security"]
    for path, method in (
        ("/admin/api-keys", "post"),
        ("/auth/password", "post"),
        ("/auth/second-factor", "get"),
    ):
        assert {"api_key": []} not in paths[path][method]["security"]
        assert {"bearer": []} in paths[path][method]["security"]
