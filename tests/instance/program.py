"""The real program as processes, started as a person would."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START_WITHIN_SECONDS = 120
STOP_WITHIN_SECONDS = 30


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """A person's environment: nothing of this run's settings in it."""
    return {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "RATE_LIMIT_SCALE": "1000", "LANG": "C.UTF-8", **more,
    }  # fmt: skip


def balcao(
    *arguments: str, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "balcao.cli", *arguments], cwd=ROOT, env=env or environment(), capture_output=True,
        text=True, timeout=START_WITHIN_SECONDS, check=False, **options,
    )  # fmt: skip


def is_running(pid: int) -> bool:
    """Whether a process lives; one that ended and is not yet mourned does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@dataclass
class Program:
    """A running `balcao up`."""

    process: subprocess.Popen[bytes]
    data: Path
    url: str
    log_path: Path

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    @property
    def postgres(self) -> int:
        """Process of its database server."""
        return int((self.data / "postgres" / "postmaster.pid").read_text().split()[0])

    def get(self, path: str, **headers: str) -> bytes:
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read()

    def wait_until_open(self) -> None:
        ends = time.monotonic() + START_WITHIN_SECONDS
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                self.get("/health/live")
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"balcao up did not come up:\n{self.log[-3000:]}")

    def stop(self, kind: int = signal.SIGINT) -> int:
        """Signals the whole group, as Ctrl-C in a terminal does; answers the exit code."""
        os.killpg(self.process.pid, kind)
        try:
            return self.process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"it does not stop:\n{self.log[-3000:]}") from late

    def kill(self) -> None:
        """Everything dies at once, save the database server, which is in no group of ours."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_WITHIN_SECONDS)


def start(data: Path, log_path: Path, *, wait: bool = True, **options: Any) -> Program:
    """`balcao up` on a data folder, on a free port."""
    port = free_port()
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "balcao.cli", "up", "--port", str(port), "--data", str(data)],
            cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **{"env": environment(), **options},
        )  # fmt: skip
    program = Program(process, data, f"http://127.0.0.1:{port}", log_path)
    if wait:
        program.wait_until_open()
    return program
