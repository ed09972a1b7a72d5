"""Makes synthetic businesses, each in one transaction bound to its tenant: the walls and checks of the program hold here."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import TextClause, text

from balcao.brazil.pix_code import encode_static
from balcao.cli.seed import DEMO_PASSWORD, EVERYTHING, DemoTenant, make_plan, make_tenant
from balcao.cli.synthetic.goods import CATEGORIES, PEOPLE, goods_of, number
from balcao.kernel.identity.passwords import hash_password
from balcao.kernel.runtime import Runtime
from balcao.kernel.work import UnitOfWork

FOLDER = Path(__file__).parent
PLAN = "completo"
SPACE = uuid.UUID("6b1f5b0a-5d0e-5c55-9d1c-ba1ca0ba1ca0")
ADDRESS = {
    "postal_code": "01001000", "street": "Praça da Sé", "number": "100", "complement": "", "reference": "",
    "district": "Sé", "city": "São Paulo", "state": "SP", "lat": None, "lng": None,
}  # fmt: skip
_WAITING = text("""
select p.id, p.amount_cents, p.txid, s.pix_key, s.pix_receiver, s.city
from payments p
join orders o on o.tenant_id = :tenant and o.id = p.subject_id
join stores s on s.tenant_id = :tenant and s.id = o.store_id
where p.tenant_id = :tenant and p.method = 'pix' and p.status = 'pending'
""")
_CODE = text("update payments set copy_paste = :code where tenant_id = :tenant and id = :id")


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made: businesses, those that were there before, orders, and the seconds it took."""

    tenants: int
    there_before: int
    orders: int
    seconds: float


def slug_of(index: int) -> str:
    """The slug of the n-th synthetic business, counted from one."""
    return f"carga-{index:04}"


async def make_synthetic(runtime: Runtime, *, scale: int, orders: int, seed: int) -> Made:
    """Businesses `carga-0001` to `scale` with so many orders each. Those already filled are left alone."""
    began = time.perf_counter()
    await make_plan(runtime, PLAN, "Completo", EVERYTHING)
    password = await hash_password(DEMO_PASSWORD)
    made = 0
    for index in range(1, scale + 1):
        made += await _make_one(runtime, index, orders=orders, seed=seed, password=password)
    if made:
        async with runtime.database.engine.connect() as connection:
            line = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await line.execute(text("analyze"))
    return Made(made, scale - made, made * orders, time.perf_counter() - began)


async def _make_one(runtime: Runtime, index: int, *, orders: int, seed: int, password: str) -> bool:
    slug = slug_of(index)
    business = DemoTenant(
        slug, f"Carga {index:04}", None, ((f"dona@{slug}.example", "Dona da Carga", "owner"),)
    )
    await make_tenant(
        runtime, business, PLAN, tenant_id=uuid.uuid5(SPACE, f"{seed}:{slug}"), password_hash=password
    )
    tenant = await runtime.tenants.find("slug", slug)
    async with runtime.transactions.begin(tenant) as uow:
        # One that was cut off between the two transactions has no store yet, and is filled now.
        if (
            await uow.session.execute(
                text("select 1 from stores where tenant_id = :t limit 1"), {"t": tenant.id}
            )
        ).first():
            return False
        await _fill(uow, slug, orders, seed)
        uow.announce("catalog", "orders", "stock")
    return True


async def _fill(uow: UnitOfWork, slug: str, orders: int, seed: int) -> None:
    goods = goods_of(slug, seed)
    values: dict[str, Any] = {
        "tenant": uow.tenant_id, "slug": slug, "orders": orders, "now": uow.now(), "people": list(PEOPLE),
        "categories": [category for category, _ in CATEGORIES], "names": goods.names, "search": goods.search,
        "shelves": goods.shelves, "prices": goods.prices, "address": orjson.dumps(ADDRESS).decode(),
    }  # fmt: skip
    lot = number(slug, seed)
    # A shop with many thousands of orders takes longer than a request may.
    await uow.session.execute(text(f"set local statement_timeout = 0; set local app.lot = '{lot}'"))
    for statement, names in _statements():
        await uow.session.execute(statement, {name: values[name] for name in names})
    await _give_pix_codes(uow)


@cache
def _statements() -> list[tuple[TextClause, list[str]]]:
    files = [(FOLDER / name).read_text(encoding="utf-8") for name in ("functions.sql", "shop.sql")]
    clauses = [text(statement) for file in files for statement in file.split(";\n") if statement.strip()]
    return [(clause, list(clause.compile().params)) for clause in clauses]


async def _give_pix_codes(uow: UnitOfWork) -> None:
    """Orders that wait for their payment show a code that can be paid, like real ones."""
    waiting = (await uow.session.execute(_WAITING, {"tenant": uow.tenant_id})).all()
    for row in waiting:
        code = encode_static(row.pix_key, row.pix_receiver, row.city, row.amount_cents, row.txid)
        await uow.session.execute(_CODE, {"tenant": uow.tenant_id, "id": row.id, "code": code})
