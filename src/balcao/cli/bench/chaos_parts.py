"""The parts of an installation as processes of their own, each of which can be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg

from balcao.cli.bench.servers import free_port
from balcao.kernel.db.embedded import EmbeddedPostgres

READY_WITHIN_SECONDS = 60.0


class Part:
    """One process. `ready` says whether it does its work; `kill` ends it without a warning."""

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        log: Path,
        ready: Callable[[], bool],
    ) -> None:
        self.name = name
        self.ready = ready
        self._command = command
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process; 0 before the first start."""
        return self._process.pid if self._process else 0

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts it and does not wait."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """Ends it at once, and whatever it started."""
        self._signal(signal.SIGKILL, 10)

    def stop(self) -> None:
        """Ends it in order."""
        if self.is_alive and not self._signal(signal.SIGTERM, 30):
            self.kill()

    def wait(self, seconds: float = READY_WITHIN_SECONDS) -> None:
        """Until it is ready. Raises TimeoutError."""
        ends = time.monotonic() + seconds
        while not self.ready():
            if time.monotonic() > ends or not self.is_alive:
                raise TimeoutError(f"{self.name} is not ready; see {self._log}")
            time.sleep(0.02)

    def _signal(self, kind: signal.Signals, seconds: float) -> bool:
        if self._process is None:
            return True
        try:
            os.killpg(self._process.pid, kind)
            self._process.wait(seconds)
        except ProcessLookupError:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


class PostgresPart(Part):
    """A server of its own, that knows nothing of the program; the address stays the same over restarts."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.server = EmbeddedPostgres(folder, durable=durable)
        self._folder = folder
        super().__init__("database", [], {}, folder.with_suffix(".log"), self._answers)
        self.url = ""

    @property
    def pid(self) -> int:
        return int((self._folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    @property
    def is_alive(self) -> bool:
        return self.server.is_alive()

    def start(self) -> None:
        self.server.start()
        self.url = self.server.database_url()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        self.server.stop()

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                connection.execute("select 1")
        except psycopg.Error:
            return False
        return True


def program_environment(data: Path, database_url: str, **more: str) -> dict[str, str]:
    """What a process of the program is given: nothing of the settings of this one."""
    here = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "TMPDIR") if name in os.environ}
    return {
        **here, "LANG": "C.UTF-8", "BALCAO_DATA": str(data), "DATABASE_URL": database_url, "LOG_FORMAT": "json",
        "LOG_LEVEL": "WARNING", "RATE_LIMIT_SCALE": "1000000", "DATABASE_POOL_SIZE": "8", **more,
    }  # fmt: skip


def api_part(environment: dict[str, str], log: Path, port: int = 0) -> tuple[Part, str]:
    """A process that serves, and its address. Its port stays the same over restarts."""
    port = port or free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "balcao.cli", "serve", "--port", str(port), "--host", "127.0.0.1"]
    return Part("api", command, environment, log, lambda: _says_ok(f"{base}/health/live")), base


def worker_part(environment: dict[str, str], log: Path, *, concurrency: int = 4) -> Part:
    """A process that works off jobs. Ready at once: what it does shows in the queue."""
    command = [sys.executable, "-m", "balcao.cli", "worker", "--concurrency", str(concurrency)]
    return Part("worker", command, environment, log, lambda: True)


def redis_part(folder: Path, port: int = 0) -> tuple[Part, str]:
    """A Redis that keeps nothing, and its address."""
    port = port or free_port()
    command = [
        "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
        "--dir", str(folder), "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru",
    ]  # fmt: skip
    return (
        Part("redis", command, dict(os.environ), folder / "redis.log", lambda: _listens(port)),
        f"redis://127.0.0.1:{port}/0",
    )


def _says_ok(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
