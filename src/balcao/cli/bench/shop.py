"""The shop under load: one tenant with 50 counted products, option groups, delivery by CEP, and shoppers' requests."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from balcao.cli.seed import DEMO_PASSWORD, EVERYTHING, DemoTenant, make_plan, make_tenant
from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant

SLUG = "bancada"
OWNER = "dona@bancada.example"
PRODUCTS = 50
SHELF = 1_000_000_000
_ADDRESSES = 24

_STORE = """
insert into stores (tenant_id, id, slug, name, latitude, longitude, postal_code, street, number, district, city, state, phone,
  pix_key, pix_receiver, payment_methods)
values (:tenant, :store, 'centro', 'Centro', -23.55052, -46.633308, '01001000', 'Praça da Sé', '1', 'Sé', 'São Paulo', 'SP',
  '+551134567890', '123e4567-e12b-12d1-a456-426655440000', 'BANCADA', '{pix,cash,card_on_delivery}')
"""
_REST = (
    (
        "insert into store_hours (tenant_id, id, store_id, weekday, opens, closes) "
        "select :tenant, gen_random_uuid(), :store, d, '00:00', '00:00' from generate_series(0, 6) d"
    ),
    (
        "insert into delivery_areas (tenant_id, id, store_id, kind, name, postal_from, postal_to, fee_cents, eta_min, eta_max) "
        "values (:tenant, gen_random_uuid(), :store, 'postal_range', 'Cidade', '01000000', '09999999', 1000, 30, 50)"
    ),
    (
        "insert into categories (tenant_id, id, name, position) "
        "select :tenant, gen_random_uuid(), 'Prateleira ' || n, n from generate_series(1, 6) n"
    ),
    (
        "insert into products (tenant_id, id, category_id, code, name, description, search_text, position) "
        "select :tenant, gen_random_uuid(), c.id, n, 'Produto ' || n, 'Uma descrição com algumas palavras a mais, número ' || n, "
        "'produto ' || n, n from generate_series(1, :products) n "
        "join categories c on c.tenant_id = :tenant and c.position = 1 + n % 6"
    ),
    (
        "insert into skus (tenant_id, id, product_id, price_cents) "
        "select :tenant, gen_random_uuid(), id, 500 + code * 10 from products where tenant_id = :tenant"
    ),
    (
        "insert into option_groups (tenant_id, id, name, pricing_mode) values "
        "(:tenant, gen_random_uuid(), 'Recheio', 'highest'), (:tenant, gen_random_uuid(), 'Adicionais', 'sum')"
    ),
    (
        "insert into options (tenant_id, id, group_id, name, price_cents, position) "
        "select :tenant, gen_random_uuid(), g.id, g.name || ' ' || n, n * 100, n "
        "from option_groups g, generate_series(1, 4) n where g.tenant_id = :tenant"
    ),
    (
        "insert into product_option_groups (tenant_id, id, product_id, group_id, min_choices, max_choices) "
        "select :tenant, gen_random_uuid(), p.id, g.id, case when g.name = 'Recheio' then 1 else 0 end, 2 "
        "from products p, option_groups g where p.tenant_id = :tenant and g.tenant_id = :tenant and p.code % 2 = 1"
    ),
    (
        "insert into stock_items (tenant_id, id, store_id, sku_id, on_hand) "
        "select :tenant, gen_random_uuid(), :store, id, :shelf from skus where tenant_id = :tenant"
    ),
    (
        "insert into stock_movements (tenant_id, id, stock_item_id, kind, on_hand, reserved, actor) "
        "select :tenant, gen_random_uuid(), id, 'receive', :shelf, 0, 'bench' from stock_items where tenant_id = :tenant"
    ),
)


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as a cart names it: its id, one option it must have (or none)."""

    product_id: str
    option_id: str | None


async def make_bench_shop(runtime: Runtime) -> Tenant:
    """The tenant with its store and goods, made once."""
    await make_plan(runtime, "completo", "Completo", EVERYTHING)
    people = ((OWNER, "Dona da Bancada", "owner"),)
    made = await make_tenant(runtime, DemoTenant(SLUG, "Bancada", None, people), "completo")
    tenant = await runtime.tenants.find("slug", SLUG)
    if made:
        async with runtime.transactions.begin(tenant) as uow:
            ids = {"tenant": tenant.id, "store": new_id(), "products": PRODUCTS, "shelf": SHELF}
            for statement in (_STORE, *_REST):
                names = {name: value for name, value in ids.items() if f":{name}" in statement}
                await uow.session.execute(text(statement), names)
    return tenant


