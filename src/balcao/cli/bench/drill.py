"""`balcao bench drill`: a loaded installation, a backup, a disaster, and everything back on an empty machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import typer
from psycopg import sql

from balcao.cli.bench.report import machine
from balcao.kernel.db.embedded import EmbeddedPostgres

SHOPS = 10
# Signing in, jobs and messages under way change with a restore; what people did does not.
COMPARED = (
    "tenants", "users", "stores", "products", "skus", "options", "stock_items", "stock_movements", "customers", "orders",
    "order_lines", "order_events", "payments", "time_slots", "files",
)  # fmt: skip
INVARIANTS = {
    "orders without lines": "select count(*) from orders o where not exists "
    "(select from order_lines l where (l.tenant_id, l.order_id) = (o.tenant_id, o.id))",
    "stock that is not the sum of its movements": "select count(*) from stock_items i join (select tenant_id, stock_item_id, "
    "sum(on_hand) as on_hand, sum(reserved) as reserved from stock_movements group by 1, 2) m "
    "on (m.tenant_id, m.stock_item_id) = (i.tenant_id, i.id) where (i.on_hand, i.reserved) is distinct from (m.on_hand, m.reserved)",
    "tables of tenants without their wall": "select count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid and "
    "a.attname = 'tenant_id' where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not c.relforcerowsecurity "
    "and exists (select from pg_policy p where p.polrelid = c.oid)",
    "constraints that were not checked": "select count(*) from pg_constraint where not convalidated",
}


@dataclass(slots=True)
class Drill:
    """What a drill came to: seconds of each step, sizes, and what was not as it must be."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])
    rows: int = 0
    database_mb: float = 0.0
    backup_mb: float = 0.0
    wrong: list[str] = field(default_factory=list[str])

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Takes the time of a step."""
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began


def run_drill_bench(*, orders: int) -> None:
    """The command."""
    typer.echo(machine())
    folder = Path(tempfile.mkdtemp(prefix="balcao-drill-"))
    folder.chmod(0o755)
    try:
        drill = rehearse(folder, orders=orders)
    finally:
        for data in folder.iterdir():
            if (data / "postgres").is_dir():
                EmbeddedPostgres(data / "postgres").stop_orphan()
        shutil.rmtree(folder, ignore_errors=True)
    for line in report(drill, orders):
        typer.echo(line)
    if drill.wrong:
        raise typer.Exit(1)


def rehearse(folder: Path, *, orders: int) -> Drill:
    """Fills a shop, backs it up, loses it and restores it elsewhere, with the commands a person would use."""
    drill, data, machine_folder, safe = Drill(), folder / "shop", folder / "empty machine", folder / "safe"
    for name in (data, machine_folder):
        name.mkdir(parents=True)
    shops = min(SHOPS, orders)
    with drill.step("fill"):
        _balcao("seed", "--scale", str(shops), "--orders", str(-(-orders // shops)), "--data", str(data))
    with _database(data) as url:
        before = _look(url)
        drill.rows = sum(count for count, _ in before.values())
        drill.database_mb = _one(url, "select pg_database_size(current_database()) / 1e6")
    with drill.step("backup"):
        _balcao("backup", "create", "--no-verify", "--data", str(data))
    with drill.step("verify"):
        _balcao("backup", "verify", "--data", str(data))
    shutil.copytree(data / "backups", safe)
    drill.backup_mb = sum(path.stat().st_size for path in safe.iterdir()) / 1e6
    with _database(data):
        pass  # nobody else holds it
    shutil.rmtree(data)  # the disaster
    with drill.step("restore on an empty machine"):
        _balcao("restore", "--yes", "--from", str(safe), "--data", str(machine_folder))
    with drill.step("compare"), _database(machine_folder) as url:
        _compare(drill, before, url)
    return drill


def _compare(drill: Drill, before: dict[str, tuple[int, Any]], url: str) -> None:
    after = _look(url)
    drill.wrong += [
        f"{table}: {before[table]} before, {after[table]} after"
        for table in COMPARED
        if before[table] != after[table]
    ]
    for what, query in INVARIANTS.items():
        found = _one(url, query)
        if found:
            drill.wrong.append(f"{found} {what}")
    unsent = _one(url, "select count(*) from messages where status in ('queued', 'failed')")
    if unsent:
        drill.wrong.append(f"{unsent} messages would be sent a second time")


def report(drill: Drill, orders: int) -> list[str]:
    """The figures as lines."""
    sizes = f"{orders} orders, {drill.rows} rows, database {drill.database_mb:.0f} MB, backup {drill.backup_mb:.0f} MB"
    lines = [sizes, "", "| step | seconds |", "|---|--:|"]
    lines += [f"| {name} | {seconds:.1f} |" for name, seconds in drill.seconds.items()]
    return [*lines, "", f"differences: {len(drill.wrong)}", *(f"  {one}" for one in drill.wrong)]


@contextmanager
def _database(data: Path) -> Generator[str]:
    server = EmbeddedPostgres(data / "postgres")
    server.start()
    try:
        yield server.database_url()
    finally:
        server.stop()


def _look(url: str) -> dict[str, tuple[int, Any]]:
    """Rows and a digest of each table that is compared; the order of rows does not matter."""
    query = "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from {} t"
    with psycopg.connect(url) as connection:
        found = {
            table: connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()
            for table in COMPARED
        }
    return {table: (int(row[0]), row[1]) for table, row in found.items() if row}


def _one(url: str, query: str) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _balcao(*arguments: str) -> None:
    """A command, as a person would give it. SystemExit with its words when it fails."""
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "balcao.cli", *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode:
        raise SystemExit(f"balcao {arguments[0]} failed:\n{ran.stdout[-1000:]}{ran.stderr[-2000:]}")
