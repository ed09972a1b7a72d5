"""The worker's side of an import: killed, cancelled, overtaken, undone, kept within limits."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, text

from balcao.kernel.jobs.job import JobContext
from balcao.kernel.runtime import Runtime
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts import cleaning_process, import_merging, import_runs
from balcao.modules.contacts.cleaning_process import Heard
from balcao.modules.contacts.import_jobs import cancel_import
from balcao.modules.contacts.models import Contact, ImportJob
from balcao.modules.contacts.people_merge import merge_chunk
from tests.factories.sheets import csv_bytes, raw_xlsx
from tests.factories.shops import Shop, make_shop
from tests.integration.contacts.importing import finished, read, results, run_import, send


def people(count: int, *, city: str = "Itu") -> bytes:
    rows = [["Nome completo", "E-mail", "Celular", "Cidade"]]
    letters = "abcdefghijklmnopqrstuvwxyz"
    for n in range(count):
        name = f"Pessoa {letters[n % 26]}{letters[n // 26 % 26]}{letters[n // 676 % 26]}"
        rows.append([name, f"p{n}@x.com.br", f"119{80000000 + n}", city])
    return csv_bytes(rows)


def context_of(shop: Shop, *, last: bool = False) -> JobContext:
    runtime = shop.runtime
    return JobContext(
        shop.tenant,
        runtime.transactions,
        runtime.providers,
        runtime.settings,
        runtime.blobs,
        last_attempt=last,
    )


async def work(shop: Shop, import_id: str, *, last: bool = False) -> None:
    await import_runs.run_import.function(context_of(shop, last=last), UUID(import_id))


async def contacts(shop: Shop) -> int:
    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        return (await uow.session.execute(select(func.count()).select_from(Contact))).scalar_one()


async def blobs_of(shop: Shop, import_id: str) -> list[str]:
    found = shop.runtime.blobs.list(shop.tenant.id, f"imports/{import_id}")
    return sorted([info.key.rsplit("/", 1)[1] async for info in found])


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_merging, "CHUNK_ROWS", 10)


async def test_a_process_killed_by_its_limits_fails_the_import_and_not_the_worker(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    real = asyncio.create_subprocess_exec

    async def start_and_kill(*command: Any, **options: Any) -> Any:
        process = await real(*command, **options)
        started.append(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        return process

    monkeypatch.setattr(cleaning_process.asyncio, "create_subprocess_exec", start_and_kill)
    sent = (await send(client, shop, "a.csv", people(3))).json()
    job = await finished(client, shop, sent["id"])
    assert (job["status"], job["error"]["code"], len(started)) == ("failed", "FILE_TOO_COMPLEX", 1)
    monkeypatch.undo()
    assert (await client.post(f"/jobs/{sent['id']}/retry", headers=shop.staff)).status_code == 202
    assert (await finished(client, shop, sent["id"]))["status"] == "done"


async def test_a_workbook_of_two_far_corners_does_no_harm(client: httpx.AsyncClient, shop: Shop) -> None:
    cell = '<c r="{0}" t="inlineStr"><is><t>{1}</t></is></c>'
    corners = f'<row r="1">{cell.format("A1", "Nome")}</row><row r="1048576">{cell.format("XFD1048576", "Ana")}</row>'
    sent = (await send(client, shop, "a.xlsx", raw_xlsx(corners))).json()
    job = await finished(client, shop, sent["id"])
    assert job["status"] == "done" or job["error"]["code"] in {"FILE_TOO_COMPLEX", "FILE_NO_TABLE"}
    assert len((await run_import(client, shop, "b.csv", people(2))).people) == 2


async def test_killed_between_two_chunks_the_next_attempt_doubles_nobody(
    client: httpx.AsyncClient, shop: Shop, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = (await send(client, shop, "a.csv", people(35))).json()
    chunks = 0

    async def merge_then_die(uow: UnitOfWork, *arguments: Any, **more: Any) -> bytes:
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            raise ConnectionError("the worker is gone")
        return await merge_chunk(uow, *arguments, **more)

    monkeypatch.setattr(import_merging, "merge_chunk", merge_then_die)
    with pytest.raises(ConnectionError):
        await work(shop, sent["id"])
    assert await contacts(shop) == 20
    monkeypatch.setattr(import_merging, "merge_chunk", merge_chunk)
    await work(shop, sent["id"])
    found = await results(client, shop, await read(client, shop, f"/jobs/{sent['id']}"))
    assert (await contacts(shop), found.report["classes"]["new"], len(found.people)) == (35, 35, 35)
    assert [name for name in await blobs_of(shop, sent["id"]) if name.startswith("1-")] == []


async def test_a_fault_of_ours_is_tried_again_and_then_told(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> dict[str, Any]:
        raise ConnectionError

    monkeypatch.setattr(import_runs, "clean", broken)
    sent = (await send(client, shop, "a.csv", people(2))).json()
    with pytest.raises(ConnectionError):
        await work(shop, sent["id"])
    assert (await read(client, shop, f"/jobs/{sent['id']}"))["status"] == "processing"
    with pytest.raises(ConnectionError):
        await work(shop, sent["id"], last=True)
    job = await read(client, shop, f"/jobs/{sent['id']}")
    assert (job["status"], job["error"]["code"]) == ("failed", "IMPORT_FAILED")


async def cancel(shop: Shop, import_id: str) -> None:
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await cancel_import(uow, UUID(import_id))


async def test_cancelled_while_it_cleans_nothing_stays(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning_process, "CHECK_SECONDS", 0.01)
    sent = (await send(client, shop, "a.csv", people(30_000))).json()
    real, cancelled = import_runs.clean, []

    async def clean_and_cancel(request: Any, check: Any) -> dict[str, Any]:
        async def check_after_cancelling(heard: Heard) -> bool:
            if heard.rows_done and not cancelled:
                cancelled.append(heard.stage)
                await cancel(shop, sent["id"])
            return await check(heard)

        return await real(request, check_after_cancelling)

    monkeypatch.setattr(import_runs, "clean", clean_and_cancel)
    await work(shop, sent["id"])
    job = await read(client, shop, f"/jobs/{sent['id']}")
    assert (job["status"], cancelled != [], await contacts(shop)) == ("canceled", True, 0)
    assert (await client.get(f"/jobs/{sent['id']}/download", headers=shop.staff)).status_code == 409
    assert await blobs_of(shop, sent["id"]) == ["source"]


async def test_cancelled_while_it_merges_the_people_leave_again(
    client: httpx.AsyncClient, shop: Shop, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_import(client, shop, "before.csv", people(5, city="Itu"))
    sent = (await send(client, shop, "a.csv", people(25, city="Rio"))).json()
    chunks = 0

    async def merge_and_cancel(uow: UnitOfWork, *arguments: Any, **more: Any) -> bytes:
        nonlocal chunks
        chunks += 1
        if chunks == 2:
            await cancel(shop, sent["id"])
        return await merge_chunk(uow, *arguments, **more)

    monkeypatch.setattr(import_merging, "merge_chunk", merge_and_cancel)
    await work(shop, sent["id"])
    assert (await read(client, shop, f"/jobs/{sent['id']}"))["status"] == "canceled"
    assert await contacts(shop) == 5
    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        assert set((await uow.session.execute(select(Contact.city))).scalars()) == {"Itu"}


async def test_a_worker_that_died_after_a_wish_to_cancel_leaves_the_rest_to_the_next(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    sent = (await send(client, shop, "a.csv", people(3))).json()
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(
            text("update import_jobs set status = 'processing', attempt = 1 where tenant_id = :t"),
            {"t": uow.tenant_id},
        )
    await cancel(shop, sent["id"])
    await work(shop, sent["id"])
    assert (await read(client, shop, f"/jobs/{sent['id']}"))["status"] == "canceled"


async def test_an_attempt_that_was_overtaken_writes_nothing(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker thought dead comes back when another has finished the import."""
    sent = (await send(client, shop, "a.csv", people(4))).json()
    real, is_first = import_runs.clean, True

    async def clean_after_the_other(request: Any, check: Any) -> dict[str, Any]:
        nonlocal is_first
        report = await real(request, check)
        if is_first:
            is_first = False
            await work(shop, sent["id"])
        return report

    monkeypatch.setattr(import_runs, "clean", clean_after_the_other)
    await work(shop, sent["id"])
    found = await results(client, shop, await read(client, shop, f"/jobs/{sent['id']}"))
    assert (await contacts(shop), found.report["classes"]["new"]) == (4, 4)
    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        job = (await uow.session.execute(select(ImportJob))).scalar_one()
    assert (job.attempt, job.results_key) == (2, "2")


