"""Driving a server with `wrk`, and reading what it did from the kernel's books."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")

# What every script of ours prints at its end; wrk itself prints for people.
LUA_DONE = """
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('BENCH {"requests":%d,"seconds":%.6f,"p50":%.3f,"p95":%.3f,"p99":%.3f,"refused":%d,"broken":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, e.status, e.connect + e.read + e.write + e.timeout))
end
"""


class LoadToolMissingError(Exception):
    """`wrk` is not on this machine."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one scenario. Times of answers are milliseconds; CPU is milliseconds per operation."""

    per_second: float
    p50: float
    p95: float
    p99: float
    refused: int
    broken: int
    server_cpu: float
    database_cpu: float

    @property
    def cpu(self) -> float:
        """Server and database together."""
        return self.server_cpu + self.database_cpu


def find_wrk() -> str:
    """Path of wrk; installed from Debian when that is allowed. Raises LoadToolMissingError."""
    found = shutil.which("wrk")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(  # noqa: S603 - fixed words
            ["apt-get", "install", "-y", "-qq", "wrk"],  # noqa: S607
            check=False, stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
        found = shutil.which("wrk")
    if found is None:
        raise LoadToolMissingError
    return found


def run_wrk(script: Path, url: str, *, connections: int, seconds: float) -> dict[str, float]:
    """One load: `script` against `url`; the counts that the script prints at its end."""
    threads = 1 if connections < 32 else 2
    command = [
        find_wrk(), f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s",
        "-s", str(script), url,
    ]  # fmt: skip
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    line = next(line for line in ran.stdout.splitlines() if line.startswith("BENCH "))
    return json.loads(line.removeprefix("BENCH "))


def sample(script: Path, url: str, *, connections: int, seconds: float, server: int, database: int) -> Sample:
    """Runs a load and divides the CPU that server and database used by the operations done."""
    server_before, database_before = cpu_seconds(tree(server)), cpu_seconds(tree(database))
    told = run_wrk(script, url, connections=connections, seconds=seconds)
    done = max(1.0, told["requests"])
    return Sample(
        per_second=told["requests"] / told["seconds"],
        p50=told["p50"],
        p95=told["p95"],
        p99=told["p99"],
        refused=int(told["refused"]),
        broken=int(told["broken"]),
        server_cpu=(cpu_seconds(tree(server)) - server_before) * 1000 / done,
        database_cpu=(cpu_seconds(tree(database)) - database_before) * 1000 / done,
    )


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat after the name: [0] is the state, [1] the parent."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()


def tree(root: int) -> list[int]:
    """A process and everything under it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue  # it ended while we looked
    found = [root]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of the processes, with that of their ended children."""
    ticks = 0
    for pid in pids:
        try:
            ticks += sum(int(value) for value in _stat(pid)[11:15])
        except OSError:
            continue
    return ticks / _TICKS


def memory_bytes(pids: Iterable[int]) -> int:
    """Memory the processes hold: proportional set size, so that shared pages count once."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        line = next((line for line in rollup.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
        total += int(line.split()[1]) * 1024
    return total
