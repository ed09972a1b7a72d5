"""The table: medians with their spread, ratios to a control of the same run, and what was aimed at."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from balcao.cli.bench.load import Sample


@dataclass(frozen=True, slots=True)
class Aim:
    """What a scenario should reach: a ratio to the control `beside`, or (without one) requests per second."""

    beside: str
    must: float
    goal: float


@dataclass(slots=True)
class Row:
    """A scenario with its samples, one of each round."""

    name: str
    title: str
    aim: Aim | None = None
    samples: list[Sample] = field(default_factory=list[Sample])

    def middle(self, of: Callable[[Sample], float]) -> float:
        """The median over the rounds."""
        return median(of(sample) for sample in self.samples)

    @property
    def per_second(self) -> float:
        """Requests per second, median."""
        return self.middle(lambda sample: sample.per_second)

    @property
    def spread(self) -> float:
        """Fastest round over slowest."""
        rates = [sample.per_second for sample in self.samples]
        return max(rates) / max(min(rates), 1e-9)


def machine() -> str:
    """The machine in a line."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, Linux {platform.release()}, "
        f"Python {platform.python_version()}; load before: {load:.1f}"
    )


def table(rows: Iterable[Row]) -> list[str]:
    """The scenarios as a Markdown table. CPU is milliseconds per operation, of the server + of PostgreSQL."""
    rows = list(rows)
    by_name = {row.name: row for row in rows}
    lines = [
        "| scenario | per second | spread | p50 / p95 / p99 ms | CPU ms | ratio | must / goal | refused, broken |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        server = row.middle(lambda sample: sample.server_cpu)
        database = row.middle(lambda sample: sample.database_cpu)
        refused = sum(sample.refused for sample in row.samples), sum(sample.broken for sample in row.samples)
        lines.append(
            f"| {row.title} | {row.per_second:,.0f} | {row.spread:.2f}x | "
            f"{_latency(row)} | "
            f"{server:.2f} + {database:.2f} | {_ratio(row, by_name)} | {_aim(row)} | {refused[0]}, {refused[1]} |"
        )
    return lines


def _latency(row: Row) -> str:
    if not row.middle(lambda sample: sample.p50):
        return "–"
    times = (
        row.middle(lambda sample: sample.p50),
        row.middle(lambda sample: sample.p95),
        row.middle(lambda sample: sample.p99),
    )
    return " / ".join(f"{time:.1f}" for time in times)


def ratio_of(row: Row, by_name: dict[str, Row]) -> float | None:
    """How it did: beside its control, or in requests per second when it has none."""
    if row.aim is None:
        return None
    if not row.aim.beside:
        return row.per_second
    other = by_name[row.aim.beside]
    # Rounds are compared with their own control, then the middle is taken: the machine changes between rounds.
    return median(
        ours.per_second / theirs.per_second for ours, theirs in zip(row.samples, other.samples, strict=True)
    )


def _ratio(row: Row, by_name: dict[str, Row]) -> str:
    reached = ratio_of(row, by_name)
    if row.aim is None or reached is None or not row.aim.beside:
        return "–"
    return f"{reached:.3f}x of {by_name[row.aim.beside].title}"


def _aim(row: Row) -> str:
    if row.aim is None:
        return "–"
    unit = "x" if row.aim.beside else "/s"
    return f"{row.aim.must:g}{unit} / {row.aim.goal:g}{unit}"