async def test_deleting_an_import_removes_its_files_and_keeps_its_people(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    found = await run_import(client, shop, "a.csv", people(2))
    assert await blobs_of(shop, found.id) != []
    assert (await client.delete(f"/jobs/{found.id}", headers=shop.staff)).status_code == 204
    from tests.factories.jobs import work_off

    await work_off(shop)
    assert (await blobs_of(shop, found.id), await contacts(shop)) == ([], 2)
    assert (await client.get(f"/jobs/{found.id}", headers=shop.staff)).status_code == 404


async def test_old_files_are_forgotten_after_their_time(client: httpx.AsyncClient, shop: Shop) -> None:
    found = await run_import(client, shop, "a.csv", people(2))
    for days, left in ((29, True), (31, False)):
        async with shop.runtime.transactions.begin(shop.tenant) as uow:
            await uow.session.execute(
                text(
                    "update import_jobs set created_at = now() - make_interval(days => :days) where tenant_id = :t"
                ),
                {"days": days, "t": uow.tenant_id},
            )
        await import_runs.forget_old_files.function(context_of(shop))
        assert ("source" in await blobs_of(shop, found.id)) is left
    assert len(await blobs_of(shop, found.id)) == 5
    retried = await client.post(f"/jobs/{found.id}/options", json={"default_ddd": "11"}, headers=shop.staff)
    assert (retried.status_code, retried.json()["code"]) == (410, "import_source_gone")
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(
            text("update import_jobs set created_at = now() - interval '91 days' where tenant_id = :t"),
            {"t": uow.tenant_id},
        )
    await import_runs.forget_old_files.function(context_of(shop))
    assert await blobs_of(shop, found.id) == []
    assert (await client.get(f"/jobs/{found.id}/download", headers=shop.staff)).status_code == 410


async def test_the_plan_bounds_the_rows_of_a_month(client: httpx.AsyncClient, runtime: Runtime) -> None:
    shop = await make_shop(runtime, modules=["contacts", "store", "desk"])
    async with runtime.database.engine.begin() as connection:
        await connection.execute(
            text(
                "update plans set limits = '{\"import_rows\": 5}' where id = "
                "(select plan_id from subscriptions where tenant_id = :t)"
            ),
            {"t": shop.tenant.id},
        )
    runtime.tenants.forget()
    shop.tenant = await runtime.tenants.find("id", str(shop.tenant.id))
    assert shop.tenant.limits == {"import_rows": 5}
    assert (await run_import(client, shop, "a.csv", people(3))).counts["rows_read"] == 3
    sent = (await send(client, shop, "b.csv", people(4))).json()
    job = await finished(client, shop, sent["id"])
    assert (job["status"], job["error"]["code"]) == ("failed", "FILE_PLAN_LIMIT")


def test_what_killed_workers_left_behind_goes(tmp_path: Path) -> None:
    one, other = UUID(int=1), UUID(int=2)
    mine, theirs = (import_runs.make_scratch(tmp_path, which, 1) for which in (one, other))
    (mine / "source").write_text("a person's data")
    again = import_runs.make_scratch(tmp_path, one, 2)
    assert (mine.exists(), theirs.exists(), again.exists()) == (False, True, True)
    assert again.stat().st_mode & 0o077 == 0
    os.utime(theirs, (0, 0))
    import_runs.make_scratch(tmp_path, one, 3)
    assert not theirs.exists()
