"""`balcao bench deploy`: releases change under load, through nginx over TLS; a good one, and one that never gets ready."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import typer

from balcao.cli.bench.deploy_load import Answer, Stream, Tally, tally
from balcao.cli.bench.deploy_shoppers import Shelf, make_shop, shoppers, trusting
from balcao.cli.bench.deploy_stage import Stage, clean_environment, find_nginx
from balcao.cli.bench.report import machine
from balcao.cli.signals import ends_quietly, undisturbed

QUIET_SECONDS = 10.0
NO_LIMITS = {"RATE_LIMIT_SCALE": "1000000", "LOG_FORMAT": "json", "LOG_LEVEL": "WARNING"}


@dataclass(frozen=True, slots=True)
class Change:
    """One run of deploy.sh under load."""

    name: str
    code: int
    began: float
    ended: float
    said: str
    served_before: str
    served_after: str


def make_stage(folder: Path, *, watch: float) -> Stage:
    """A stage whose deploys look at the new release for `watch` seconds."""
    folder.chmod(0o755)  # the database server may run under an account of its own
    knobs = {"WATCH_SECONDS": f"{watch:.0f}", "KEEP_OLD_SECONDS": "0", "READY_SECONDS": "30", "BALCAO_HOST": "localhost"}  # fmt: skip
    return Stage(folder, sys.executable, {**NO_LIMITS, "DEFAULT_TENANT": ""}, knobs)


@dataclass(frozen=True, slots=True)
class Planned:
    """A release to deploy. `knobs` are settings of deploy.sh for this one."""

    name: str
    release: Path
    knobs: Mapping[str, str] = field(default_factory=dict[str, str])


async def change(stage: Stage, planned: Planned, *words: str) -> Change:
    """Runs deploy.sh beside the load."""
    before, began = stage.serving(), time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *stage.deploy_command("deploy", *words, str(planned.release)), env={**clean_environment(), **planned.knobs},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    ended = time.monotonic()
    return Change(planned.name, process.returncode or 0, began, ended, said.decode(), before, stage.serving())


@asynccontextmanager
async def load(stage: Stage, stream: Stream) -> AsyncGenerator[None]:
    """The stream runs as long as the block."""
    running = asyncio.create_task(stream.run())
    try:
        yield
    finally:
        stream.stop()
        await running


async def rehearse(
    stage: Stage, stream: Stream, releases: Sequence[Planned], *, quiet: float, skip_backup: bool = False
) -> list[Change]:
    """Deploys each release under the stream, with `quiet` seconds before, between and after."""
    done: list[Change] = []
    options = ["--skip-backup"] if skip_backup else []
    async with load(stage, stream):
        await asyncio.sleep(quiet)
        for planned in releases:
            done.append(await change(stage, planned, *options))
            await asyncio.sleep(quiet)
    return done


def run_deploy_bench(*, per_second: float, watch: float) -> None:
    """The command. Exit code 1 when a request failed or the broken release was not taken back."""
    missing = [
        name for name, found in (("nginx", find_nginx()), ("openssl", shutil.which("openssl"))) if not found
    ]
    if missing:
        typer.echo(f"`balcao bench deploy` needs {' and '.join(missing)}. On Debian: apt-get install {' '.join(missing)}", err=True)  # fmt: skip
        raise typer.Exit(1)
    typer.echo(machine())
    folder = Path(tempfile.mkdtemp(prefix="balcao-deploy-"))
    stage = make_stage(folder, watch=watch)
    with ends_quietly():
        try:
            instance, shelf = make_shop(stage.data)
            try:
                good = _run(stage, shelf, per_second)
            finally:
                with undisturbed():
                    stage.stop()
                    instance.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(0 if good else 1)


def _run(stage: Stage, shelf: Shelf, per_second: float) -> bool:
    stage.prepare()
    stage.start_nginx()
    first = stage.run_deploy("deploy", "--skip-backup", str(stage.release("first")))
    if first.returncode != 0:
        raise RuntimeError(first.stderr)
    stream = Stream(stage.https, trusting(stage), shoppers(stage, shelf), per_second)
    releases = [
        Planned("good", stage.release("second")),
        Planned("broken", stage.release("third", broken=True)),
    ]
    changes = asyncio.run(rehearse(stage, stream, releases, quiet=QUIET_SECONDS))
    return _report(stream.answers, changes, per_second)


def _report(answers: list[Answer], changes: list[Change], per_second: float) -> bool:
    typer.echo(
        f"\n{per_second:.0f} requests/s, sent when due, through nginx over TLS; nothing is sent twice\n"
    )
    typer.echo(
        "| stretch | requests | failed | 4xx | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|---|---|"
    )
    edge = answers[0].due
    for one in changes:
        _row(f"before the {one.name} release", tally(answers, edge, one.began))
        _row(f"during it ({one.ended - one.began:.0f} s)", tally(answers, one.began, one.ended))
        edge = one.ended
    _row("after", tally(answers, edge, float("inf")))
    whole = tally(answers, 0, float("inf"))
    _row("all", whole)
    typer.echo("")
    for one in changes:
        turned = "serves" if one.served_after != one.served_before else "was taken back"
        typer.echo(f"{one.name}: exit code {one.code}, {turned}, {one.ended - one.began:.1f} s in all")
        typer.echo("".join(f"    {line}\n" for line in one.said.splitlines() if ":" in line[:9]))
    for problem, count in whole.problems.most_common():
        typer.echo(f"failed {count} x {problem}", err=True)
    good, broken = changes
    as_wanted = (good.code, broken.code) == (0, 1) and broken.served_after == broken.served_before
    return as_wanted and whole.failed == 0 and whole.refused == 0


def _row(name: str, one: Tally) -> None:
    typer.echo(
        f"| {name} | {one.requests} | {one.failed} | {one.refused} | {one.p50:.0f} | {one.p95:.0f} | {one.p99:.0f} |"
    )
