"""GET /catalog/search: forgiving about how people type, strict about whose shelf it is."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import update

from balcao.modules.store.api.schemas_public import SearchDocument
from balcao.modules.store.models import Product
from tests.factories.shops import Shop


async def find(client: httpx.AsyncClient, shop: Shop, q: str, **more: object) -> list[str]:
    answer = await client.get("/catalog/search", params={"q": q, **more}, headers=shop.headers)
    assert answer.status_code == 200, answer.text
    SearchDocument.model_validate(answer.json())
    return [item["name"] for item in answer.json()["items"]]


async def fill(shop: Shop) -> None:
    await shop.add_product("Pão de queijo", 500, tags=["mineiro"])
    await shop.add_product("Pão francês", 100, description="Casca crocante")
    await shop.add_product("Suco de maracujá", 900)
    await shop.add_product("Torta de frango", 1200)
    await shop.add_product("Torta de morango", 1300)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pao de queijo", ["Pão de queijo"]),
        ("PÃO DE QUEIJO", ["Pão de queijo"]),
        ("quejo", ["Pão de queijo"]),
        ("maracuja", ["Suco de maracujá"]),
        ("marac", ["Suco de maracujá"]),
        ("marcauja", ["Suco de maracujá"]),
        ("morango", ["Torta de morango"]),
        ("frango", ["Torta de frango"]),
        ("crocante", ["Pão francês"]),
        ("mineiro", ["Pão de queijo"]),
        ("fra", ["Pão francês", "Torta de frango"]),
        ("3", ["Suco de maracujá"]),
        ("%", []),
        ("_", []),
        ("%ngo", []),
        ("___ngo", []),
        ("\\", []),
        ("'", []),
        ("", []),
        ("   ", []),
        ("xyzzy", []),
    ],
)
async def test_what_people_type(client: httpx.AsyncClient, shop: Shop, typed: str, found: list[str]) -> None:
    await fill(shop)
    assert sorted(await find(client, shop, typed)) == sorted(found)


async def test_hits_are_products_of_the_catalogue(client: httpx.AsyncClient, shop: Shop) -> None:
    await fill(shop)
    document = (await client.get("/catalog", headers=shop.headers)).json()
    shelf = document["categories"][0]
    hit = (await client.get("/catalog/search", params={"q": "queijo"}, headers=shop.headers)).json()["items"][
        0
    ]
    product = next(item for item in shelf["products"] if item["name"] == "Pão de queijo")
    assert hit == {**product, "category": {"id": shelf["id"], "name": shelf["name"]}}


async def test_pages_and_limits(client: httpx.AsyncClient, shop: Shop) -> None:
    await fill(shop)
    everything = await find(client, shop, "torta")
    assert len(everything) == 2
    assert await find(client, shop, "torta", limit=1) == everything[:1]
    assert await find(client, shop, "torta", limit=1, offset=1) == everything[1:]
    page = await client.get("/catalog/search", params={"q": "torta", "limit": 1}, headers=shop.headers)
    assert (page.json()["total"], page.json()["limit"]) == (2, 1)
    for bad in ({"q": "a", "limit": 101}, {"q": "a", "limit": 0}, {"q": "x" * 101}, {}):
        assert (await client.get("/catalog/search", params=bad, headers=shop.headers)).status_code == 422


async def test_hidden_products_are_not_found_and_changes_are(client: httpx.AsyncClient, shop: Shop) -> None:
    await fill(shop)
    assert await find(client, shop, "morango") == ["Torta de morango"]
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        mine = Product.tenant_id == shop.tenant.id
        await uow.session.execute(
            update(Product)
            .where(mine, Product.id == shop.products["Torta de morango"])
            .values(is_active=False)
        )
        await uow.session.execute(
            update(Product).where(mine, Product.id == shop.products["Pão francês"]).values(name="Cacetinho")
        )
        uow.announce("catalog")
    assert await find(client, shop, "morango") == []
    assert await find(client, shop, "cacetinho") == ["Cacetinho"]


async def test_walls(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    await fill(shop)
    await other_shop.add_product("Pão de outro", 100)
    assert await find(client, other_shop, "pao") == ["Pão de outro"]
    assert "Pão de outro" not in await find(client, shop, "pao")
    foreign = {"q": "pao", "store": str(other_shop.store_id)}
    assert (await client.get("/catalog/search", params=foreign, headers=shop.headers)).status_code == 404
    assert (await client.get("/catalog/search", params={"q": "pao"})).json()["code"] == "tenant_unknown"
