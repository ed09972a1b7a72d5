"""`balcao bench chaos`: everything is killed at random while people shop, and afterwards everything must sum up."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx
import psycopg
import typer

from balcao.cli.bench import shop
from balcao.cli.bench.chaos_checks import Verdict, hand_back, judge, settle
from balcao.cli.bench.chaos_mail import MailSink
from balcao.cli.bench.chaos_parts import (
    Part,
    PostgresPart,
    api_part,
    program_environment,
    redis_part,
    worker_part,
)
from balcao.cli.bench.chaos_shoppers import Shoppers
from balcao.cli.bench.report import machine
from balcao.cli.instance import load_settings
from balcao.kernel.db.migrate import migrate
from balcao.kernel.runtime import Runtime
from balcao.registry import build_runtime

RESTARTED_AFTER_SECONDS = 0.3  # what a supervisor waits before it starts a process again
RECOVERED_WITHIN_SECONDS = 90.0
_NEWEST_WORKER = "select coalesce(max(id), 0) from procrastinate_workers"
_DONE_BY_NEWER = "select 1 from procrastinate_jobs where worker_id > %s and status = 'succeeded' limit 1"


@dataclass(slots=True)
class Outcome:
    """What a run of chaos came to. Recovery is seconds from a kill to the next good answer, by what was killed."""

    verdict: Verdict
    asked: int
    again: int
    shopping_seconds: float
    settle_seconds: float
    recovery: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    @property
    def kills(self) -> int:
        """How often something was killed."""
        return sum(len(times) for times in self.recovery.values())


class House:
    """The installation that is tortured: its parts, and how to tell that one of them is back."""

    def __init__(self, folder: Path, sink: MailSink) -> None:
        self.folder = folder
        self.database = PostgresPart(folder / "postgres")
        self.database.start()
        self.redis, redis_url = redis_part(folder)
        self.environment = program_environment(
            folder / "data", self.database.url, REDIS_URL=redis_url, **sink.environment()
        )
        self.api, self.base = api_part(self.environment, folder / "api.log")
        self.worker = worker_part(self.environment, folder / "worker.log")
        self.parts: dict[str, Part] = {
            part.name: part for part in (self.database, self.redis, self.api, self.worker)
        }

    def open(self) -> None:
        """Starts what is not running yet, and waits."""
        for part in (self.redis, self.api, self.worker):
            part.start()
        for part in (self.redis, self.api):
            part.wait()

    def close(self) -> None:
        """Ends everything."""
        for part in (self.worker, self.api, self.redis, self.database):
            part.stop()

    def kill(self, name: str) -> Callable[[], bool]:
        """Kills a part and has it started again; answers how to see that its work is done again."""
        part, newest = self.parts[name], self._newest_worker() if name == "worker" else 0
        part.kill()
        time.sleep(RESTARTED_AFTER_SECONDS)
        part.start()
        if name == "worker":
            return lambda: self._done_by_newer(newest)
        return part.ready if name == "redis" else self._is_well

    def _is_well(self) -> bool:
        try:
            return httpx.get(f"{self.base}/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def _newest_worker(self) -> int:
        with psycopg.connect(self.database.url) as connection:
            row = connection.execute(_NEWEST_WORKER).fetchone()
        return int(row[0]) if row else 0

    def _done_by_newer(self, worker: int) -> bool:
        with psycopg.connect(self.database.url) as connection:
            return connection.execute(_DONE_BY_NEWER, [worker]).fetchone() is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """How bad it gets: seconds of shopping, seconds of quiet between kills, shoppers and the seconds each of them rests.

    `in_turn` kills each kind once, and then wastes no time until the jobs of the killed are done.
    """

    seconds: float
    quiet: tuple[float, float]
    hands: int
    rest: float
    seed: int
    in_turn: bool = False


def run_chaos_bench(*, minutes: float) -> None:
    """The command."""
    if shutil.which("redis-server") is None:
        typer.echo(
            "`balcao bench chaos` kills a Redis as well. On Debian: apt-get install redis-server", err=True
        )
        raise typer.Exit(1)
    typer.echo(machine())
    plan = Plan(seconds=minutes * 60, quiet=(1.0, 4.0), hands=6, rest=0.5, seed=time.time_ns())
    folder = Path(tempfile.mkdtemp(prefix="balcao-chaos-"))
    folder.chmod(0o755)
    outcome = asyncio.run(chaos(folder, plan, tell=lambda line: typer.echo(line, err=True)))
    for line in report(outcome):
        typer.echo(line)
    if outcome.verdict.violations:
        typer.echo(f"Everything is left in {folder}.")
        raise typer.Exit(1)
    shutil.rmtree(folder, ignore_errors=True)


async def chaos(folder: Path, plan: Plan, *, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Opens a shop in the folder, kills its parts while people order, and judges what is left."""
    with MailSink() as sink:
        house = await asyncio.to_thread(House, folder, sink)
        try:
            await asyncio.to_thread(migrate, house.database.url)
            runtime = build_runtime(load_settings(data_dir=folder / "data"), house.database.url)
            try:
                return await _torture(house, runtime, plan, sink, tell)
            finally:
                await runtime.close()
        finally:
            await asyncio.to_thread(house.close)


