"""Killed without a warning, while people order: what was answered is there at the next start, and nothing blocks it."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from balcao.kernel.db.embedded import EmbeddedPostgres
from tests.instance.program import Program, is_running, start

TENANT = {"X-Tenant": "carga-0001"}


class Buyers:
    """A few people who order one thing after the other; `placed` are the orders they were told of."""

    def __init__(self, program: Program, hands: int = 3) -> None:
        self.url = program.url
        self.store, self.product = _something_to_pick_up(program)
        self.placed: list[str] = []
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._order_on, daemon=True) for _ in range(hands)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, count: int) -> None:
        ends = time.monotonic() + 60
        while len(self.placed) < count:
            assert time.monotonic() < ends, f"{len(self.placed)} orders only"
            time.sleep(0.02)

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join(30)

    def _order_on(self) -> None:
        while not self._done.is_set():
            try:
                self.placed.append(self._order()["order"]["id"])
            except (urllib.error.URLError, OSError, ValueError):
                time.sleep(0.05)  # the shop is down: nobody was told of an order

    def _order(self) -> dict[str, Any]:
        body = {
            "store_id": self.store, "items": [{"product_id": self.product, "quantity": 1}], "fulfilment": "pickup",
            "customer": {"name": "Ana", "phone": "+55119" + str(uuid.uuid4().int)[:8]}, "payment": {"method": "pix"},
        }  # fmt: skip
        request = urllib.request.Request(
            f"{self.url}/api/v1/checkout", json.dumps(body).encode(),
            {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4()), **TENANT},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


def _something_to_pick_up(program: Program) -> tuple[str, str]:
    """A store that never closes and a product nobody counts."""
    [store] = json.loads(program.get("/api/v1/stores", **TENANT))["items"]
    found = json.loads(program.get("/api/v1/catalog/search?q=docinho+de+chocolate", **TENANT))["items"]
    return store["id"], found[0]["id"]


def test_killed_while_people_order(
    make_copy: Callable[[str], Path], tmp_path: Path, keep: list[Program]
) -> None:
    program = start(make_copy("data"), tmp_path / "log")
    keep.append(program)
    buyers = Buyers(program)
    buyers.wait_for(5)

    first = program.postgres
    os.kill(first, signal.SIGKILL)
    before = len(buyers.placed)
    buyers.wait_for(before + 5)  # the database came back under the running program
    assert program.postgres != first

    program.kill()
    buyers.stop()
    assert is_running(program.postgres)  # an orphan of ours, found again below

    again = start(program.data, tmp_path / "again.log")
    keep.append(again)
    orders, waiting = _look(program.data)
    assert set(buyers.placed) <= orders
    ends = time.monotonic() + 60
    while waiting and time.monotonic() < ends:
        time.sleep(0.2)
        _, waiting = _look(program.data)
    assert waiting == 0  # what the orders set off was done by the next program
    os.kill(again.postgres, signal.SIGKILL)
    again.kill()  # both at once: nothing is left but the files
    third = start(program.data, tmp_path / "third.log")
    keep.append(third)
    assert set(buyers.placed) <= _look(program.data)[0]
    assert third.stop() == 0


def _look(data: Path) -> tuple[set[str], int]:
    """The orders of the database, and how many jobs wait for a worker."""
    server = EmbeddedPostgres(data / "postgres")
    server.start()
    with psycopg.connect(server.database_url()) as connection:
        orders = {str(row[0]) for row in connection.execute("select id from orders")}
        row = connection.execute(
            "select count(*) from procrastinate_jobs where status = 'todo' and scheduled_at is null "
            "and queue_name = 'now' and task_name not like 'kernel.%' and task_name not like 'schedule:%'"
        ).fetchone()
    assert row is not None
    server.stop()
    return orders, int(row[0])
