"""The demo businesses load whole: what their files say is what the catalogue, the shelves and the clock tell."""

from __future__ import annotations

import tomllib
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.module import DemoInput
from balcao.kernel.runtime import Runtime
from balcao.modules.store.demo.load import FOLDER, load_demo
from tests.factories.shops import make_tenant

LEDGER = text("""
select i.id from stock_items i left join stock_movements m on m.tenant_id = i.tenant_id and m.stock_item_id = i.id
where i.tenant_id = :tenant group by i.id, i.on_hand, i.reserved
having i.on_hand <> coalesce(sum(m.on_hand), 0) or i.reserved <> coalesce(sum(m.reserved), 0)
""")


def written(business: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{business}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("business", ["padaria", "cantina"])
async def test_business_is_on_sale_as_written(
    business: str, runtime: Runtime, client: httpx.AsyncClient
) -> None:
    tenant = await make_tenant(runtime)
    await load_demo(runtime, tenant, DemoInput(business))
    data = written(business)
    for store in data["stores"]:
        answer = await client.get(
            "/catalog", params={"store": store["slug"]}, headers={"X-Tenant": tenant.slug}
        )
        assert answer.status_code == 200
        shown = answer.json()
        expected = [
            (category["name"], [product["name"] for product in products])
            for category in data["categories"]
            if (
                products := [
                    p for p in category["products"] if p.get("store", store["slug"]) == store["slug"]
                ]
            )
        ]
        assert [(c["name"], [p["name"] for p in c["products"]]) for c in shown["categories"]] == expected
        products = [product for category in shown["categories"] for product in category["products"]]
        assert all(product["from_price_cents"] > 0 and product["image"]["alt"] for product in products)
        picture = await client.get(products[0]["image"]["src"])
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    async with runtime.transactions.begin(tenant, read_only=True) as uow:
        assert (await uow.session.execute(LEDGER, {"tenant": tenant.id})).all() == []


async def test_bakery_bakes_pizza_past_midnight_and_has_run_out_of_canjica(
    runtime: Runtime, client: httpx.AsyncClient
) -> None:
    tenant = await make_tenant(runtime)
    await load_demo(runtime, tenant, DemoInput("padaria"))
    shown = (await client.get("/catalog", headers={"X-Tenant": tenant.slug})).json()
    assert {"weekday": 4, "opens": "17:30", "closes": "01:30"} in shown["store"]["hours"]
    by_name = {p["name"]: p for category in shown["categories"] for p in category["products"]}
    assert by_name["Canjica"]["availability"] == "sold_out"
    assert by_name["Tapioca"]["availability"] == "unavailable"
    assert (by_name["Bolo de aniversário"]["availability"], by_name["Bolo de aniversário"]["lead_days"]) == (
        "order",
        2,
    )
    (halves, _crust) = by_name["Pizza meio a meio"]["option_groups"]
    assert (halves["pricing_mode"], halves["min"], halves["max"]) == ("highest", 2, 2)


async def test_unknown_business_is_left_empty(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    await load_demo(runtime, tenant, DemoInput("central"))
    async with runtime.transactions.begin(tenant, read_only=True) as uow:
        rows = await uow.session.execute(
            text("select count(*) from stores where tenant_id = :tenant"), {"tenant": tenant.id}
        )
        assert rows.scalar_one() == 0
