"""Backups over HTTP: for the people of the platform and nobody else."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.backups.catalogue import Listed
from balcao.kernel.backups.server import database_of
from balcao.kernel.jobs.job import JobContext
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT
from balcao.modules.admin.backup_jobs import watch_backups
from balcao.modules.admin.module import MODULE
from tests.factories.clock import MovableClock
from tests.factories.jobs import waiting_jobs, work_off
from tests.factories.shops import Shop, make_shop

DOORS = [
    ("POST", "/backup/create", {}),
    ("GET", "/backup/list", None),
    ("POST", "/backup/verify", {"backup_name": "backup_20260101_000000"}),
    ("POST", "/backup/restore", {"backup_name": "backup_20260101_000000", "confirm": "x"}),
    ("POST", "/backup/cleanup", {}),
    ("GET", f"/backup/jobs/{UUID(int=7)}", None),
]


@pytest_asyncio.fixture
async def central(runtime: Runtime) -> AsyncIterator[Shop]:
    """The platform's own business for the length of a test, and no backups but the test's."""
    shop = await make_shop(runtime)
    await _rename(runtime, shop, PLATFORM_TENANT)
    yield shop
    await _rename(runtime, shop, f"was-central-{uuid4().hex[:8]}")
    shutil.rmtree(runtime.settings.backup_path, ignore_errors=True)
    async with platform_work(runtime.database) as session:
        await session.execute(text("delete from backup_runs"))


async def _rename(runtime: Runtime, shop: Shop, slug: str) -> None:
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update tenants set slug = :slug where id = :id"), {"slug": slug, "id": shop.tenant.id}
        )
    runtime.tenants.forget()
    shop.tenant = await runtime.tenants.find("id", str(shop.tenant.id))


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
async def test_the_owner_of_a_business_may_not(
    client: httpx.AsyncClient, shop: Shop, central: Shop, method: str, path: str, body: Any
) -> None:
    """One file holds every business: whoever owns one of them has no right to it."""
    answer = await client.request(method, path, json=body, headers=shop.staff)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    nobody = await client.request(method, path, json=body)
    assert nobody.status_code == 401
    attendant = await central.add_user("operator", ["store.orders:view"])
    refused = await client.request(method, path, json=body, headers=attendant)
    assert refused.status_code == 403


async def test_the_permission_is_shown_to_the_platform_only(
    client: httpx.AsyncClient, shop: Shop, central: Shop
) -> None:
    async def codes(who: Shop) -> set[str]:
        answer = await client.get("/admin/permissions", headers=who.staff)
        return {item["code"] for area in answer.json()["items"] for item in area["permissions"]}

    assert {"admin.backups:view", "admin.backups:edit"} <= await codes(central)
    assert not {code for code in await codes(shop) if "backups" in code}


async def test_made_listed_verified_and_cleaned(client: httpx.AsyncClient, central: Shop) -> None:
    asked = await client.post("/backup/create", json={}, headers=central.staff)
    assert asked.status_code == 202
    name, run = asked.json()["name"], asked.json()["id"]
    assert asked.json()["status"] == "queued"
    again = await client.post("/backup/create", json={}, headers=central.staff)
    assert (again.status_code, again.json()["code"]) == (409, "backup_running")
    assert await work_off(central) == ["admin.run_backup"]
    state = (await client.get(f"/backup/jobs/{run}", headers=central.staff)).json()
    assert (state["status"], state["kind"], state["name"]) == ("done", "create", name)
    (item,) = (await client.get("/backup/list", headers=central.staff)).json()["items"]
    assert (item["name"], item["verified_at"], item["location"]) == (name, None, "local")
    assert item["size_bytes"] > 1000 and item["rows"] > 10 and item["readable"]
    verifying = await client.post("/backup/verify", json={"backup_name": name}, headers=central.staff)
    assert verifying.status_code == 202
    await work_off(central)
    (item,) = (await client.get("/backup/list", headers=central.staff)).json()["items"]
    assert item["verified_at"] is not None
    cleaned = await client.post("/backup/cleanup", json={"dry_run": True}, headers=central.staff)
    assert cleaned.json() == {"dry_run": True, "local": [], "bucket": [], "databases": []}
    assert (await client.post("/api/v1/backup/cleanup", headers=central.staff)).status_code == 200


async def test_a_restore_wants_the_right_words_and_a_fresh_sign_in(
    client: httpx.AsyncClient, central: Shop, runtime: Runtime, clock: MovableClock
) -> None:
    name = (await client.post("/backup/create", json={}, headers=central.staff)).json()["name"]
    await work_off(central)
    (item,) = (await client.get("/backup/list", headers=central.staff)).json()["items"]
    phrase = item["confirm"]
    assert phrase == f"{name} {database_of(runtime.database.url)}"
    wrong = await client.post(
        "/backup/restore", json={"backup_name": name, "confirm": name}, headers=central.staff
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "confirmation_wrong")
    assert wrong.json()["expected"] == phrase
    body = {"backup_name": name, "confirm": phrase}
    clock.advance(minutes=16)
    stale = await client.post("/backup/restore", json=body, headers=central.staff)
    assert (stale.status_code, stale.json()["code"]) == (403, "sign_in_again")
    clock.reset()
    asked = await client.post("/backup/restore", json=body, headers=central.staff)
    assert (asked.status_code, asked.json()["name"]) == (202, name)
    assert await waiting_jobs(central) == ["admin.start_restore"]
    async with platform_work(runtime.database) as session:  # it would exchange the database of all tests
        await session.execute(
            text("delete from procrastinate_jobs where args->>'tenant_id' = :tenant"),
            {"tenant": str(central.tenant.id)},
        )


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "backup_20260101_000000", "", "backup_20260101_000000/../x", "..\\x"]
)
@pytest.mark.parametrize("door", ["verify", "restore"])
async def test_a_name_that_is_none_is_not_found(
    client: httpx.AsyncClient, central: Shop, door: str, name: str
) -> None:
    body = {"backup_name": name} | ({"confirm": name} if door == "restore" else {})
    answer = await client.post(f"/backup/{door}", json=body, headers=central.staff)
    assert (answer.status_code, answer.json()["code"]) == (404, "backup_not_found")


async def test_a_backup_that_fails_says_why(
    client: httpx.AsyncClient, central: Shop, runtime: Runtime
) -> None:
    name = (await client.post("/backup/create", json={}, headers=central.staff)).json()["name"]
    await work_off(central)
    path = runtime.settings.backup_path / f"{name}.dump"
    path.write_bytes(path.read_bytes()[:-100])
    asked = await client.post("/backup/verify", json={"backup_name": name}, headers=central.staff)
    await work_off(central)
    state = (await client.get(f"/backup/jobs/{asked.json()['id']}", headers=central.staff)).json()
    assert (state["status"], state["error_code"]) == ("failed", "backup_damaged")
    assert "bytes" in state["report"]["reason"]


async def test_owners_of_the_platform_hear_when_there_is_no_verified_backup(
    central: Shop, runtime: Runtime, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups: list[Listed] = []
    monkeypatch.setattr("balcao.modules.admin.backup_jobs.kept_backups", lambda _site: backups)

    context = JobContext(
        central.tenant, runtime.transactions, runtime.providers, runtime.settings, runtime.blobs
    )

    async def heard() -> list[tuple[str, str]]:
        await watch_backups.function(context)
        async with runtime.transactions.begin(central.tenant, read_only=True) as uow:
            rows = await uow.session.execute(
                text("select recipient, subject from messages where tenant_id = :tenant"),
                {"tenant": central.tenant.id},
            )
            return [(row.recipient, row.subject) for row in rows]

    async with platform_work(runtime.database) as session:
        oldest = (await session.execute(text("select min(created_at) from tenants"))).scalar_one()
    clock.go_to(oldest + timedelta(hours=25))
    assert await heard() == []
    clock.go_to(oldest + timedelta(hours=27))
    told = [(central.owner_email, "Não há backup verificado há mais de 26 horas")]
    assert await heard() == told
    assert await heard() == told, "once a day"


async def test_every_door_is_shut_in_maintenance_but_health(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    assert not runtime.maintenance.is_on
    runtime.maintenance.is_on = True
    try:
        for path in (
            "/",
            "/catalog",
            "/api/v1/catalog",
            "/loja/padaria",
            "/painel",
            "/static/x.css",
            "/backup/list",
        ):
            answer = await client.get(path, headers={**shop.headers, "Accept-Language": "pt-BR"})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30"), path
            assert answer.json()["code"] == "maintenance"
            assert answer.headers["x-request-id"] and answer.headers["cache-control"] == "no-store"
        for path in ("/health", "/api/v1/health", "/health/live", "/health/ready"):
            assert (await client.get(path)).status_code == 200, path
    finally:
        runtime.maintenance.is_on = False
    assert (await client.get("/catalog", headers=shop.headers)).status_code == 200


def test_the_clock_asks_for_backups() -> None:
    crons = {job.name: job.cron for job in MODULE.jobs if job.cron and "backup" in job.name}
    assert crons == {"admin.nightly_backup": "30 6 * * *", "admin.watch_backups": "47 * * * *"}
