"""Dead jobs are seen, run again or forgotten, by the command line, and nothing of whom they are about is shown."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.db.migrate import migrate
from balcao.kernel.errors import NotFoundError
from balcao.kernel.job_runner import build_queue
from balcao.kernel.jobs.administration import cancel_jobs, failed_jobs, list_jobs, retry_jobs
from balcao.kernel.jobs.failures import failure_noted, kind_of
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.ports.email import OutgoingEmail, SentReceipt
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.registry import build_runtime
from balcao.web_app import web_app
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop, make_shop
from tests.instance.program import balcao, environment
from tests.integration.store.ordering import cart, place

BUYER = "ana-canary@example.com"


class Refusing:
    """A post office that sends nothing."""

    name = "refusing"

    async def send(self, email: OutgoingEmail) -> SentReceipt:
        raise RuntimeError(f"a library that quotes {email.to}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(settings: Settings, database_url: str, clock: MovableClock) -> AsyncIterator[Runtime]:
    """An installation whose queue nobody else fills."""
    name = "balcao_dead_jobs"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}")  # pyright: ignore[reportArgumentType]
        connection.execute(f"create database {name}")  # pyright: ignore[reportArgumentType]
    url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    migrate(url)
    runtime = build_runtime(settings, url, clock=clock)
    yield runtime
    await runtime.close()


Command = Callable[..., Any]


@pytest.fixture
def command(house: Runtime, tmp_path: Path) -> Command:
    async def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = environment(DATABASE_URL=house.database.url, BALCAO_DATA=str(tmp_path))
        return await asyncio.to_thread(balcao, "jobs", *arguments, env=env)

    return run


async def _rows(runtime: Runtime, query: str, **values: Any) -> list[tuple[Any, ...]]:
    async with platform_work(runtime.database) as session:
        return [tuple(row) for row in await session.execute(text(query), values)]


async def _work_until_idle(runtime: Runtime) -> None:
    queue = build_queue(runtime)
    async with queue.open_async():
        await queue.run_worker_async(wait=False, install_signal_handlers=False)


async def _dead_job(house: Runtime) -> tuple[Shop, int]:
    """An order whose e-mail failed on its last try."""
    shop = await make_shop(house)
    await shop.add_product("Pão", 500)
    transport = httpx.ASGITransport(app=web_app(house))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        customer = {"name": "Ana Souza", "phone": "(11) 98765-4321", "email": BUYER}
        assert (await place(client, shop, cart(shop, ("Pão", 1), customer=customer))).status_code == 201
    await _rows(house, "update procrastinate_jobs set attempts = 99 where status = 'todo' returning id")
    broken = dataclasses.replace(house, providers=dataclasses.replace(house.providers, email=Refusing()))
    await _work_until_idle(broken)
    # The e-mail was asked for while the queue was worked on, so with tries left.
    await _rows(
        house,
        "update procrastinate_jobs set attempts = 99, scheduled_at = null where status = 'todo' returning id",
    )
    await _work_until_idle(broken)
    async with platform_work(house.database) as session:
        dead = await failed_jobs(session, tenant=shop.tenant.slug)
    assert len(dead) == 1
    return shop, dead[0]


async def test_a_dead_job_is_listed_by_what_went_wrong_and_never_by_whom(
    house: Runtime, command: Command
) -> None:
    shop, dead = await _dead_job(house)
    shown = await command("list", "--tenant", shop.tenant.slug)
    assert shown.returncode == 0, shown.stderr
    row = next(line for line in shown.stdout.splitlines() if line.startswith(str(dead)))
    assert row.split()[2:5] == [shop.tenant.slug, "failed", "100"]
    assert "RuntimeError" in row
    everything = await command("list", "--status", "all", "--limit", "1000")
    assert str(dead) in everything.stdout
    for output in (shown, everything):
        told = output.stdout + output.stderr
        assert [secret for secret in (BUYER, "Ana", "98765", str(shop.tenant.id)) if secret in told] == []


async def test_a_retried_job_runs_with_all_its_tries(house: Runtime, command: Command) -> None:
    shop, dead = await _dead_job(house)
    again = await command("retry", str(dead))
    assert (again.returncode, again.stdout) == (0, f"{dead}: runs again\n")
    assert await _rows(
        house, "select status::text, attempts from procrastinate_jobs where id = :i", i=dead
    ) == [("todo", 0)]
    await _work_until_idle(house)
    sent = "select status from messages where tenant_id = :t and channel = 'email'"
    assert await _rows(house, sent, t=shop.tenant.id) == [("sent",)]
    twice = await command("retry", str(dead), "999999999")
    assert twice.returncode == 1
    assert twice.stdout.splitlines() == [
        f"{dead}: left alone: it has not failed",
        "999999999: there is no such job",
    ]


async def test_all_failed_jobs_of_a_business_are_retried_and_no_others(
    house: Runtime, command: Command
) -> None:
    (one, dead), (_, other) = await _dead_job(house), await _dead_job(house)
    answer = await command("retry", "--all", "--tenant", one.tenant.slug)
    assert answer.stdout == f"{dead}: runs again\n"
    states = dict(
        await _rows(
            house, "select id, status::text from procrastinate_jobs where id in (:a, :b)", a=dead, b=other
        )
    )
    assert states == {dead: "todo", other: "failed"}
    for arguments in (("retry",), ("retry", "1", "--all"), ("cancel",)):
        assert (await command(*arguments)).returncode == 1


async def test_cancelling_means_what_the_state_allows(house: Runtime, command: Command) -> None:
    _, dead = await _dead_job(house)
    (waiting,), (running,), (over,) = await _rows(
        house,
        "insert into procrastinate_jobs (queue_name, task_name, status, scheduled_at) select 'now', 'tests.any', "
        "unnest(array['todo', 'doing', 'succeeded']::procrastinate_job_status[]), now() + interval '1 day' returning id",
    )
    answer = await command("cancel", *map(str, (dead, waiting, running, over)))
    assert answer.returncode == 1
    assert answer.stdout.splitlines() == [
        f"{dead}: forgotten", f"{waiting}: taken out", f"{running}: asked to stop", f"{over}: left alone: it is over",
    ]  # fmt: skip
    states = await _rows(
        house,
        "select id, status::text, abort_requested from procrastinate_jobs where id in (:d, :w, :r) order by id",
        d=dead, w=waiting, r=running,
    )  # fmt: skip
    assert states == [(waiting, "cancelled", True), (running, "doing", True)]
    assert await _rows(house, "select * from job_failures where job_id = :d", d=dead) == []


async def test_a_job_that_waits_once_is_not_put_beside_itself(house: Runtime) -> None:
    insert = (
        "insert into procrastinate_jobs (queue_name, task_name, status, queueing_lock) "
        "values ('now', 'tests.once', cast(:status as procrastinate_job_status), 'tests.once') returning id"
    )
    dead = (await _rows(house, insert, status="failed"))[0][0]
    waiting = (await _rows(house, insert, status="todo"))[0][0]
    async with platform_work(house.database) as session:
        assert await retry_jobs(session, [dead]) == {dead: "waits_already"}
        assert await cancel_jobs(session, [waiting, waiting]) == {waiting: "over"}
        assert await retry_jobs(session, [dead]) == {dead: "retried"}
        found = await list_jobs(session, status="todo", task="tests.once")
    assert [job.id for job in found] == [dead]


async def test_notes_go_with_their_jobs(house: Runtime) -> None:
    with pytest.raises(ValueError, match="private"):
        async with failure_noted(house.database, 987_654_321, 1):
            raise ValueError("private")
    with pytest.raises(ValueError, match="private"):
        async with failure_noted(house.database, None, 1):
            raise ValueError("private")
    note = "select kind, attempt from job_failures where job_id = 987654321"
    assert await _rows(house, note) == [("ValueError", 1)]
    queue = build_queue(house)
    async with queue.open_async():
        await queue.tasks["kernel.recover_jobs"].func(timestamp=0)
    assert await _rows(house, note) == []


def test_the_kind_of_an_error_is_its_class_and_code() -> None:
    assert (
        kind_of(ProviderRejected("email_auth", "SMTP 535 for ana@example.com"))
        == "ProviderRejected email_auth"
    )
    assert kind_of(ProviderUnavailable("SMTP: ana@example.com")) == "ProviderUnavailable"
    assert kind_of(NotFoundError()) == "NotFoundError not_found"
