"""`balcao bench contacts`: a large list through the importer, beside the obvious pipeline and the limit of the machine."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

import orjson
import typer

import balcao
from balcao.cli.bench.contact_lists import write_csv, write_xlsx
from balcao.cli.bench.report import machine
from balcao.cli.instance import Instance, load_settings
from balcao.cli.seed import EVERYTHING, DemoTenant, make_plan, make_tenant
from balcao.kernel.db.migrate import migrate
from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Runtime
from balcao.modules.contacts.public import CHUNK_ROWS, CleaningRequest, merge_chunk
from balcao.registry import build_runtime

NAIVE: Final = Path(__file__).parent / "naive_contacts.py"
FLOORS: Final = Path(__file__).parent / "reading_floors.py"


@dataclass(slots=True)
class Timing:
    """One run in a process of its own. Seconds, and bytes of memory at its highest."""

    wall: float
    cpu: float
    memory: int
    rows: int
    early: float | None = None
    report: dict[str, Any] | None = None


def run_contacts_bench(*, rounds: int, rows: int, data: Path | None) -> None:
    """The command: prints a table. Control and ours take turns."""
    typer.echo(machine())
    folder = Path(tempfile.mkdtemp(prefix="balcao-bench-"))
    try:
        _run(folder, data or folder / "data", rounds=rounds, rows=rows)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, data: Path, *, rounds: int, rows: int) -> None:
    files = {"csv": folder / "list.csv", "xlsx": folder / "list.xlsx"}
    typer.echo(f"writing {rows:,} rows x 12 as csv and xlsx ...", err=True)
    write_csv(files["csv"], rows)
    write_xlsx(files["xlsx"], rows)
    found: dict[str, list[Timing]] = {}
    people = folder / "people.copy"
    for number in range(rounds):
        for kind, path in files.items():
            for name, timing in (
                (f"floor {kind}", _script(FLOORS, path, rows)),
                (f"naive {kind}", _script(NAIVE, path, rows) if number == 0 else None),
                (f"ours {kind}", _import(path, folder / "work", rows, keep=people)),
            ):
                if timing is not None:
                    found.setdefault(name, []).append(timing)
                    typer.echo(f"  round {number + 1} {name:12} {timing.wall:6.2f} s", err=True)
    merges = asyncio.run(_merges(data, people.read_bytes().splitlines(keepends=True), rounds))
    typer.echo("\n".join(_table(found, merges)))


def _spent(
    command: Sequence[str], given: bytes, environment: dict[str, str]
) -> tuple[float, float, int, bytes]:
    """Runs a program with `given` on its input: wall and processor seconds, peak memory, what it wrote."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(given)
        process.stdin.close()
        lines = _timed_lines(process, started)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, lines


def _timed_lines(process: subprocess.Popen[bytes], started: float) -> bytes:
    """Its output; before each line the seconds after which it came and a blank."""
    assert process.stdout is not None
    return b"".join(b"%.3f " % (time.perf_counter() - started) + line for line in process.stdout)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(balcao.__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1"}


def _script(script: Path, path: Path, rows: int) -> Timing | None:
    wall, cpu, memory, lines = _spent([sys.executable, str(script), str(path)], b"", _environment())
    if b"missing" in lines:
        return None
    return Timing(wall, cpu, memory, rows)


def _import(path: Path, folder: Path, rows: int, *, keep: Path) -> Timing:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    request = CleaningRequest(
        source=str(path), filename=path.name, folder=str(folder), tenant_id=str(UUID(int=1)), import_id=str(new_id()),
        created_ms=int(time.time() * 1000), sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        today=datetime.now(UTC).date().isoformat(),
    )  # fmt: skip
    command = [sys.executable, "-m", "balcao.modules.contacts.pipeline.child"]
    wall, cpu, memory, lines = _spent(command, request.to_json(), _environment())
    early, report = None, None
    for line in lines.splitlines():
        at, _, message = line.partition(b" ")
        said = orjson.loads(message)
        if "early" in said:
            early = float(at)
        report = said.get("done", report)
        if "refused" in said or "broken" in said:
            raise RuntimeError(f"the import failed: {said}")
    (folder / "people.copy").replace(keep)
    return Timing(wall, cpu, memory, rows, early, report)


async def _merges(data: Path, lines: Sequence[bytes], rounds: int) -> list[tuple[int, float, float]]:
    """Rows, seconds into an empty book, seconds once more with nothing changed."""
    instance = Instance(load_settings(data_dir=data))
    url = instance.database_url()
    try:
        migrate(url)
        runtime = build_runtime(instance.settings, url)
        try:
            await make_plan(runtime, "completo", "Completo", EVERYTHING)
            return [await _merge_twice(runtime, lines, number) for number in range(rounds)]
        finally:
            await runtime.close()
    finally:
        instance.stop()


async def _merge_twice(runtime: Runtime, lines: Sequence[bytes], number: int) -> tuple[int, float, float]:
    slug = f"bench-{number}"
    await make_tenant(runtime, DemoTenant(slug, slug, None, ()), "completo")
    tenant = await runtime.tenants.find("slug", slug)
    seconds: list[float] = []
    for _ in range(2):
        import_id, made_ms, started = new_id(), int(time.time() * 1000), time.perf_counter()
        for first in range(0, len(lines), CHUNK_ROWS):
            async with runtime.transactions.begin(tenant) as uow:
                await merge_chunk(
                    uow, import_id, b"".join(lines[first : first + CHUNK_ROWS]), created_ms=made_ms
                )
        seconds.append(time.perf_counter() - started)
    return len(lines), seconds[0], seconds[1]


_TITLES: Final = {
    "floor csv": "limit: the csv module alone",
    "naive csv": "pandas, phonenumbers, email-validator: csv",
    "ours csv": "import of the csv, whole",
    "floor xlsx": "limit: inflate and tokenise the xlsx",
    "naive xlsx": "pandas, openpyxl, phonenumbers, email-validator: xlsx",
    "ours xlsx": "import of the xlsx, whole",
}


def _table(found: dict[str, list[Timing]], merges: list[tuple[int, float, float]]) -> list[str]:
    lines = [
        "",
        "| what | seconds | rows/s | rows per CPU second | to the naive one | peak MB | first preview s |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, title in _TITLES.items():
        if name not in found:
            lines.append(f"| {title} | not installed: pip install -r requirements-bench.lock | | | | | |")
            continue
        runs = found[name]
        wall, cpu = median(run.wall for run in runs), median(run.cpu for run in runs)
        naive = found.get(f"naive {name.split()[1]}")
        ratio = f"{median(run.wall for run in naive) / wall:.1f}x" if naive else "–"
        early = [run.early for run in runs if run.early is not None]
        lines.append(
            f"| {title} | {wall:.2f} | {runs[0].rows / wall:,.0f} | {runs[0].rows / cpu:,.0f} | {ratio} | "
            f"{max(run.memory for run in runs) / 1e6:.0f} | {f'{median(early):.2f}' if early else '–'} |"
        )
    rows = merges[0][0]
    for title, place in (("into an empty address book", 1), ("once more, nothing changed", 2)):
        seconds = median(merge[place] for merge in merges)
        lines.append(f"| {rows:,} people {title} | {seconds:.2f} | {rows / seconds:,.0f} | – | – | – | – |")
    return lines