async def _torture(
    house: House, runtime: Runtime, plan: Plan, sink: MailSink, tell: Callable[[str], None]
) -> Outcome:
    tenant = await shop.make_bench_shop(runtime)
    store, goods = await shop.store_and_goods(runtime, tenant)
    await asyncio.to_thread(house.open)
    bodies = await asyncio.to_thread(shop.shopper_bodies, house.base, store, goods)
    shoppers = Shoppers(house.base, bodies, hands=plan.hands, rest=plan.rest, seed=plan.seed)
    began = time.monotonic()
    shoppers.start()
    recovery = await _kill_at_random(house, plan, tell)
    await shoppers.stop()
    shopped = time.monotonic() - began
    if plan.in_turn:
        await _settle_at_once(house, runtime)
    settled = await settle(house.database.url, tenant.id)
    verdict = await judge(runtime, shoppers.told, sink.accepted)
    asked = len(shoppers.told.orders) + len(shoppers.told.unanswered)
    return Outcome(verdict, asked, shoppers.told.again, shopped, settled, recovery)


async def _kill_at_random(house: House, plan: Plan, tell: Callable[[str], None]) -> dict[str, list[float]]:
    chance = random.Random(plan.seed)  # noqa: S311 - chaos, not secrets
    recovery: dict[str, list[float]] = {name: [] for name in house.parts}
    ends, turn = time.monotonic() + plan.seconds, list(house.parts)
    while turn if plan.in_turn else time.monotonic() < ends:
        await asyncio.sleep(chance.uniform(*plan.quiet))
        name = turn.pop(0) if plan.in_turn else chance.choice(list(house.parts))
        began = time.monotonic()
        is_back = await asyncio.to_thread(house.kill, name)
        await _until(is_back)
        recovery[name].append(time.monotonic() - began)
        tell(f"  {name} killed, back after {recovery[name][-1]:.1f} s")
    await asyncio.sleep(chance.uniform(*plan.quiet))
    return recovery


async def _until(is_back: Callable[[], bool]) -> None:
    ends = time.monotonic() + RECOVERED_WITHIN_SECONDS
    while not await asyncio.to_thread(is_back):
        if time.monotonic() > ends:
            raise TimeoutError("what was killed did not come back")
        await asyncio.sleep(0.02)


async def _settle_at_once(house: House, runtime: Runtime) -> None:
    """Without the minute it takes until somebody notices that a worker died."""
    await asyncio.to_thread(house.worker.stop)
    await hand_back(runtime)
    await asyncio.to_thread(house.worker.start)


def report(outcome: Outcome) -> list[str]:
    """The figures as lines."""
    verdict = outcome.verdict
    lines = ["", "| killed | times | back after, p50 s | max s |", "|---|--:|--:|--:|"]
    for name, times in outcome.recovery.items():
        if times:
            lines.append(f"| {name} | {len(times)} | {median(times):.1f} | {max(times):.1f} |")
    asked = (
        f"{outcome.kills} kills in {outcome.shopping_seconds:.0f} s; {outcome.asked} orders asked for, "
        f"{outcome.again} times asked again, {verdict.orders} orders there."
    )
    outside = (
        f"{verdict.mails} messages, {verdict.mails_twice} of them handed over twice (SMTP takes no key; their Message-ID is "
        f"the same); all done {outcome.settle_seconds:.0f} s after the last order."
    )
    violations = [f"violations: {len(verdict.violations)}", *(f"  {one}" for one in verdict.violations)]
    return [*lines, "", asked, outside, *violations]
