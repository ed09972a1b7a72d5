"""The operations page and its API: for the platform's people, telling the truth, showing nobody's data."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT
from tests.factories.shops import Shop, make_shop

STATE = "/admin/central/operations"
PAGE = "/central/operacoes"
CANARY = "ana-canary@example.com"
DOORS = [
    ("GET", STATE, None),
    ("POST", f"{STATE}/jobs/1/retry", None),
    ("POST", f"{STATE}/jobs/1/cancel", None),
    ("POST", f"{STATE}/jobs/retry", {"task": "x", "kind": "y"}),
    ("POST", f"{STATE}/jobs/cancel", {"task": "x", "kind": "y"}),
    ("GET", PAGE, None),
    ("GET", f"{PAGE}/agora", None),
    ("POST", f"{PAGE}/trabalhos/1/repetir", None),
    ("POST", f"{PAGE}/trabalhos/1/descartar", None),
    ("POST", f"{PAGE}/trabalhos/repetir", None),
    ("POST", f"{PAGE}/trabalhos/descartar", None),
]


@pytest_asyncio.fixture
async def central(runtime: Runtime) -> AsyncIterator[Shop]:
    """The platform's own business for the length of a test."""
    shop = await make_shop(runtime)
    await _rename(runtime, shop, PLATFORM_TENANT)
    yield shop
    await _rename(runtime, shop, f"was-central-{uuid4().hex[:8]}")


async def _rename(runtime: Runtime, shop: Shop, slug: str) -> None:
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update tenants set slug = :slug where id = :id"), {"slug": slug, "id": shop.tenant.id}
        )
    runtime.tenants.forget()
    shop.tenant = await runtime.tenants.find("id", str(shop.tenant.id))


async def dead_job(shop: Shop, task: str, kind: str) -> int:
    """A job of the business that was given up, with somebody's address in its arguments."""
    async with platform_work(shop.runtime.database) as session:
        found = await session.execute(
            text(
                "insert into procrastinate_jobs (queue_name, task_name, args, status, attempts) values ('soon', :task, "
                "jsonb_build_object('tenant_id', cast(:tenant as text), 'args', jsonb_build_object('to', cast(:to as text))), "
                "'failed', 6) returning id"
            ),
            {"task": task, "tenant": str(shop.tenant.id), "to": CANARY},
        )
        job_id = found.scalar_one()
        await session.execute(
            text("insert into job_failures (job_id, attempt, kind) values (:id, 6, :kind)"),
            {"id": job_id, "kind": kind},
        )
    return job_id


async def status_of(shop: Shop, job_id: int) -> tuple[str, int] | None:
    async with platform_work(shop.runtime.database, read_only=True) as session:
        rows = await session.execute(
            text("select status::text, attempts from procrastinate_jobs where id = :id"), {"id": job_id}
        )
        row = rows.first()
    return (row[0], row[1]) if row else None


async def state_of(client: httpx.AsyncClient, central: Shop) -> dict[str, Any]:
    answer = await client.get(STATE, headers=central.staff)
    assert answer.status_code == 200, answer.text
    assert CANARY not in answer.text
    return answer.json()


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
async def test_only_people_of_the_platform_come_in(
    client: httpx.AsyncClient, shop: Shop, central: Shop, method: str, path: str, body: Any
) -> None:
    for headers in (shop.staff, await central.add_user("operator", ["store.orders:view"])):
        assert (await client.request(method, path, json=body, headers=headers)).status_code == 403
    assert (await client.request(method, path, json=body)).status_code in {401, 303}
    looker = await central.add_user("operator", ["admin.operations:view"])
    answer = await client.request(method, path, json=body, headers=looker)
    assert answer.status_code == (200 if method == "GET" else 403)


async def test_dead_jobs_are_seen_by_kind_retried_and_discarded(
    client: httpx.AsyncClient, central: Shop, shop: Shop
) -> None:
    task, kind = f"test.task_{uuid4().hex[:6]}", "ProviderRejected email_refused"
    ids = [await dead_job(shop, task, kind) for _ in range(3)]
    other = await dead_job(shop, task, "KeyError")
    state = await state_of(client, central)
    counts = {one["kind"]: one["jobs"] for one in state["failures"] if one["task"] == task}
    assert counts == {kind: 3, "KeyError": 1}
    mine = {one["id"]: one for one in state["dead_jobs"]}
    assert mine[ids[0]]["tenant"] == shop.tenant.slug
    assert (mine[ids[0]]["error"], mine[ids[0]]["attempts"]) == (kind, 6)

    one = await client.post(f"{STATE}/jobs/{ids[0]}/retry", headers=central.staff)
    assert one.json() == {"id": ids[0], "outcome": "retried"}
    assert await status_of(shop, ids[0]) == ("todo", 0)
    again = await client.post(f"{STATE}/jobs/{ids[0]}/retry", headers=central.staff)
    assert (again.status_code, again.json()["code"]) == (409, "job_not_failed")
    away = await client.post(f"{STATE}/jobs/{ids[0]}/cancel", headers=central.staff)
    assert away.json()["outcome"] == "cancelled"
    over = await client.post(f"{STATE}/jobs/{ids[0]}/cancel", headers=central.staff)
    assert (over.status_code, over.json()["code"]) == (409, "job_over")

    body = {"task": task, "kind": kind}
    many = await client.post(f"{STATE}/jobs/retry", json=body, headers=central.staff)
    assert many.json() == {"outcomes": {"retried": 2}}
    assert await status_of(shop, other) == ("failed", 6), "another kind is left alone"
    gone = await client.post(
        f"{STATE}/jobs/cancel", json={"task": task, "kind": "KeyError"}, headers=central.staff
    )
    assert gone.json() == {"outcomes": {"forgotten": 1}}
    assert await status_of(shop, other) is None
    nothing = await client.post(f"{STATE}/jobs/{other}/retry", headers=central.staff)
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    await forget(shop)


