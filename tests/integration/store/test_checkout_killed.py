"""The program is killed in the middle of a checkout, as power failures do, and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from balcao.kernel.settings import Settings
from tests.digest import digest_of
from tests.factories.jobs import waiting_jobs, work_off
from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, ledger

ROOT = Path(__file__).parents[3]
START_WITHIN_SECONDS = 60
ORDER_ROWS = ("orders", "order_lines", "order_events", "payments", "customers", "idempotency_keys")


class Program:
    """A server that can be killed and started again, always at the same address."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._environment, self._log = environment, log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Starts it unless it is alive; returns when it answers."""
        if self.process is None or self.process.poll() is not None:
            with self._log.open("ab") as log:
                command = [sys.executable, "-m", "tests.integration.store.mortal_server", str(self.port)]
                self.process = subprocess.Popen(
                    command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
                )
        async with httpx.AsyncClient(base_url=self.base) as client:
            for _ in range(START_WITHIN_SECONDS * 10):
                try:
                    await client.get("/health/live")
                    return
                except httpx.TransportError:
                    assert self.process.poll() is None, self._log.read_text(errors="replace")[-3000:]
                    await asyncio.sleep(0.1)
        raise AssertionError(f"the program did not start:\n{self._log.read_text(errors='replace')[-3000:]}")

    def kill(self) -> None:
        """Ends it without a chance to say anything."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(30)

    def has_died(self) -> bool:
        """Whether it was ended by SIGKILL."""
        assert self.process is not None
        return self.process.wait(30) == -signal.SIGKILL


@pytest.fixture(scope="module")
def program(
    database_url: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("mortal")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "BALCAO_DATA": str(folder),
        "DATABASE_URL": database_url,
        "AUTH_SECRET": settings.auth_secret.get_secret_value(),
        "DEFAULT_TENANT": "",
        "LOG_LEVEL": "WARNING",
        "DATABASE_POOL_SIZE": "3",
    }
    program = Program(environment, folder / "log.txt")
    yield program
    program.kill()


async def send(
    program: Program, shop: Shop, body: dict[str, Any], key: str, **headers: str
) -> httpx.Response:
    async with httpx.AsyncClient(base_url=program.base, timeout=30) as client:
        return await client.post(
            "/checkout", json=body, headers={**shop.headers, "Idempotency-Key": key, **headers}
        )


def counts(connection: psycopg.Connection[Any], shop: Shop) -> dict[str, int]:
    """How many rows an order leaves in each of its tables."""
    found: dict[str, int] = {}
    for table in ORDER_ROWS:
        row = connection.execute(
            f"select count(*) from {table} where tenant_id = %s", [shop.tenant.id]
        ).fetchone()
        assert row is not None
        found[table] = int(row[0])
    return found


async def assert_one_order(shop: Shop, connection: psycopg.Connection[Any], product: str, taken: int) -> None:
    assert counts(connection, shop) == dict.fromkeys(ORDER_ROWS, 1)
    stock = await ledger(shop, product)
    assert (stock["reserves"], stock["reserved"], stock["sum_reserved"]) == (1, taken, taken)
    assert Counter(await waiting_jobs(shop)) == {
        "reaction:store.tell_buyer_of_new_order": 1,
        "reaction:store.remember_buyer": 1,
    }
    await work_off(shop, again=True)
    row = connection.execute(
        "select count(*), count(distinct dedupe_key) from messages where tenant_id = %s", [shop.tenant.id]
    ).fetchone()
    assert row == (1, 1)


async def test_killed_after_the_commit_and_before_the_answer(
    program: Program, shop: Shop, database_url: str
) -> None:
    await shop.add_product("Bolo", 3000, stock=5)
    body, key = cart(shop, ("Bolo", 2), payment={"method": "pix"}), str(uuid4())
    await program.start()
    with pytest.raises(httpx.TransportError):
        await send(program, shop, body, key, **{"X-Test-Die": "answer"})
    assert program.has_died()
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(
            "select id, code, total_cents from orders where tenant_id = %s", [shop.tenant.id]
        ).fetchone()
        assert row is not None, "the order was committed before the program died"
        await program.start()
        again = await send(program, shop, body, key)
        assert again.status_code == 201, again.text
        assert again.headers["idempotent-replayed"] == "true"
        order = again.json()["order"]
        assert (order["id"], order["code"], order["total_cents"]) == (str(row[0]), row[1], row[2])
        assert order["tracking_token"]
        assert again.json()["payment"]["pix"]["copy_paste"]
        reused = await send(program, shop, cart(shop, ("Bolo", 1)), key)
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
        await assert_one_order(shop, connection, "Bolo", 2)


async def test_killed_before_the_commit(program: Program, shop: Shop, database_url: str) -> None:
    await shop.add_product("Bolo", 3000, stock=5)
    body, key = cart(shop, ("Bolo", 2)), str(uuid4())
    await program.start()
    with psycopg.connect(database_url, autocommit=True) as watcher:
        watcher.execute(
            "insert into order_counters (tenant_id, id, last_code) values (%(t)s, %(t)s, 0)",
            {"t": shop.tenant.id},
        )
        before = await digest_of(shop.runtime, shop.tenant.id)
        with psycopg.connect(database_url) as holder:
            # The number of the order is taken late: whoever waits for it has reserved its stock already.
            holder.execute("select 1 from order_counters where tenant_id = %s for update", [shop.tenant.id])
            checkout = asyncio.create_task(send(program, shop, body, key))
            waiting = await wait_for_blocked(watcher, holder.info.backend_pid)
            program.kill()
            with pytest.raises(httpx.TransportError):
                await checkout
            holder.rollback()
        await wait_until_gone(watcher, waiting)
        assert await digest_of(shop.runtime, shop.tenant.id) == before, "nothing half-written"
        assert await waiting_jobs(shop) == []
        await program.start()
        again = await send(program, shop, body, key)
        assert again.status_code == 201, again.text
        assert "idempotent-replayed" not in again.headers
        assert again.json()["order"]["code"] == 1
        await assert_one_order(shop, watcher, "Bolo", 2)


async def wait_for_blocked(watcher: psycopg.Connection[Any], holder: int) -> int:
    """The backend that waits for the holder's lock."""
    for _ in range(300):
        row = watcher.execute(
            "select pid from pg_stat_activity where %s = any(pg_blocking_pids(pid))", [holder]
        ).fetchone()
        if row is not None:
            return int(row[0])
        await asyncio.sleep(0.05)
    raise AssertionError("the checkout never came to its number")


async def wait_until_gone(watcher: psycopg.Connection[Any], pid: int) -> None:
    for _ in range(300):
        if watcher.execute("select 1 from pg_stat_activity where pid = %s", [pid]).fetchone() is None:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the database still keeps the dead program's transaction")