async def store_and_goods(runtime: Runtime, tenant: Tenant) -> tuple[UUID, list[Goods]]:
    """The store's id and what it sells, in order."""
    async with runtime.transactions.begin(tenant, read_only=True) as uow:
        store = await uow.session.execute(
            text("select id from stores where tenant_id = :t"), {"t": tenant.id}
        )
        rows = await uow.session.execute(
            text(
                "select p.id, (select o.id from product_option_groups l join options o on (o.tenant_id, o.group_id) = "
                "(l.tenant_id, l.group_id) where l.tenant_id = p.tenant_id and l.product_id = p.id and l.min_choices = 1 "
                "order by o.position limit 1) as option from products p where p.tenant_id = :t order by p.code"
            ),
            {"t": tenant.id},
        )
        return store.scalar_one(), [
            Goods(str(row.id), str(row.option) if row.option else None) for row in rows
        ]


async def stock_problems(runtime: Runtime, tenant: Tenant) -> list[str]:
    """What is wrong with the stock after the load: the ledger must sum up, and promise what the orders hold."""
    question = text("""
      select i.id from stock_items i
      join (select stock_item_id, sum(on_hand) as on_hand, sum(reserved) as reserved from stock_movements
            where tenant_id = :t group by 1) m on m.stock_item_id = i.id
      left join (select sku_id, sum(quantity) as quantity from order_lines where tenant_id = :t group by 1) l
        on l.sku_id = i.sku_id
      where i.tenant_id = :t and (i.on_hand, i.reserved) is distinct from (m.on_hand, m.reserved)
        or i.tenant_id = :t and i.reserved <> coalesce(l.quantity, 0)""")
    async with runtime.transactions.begin(tenant, read_only=True) as uow:
        return [str(row.id) for row in await uow.session.execute(question, {"t": tenant.id})]


def shopper_bodies(
    base: str, store: UUID, goods: list[Goods], *, verify: ssl.SSLContext | bool = True
) -> list[dict[str, Any]]:
    """Carts of two products, delivered, each with a fresh freight quote; phone and key are the shopper's own."""
    bodies: list[dict[str, Any]] = []
    with httpx.Client(base_url=base, headers={"X-Tenant": SLUG}, verify=verify) as client:
        for number in range(_ADDRESSES):
            address = {
                "postal_code": "01310-100", "street": "Avenida Paulista", "number": str(1000 + number),
                "district": "Bela Vista", "city": "São Paulo", "state": "SP",
            }  # fmt: skip
            quoted = client.post("/shipping/quote", json={"store_id": str(store), "address": address})
            quoted.raise_for_status()
            bodies.extend(
                _cart(store, address, quoted.json()["quote_id"], [first, goods[(place * 7 + number) % len(goods)]])
                for place, first in enumerate(goods)
            )  # fmt: skip
    return bodies


def _cart(store: UUID, address: dict[str, str], quote: str, wanted: list[Goods]) -> dict[str, Any]:
    items = [
        {
            "product_id": one.product_id,
            "quantity": 1 + place,
            "options": [{"option_id": one.option_id}] if one.option_id else [],
        }
        for place, one in enumerate(dict.fromkeys(wanted))
    ]
    return {
        "store_id": str(store), "fulfilment": "delivery", "quote_id": quote, "address": address, "items": items,
        "customer": {"name": "Ana Souza", "phone": "PHONE"}, "payment": {"method": "pix"},
    }  # fmt: skip


def one_product(bodies: list[dict[str, Any]], goods: Goods) -> list[dict[str, Any]]:
    """The same carts, everybody after one product."""
    options = [{"option_id": goods.option_id}] if goods.option_id else []
    item = {"product_id": goods.product_id, "quantity": 1, "options": options}
    return [{**body, "items": [item]} for body in bodies]


def owner_client(base: str) -> httpx.Client:
    """A client signed in as the owner."""
    client = httpx.Client(base_url=base, headers={"X-Tenant": SLUG})
    credentials = {"email": OWNER, "password": DEMO_PASSWORD}
    token = client.post("/auth/login", json=credentials).raise_for_status().json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def as_lua(bodies: list[dict[str, Any]]) -> str:
    """A Lua table of JSON texts."""
    texts = (json.dumps(body, ensure_ascii=False, separators=(",", ":")) for body in bodies)
    return "{" + ",".join(f"[==[{text}]==]" for text in texts) + "}"