async def forget(shop: Shop) -> None:
    async with platform_work(shop.runtime.database) as session:
        await session.execute(
            text("delete from procrastinate_jobs where args->>'tenant_id' = :tenant"),
            {"tenant": str(shop.tenant.id)},
        )


async def test_the_state_says_what_is_there(client: httpx.AsyncClient, central: Shop) -> None:
    state = await state_of(client, central)
    assert state["status"] in {"ok", "degraded"} and set(state["parts"]) >= {"database", "queue", "disk"}
    assert {queue["name"] for queue in state["queues"]} >= {"now", "soon", "bulk"}
    assert {(one["port"], one["circuit"]) for one in state["providers"]} >= {("email", "closed")}
    assert state["database"]["size_bytes"] > 1_000_000 and state["database"]["connections"] >= 1
    assert 0 < state["disk"]["free_bytes"] <= state["disk"]["total_bytes"]
    assert state["version"] and state["schema_revision"] and state["processes"] >= 1
    assert state["backups"]["next_at"] is not None
    assert state["statements"]["slow_ms"] == 500


async def test_statements_under_way_are_shown_without_their_values(
    client: httpx.AsyncClient, central: Shop, runtime: Runtime
) -> None:
    async def slow() -> None:
        async with runtime.database.engine.connect() as connection:
            await connection.execute(text(f"select pg_sleep(3), '{CANARY}' as probe_of_test"))

    task = asyncio.create_task(slow())
    try:
        for _ in range(40):
            found = [
                one
                for one in (await state_of(client, central))["statements"]["running"]
                if "probe_of_test" in one["sql"]
            ]
            if found:
                break
            await asyncio.sleep(0.05)
        assert found and found[0]["state"] == "active" and "'…' as probe_of_test" in found[0]["sql"]
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_slow_statement_is_counted_under_its_route(
    client: httpx.AsyncClient, central: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await slow_of(client, central, "/admin/inventory")
    monkeypatch.setattr("balcao.kernel.observability.query_stats.slow_limit.seconds", 0.000001)
    assert (await client.get("/admin/inventory", headers=central.staff)).status_code == 200
    monkeypatch.setattr("balcao.kernel.observability.query_stats.slow_limit.seconds", 0.5)
    assert await slow_of(client, central, "/admin/inventory") > before


async def slow_of(client: httpx.AsyncClient, central: Shop, route: str) -> int:
    places = (await state_of(client, central))["statements"]["slow_places"]
    return next((one["statements"] for one in places if one["place"] == route), 0)


async def test_the_page_shows_it_and_its_forms_work(
    client: httpx.AsyncClient, central: Shop, shop: Shop
) -> None:
    task = f"test.page_{uuid4().hex[:6]}"
    ids = [await dead_job(shop, task, "ProviderUnavailable") for _ in range(2)]
    page = await client.get(PAGE, headers=central.staff)
    assert page.status_code == 200
    assert f'hx-get="{PAGE}/agora"' in page.text and 'hx-trigger="every 10s"' in page.text
    assert task in page.text and CANARY not in page.text
    assert f'action="{PAGE}/trabalhos/{ids[0]}/repetir"' in page.text
    part = await client.get(f"{PAGE}/agora", headers={**central.staff, "HX-Request": "true"})
    assert task in part.text and "<html" not in part.text
    looker = await central.add_user("operator", ["admin.operations:view"])
    assert f"{PAGE}/trabalhos" not in (await client.get(PAGE, headers=looker)).text

    told = await client.post(f"{PAGE}/trabalhos/{ids[0]}/repetir", headers=central.staff)
    assert (told.status_code, told.headers["location"]) == (303, PAGE)
    assert await status_of(shop, ids[0]) == ("todo", 0)
    again = await client.post(f"{PAGE}/trabalhos/{ids[0]}/repetir", headers=central.staff)
    assert again.status_code == 303 and "jobs_changed" in again.headers["set-cookie"]
    form = {"task": task, "kind": "ProviderUnavailable"}
    gone = await client.post(f"{PAGE}/trabalhos/descartar", data=form, headers=central.staff)
    assert gone.status_code == 303 and await status_of(shop, ids[1]) is None
    client.cookies.clear()
    await forget(shop)


async def test_the_menu_shows_it_to_the_platform_only(
    client: httpx.AsyncClient, central: Shop, shop: Shop
) -> None:
    assert PAGE in (await client.get("/painel/conta", headers=central.staff)).text
    assert PAGE not in (await client.get("/painel/conta", headers=shop.staff)).text


async def test_dead_jobs_are_told_in_words(client: httpx.AsyncClient, desk: Shop) -> None:
    await dead_job(desk, "messaging.send_email", "ProviderUnavailable")
    await dead_job(desk, "reaction:store.remember_buyer", "VersionConflictError version_conflict")
    await dead_job(desk, "schedule:store.sweep_orders", "")
    await dead_job(desk, "gone.task", "KeyError")
    headers = {"Cookie": f"admin_token={desk.token}", "Accept": "text/html"}
    page = (await client.get("/central/operacoes", headers=headers)).text
    for said in (
        "Envia um e-mail", "O serviço externo não respondeu", "Anota quem comprou nos contatos",
        "Mudou nesse meio-tempo", "Pelo relógio: Encerra e cancela pedidos cujo prazo chegou", "Foi interrompido",
        "Uma falha do programa",
    ):  # fmt: skip
        assert said in page, said
    for technical in ("messaging.send_email", "ProviderUnavailable", "gone.task", "KeyError"):
        assert technical in page, technical
