"""Tenant A's ids in the hands of tenant B, on every route: nothing is shown, nothing changes."""

from __future__ import annotations

import re
from typing import Any

import httpx
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import text

from balcao.kernel.db.engine import begin_as
from balcao.kernel.db.models import TenantModel
from balcao.kernel.db.row_security import APP_ROLE
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.app import create_app
from tests.digest import digest_of
from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, place

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
REFUSED = {303, 307, 400, 401, 403, 404, 405, 409, 410, 413, 422}


async def _ids(client: httpx.AsyncClient, shop: Shop) -> dict[str, str]:
    await shop.add_product("Pão", 500, stock=5)
    await shop.add_group("Pão", "Recheio", [("Queijo", 100)])
    placed = (await place(client, shop, cart(shop, ("Pão", 1), payment={"method": "pix"}))).json()
    async with platform_work(shop.runtime.database, read_only=True) as session:
        one = {
            name: str(
                (
                    await session.execute(
                        text(f"select id from {table} where tenant_id = :t limit 1"), {"t": shop.tenant.id}
                    )
                ).scalar_one()
            )
            for name, table in (
                ("item_id", "stock_items"),
                ("area_id", "delivery_areas"),
                ("session_id", "user_sessions"),
            )
        }
    return {
        **one,
        "order_id": placed["order"]["id"],
        "payment_id": placed["payment"]["id"],
        "product_id": str(shop.products["Pão"]),
        "sku_id": str(shop.skus["Pão"]),
        "group_id": str(shop.groups["Recheio"]),
        "option_id": str(shop.options["Queijo"]),
        "category_id": str(shop.category_id),
        "store_id": str(shop.store_id),
        "user_id": str(shop.owner_id),
        "token": placed["order"]["tracking_token"],
    }


def _paths(runtime: Runtime) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for context in iter_route_contexts(create_app(runtime).routes):
        route: Any = getattr(context, "original_route", context)
        path = getattr(context, "path", None) or route.path
        names = set(PARAMETER.findall(path)) - {"tenant", "store", "slug", "code", "cep"}
        if isinstance(route, APIRoute) and names and not path.startswith("/api/v1"):
            found += [(method, path) for method in sorted(route.methods - {"HEAD", "OPTIONS"})]
    return sorted(set(found))


def _filled(path: str, values: dict[str, str]) -> str:
    return PARAMETER.sub(lambda match: values.get(match.group(1), values["order_id"]), path)


async def test_foreign_ids_open_nothing_and_change_nothing(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop, other_shop: Shop
) -> None:
    theirs = await _ids(client, shop)
    before = await digest_of(runtime, shop.tenant.id)
    tried = 0
    for method, path in _paths(runtime):
        if path.startswith("/media"):
            continue  # public pictures: they hold no tenant's secrets
        values = {
            **theirs,
            "tenant": other_shop.tenant.slug,
            "store": "centro",
            "slug": other_shop.tenant.slug,
        }
        url = _filled(path, values)
        for headers in (other_shop.staff, {**other_shop.headers, "X-Tracking-Token": theirs["token"]}):
            body = {"status": "canceled", "payment_id": theirs["payment_id"], "reason": "x"}
            payload = {} if method == "GET" else {"json": body}
            answer = await client.request(method, url, headers=headers, **payload)
            tried += 1
            assert answer.status_code in REFUSED, (method, path, answer.status_code, answer.text[:200])
            assert "Pão" not in answer.text
    assert tried > 30
    assert await digest_of(runtime, shop.tenant.id) == before


async def test_a_session_with_a_header_of_another_tenant_is_refused(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    answer = await client.get("/admin/orders", headers={**shop.staff, **other_shop.headers})
    assert answer.status_code == 403


async def test_without_a_tenant_no_row_is_seen(runtime: Runtime, shop: Shop) -> None:
    async with runtime.database.session() as session:
        await begin_as(session, APP_ROLE, "", read_only=True, timeout_ms=5000)
        for model in TenantModel.__subclasses__():
            count = (await session.execute(text(f"select count(*) from {model.__tablename__}"))).scalar_one()
            assert count == 0, model.__tablename__


async def test_a_foreign_key_across_tenants_is_refused_by_the_database(
    runtime: Runtime, shop: Shop, other_shop: Shop
) -> None:
    from balcao.kernel.errors import NotFoundError
    from balcao.modules.store.models import Category

    try:
        async with runtime.transactions.begin(shop.tenant) as uow:
            uow.session.add(Category(tenant_id=shop.tenant.id, name="Roubada", store_id=other_shop.store_id))
        raise AssertionError("the row was accepted")
    except NotFoundError:
        pass
