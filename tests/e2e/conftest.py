"""A whole installation, started with `balcao up` as anybody would, and a real Chromium in front of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from balcao.cli.checks import chromium_path
from tests.e2e.page_checks import Watch, watch

ROOT = Path(__file__).parents[2]
START_WITHIN_SECONDS = 90
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """The address of a fresh installation with the demo businesses."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="balcao-e2e-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "RATE_LIMIT_SCALE": "100"}
        with (Path(folder) / "up.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "balcao.cli", "up", "--port", str(port), "--data", f"{folder}/data"],
                cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        url = f"http://localhost:{port}"
        try:
            _wait(url, process, Path(folder) / "up.log")
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.2)
    raise AssertionError(f"balcao up did not come up:\n{log.read_text(errors='replace')[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Visitor:
    """A page and the watch over it."""

    page: Page
    base: str
    seen: Watch

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def assert_clean(self) -> None:
        self.seen.assert_clean()


def visit(
    browser: Browser, base: str, *, width: int, javascript: bool = True, language: str = "pt-BR"
) -> Visitor:
    """A fresh visitor on a screen of this width, watched from the first request on."""
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        java_script_enabled=javascript,
        locale=language,
        timezone_id="America/Sao_Paulo",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    return Visitor(page, base, watch(page, base))
