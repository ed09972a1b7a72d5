"""Starting the servers that are measured, each in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A running server. `base` is its address; `pid` the process to account."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], port: int, log: Path
    ) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._log = log.open("ab")
        self.process = subprocess.Popen(  # noqa: S603 - our own words
            command, env={**os.environ, **environment}, stdout=self._log, stderr=self._log, start_new_session=True
        )  # fmt: skip
        self.name = name
        self.pid = self.process.pid

    def wait(self, path: str, headers: dict[str, str] | None = None, *, seconds: float = 60) -> float:
        """Seconds until the first good answer. Raises TimeoutError."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self.process.poll() is not None:
                raise TimeoutError(f"{self.name} ended by itself; see {self._log.name}")
            try:
                if httpx.get(self.base + path, headers=headers, timeout=5).status_code == 200:
                    return time.monotonic() - began
            except httpx.TransportError:
                pass  # not listening yet
            time.sleep(0.02)
        raise TimeoutError(f"{self.name} did not answer; see {self._log.name}")

    def stop(self) -> None:
        """Ends it, in order."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGINT)
            try:
                self.process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self.process.wait()
        self._log.close()


def control(factory: str, database_url: str, log: Path) -> Served:
    """One of the controls, under the server options that ours runs with."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", f"balcao.cli.bench.controls:{factory}", "--factory", "--port", str(port),
        "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    return Served(factory, command, {"BENCH_DATABASE_URL": database_url}, port, log)


def ours(data: Path, log: Path, name: str = "balcao", **environment: str) -> Served:
    """The program itself, one server process without limits on the rate."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "balcao.cli",
        "serve",
        "--port",
        str(port),
        "--host",
        "127.0.0.1",
        "--data",
        str(data),
    ]
    quiet = {"RATE_LIMIT_SCALE": "1000000", "LOG_LEVEL": "INFO", "LOG_FORMAT": "json", "DEFAULT_TENANT": ""}
    return Served(name, command, {**quiet, **environment}, port, log)


def worker(data: Path, log: Path) -> Served:
    """A job worker beside it."""
    command = [sys.executable, "-m", "balcao.cli", "worker", "--data", str(data)]
    return Served("worker", command, {"LOG_LEVEL": "WARNING"}, 0, log)


def everything(data: Path, port: int, log: Path) -> Served:
    """`balcao up`: all parts in one process."""
    command = [sys.executable, "-m", "balcao.cli", "up", "--port", str(port), "--data", str(data)]
    return Served("up", command, {}, port, log)
