"""The trail of changes as people and programs read it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.observability import query_stats
from balcao.kernel.observability.query_stats import QueryStats
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop
from tests.integration.admin.team import add_group, add_person, code_of
from tests.integration.store.ordering import cart, place

PORTUGUESE = {"Accept-Language": "pt-BR"}
ENGLISH = {"Accept-Language": "en"}


async def feed(client: httpx.AsyncClient, shop: Shop, **query: Any) -> dict[str, Any]:
    answer = await client.get("/admin/audit", params=query, headers=shop.staff | PORTUGUESE)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def only(client: httpx.AsyncClient, shop: Shop, **query: Any) -> dict[str, Any]:
    (item,) = (await feed(client, shop, **query))["items"]
    return item


async def set_price(client: httpx.AsyncClient, shop: Shop, name: str, cents: int, **headers: str) -> None:
    path = f"/admin/catalog/products/{shop.products[name]}/skus/{shop.skus[name]}"
    wanted = {"price_cents": cents, "version": await version_of(client, shop, name)}
    answer = await client.patch(path, json=wanted, headers=shop.staff | headers)
    assert answer.status_code == 200, answer.text


async def version_of(client: httpx.AsyncClient, shop: Shop, name: str) -> int:
    product = await client.get(f"/admin/catalog/products/{shop.products[name]}", headers=shop.staff)
    return product.json()["version"]


async def test_a_price_says_who_when_from_where_and_what(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    await shop.add_product("Pão de queijo", 150)
    before = clock()
    await set_price(client, shop, "Pão de queijo", 200, **{"X-Request-Id": "pedido-da-dona-1"})
    item = await only(client, shop, entity="skus")
    assert (item["actor_kind"], item["actor_id"]) == ("user", str(shop.owner_id))
    assert (item["address"], item["request_id"]) == ("127.0.0.1", "pedido-da-dona-1")
    assert (item["verb"], item["entity_id"]) == ("changed", str(shop.skus["Pão de queijo"]))
    assert (item["before"], item["after"]) == ({"price_cents": 150}, {"price_cents": 200})
    assert item["subject"] == "Pão de queijo"
    assert before - timedelta(seconds=5) < item_moment(item) < clock() + timedelta(seconds=5)
    assert item["summary"].replace("\xa0", " ") == (
        f"{item['actor_name']} mudou preço de Pão de queijo: de R$ 1,50 para R$ 2,00"
    )
    said = await client.get("/admin/audit", params={"entity": "skus"}, headers=shop.staff | ENGLISH)
    assert said.json()["items"][0]["summary"].replace("\xa0", " ") == (
        f"{item['actor_name']} changed price of Pão de queijo from R$ 1.50 to R$ 2.00"
    )


def item_moment(item: dict[str, Any]) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(item["at"])


async def test_hours_say_the_day_and_the_store(client: httpx.AsyncClient, shop: Shop) -> None:
    for opens in ("08:00", "09:00"):
        answer = await client.put(
            f"/admin/stores/{shop.store_id}/hours",
            json={"hours": [{"weekday": 4, "opens": opens, "closes": "18:00"}]},
            headers=shop.staff,
        )
        assert answer.status_code == 200, answer.text
    items = (await feed(client, shop, entity="store_hours"))["items"]
    assert [item["verb"] for item in items] == ["made", "removed", "made"]
    assert items[0]["after"]["opens"] == "09:00:00"
    page = await client.get("/painel/auditoria?entity=store_hours", headers=shop.staff | PORTUGUESE)
    assert "sexta" in page.text.lower()
    assert "09:00" in page.text


async def test_a_group_a_person_and_a_pix_key(client: httpx.AsyncClient, shop: Shop) -> None:
    group = await add_group(client, shop, "Cozinha", ["store.orders:view"])
    changed = {"permissions": ["store.orders:view", "store.stock:view"], "version": group["version"]}
    assert (
        await client.patch(f"/admin/groups/{group['id']}", json=changed, headers=shop.staff)
    ).status_code == 200
    last, first = (await feed(client, shop, entity="user_groups"))["items"]
    assert (first["verb"], first["subject"]) == ("made", "Cozinha")
    assert last["before"] == {"permissions": ["store.orders:view"]}
    assert last["after"] == {"permissions": ["store.orders:view", "store.stock:view"]}

    email = f"joana-{shop.tenant.slug}@example.com"
    person = await add_person(client, shop, email, group_id=group["id"])
    item = await only(client, shop, entity="users")
    assert (item["entity_id"], item["subject"]) == (person["id"], "Joana")
    assert (item["after"]["email"], item["after"]["password_hash"]) == ("***", "***")
    assert email not in str(item)

    store = await client.get(f"/admin/stores/{shop.store_id}", headers=shop.staff)
    key = "123e4567-e89b-42d3-a456-426614174000"
    wanted = {"pix_key": key, "version": store.json()["version"]}
    answer = await client.patch(f"/admin/stores/{shop.store_id}", json=wanted, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    item = (await feed(client, shop, entity="stores"))["items"][0]
    assert item["after"]["pix_key"] == "***"
    assert key not in str(item)


async def test_buyers_write_nothing_into_it(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=5)
    placed = await place(client, shop, cart(shop, ("Pão", 1), payment={"method": "pix"}))
    assert placed.status_code == 201, placed.text
    assert (await feed(client, shop))["items"] == []


async def test_reading_writes_nothing_and_a_refused_change_neither(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Pão", 500)
    await client.get("/admin/catalog/products", headers=shop.staff)
    refused = await client.patch(
        f"/admin/catalog/products/{shop.products['Pão']}/skus/{shop.skus['Pão']}",
        json={"price_cents": -1, "version": 1},
        headers=shop.staff,
    )
    assert refused.status_code == 422
    assert (await feed(client, shop))["items"] == []


async def test_one_business_never_reads_anothers(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    await shop.add_product("Pão", 500)
    await set_price(client, shop, "Pão", 600)
    assert len((await feed(client, shop))["items"]) == 1
    assert (await feed(client, other_shop))["items"] == []
    assert (await feed(client, other_shop, entity_id=str(shop.skus["Pão"])))["items"] == []
    assert (await feed(client, other_shop, who=str(shop.owner_id)))["items"] == []


async def test_it_takes_its_permission(client: httpx.AsyncClient, shop: Shop) -> None:
    for path in ("/admin/audit", "/admin/audit/export.csv", "/painel/auditoria"):
        assert (await client.get(path, headers=shop.headers)).status_code in {303, 401}
        lesser = await shop.add_user("manager", ["admin.team:edit"])
        assert (await client.get(path, headers=lesser)).status_code == 403
        reader = await shop.add_user("operator", ["admin.audit:view"])
        assert (await client.get(path, headers=reader)).status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await client.request(method, "/admin/audit", headers=shop.staff)).status_code == 405


async def test_filters_find_what_they_say(client: httpx.AsyncClient, runtime: Runtime, shop: Shop) -> None:
    await shop.add_product("Pão", 500)
    await shop.add_product("Bolo", 900)
    await set_price(client, shop, "Pão", 600, **{"X-Request-Id": "primeiro-pedido"})
    await set_price(client, shop, "Bolo", 1000)
    helper = await shop.add_user("manager", ["store.catalog:edit"])
    path = f"/admin/catalog/products/{shop.products['Pão']}/skus/{shop.skus['Pão']}"
    wanted = {"price_cents": 650, "version": await version_of(client, shop, "Pão")}
    assert (await client.patch(path, json=wanted, headers=helper)).status_code == 200
    items = (await feed(client, shop))["items"]
    assert [item["subject"] for item in items] == ["Pão", "Bolo", "Pão"]
    third, second, first = items

    async def found(**query: Any) -> list[str]:
        return [item["id"] for item in (await feed(client, shop, **query))["items"]]

    assert await found(who=third["actor_id"]) == [third["id"]]
    assert await found(entity_id=str(shop.skus["Pão"])) == [third["id"], first["id"]]
    assert await found(request_id="primeiro-pedido") == [first["id"]]
    assert await found(since=second["at"]) == [third["id"], second["id"]]
    assert await found(until=second["at"]) == [first["id"]]
    assert await found(entity="stores") == []
    wrong = await client.get("/admin/audit", params={"since": "ontem"}, headers=shop.staff)
    assert code_of(wrong) == (422, "validation")


async def test_pages_follow_each_other_without_a_gap(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500)
    for cents in range(501, 508):
        await set_price(client, shop, "Pão", cents)
    seen: list[int] = []
    cursor = ""
    for _ in range(4):
        page = await feed(client, shop, limit=2, cursor=cursor)
        seen += [item["after"]["price_cents"] for item in page["items"]]
        await set_price(client, shop, "Pão", 1000 + len(seen))  # what comes in meanwhile moves nothing
        cursor = page["next_cursor"] or ""
    assert seen == [507, 506, 505, 504, 503, 502, 501]
    assert cursor == ""
    for wrong in ("x", "a" * 60, "MjAyNi0wMS0wMVQwMDowMDowMHxhYmM"):
        answer = await client.get("/admin/audit", params={"cursor": wrong}, headers=shop.staff)
        assert code_of(answer) == (422, "validation")
        page = await client.get("/painel/auditoria", params={"cursor": wrong}, headers=shop.staff)
        assert page.status_code == 200


async def test_the_table_for_spreadsheets(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("=1+1", 500)
    await set_price(client, shop, "=1+1", 600)
    body = {"name": "=HYPERLINK(1)"}
    made = await client.post("/admin/catalog/categories", json=body, headers=shop.staff)
    assert made.status_code == 201
    answer = await client.get("/admin/audit/export.csv", headers=shop.staff | PORTUGUESE)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Quando", "Quem", "O que houve"]
    assert len(rows) == 3
    assert "preço: R$\xa06,00" in rows[2][4]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


async def test_more_lines_take_no_more_statements(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[QueryStats] = []

    def counting() -> QueryStats:
        made.append(query_stats.start_counting())
        return made[-1]

    async def statements(path: str) -> int:
        await client.get(path, headers=shop.staff)  # the session is remembered
        made.clear()
        assert (await client.get(path, headers=shop.staff)).status_code == 200
        return made[0].count

    monkeypatch.setattr("balcao.kernel.web.middleware.start_counting", counting)
    for number in range(2):
        await shop.add_product(f"Pão {number}", 500)
        await set_price(client, shop, f"Pão {number}", 600)
    few = [
        await statements(path) for path in ("/admin/audit", "/painel/auditoria", "/admin/audit/export.csv")
    ]
    for number in range(2, 12):
        await shop.add_product(f"Pão {number}", 500)
        await set_price(client, shop, f"Pão {number}", 600)
        await add_group(client, shop, f"Grupo {number}", ["store.orders:view"])
    many = [
        await statements(path) for path in ("/admin/audit", "/painel/auditoria", "/admin/audit/export.csv")
    ]
    assert few == many
    assert many[0] <= 4
    assert many[1] <= 7


async def test_what_is_gone_keeps_the_name_it_had(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    made = await client.post("/admin/catalog/categories", json={"name": "Salgados"}, headers=shop.staff)
    gone = await client.delete(f"/admin/catalog/categories/{made.json()['id']}", headers=shop.staff)
    assert gone.status_code == 204, gone.text
    item = (await feed(client, shop, entity="categories", limit=1))["items"][0]
    assert (item["verb"], item["subject"], item["after"]) == ("removed", "Salgados", {})
    assert item["summary"].endswith("removeu Categoria: Salgados")


async def test_support_is_named_as_support(client: httpx.AsyncClient, runtime: Runtime, shop: Shop) -> None:
    async with platform_work(runtime.database) as session:
        insert = text(
            "insert into audit_entries (tenant_id, id, actor_kind, actor_id, impersonator, verb, entity, entity_id, "
            "before, after) values (:tenant, gen_random_uuid(), 'user', :actor, :impersonator, :verb, 'impersonation', "
            "'x', '{}', cast(:after as jsonb))"
        )
        support = "user:01900000-0000-7000-8000-000000000001"
        for actor, impersonator, after in (
            (UUID(int=7), None, '{"deed": "entered", "reason": "<b>Ajuda</b> com o cardápio"}'),
            (shop.owner_id, support, '{"deed": "left"}'),
        ):
            values = {
                "tenant": shop.tenant.id,
                "actor": actor,
                "impersonator": impersonator,
                "verb": "did",
                "after": after,
            }
            await session.execute(insert, values)
    page = (await client.get("/painel/auditoria", headers=shop.staff | PORTUGUESE)).text
    assert "A plataforma entrou como suporte: &lt;b&gt;Ajuda&lt;/b&gt; com o cardápio" in page
    assert "Suporte em nome de" in page
    assert "<b>Ajuda" not in page


async def test_a_revoked_key_reads_as_ended(client: httpx.AsyncClient, shop: Shop) -> None:
    body = {"name": "Entregas", "permissions": ["store.orders:view"]}
    made = (await client.post("/admin/api-keys", json=body, headers=shop.staff)).json()
    await client.delete(f"/admin/api-keys/{made['id']}", headers=shop.staff)
    last, first = (await feed(client, shop, entity="api_keys"))["items"]
    assert last["summary"].endswith("encerrou Chave de API: Entregas")
    assert first["summary"].endswith("adicionou Chave de API: Entregas")
    assert made["key"] not in str((first, last))
    assert first["after"]["key_hash"] == "***"
