"""Demo businesses, and synthetic ones for load work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import typer
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from balcao.cli.instance import fail, load_settings, running
from balcao.kernel.db.migrate import migrate
from balcao.kernel.identity.models import User, UserGroup
from balcao.kernel.identity.passwords import hash_password
from balcao.kernel.ids import new_id
from balcao.kernel.module import DemoInput
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.kernel.tenants import Plan, Subscription, TenantRow
from balcao.registry import MODULES, build_runtime

DEMO_PASSWORD = "balcao-demo"  # noqa: S105 - printed by `balcao up`, refused outside development
EVERYTHING = [module.name for module in MODULES]
ATTENDANT_RIGHTS = [
    "store.orders:view",
    "store.orders:edit",
    "store.catalog:view",
    "store.stock:view",
    "store.stock:edit",
]


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """A demo business and its people: (e-mail, name, role)."""

    slug: str
    name: str
    accent: str | None
    people: tuple[tuple[str, str, str], ...]


DEMO = (
    DemoTenant(
        "padaria",
        "Padaria Três Marias",
        None,
        (
            ("dona@padaria.example", "Maria das Dores", "owner"),
            ("balcao@padaria.example", "Joana do Balcão", "operator"),
        ),
    ),
    DemoTenant(
        "cantina", "Cantina do Nonno", "#b5442e", (("dona@cantina.example", "Giulia Rossi", "owner"),)
    ),
    DemoTenant("central", "Balcão Central", None, (("central@balcao.example", "Central", "owner"),)),
)


async def make_plan(runtime: Runtime, slug: str, name: str, modules: list[str]) -> None:
    """A plan with these modules, unless it is there."""
    async with platform_work(runtime.database) as session:
        await session.execute(
            insert(Plan).values(id=new_id(), slug=slug, name=name, modules=modules).on_conflict_do_nothing()
        )


async def make_tenant(
    runtime: Runtime,
    tenant: DemoTenant,
    plan: str,
    *,
    tenant_id: UUID | None = None,
    password_hash: str | None = None,
) -> bool:
    """A tenant on a plan with its people and groups; False when it was there already."""
    tenant_id = tenant_id or new_id()
    async with platform_work(runtime.database) as session:
        made = await session.execute(
            insert(TenantRow)
            .values(id=tenant_id, slug=tenant.slug, name=tenant.name, accent=tenant.accent)
            .on_conflict_do_nothing(index_elements=["slug"])
            .returning(TenantRow.id)
        )
        if made.first() is None:
            return False
        plan_id = (await session.execute(select(Plan.id).where(Plan.slug == plan))).scalar_one()
        session.add(Subscription(tenant_id=tenant_id, plan_id=plan_id, status="active"))
    found = await runtime.tenants.find("slug", tenant.slug)
    password = password_hash or await hash_password(DEMO_PASSWORD)
    async with runtime.transactions.begin(found) as uow:
        managers = UserGroup(
            tenant_id=found.id, name="Gerência", permissions=sorted(runtime.permissions_in(found))
        )
        counter = UserGroup(tenant_id=found.id, name="Balcão", permissions=ATTENDANT_RIGHTS)
        uow.session.add_all([managers, counter])
        await uow.session.flush()
        for email, name, role in tenant.people:
            group = None if role == "owner" else (managers.id if role == "manager" else counter.id)
            uow.session.add(
                User(
                    tenant_id=found.id,
                    email=email,
                    name=name,
                    role=role,
                    group_id=group,
                    password_hash=password,
                )
            )
    return True


async def load_demo(runtime: Runtime) -> None:
    """Makes the demo businesses that are missing and lets each module fill them."""
    await make_plan(runtime, "completo", "Completo", EVERYTHING)
    for tenant in DEMO:
        if not await make_tenant(runtime, tenant, "completo"):
            continue
        found = await runtime.tenants.find("slug", tenant.slug)
        for module in MODULES:
            if module.demo is not None:
                await module.demo(runtime, found, DemoInput(tenant.slug))


async def seed_demo(settings: Settings, url: str) -> None:
    """The demo businesses on the database at `url`; one query when they are there."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute("select from tenants where slug = 'central'")
        if found.rowcount:
            return
    runtime = build_runtime(settings, url)
    try:
        await load_demo(runtime)
    finally:
        await runtime.database.close()


def run_seed(*, scale: int, orders: int, seed: int, data: Path | None, sure: bool) -> None:
    """The command: the demo businesses, or `scale` synthetic ones with so many orders each."""
    settings = load_settings(data_dir=data)
    if settings.env != "development" and not sure:
        fail(f"This is {settings.env}: invented businesses do not belong here. If you mean it, add --yes.")
    with running(settings) as url:
        migrate(url)
        if scale == 0:
            asyncio.run(seed_demo(settings, url))
            typer.echo("The demo businesses are there.")
        else:
            asyncio.run(_seed_synthetic(settings, url, scale, orders, seed))


async def _seed_synthetic(settings: Settings, url: str, scale: int, orders: int, seed: int) -> None:
    from balcao.cli.synthetic.make import make_synthetic, slug_of

    runtime = build_runtime(settings, url)
    try:
        made = await make_synthetic(runtime, scale=scale, orders=orders, seed=seed)
    finally:
        await runtime.database.close()
    if made.there_before:
        typer.echo(f"{made.there_before} of the businesses were there and stay as they are.")
    if made.tenants:
        speed = made.orders / made.seconds
        typer.echo(
            f"Made {made.tenants} businesses with {made.orders} orders in {made.seconds:.1f} s ({speed:.0f} orders/s): "
            f"{slug_of(1)} to {slug_of(scale)}, sign in as dona@{slug_of(1)}.example, password {DEMO_PASSWORD}."
        )
