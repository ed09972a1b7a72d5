"""The page of backups: made, watched, verified, cleaned up and restored with forms alone."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.backups.server import database_of
from balcao.kernel.backups.shelf import Shelf
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT
from tests.factories.clock import MovableClock
from tests.factories.jobs import waiting_jobs, work_off
from tests.factories.shops import Shop, make_shop

PAGE = "/central/backups"
DOORS = [
    ("GET", PAGE),
    ("GET", f"{PAGE}/agora"),
    ("POST", f"{PAGE}/fazer"),
    ("POST", f"{PAGE}/conferir"),
    ("POST", f"{PAGE}/limpar"),
    ("GET", f"{PAGE}/restaurar"),
    ("POST", f"{PAGE}/restaurar"),
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


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_nobody_else_comes_in(
    client: httpx.AsyncClient, shop: Shop, central: Shop, method: str, path: str
) -> None:
    assert (await client.request(method, path, headers=shop.staff)).status_code == 403
    looker = await central.add_user("operator", ["admin.backups:view"])
    answer = await client.request(method, path, headers=looker)
    assert answer.status_code == (200 if method == "GET" and "restaurar" not in path else 403)


async def test_a_backup_is_made_watched_and_verified_with_forms(
    client: httpx.AsyncClient, central: Shop
) -> None:
    empty = await client.get(PAGE, headers={**central.staff, "Accept-Language": "en"})
    assert "No backup yet" in empty.text
    asked = await client.post(f"{PAGE}/fazer", headers=central.staff)
    assert (asked.status_code, asked.headers["location"]) == (303, PAGE)
    watched = await client.get(f"{PAGE}/agora", headers={**central.staff, "HX-Request": "true"})
    assert "<progress" in watched.text and "<html" not in watched.text
    again = await client.post(f"{PAGE}/fazer", headers={**central.staff, "Accept-Language": "en"})
    assert again.status_code == 409 and "under way" in again.text
    await work_off(central)
    page = await client.get(PAGE, headers={**central.staff, "Accept-Language": "en"})
    assert "not verified" in page.text and "<progress" not in page.text
    name = page.text.split("restaurar?backup=")[1].split('"')[0]
    await client.post(f"{PAGE}/conferir", data={"backup_name": name}, headers=central.staff)
    await work_off(central)
    done = await client.get(PAGE, headers={**central.staff, "Accept-Language": "en"})
    assert "not verified" not in done.text and "verified</span>" in done.text
    client.cookies.clear()


async def test_a_clean_up_first_says_what_would_go(
    client: httpx.AsyncClient, central: Shop, clock: MovableClock, runtime: Runtime
) -> None:
    english = {**central.staff, "Accept-Language": "en"}
    for _ in range(2):
        await client.post(f"{PAGE}/fazer", headers=central.staff)
        await work_off(central)
        clock.advance(minutes=2)
    nothing = await client.post(f"{PAGE}/limpar", headers=english)
    assert "There is nothing to clean up" in nothing.text
    names = sorted(path.stem for path in runtime.settings.backup_path.glob("*.dump"))
    assert len(names) == 2
    shelf = Shelf(runtime.settings.backup_path.absolute())
    old = shelf.manifest(names[0])
    shelf.write_manifest(old.model_copy(update={"created_at": old.created_at - timedelta(days=31)}))
    told = await client.post(f"{PAGE}/limpar", headers=english)
    assert f"<code>{names[0]}</code>" in told.text and f"<code>{names[1]}</code>" not in told.text
    assert len(list(runtime.settings.backup_path.glob("*.dump"))) == 2, "only said"
    done = await client.post(f"{PAGE}/limpar", data={"sure": "yes"}, headers=english)
    assert done.status_code == 303
    assert [path.stem for path in runtime.settings.backup_path.glob("*.dump")] == names[1:]
    client.cookies.clear()


async def test_a_restore_wants_the_phrase_and_a_fresh_sign_in(
    client: httpx.AsyncClient, central: Shop, runtime: Runtime, clock: MovableClock
) -> None:
    english = {**central.staff, "Accept-Language": "en"}
    await client.post(f"{PAGE}/fazer", headers=central.staff)
    await work_off(central)
    (name,) = [path.stem for path in runtime.settings.backup_path.glob("*.dump")]
    phrase = f"{name} {database_of(runtime.database.url)}"
    page = await client.get(f"{PAGE}/restaurar?backup={name}", headers=english)
    assert phrase in page.text and "Everything of every business is replaced" in page.text
    wrong = await client.post(
        f"{PAGE}/restaurar", data={"backup_name": name, "confirm": "please"}, headers=english
    )
    assert wrong.status_code == 422 and 'value="please"' in wrong.text
    clock.advance(minutes=16)
    form = {"backup_name": name, "confirm": phrase}
    stale = await client.post(f"{PAGE}/restaurar", data=form, headers=english)
    assert stale.status_code == 403 and "Sign out, to sign in again" in stale.text
    clock.reset()
    assert await waiting_jobs(central) == []
    asked = await client.post(f"{PAGE}/restaurar", data=form, headers=english)
    assert (asked.status_code, asked.headers["location"]) == (303, PAGE)
    assert await waiting_jobs(central) == ["admin.start_restore"]
    async with platform_work(runtime.database) as session:  # it would exchange the database of all tests
        await session.execute(
            text("delete from procrastinate_jobs where args->>'tenant_id' = :tenant"),
            {"tenant": str(central.tenant.id)},
        )
    unknown = await client.get(f"{PAGE}/restaurar?backup=backup_20200101_000000", headers=central.staff)
    assert unknown.status_code == 404
    client.cookies.clear()
