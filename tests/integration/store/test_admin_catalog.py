"""The catalogue as the merchant changes it, through HTTP: products, sizes, order, many at once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, place

BASE = "/admin/catalog"


async def make(
    client: httpx.AsyncClient, shop: Shop, name: str = "Pão de queijo", **body: Any
) -> dict[str, Any]:
    if "skus" not in body:
        body.setdefault("price_cents", 650)
    body = {"name": name, "category_id": str(shop.category_id), **body}
    answer = await client.post(f"{BASE}/products", json=body, headers=shop.staff)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def menu(client: httpx.AsyncClient, shop: Shop) -> dict[str, Any]:
    answer = await client.get("/catalog", headers=shop.headers)
    assert answer.status_code == 200, answer.text
    return {
        product["name"]: product
        for category in answer.json()["categories"]
        for product in category["products"]
    }


async def test_a_new_product_is_on_the_menu_at_once(client: httpx.AsyncClient, shop: Shop) -> None:
    assert await menu(client, shop) == {}
    made = await make(
        client,
        shop,
        description="Quentinho.\r\nDe queijo meia cura.",
        tags=[" sem  glúten", "Sem Gluten", "novidade"],
        skus=[{"name": "Unidade", "price_cents": 650}, {"name": "Meia dúzia", "price_cents": 3500}],
    )
    assert made["code"] == 1
    assert made["version"] == 1
    assert made["tags"] == ["sem glúten", "novidade"]
    assert made["description"] == "Quentinho.\nDe queijo meia cura."
    assert (made["price_cents"], made["price_max_cents"]) == (650, 3500)
    shown = (await menu(client, shop))["Pão de queijo"]
    assert shown["from_price_cents"] == 650
    assert [sku["name"] for sku in shown["skus"]] == ["Unidade", "Meia dúzia"]


async def test_codes_count_up_without_gap_or_twin_under_concurrency(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    made = await asyncio.gather(*(make(client, shop, f"Pão {n}") for n in range(8)))
    assert sorted(product["code"] for product in made) == list(range(1, 9))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": " ", "price_cents": 1}, "/name"),
        ({"name": "x" * 121, "price_cents": 1}, "/name"),
        ({"name": "a\x00b", "price_cents": 1}, "/name"),
        ({"name": "Pão", "price_cents": -1}, "/price_cents"),
        ({"name": "Pão", "price_cents": 100_000_000}, "/price_cents"),
        ({"name": "Pão", "price_cents": 12.5}, "/price_cents"),
        ({"name": "Pão", "price_cents": "1"}, "/price_cents"),
        ({"name": "Pão"}, "/"),
        ({"name": "Pão", "skus": []}, "/skus"),
        ({"name": "Pão", "skus": [{"price_cents": 1}, {"price_cents": 2}]}, "/skus/0/name"),
        (
            {"name": "Pão", "skus": [{"name": "P", "price_cents": 1}, {"name": " p", "price_cents": 2}]},
            "/skus/1/name",
        ),
        ({"name": "Pão", "skus": [{"price_cents": 1, "is_active": False}]}, "/skus"),
        ({"name": "Pão", "price_cents": 1, "availability": "sometimes"}, "/availability"),
        ({"name": "Pão", "price_cents": 1, "lead_days": 61}, "/lead_days"),
        ({"name": "Pão", "price_cents": 1, "cost_cents": 1}, "/cost_cents"),
        ({"name": "Pão", "price_cents": 1, "store_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00009"}, "/store_id"),
        (
            {"name": "Pão", "price_cents": 1, "category_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00009"},
            "/category_id",
        ),
        (
            {
                "name": "Pão",
                "price_cents": 1,
                "option_groups": [{"group_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00009"}],
            },
            "/option_groups/0/group_id",
        ),
    ],
)
async def test_what_does_not_fit_is_refused_by_field(
    client: httpx.AsyncClient, shop: Shop, body: dict[str, Any], pointer: str
) -> None:
    answer = await client.post(f"{BASE}/products", json=body, headers=shop.staff)
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}, answer.text
    listed = await client.get(f"{BASE}/products", headers=shop.staff)
    assert listed.json()["total"] == 0


async def test_a_stale_change_is_told_the_current_state(client: httpx.AsyncClient, shop: Shop) -> None:
    made = await make(client, shop)
    url = f"{BASE}/products/{made['id']}"
    first = await client.patch(url, json={"version": 1, "price_cents": 700}, headers=shop.staff)
    assert first.status_code == 200, first.text
    assert first.json()["price_cents"] == 700
    stale = await client.patch(url, json={"version": 1, "name": "Outro"}, headers=shop.staff)
    assert stale.status_code == 409
    assert stale.json()["code"] == "version_conflict"
    assert stale.json()["current"]["price_cents"] == 700
    assert (await menu(client, shop))["Pão de queijo"]["price_cents"] == 700


async def test_of_two_changes_at_once_one_wins(client: httpx.AsyncClient, shop: Shop) -> None:
    made = await make(client, shop)
    answers = await asyncio.gather(
        *(
            client.patch(
                f"{BASE}/products/{made['id']}", json={"version": 1, "price_cents": cents}, headers=shop.staff
            )
            for cents in (700, 800, 900)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_what_was_not_sent_stays_and_null_means_none_where_it_may(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    made = await make(client, shop, description="Bom.", tags=["novo"])
    url = f"{BASE}/products/{made['id']}"
    changed = await client.patch(
        url, json={"version": 1, "category_id": None, "name": None}, headers=shop.staff
    )
    assert changed.status_code == 200, changed.text
    body = changed.json()
    assert (body["category_id"], body["name"], body["description"], body["tags"]) == (
        None, "Pão de queijo", "Bom.", ["novo"],
    )  # fmt: skip


async def test_list_finds_without_accents_by_tag_description_and_code(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await make(client, shop, "Pão de queijo", tags=["sem glúten"])
    await make(client, shop, "Café coado", description="Grão da Mantiqueira, torra média.")
    await make(client, shop, "Torta 100% chocolate", availability="order", lead_days=2)

    async def found(**query: Any) -> list[str]:
        answer = await client.get(f"{BASE}/products", params=query, headers=shop.staff)
        assert answer.status_code == 200, answer.text
        assert answer.json()["total"] == len(answer.json()["items"])
        return [item["name"] for item in answer.json()["items"]]

    assert await found(q="PAO quei") == ["Pão de queijo"]
    assert await found(q="gluten") == ["Pão de queijo"]
    assert await found(q="mantiqueira") == ["Café coado"]
    assert await found(q="#2") == ["Café coado"]
    assert await found(q="%") == []
    assert await found(q="_a") == []
    assert await found(availability="order") == ["Torta 100% chocolate"]
    assert len(await found(category_id=str(shop.category_id))) == 3
    assert await found(is_active="false") == []


async def test_pages_of_the_list_join_up(client: httpx.AsyncClient, shop: Shop) -> None:
    for number in range(5):
        await make(client, shop, f"Pão {number}")
    seen: list[str] = []
    for offset in (0, 2, 4):
        page = await client.get(f"{BASE}/products", params={"limit": 2, "offset": offset}, headers=shop.staff)
        assert page.json()["total"] == 5
        seen += [item["name"] for item in page.json()["items"]]
    assert seen == [f"Pão {number}" for number in range(5)]


async def test_sizes_come_change_and_go(client: httpx.AsyncClient, shop: Shop) -> None:
    made = await make(client, shop, "Suco", skus=[{"name": "P", "price_cents": 800}])
    url = f"{BASE}/products/{made['id']}/skus"
    added = await client.post(url, json={"version": 1, "name": "G", "price_cents": 1200}, headers=shop.staff)
    assert added.status_code == 201, added.text
    small, large = added.json()["skus"]
    changed = await client.patch(
        f"{url}/{large['id']}",
        json={"version": 2, "price_cents": 1300, "is_active": False},
        headers=shop.staff,
    )
    assert changed.json()["skus"][1] == {**large, "price_cents": 1300, "is_active": False}
    last = await client.delete(f"{url}/{small['id']}", params={"version": 3}, headers=shop.staff)
    assert last.status_code == 422, "the only size on sale must stay"
    gone = await client.delete(f"{url}/{large['id']}", params={"version": 3}, headers=shop.staff)
    assert [sku["name"] for sku in gone.json()["skus"]] == ["P"]
    missing = await client.delete(f"{url}/{large['id']}", params={"version": 4}, headers=shop.staff)
    assert missing.status_code == 404


async def test_what_was_sold_stays_and_what_was_not_goes_with_its_stock(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    sold = await shop.add_product("Pão", 500, stock=5)
    unsold = await shop.add_product("Bolo", 900, stock=3)
    assert (await place(client, shop, cart(shop, ("Pão", 1)))).status_code == 201
    refused = await client.delete(f"{BASE}/products/{sold}", headers=shop.staff)
    assert refused.status_code == 409
    assert refused.json()["code"] == "product_in_use"
    extra = await client.post(
        f"{BASE}/products/{sold}/skus",
        json={"version": 1, "name": "Dúzia", "price_cents": 5000},
        headers=shop.staff,
    )
    assert extra.status_code == 422, "two sizes need two names"
    assert (await client.delete(f"{BASE}/products/{unsold}", headers=shop.staff)).status_code == 204
    assert (await client.get(f"{BASE}/products/{unsold}", headers=shop.staff)).status_code == 404
    stock = await client.get("/admin/inventory", params={"counted": "true"}, headers=shop.staff)
    assert [item["name"] for item in stock.json()["items"]] == ["Pão"]
    hidden = await client.patch(
        f"{BASE}/products/{sold}", json={"version": 1, "is_active": False}, headers=shop.staff
    )
    assert hidden.status_code == 200, hidden.text
    assert await menu(client, shop) == {}


async def test_a_sold_size_cannot_be_left_out(client: httpx.AsyncClient, shop: Shop) -> None:
    sold = await shop.add_product("Pão", 500)
    assert (await place(client, shop, cart(shop, ("Pão", 1)))).status_code == 201
    replaced = await client.patch(
        f"{BASE}/products/{sold}",
        json={"version": 1, "skus": [{"name": "Novo", "price_cents": 1}]},
        headers=shop.staff,
    )
    assert replaced.status_code == 409
    assert replaced.json()["code"] == "sku_in_use"
    assert (await menu(client, shop))["Pão"]["price_cents"] == 500


async def test_a_copy_has_everything_but_is_hidden(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Café", 700, tags=["quente"])
    await shop.add_group("Café", "Leite", [("Integral", 0), ("Aveia", 300)], low=1, high=1)
    original = shop.products["Café"]
    copied = await client.post(f"{BASE}/products/{original}/duplicate", headers=shop.staff)
    assert copied.status_code == 201, copied.text
    body = copied.json()
    assert (body["name"], body["is_active"], body["price_cents"], body["code"]) == (
        "Café (cópia)",
        False,
        700,
        2,
    )
    assert [(link["name"], link["min"], link["max"]) for link in body["option_groups"]] == [("Leite", 1, 1)]
    assert "Café (cópia)" not in await menu(client, shop)


async def test_order_moves_the_named_and_leaves_the_others(client: httpx.AsyncClient, shop: Shop) -> None:
    ids = {name: (await make(client, shop, name))["id"] for name in "abcde"}

    async def names() -> str:
        answer = await client.get(f"{BASE}/products", headers=shop.staff)
        return "".join(item["name"] for item in answer.json()["items"])

    async def order(wanted: str) -> int:
        body = {"ids": [ids[name] for name in wanted]}
        return (await client.post(f"{BASE}/products/order", json=body, headers=shop.staff)).status_code

    assert await order("edcba") == 204
    assert await names() == "edcba"
    assert await order("acd") == 204
    assert await names() == "eacbd", "the three trade the places they held"
    assert await order("aa") == 422
    stranger = await make(client, shop, "z", category_id=None)
    ids["z"] = stranger["id"]
    assert await order("az") == 404, "another category"
    assert list(await menu(client, shop)) == ["e", "a", "c", "b", "d", "z"]


async def test_prices_rise_by_per_cent_for_all_or_for_none(client: httpx.AsyncClient, shop: Shop) -> None:
    one = await make(client, shop, "a", price_cents=1295)
    two = await make(
        client, shop, "b", skus=[{"name": "P", "price_cents": 5}, {"name": "G", "price_cents": 0}]
    )
    body: dict[str, Any] = {"ids": [one["id"], two["id"]], "price_basis_points": 1000, "round_to_cents": 10}
    answer = await client.post(f"{BASE}/products/bulk", json=body, headers=shop.staff)
    assert answer.json() == {"changed": 2}
    listed = (await client.get(f"{BASE}/products", headers=shop.staff)).json()["items"]
    assert [[sku["price_cents"] for sku in item["skus"]] for item in listed] == [[1420], [10, 0]]
    assert [item["version"] for item in listed] == [2, 2]

    dear = await make(client, shop, "c", price_cents=99_999_999)
    body["ids"].append(dear["id"])
    refused = await client.post(f"{BASE}/products/bulk", json=body, headers=shop.staff)
    assert refused.status_code == 422
    assert (await menu(client, shop))["a"]["price_cents"] == 1420, "none was changed"


async def test_bulk_sets_availability_visibility_and_category(client: httpx.AsyncClient, shop: Shop) -> None:
    ids = [(await make(client, shop, name))["id"] for name in "abc"]
    shelf = (await client.post(f"{BASE}/categories", json={"name": "Doces"}, headers=shop.staff)).json()
    body = {"ids": ids[:2], "availability": "unavailable", "category_id": shelf["id"]}
    answer = await client.post(f"{BASE}/products/bulk", json=body, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    catalogue = (await client.get("/catalog", headers=shop.headers)).json()["categories"]
    assert [(category["name"], [p["name"] for p in category["products"]]) for category in catalogue] == [
        ("Pães", ["c"]), ("Doces", ["a", "b"]),
    ]  # fmt: skip
    assert catalogue[1]["products"][0]["availability"] == "unavailable"
    nothing = await client.post(f"{BASE}/products/bulk", json={"ids": ids}, headers=shop.staff)
    assert nothing.status_code == 422
    missing = {"ids": [*ids, str(shop.store_id)], "is_active": False}
    assert (await client.post(f"{BASE}/products/bulk", json=missing, headers=shop.staff)).status_code == 404
    assert len(await menu(client, shop)) == 3


async def test_rights_decide_who_sees_and_who_changes(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    made = await make(client, shop)
    url = f"{BASE}/products/{made['id']}"
    looker = await shop.add_user("operator", ["store.catalog:view"])
    assert (await client.get(url, headers=looker)).status_code == 200
    assert (await client.patch(url, json={"version": 1, "name": "x"}, headers=looker)).status_code == 403
    nobody = await shop.add_user("operator", ["store.orders:view"])
    assert (await client.get(url, headers=nobody)).status_code == 403
    assert (await client.get(url, headers=shop.headers)).status_code == 401
    stranger = {**other_shop.staff}
    assert (await client.get(url, headers=stranger)).status_code == 404
    assert (await client.delete(url, headers=stranger)).status_code == 404
    bulk = {"ids": [made["id"]], "is_active": False}
    assert (await client.post(f"{BASE}/products/bulk", json=bulk, headers=stranger)).status_code == 404


async def test_people_of_one_store_leave_shared_goods_alone(client: httpx.AsyncClient, shop: Shop) -> None:
    shared = await make(client, shop, "De todos")
    own = await make(client, shop, "Da casa", store_id=str(shop.store_id))
    rights = ["store.catalog:view", "store.catalog:edit"]
    local = await shop.add_user("manager", rights, [shop.store_id])
    elsewhere = await shop.add_user("manager", rights, [shop.category_id])
    body = {"version": 1, "availability": "unavailable"}
    refused = await client.patch(f"{BASE}/products/{shared['id']}", json=body, headers=local)
    assert (refused.status_code, refused.json()["code"]) == (403, "belongs_to_all_stores")
    assert (await client.patch(f"{BASE}/products/{own['id']}", json=body, headers=local)).status_code == 200
    assert (await client.get(f"{BASE}/products/{own['id']}", headers=elsewhere)).status_code == 404
    assert (await client.delete(f"{BASE}/products/{own['id']}", headers=elsewhere)).status_code == 404
    new = {"name": "Nova", "price_cents": 1}
    assert (await client.post(f"{BASE}/products", json=new, headers=local)).status_code == 403
