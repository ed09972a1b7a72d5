"""GET /catalog: what buyers are shown, what they are never shown, and how long an answer stays true."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import update

from balcao.kernel.files.models import File
from balcao.kernel.ids import new_id
from balcao.kernel.observability.query_stats import start_counting
from balcao.kernel.runtime import Runtime
from balcao.modules.store.api.schemas_public import CatalogDocument
from balcao.modules.store.models import (
    Category,
    Option,
    Product,
    ProductImage,
    Sku,
    StockItem,
    Store,
)
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop


async def catalog(client: httpx.AsyncClient, shop: Shop, store: str | None = None) -> dict[str, Any]:
    answer = await client.get(
        "/catalog", params={"store": store} if store is not None else {}, headers=shop.headers
    )
    assert answer.status_code == 200, answer.text
    document = answer.json()
    CatalogDocument.model_validate(document)
    return document


def products(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for category in document["categories"] for item in category["products"]}


async def change(shop: Shop, model: Any, row_id: Any, **columns: Any) -> None:
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        statement = (
            update(model).where(model.tenant_id == shop.tenant.id, model.id == row_id).values(**columns)
        )
        await uow.session.execute(statement)
        uow.announce("catalog")


async def add_store(shop: Shop, **columns: Any) -> Any:
    store_id = new_id()
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        uow.session.add(Store(tenant_id=shop.tenant.id, id=store_id, **columns))
        uow.announce("catalog")
    return store_id


async def test_the_shape_of_a_product(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão na chapa", 800, description="Com manteiga", tags=["manhã"])
    await shop.add_group(
        "Pão na chapa", "Recheio", [("Queijo", 300), ("Ovo", 250)], low=1, high=2, max_per_item=2
    )
    document = await catalog(client, shop)
    assert [category["name"] for category in document["categories"]] == ["Pães"]
    assert document["banners"] == []
    product = products(document)["Pão na chapa"]
    assert product == {
        "id": str(shop.products["Pão na chapa"]), "code": 1, "name": "Pão na chapa", "description": "Com manteiga",
        "price_cents": 800, "from_price_cents": 1050, "availability": "available", "lead_days": 0, "tags": ["manhã"],
        "image": None, "more_images": [],
        "skus": [{"id": str(shop.skus["Pão na chapa"]), "name": "", "price_cents": 800, "available": True}],
        "option_groups": [{
            "id": str(shop.groups["Recheio"]), "name": "Recheio", "min": 1, "max": 2, "pricing_mode": "sum",
            "options": [
                {"id": str(shop.options["Queijo"]), "name": "Queijo", "price_cents": 300, "max_per_item": 2, "available": True},
                {"id": str(shop.options["Ovo"]), "name": "Ovo", "price_cents": 250, "max_per_item": 2, "available": True},
            ],
        }],
    }  # fmt: skip


async def test_from_price_follows_the_pricing_mode(client: httpx.AsyncClient, shop: Shop) -> None:
    prices = [("A", 4000), ("B", 4601), ("C", 5000)]
    for mode in ("sum", "highest", "average"):
        await shop.add_product(mode, 1000)
        await shop.add_group(mode, f"Sabores {mode}", prices, low=2, high=2, mode=mode)
    found = products(await catalog(client, shop))
    assert {name: item["from_price_cents"] for name, item in found.items()} == {
        "sum": 9601,
        "highest": 5601,
        "average": 5301,
    }


async def test_sold_out_is_flagged_and_stock_is_never_told(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Sonho", 700, stock=0)
    await shop.add_product("Broa", 600, stock=3417)
    await shop.add_product("Fornada", 500, daily=0)
    await shop.add_product("Café", 400)
    await shop.add_product("Bolo", 9000, stock=0, availability="order", lead_days=2)
    await shop.add_product("Torta", 9000, availability="unavailable")
    answer = await client.get("/catalog", headers=shop.headers)
    found = products(answer.json())
    assert {name: item["availability"] for name, item in found.items()} == {
        "Sonho": "sold_out", "Broa": "available", "Fornada": "sold_out", "Café": "available", "Bolo": "order",
        "Torta": "unavailable",
    }  # fmt: skip
    assert [sku["available"] for sku in found["Sonho"]["skus"]] == [False]
    assert found["Bolo"]["lead_days"] == 2
    assert "3417" not in answer.text
    assert "on_hand" not in answer.text


async def test_the_cheapest_sku_that_is_left_gives_the_from_price(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    product_id = await shop.add_product("Bolo", 5000)
    small = new_id()
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        uow.session.add(
            Sku(
                tenant_id=shop.tenant.id,
                id=small,
                product_id=product_id,
                name="Fatia",
                price_cents=900,
                position=1,
            )
        )
        await uow.session.flush()
        uow.session.add(
            StockItem(tenant_id=shop.tenant.id, id=new_id(), store_id=shop.store_id, sku_id=small, on_hand=1)
        )
        uow.announce("catalog")
    assert products(await catalog(client, shop))["Bolo"]["from_price_cents"] == 900
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(
            update(StockItem)
            .where(StockItem.tenant_id == shop.tenant.id, StockItem.sku_id == small)
            .values(on_hand=0)
        )
        uow.announce("catalog")
    left = products(await catalog(client, shop))["Bolo"]
    assert (left["from_price_cents"], left["price_cents"], left["availability"]) == (5000, 5000, "available")


async def test_a_mandatory_group_that_cannot_be_filled_sells_the_product_out(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Pizza", 3000)
    await shop.add_group("Pizza", "Sabores", [("Única", 500)], low=1)
    await change(shop, Option, shop.options["Única"], is_active=False)
    assert products(await catalog(client, shop))["Pizza"]["availability"] == "sold_out"


async def test_what_is_hidden(client: httpx.AsyncClient, shop: Shop) -> None:
    for name in ("Visível", "Desligado", "Sem preço", "De outra loja", "De categoria escondida", "Solto"):
        await shop.add_product(name, 100)
    other_store = await add_store(shop, slug="norte", name="Norte", position=9)
    shelf = new_id()
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        uow.session.add(Category(tenant_id=shop.tenant.id, id=shelf, name="Escondida", is_active=False))
    await change(shop, Product, shop.products["Desligado"], is_active=False)
    await change(shop, Sku, shop.skus["Sem preço"], is_active=False)
    await change(shop, Product, shop.products["De outra loja"], store_id=other_store)
    await change(shop, Product, shop.products["De categoria escondida"], category_id=shelf)
    await change(shop, Product, shop.products["Solto"], category_id=None)
    here = await catalog(client, shop)
    assert set(products(here)) == {"Visível", "Solto"}
    assert (here["categories"][-1]["id"], here["categories"][-1]["name"]) == (None, "")
    assert "De outra loja" in products(await catalog(client, shop, "norte"))


async def test_a_store_is_named_by_slug_id_or_plain_name(client: httpx.AsyncClient, shop: Shop) -> None:
    north = await add_store(shop, slug="zona-norte", name="São João  do Norte", position=2)
    for name in ("zona-norte", str(north), "sao joao do norte", "SÃO JOÃO DO NORTE", "Zona-Norte"):
        assert (await catalog(client, shop, name))["store"]["id"] == str(north), name
    assert (await catalog(client, shop))["store"]["slug"] == "centro"
    # A slug wins over a name that reads the same.
    await add_store(shop, slug="filial", name="zona-norte", position=0)
    assert (await catalog(client, shop, "zona-norte"))["store"]["id"] == str(north)


async def test_a_store_that_is_not_there(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    closed = await add_store(shop, slug="velha", name="Velha", is_active=False)
    for name in ("nada", "velha", str(closed), str(other_shop.store_id), "%", "cent_o"):
        answer = await client.get("/catalog", params={"store": name}, headers=shop.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), name


async def test_walls_between_tenants(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    await shop.add_product("Só meu", 100)
    await other_shop.add_product("Só dele", 100)
    for _ in range(2):  # the second round comes from the cache
        assert set(products(await catalog(client, shop))) == {"Só meu"}
        assert set(products(await catalog(client, other_shop))) == {"Só dele"}
    nobody = await client.get("/catalog")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "tenant_unknown")
    staff = {**shop.staff, "X-Tenant": other_shop.tenant.slug}
    assert (await client.get("/catalog", headers=staff)).status_code == 403
    by_id = await client.get("/catalog", headers={"X-Tenant-Id": str(other_shop.tenant.id)})
    assert set(products(by_id.json())) == {"Só dele"}


async def test_etag_and_304(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100)
    first = await client.get("/catalog", headers=shop.headers)
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert first.headers["etag"].startswith("W/")  # it came packed
    tag = first.headers["etag"].removeprefix("W/")
    for path in ("/catalog", "/api/v1/catalog", "/catalog?store=centro"):
        for sent in (tag, f"W/{tag}", f'"other", {tag}'):
            again = await client.get(path, headers={**shop.headers, "If-None-Match": sent})
            assert (again.status_code, again.content) == (304, b""), (path, sent)
            assert again.headers["etag"] == tag
            assert "x-content-type-options" in again.headers
            assert "x-request-id" in again.headers
    stale = await client.get("/catalog", headers={**shop.headers, "If-None-Match": '"other"'})
    assert (stale.status_code, stale.content) == (200, first.content)


async def test_the_cache_and_the_route_give_the_same_answer(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100)
    cold = await client.get("/catalog", headers=shop.headers)
    warm = await client.get("/catalog", headers=shop.headers)
    # A session sends the request through the route; the bytes and the headers are the same.
    routed = await client.get("/catalog", headers=shop.staff)
    changing = {"x-request-id"}
    for answer in (warm, routed):
        assert answer.content == cold.content
        assert {k: v for k, v in answer.headers.items() if k not in changing} == {
            k: v for k, v in cold.headers.items() if k not in changing
        }


async def test_one_statement_when_cold_and_none_when_warm(
    client: httpx.AsyncClient, shop: Shop, runtime: Runtime
) -> None:
    for name in ("Um", "Dois", "Três"):
        await shop.add_product(name, 100, stock=1)
        await shop.add_group(name, f"Grupo {name}", [(f"A {name}", 1), (f"B {name}", 2)])
    runtime.cache.invalidate_local(shop.tenant.id, "catalog")

    from balcao.modules.store.catalog_queries import catalogue_bytes

    counted = start_counting()
    await catalogue_bytes(runtime, shop.tenant, None)
    assert counted.count == 1
    await catalogue_bytes(runtime, shop.tenant, None)
    assert counted.count == 1


async def test_many_ask_and_one_looks(client: httpx.AsyncClient, shop: Shop, runtime: Runtime) -> None:
    await shop.add_product("Pão", 100)
    before = runtime.cache.stats.misses
    answers = await asyncio.gather(*(client.get("/catalog", headers=shop.headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert runtime.cache.stats.misses == before + 1


async def test_a_change_is_seen_at_once(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100)
    old = await client.get("/catalog", headers=shop.headers)
    await change(shop, Sku, shop.skus["Pão"], price_cents=150)
    new = await client.get("/catalog", headers={**shop.headers, "If-None-Match": old.headers["etag"]})
    assert new.status_code == 200
    assert products(new.json())["Pão"]["price_cents"] == 150


async def test_daily_stock_comes_back_at_midnight_of_the_store(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    from balcao.modules.store.models import StockDay

    await shop.change_store(timezone="America/Manaus")
    clock.go_to(datetime(2026, 7, 4, 3, 59, tzinfo=UTC))  # 23:59 of the 3rd in Manaus
    await shop.add_product("Fornada", 500, daily=5)
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        from sqlalchemy import select

        item = (
            await uow.session.execute(select(StockItem.id).where(StockItem.sku_id == shop.skus["Fornada"]))
        ).scalar_one()
        day = datetime(2026, 7, 3).date()
        uow.session.add(
            StockDay(tenant_id=shop.tenant.id, stock_item_id=item, day=day, on_hand=5, reserved=5)
        )
        uow.announce("catalog")
    assert products(await catalog(client, shop))["Fornada"]["availability"] == "sold_out"
    clock.go_to(datetime(2026, 7, 4, 4, 0, 1, tzinfo=UTC))
    assert products(await catalog(client, shop))["Fornada"]["availability"] == "available"


async def test_pictures_come_with_their_sizes(client: httpx.AsyncClient, shop: Shop) -> None:
    product_id = await shop.add_product("Pão", 100)
    files = [new_id(), new_id(), new_id()]
    sizes = [{"width": w, "height": w * 3 // 4, "format": "webp", "key": "", "bytes": 1} for w in (400, 200)]
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        for position, file_id in enumerate(files):
            uow.session.add(
                File(
                    tenant_id=shop.tenant.id, id=file_id, purpose="products", content_type="image/webp", size_bytes=1,
                    sha256="0" * 64, width=400, height=300, renditions=sizes if position != 1 else [],
                )
            )  # fmt: skip
            await uow.session.flush()
            uow.session.add(
                ProductImage(
                    tenant_id=shop.tenant.id, product_id=product_id, file_id=file_id, alt=f"Foto {position}",
                    position=position,
                )
            )  # fmt: skip
        uow.announce("catalog")
    product = products(await catalog(client, shop))["Pão"]
    base = f"/media/{shop.tenant.id}/{files[0]}"
    assert product["image"] == {
        "src": f"{base}/w400.webp",
        "srcset": f"{base}/w200.webp 200w, {base}/w400.webp 400w",
        "width": 400,
        "height": 300,
        "alt": "Foto 0",
    }
    # A picture without sizes yet is left out rather than shown broken.
    assert [image["alt"] for image in product["more_images"]] == ["Foto 2"]


async def test_odd_names_of_stores_are_refused_or_not_found(client: httpx.AsyncClient, shop: Shop) -> None:
    for name, status in (("x" * 81, 422), ("\x00", 400), ("'; drop table stores; --", 404), ("\\", 404)):
        answer = await client.get("/catalog", params={"store": name}, headers=shop.headers)
        assert answer.status_code == status, name
