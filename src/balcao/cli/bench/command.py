"""`balcao bench`: the shop under load beside its controls, interleaved, with the machine."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import psycopg
import typer

from balcao.cli.bench import controls, scripts, servers, shop
from balcao.cli.bench.load import (
    LoadToolMissingError,
    Sample,
    cpu_seconds,
    find_wrk,
    memory_bytes,
    sample,
    tree,
)
from balcao.cli.bench.report import Aim, Row, machine, table
from balcao.cli.instance import Instance, load_settings
from balcao.kernel.db.migrate import migrate
from balcao.kernel.runtime import Runtime
from balcao.registry import build_runtime

_WARM_SECONDS = 1.0
ROWS = (
    Row("bare", "Starlette, 30 KB of bytes"),
    Row("rows", "FastAPI, SQLAlchemy Core, 50 rows, response_model"),
    Row("psycopg", "FastAPI, psycopg rows, orjson"),
    Row("made", "catalogue of 50 products, from PostgreSQL", Aim("bare", 0.04, 0.06)),
    Row("kept", "catalogue, cached, prices changing each second", Aim("bare", 0.15, 0.3)),
    Row("same", "catalogue, 304 by ETag", Aim("bare", 0.2, 0.4)),
    Row("bare8", "bare checkout (FastAPI, no rules), 8 shoppers"),
    Row("hand8", "checkout by hand (psycopg pipeline), 8 shoppers"),
    Row("sell8", "whole checkout, 8 shoppers, 50 products", Aim("bare8", 0.15, 0.35)),
    Row("one8", "whole checkout, 8 shoppers, one product", Aim("sell8", 0.5, 0.7)),
    Row("bare64", "bare checkout, 64 shoppers"),
    Row("hand64", "checkout by hand, 64 shoppers, one product"),
    Row("sell64", "whole checkout, 64 shoppers, 50 products", Aim("bare64", 0.15, 0.35)),
    Row("one64", "whole checkout, 64 shoppers, one product", Aim("sell64", 0.5, 0.7)),
    Row("mixed", "shopping, mixed, 32 shoppers, jobs worked off", Aim("", 500, 1000)),
)


@dataclass(slots=True)
class _Bench:
    """Everything a round needs."""

    folder: Path
    data: Path
    runtime: Runtime
    url: str
    database_pid: int
    controls: dict[str, servers.Served]
    ours: servers.Served
    uncached: servers.Served
    seconds: float

    @property
    def log(self) -> Path:
        """Where servers write."""
        return self.folder / "servers.log"

    def load(self, name: str, script: str, server: servers.Served, connections: int) -> Sample:
        """A short warming and the measured run."""
        path = scripts.written(self.folder, name, script)
        pids: dict[str, Any] = {"server": server.pid, "database": self.database_pid}
        sample(path, server.base, connections=connections, seconds=_WARM_SECONDS, **pids)
        return sample(path, server.base, connections=connections, seconds=self.seconds, **pids)


def run_bench(*, rounds: int, seconds: float, only: str, data: Path | None) -> None:
    """The command. `only` keeps the scenarios whose name contains it (and their controls)."""
    try:
        find_wrk()
    except LoadToolMissingError:
        typer.echo("`balcao bench` drives its load with wrk. On Debian: apt-get install wrk", err=True)
        raise typer.Exit(1) from None
    folder = Path(tempfile.mkdtemp(prefix="balcao-bench-"))
    try:
        _run(folder, data or folder / "data", rounds=rounds, seconds=seconds, only=only)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _chosen(only: str) -> list[Row]:
    wanted = {row.name for row in ROWS if only in row.name}
    wanted |= {row.aim.beside for row in ROWS if row.name in wanted and row.aim and row.aim.beside}
    wanted |= {row.aim.beside for row in ROWS if row.name in wanted and row.aim and row.aim.beside}
    return [Row(row.name, row.title, row.aim) for row in ROWS if row.name in wanted]


def _run(folder: Path, data: Path, *, rounds: int, seconds: float, only: str) -> None:
    typer.echo(machine())
    instance = Instance(load_settings(data_dir=data))
    url = instance.database_url()
    try:
        migrate(url)
        controls.make_tables(url)
        runtime = build_runtime(instance.settings, url)
        asyncio.run(_prepare(runtime))
        rows = _chosen(only)
        with ExitStack() as stack:
            bench = _started(stack, folder, data, runtime, url, seconds)
            for number in range(rounds):
                _round(bench, rows, number)
            _say(rows, bench, loaded=memory_bytes(tree(bench.ours.pid)))
        _say_starts(data, folder)
        wrong = asyncio.run(_wrong_stock(instance, url))
        typer.echo(f"stock after the load: {'exact' if not wrong else 'WRONG in ' + ', '.join(wrong)}")
        if wrong:
            raise typer.Exit(1)
    finally:
        instance.stop()


async def _prepare(runtime: Runtime) -> None:
    try:
        await shop.make_bench_shop(runtime)
    finally:
        await runtime.database.close()


async def _wrong_stock(instance: Instance, _url: str) -> list[str]:
    runtime = build_runtime(instance.settings, instance.database_url())
    try:
        return await shop.stock_problems(runtime, await runtime.tenants.find("slug", shop.SLUG))
    finally:
        await runtime.database.close()


def _started(
    stack: ExitStack, folder: Path, data: Path, runtime: Runtime, url: str, seconds: float
) -> _Bench:
    log = folder / "servers.log"
    running = {name: servers.control(name, url, log) for name in ("bare", "rows", "psycopg_rows")}
    ours, uncached = servers.ours(data, log), servers.ours(data, log, "uncached", CACHE_BYTES="0")
    for server in (*running.values(), ours, uncached):
        stack.callback(server.stop)
    for server in running.values():
        server.wait("/")
    for server in (ours, uncached):
        server.wait("/catalog", {"X-Tenant": shop.SLUG})
    pid = int((data / "postgres" / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
    return _Bench(folder, data, runtime, url, pid, running, ours, uncached, seconds)


def _round(bench: _Bench, rows: list[Row], number: int) -> None:
    wanted = {row.name: row for row in rows}
    for name, run in _scenarios(bench).items():
        if name in wanted:
            wanted[name].samples.append(run())
            done = wanted[name].samples[-1]
            typer.echo(
                f"  round {number + 1} {name:8} {done.per_second:10,.0f}/s  cpu {done.cpu:.2f} ms", err=True
            )


def _scenarios(bench: _Bench) -> dict[str, Callable[[], Sample]]:
    catalogue = scripts.get("/catalog")
    etag = httpx.get(f"{bench.ours.base}/catalog", headers={"X-Tenant": shop.SLUG}).headers["etag"]
    store, goods = asyncio.run(_goods(bench))
    bodies = shop.shopper_bodies(bench.ours.base, store, goods)
    alone = shop.one_product(bodies, goods[1])
    bare, rows, plain = (bench.controls[name] for name in ("bare", "rows", "psycopg_rows"))
    sell, sell_one = scripts.sell(bodies), scripts.sell(alone)

    def kept() -> Sample:
        with _prices_changing(bench.ours.base, goods[0].product_id):
            return bench.load("kept", catalogue, bench.ours, 16)

    def mixed() -> Sample:
        quotes = [
            {"store_id": body["store_id"], "address": body["address"]} for body in bodies[:: len(goods)]
        ]
        with _jobs_worked_off(bench), _prices_changing(bench.ours.base, goods[0].product_id):
            return bench.load("mixed", scripts.shop(bodies, quotes, etag), bench.ours, 32)

    return {
        "bare": lambda: bench.load("bare", scripts.get("/"), bare, 16),
        "rows": lambda: bench.load("rows", scripts.get("/"), rows, 16),
        "psycopg": lambda: bench.load("psycopg", scripts.get("/"), plain, 16),
        "made": lambda: bench.load("made", catalogue, bench.uncached, 16),
        "kept": kept,
        "same": lambda: bench.load("same", scripts.get("/catalog", If_None_Match=etag), bench.ours, 16),
        "bare8": lambda: bench.load("bare8", scripts.sell_bare(50), rows, 8),
        "hand8": lambda: _by_hand(bench, 8, 50),
        "sell8": lambda: bench.load("sell8", sell, bench.ours, 8),
        "one8": lambda: bench.load("one8", sell_one, bench.ours, 8),
        "bare64": lambda: bench.load("bare64", scripts.sell_bare(50), rows, 64),
        "hand64": lambda: _by_hand(bench, 64, 1),
        "sell64": lambda: bench.load("sell64", sell, bench.ours, 64),
        "one64": lambda: bench.load("one64", sell_one, bench.ours, 64),
        "mixed": mixed,
    }


async def _goods(bench: _Bench) -> Any:
    runtime = build_runtime(load_settings(data_dir=bench.data), bench.url)
    try:
        return await shop.store_and_goods(runtime, await runtime.tenants.find("slug", shop.SLUG))
    finally:
        await runtime.database.close()


def _by_hand(bench: _Bench, shoppers: int, products: int) -> Sample:
    command = [
        sys.executable, "-m", "balcao.cli.bench.by_hand", bench.url, str(shoppers), str(bench.seconds), str(products),
    ]  # fmt: skip
    before = cpu_seconds(tree(bench.database_pid))
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    rate = float(ran.stdout)
    database = (cpu_seconds(tree(bench.database_pid)) - before) * 1000 / max(1.0, rate * bench.seconds)
    return Sample(rate, 0, 0, 0, 0, 0, 0, database)


@contextmanager
def _prices_changing(base: str, product: str) -> Generator[None]:
    """The shopkeeper changes a price each second, through the admin API, while the block runs."""
    over = Event()
    owner = shop.owner_client(base)

    def change() -> None:
        while not over.wait(1.0):
            found = owner.get(f"/admin/catalog/products/{product}").raise_for_status().json()
            body = {"version": found["version"], "price_cents": found["skus"][0]["price_cents"] + 1}
            owner.patch(f"/admin/catalog/products/{product}", json=body).raise_for_status()

    keeper = Thread(target=change, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
        owner.close()


@contextmanager
def _jobs_worked_off(bench: _Bench) -> Generator[None]:
    """A worker runs beside, on an empty queue: what is left of scenarios without one is not its work."""
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute("delete from procrastinate_jobs")
    beside = servers.worker(bench.data, bench.log)
    try:
        time.sleep(3)
        yield
    finally:
        beside.stop()


def _say(rows: list[Row], bench: _Bench, *, loaded: int) -> None:
    typer.echo("")
    for line in table(rows):
        typer.echo(line)
    typer.echo("")
    typer.echo(f"memory of the server after the load: {loaded / 1e6:.0f} MB (must 180, goal 130)")


def _say_starts(data: Path, folder: Path) -> None:
    """Cold starts of everything in one process on existing data, and what it holds when idle."""
    times: list[float] = []
    idle = 0
    for _ in range(5):
        up = servers.everything(data, servers.free_port(), folder / "up.log")
        try:
            times.append(up.wait("/loja/padaria"))
            time.sleep(2)
            idle = memory_bytes([up.pid])
        finally:
            up.stop()
    times.sort()
    typer.echo(
        f"start to the first shop page, data there: {times[len(times) // 2]:.1f} s of {len(times)} "
        f"(first {max(times):.1f}; must 4, goal 2)"
    )
    typer.echo(f"memory of API and worker in one process, idle: {idle / 1e6:.0f} MB (must 250, goal 200)")
