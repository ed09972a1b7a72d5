"""Invented shops keep every rule the program keeps: sums, reservations, and a shop that sells."""

from __future__ import annotations

import httpx
from sqlalchemy import text

from balcao.cli.synthetic.make import make_synthetic, slug_of
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.instance.program import balcao, environment

TENANTS, ORDERS = 2, 60
# Each finds rows that break a rule; the tenants are those of the load data alone.
RULES = {
    "the ledger sums up to the shelf": """
        select i.id from stock_items i left join stock_movements m on (m.tenant_id, m.stock_item_id) = (i.tenant_id, i.id)
        where i.track = 'quantity' and i.tenant_id = any(:tenants) group by i.tenant_id, i.id, i.on_hand, i.reserved
        having i.on_hand <> coalesce(sum(m.on_hand), 0) or i.reserved <> coalesce(sum(m.reserved), 0)""",
    "what is reserved is what open orders hold": """
        select i.id from stock_items i where i.track = 'quantity' and i.tenant_id = any(:tenants) and i.reserved <> (
          select coalesce(sum(l.quantity), 0) from order_lines l join orders o on (o.tenant_id, o.id) = (l.tenant_id, l.order_id)
          where l.tenant_id = i.tenant_id and l.sku_id = i.sku_id
            and o.status in ('awaiting_payment', 'received', 'confirmed', 'preparing', 'ready'))""",
    "lines add up to the order": """
        select o.id from orders o where o.tenant_id = any(:tenants) and o.subtotal_cents is distinct from (
          select sum(l.total_cents) from order_lines l where (l.tenant_id, l.order_id) = (o.tenant_id, o.id))""",
    "the history ends where the order is": """
        select o.id from orders o where o.tenant_id = any(:tenants) and o.status is distinct from (
          select e.to_status from order_events e where (e.tenant_id, e.order_id) = (o.tenant_id, o.id)
          order by e.at desc, e.id desc limit 1) and not exists (
          select from order_events e where (e.tenant_id, e.order_id) = (o.tenant_id, o.id) and e.to_status = o.status)""",
    "every order has one payment of its total": """
        select o.id from orders o left join payments p on (p.tenant_id, p.subject_id) = (o.tenant_id, o.id)
        where o.tenant_id = any(:tenants) group by o.tenant_id, o.id, o.total_cents
        having count(p.id) <> 1 or max(p.amount_cents) <> o.total_cents""",
    "codes are those the counter gave": """
        select c.id from order_counters c where c.tenant_id = any(:tenants) and (c.last_code, c.last_code) <> (
          select max(code), count(*) from orders o where o.tenant_id = c.tenant_id)""",
}


async def test_invented_shops_keep_the_rules_and_sell(runtime: Runtime, client: httpx.AsyncClient) -> None:
    made = await make_synthetic(runtime, scale=TENANTS, orders=ORDERS, seed=7)
    assert (made.tenants, made.orders) == (TENANTS, TENANTS * ORDERS)
    ids = [(await runtime.tenants.find("slug", slug_of(n))).id for n in range(1, TENANTS + 1)]
    async with platform_work(runtime.database, read_only=True) as session:
        broken = {
            rule: (await session.execute(text(query), {"tenants": ids})).all()
            for rule, query in RULES.items()
        }
        statuses = await session.execute(
            text("select distinct status from orders where tenant_id = any(:tenants)"), {"tenants": ids}
        )
        assert {row.status for row in statuses} >= {"completed", "received", "preparing", "ready"}
    assert {rule: rows for rule, rows in broken.items() if rows} == {}

    again = await make_synthetic(runtime, scale=TENANTS, orders=ORDERS, seed=7)
    assert (again.tenants, again.there_before) == (0, TENANTS)

    page = await client.get("/loja/carga-0001/centro")
    assert page.status_code == 200
    assert "Pão de queijo" in page.text
    headers = {"X-Tenant": "carga-0001", "Idempotency-Key": "um-pedido-de-verdade"}
    found = (await client.get("/api/v1/catalog/search?q=pao+de+queijo", headers=headers)).json()["items"][0]
    store = (await client.get("/api/v1/stores", headers=headers)).json()["items"][0]
    body = {
        "store_id": store["id"], "fulfilment": "pickup", "items": [{"product_id": found["id"], "quantity": 1}],
        "customer": {"name": "Ana", "phone": "11987654321"}, "payment": {"method": "pix"},
    }  # fmt: skip
    order = await client.post("/api/v1/checkout", json=body, headers=headers)
    assert order.status_code == 201, order.text
    assert order.json()["order"]["code"] == ORDERS + 1


async def test_the_same_seed_draws_the_same_shop(runtime: Runtime) -> None:
    await make_synthetic(runtime, scale=1, orders=ORDERS, seed=7)
    async with platform_work(runtime.database, read_only=True) as session:
        row = (
            await session.execute(
                text(
                    "select count(*) filter (where o.fulfilment = 'delivery') as delivered, sum(o.subtotal_cents) as sold "
                    "from orders o join tenants t on t.id = o.tenant_id where t.slug = 'carga-0001' and o.code <= :orders"
                ),
                {"orders": ORDERS},
            )
        ).one()
    assert tuple(row) == (40, 813_780)


def test_invented_shops_are_kept_out_of_production() -> None:
    env = environment(
        ENV="production",
        AUTH_SECRET="kR7vQ2mZpT9wLcX4nBfY6hJdG8sAeU3i",
        TRUSTED_HOSTS="loja.example",
        API_BASE_URL="https://loja.example",
    )
    said = balcao("seed", "--scale", "1", env=env)
    assert said.returncode == 1
    assert "add --yes" in said.stderr
