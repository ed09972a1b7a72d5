"""What shoppers ask for while releases change: pages, the catalogue, quotes, previews and orders."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from balcao.cli.bench import shop
from balcao.cli.bench.deploy_load import Asked, one_of, request
from balcao.cli.bench.deploy_stage import Stage
from balcao.cli.instance import Instance, load_settings
from balcao.kernel.db.migrate import migrate
from balcao.registry import build_runtime

Shelf = tuple[Any, list[shop.Goods]]


def make_shop(data: Path) -> tuple[Instance, Shelf]:
    """The bench's shop in a data folder. The instance keeps the database running until it is stopped."""
    instance = Instance(load_settings(data_dir=data))
    url = instance.database_url()
    migrate(url)
    runtime = build_runtime(instance.settings, url)

    async def make() -> Shelf:
        try:
            return await shop.store_and_goods(runtime, await shop.make_bench_shop(runtime))
        finally:
            await runtime.close()

    return instance, asyncio.run(make())


def trusting(stage: Stage) -> ssl.SSLContext:
    """Believes the certificate of this stage, and no other."""
    return ssl.create_default_context(cafile=str(stage.certificate))


def shoppers(stage: Stage, shelf: Shelf) -> Callable[[], Asked]:
    """A maker of requests: of 100, 30 catalogues, 20 menus, 10 products, 10 searches, 8 files, 10 quotes, 8 previews and 4
    orders. The first release must serve."""
    store, goods = shelf
    host, tenant = f"localhost:{stage.https}", [("x-tenant", shop.SLUG)]
    bodies = shop.shopper_bodies(stage.base, store, goods, verify=trusting(stage))

    def get(name: str, path: str) -> Callable[[], Asked]:
        ready = request(name, "GET", path, host, headers=tenant)
        return lambda: ready

    def product() -> Asked:
        path = f"/loja/{shop.SLUG}/centro/produto/{random.choice(goods).product_id}"
        return request("product", "GET", path, host)

    def post(name: str, path: str, leave_out: str = "") -> Callable[[], Asked]:
        def make() -> Asked:
            body = {key: value for key, value in random.choice(bodies).items() if key != leave_out}
            if "customer" in body:
                body["customer"] = {**body["customer"], "phone": f"119{random.randrange(10**7, 10**8):08d}"}
            key = ("idempotency-key", f"bench-{random.getrandbits(64):016x}")
            return request(name, "POST", path, host, json.dumps(body).encode(), [*tenant, key])

        return make

    def quote() -> Asked:
        body = {"store_id": str(store), "address": random.choice(bodies)["address"]}
        return request("quote", "POST", "/shipping/quote", host, json.dumps(body).encode(), tenant)

    mix = [
        (30, get("catalogue", "/api/v1/catalog")),
        (20, get("menu", f"/loja/{shop.SLUG}")),
        (10, product),
        (10, get("search", "/catalog/search?q=produto%2031")),
        (8, get("file", "/static/css/store.css")),
        (10, quote),
        (8, post("preview", "/checkout/preview", leave_out="payment")),
        (4, post("order", "/checkout")),
    ]
    return lambda: one_of(mix)
