"""`balcao check` and `balcao test`: everything a change must pass, with the tools of the locked requirements."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import typer

ROOT = Path(__file__).resolve().parents[3]
PATHS = ("src", "tests", "migrations/env.py")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def run_checks() -> int:
    """Lint, format, types and import contracts. Answers the number of failed steps."""
    python = sys.executable
    steps = (
        ("lint", [python, "-m", "ruff", "check", *PATHS]),
        ("format", [python, "-m", "ruff", "format", "--check", *PATHS]),
        (
            "imports",
            [python, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        ),
        ("types", [python, "-m", "pyright", "--project", str(ROOT)]),
    )
    failed = [name for name, command in steps if not _step(name, command)]
    if failed:
        typer.echo(f"check failed: {', '.join(failed)}", err=True)
    return len(failed)


def run_tests(arguments: list[str]) -> int:
    """Every test, real PostgreSQL and real Chromium included. Answers pytest's exit code.

    The browser tests run in a process of their own: Playwright and the asynchronous tests each want the event loop.
    """
    need_chromium()
    if arguments:
        return _pytest(arguments)
    outcomes = [_pytest(["tests", "--ignore=tests/e2e"]), _pytest(["tests/e2e"])]
    return max(outcomes)


def _pytest(arguments: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def chromium_path() -> str | None:
    """The browser the tests drive: CHROMIUM, or the first of the usual names."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def need_chromium() -> None:
    """Installs Debian's Chromium when this may (root, apt); says what is missing and stops otherwise."""
    if chromium_path() is not None:
        return
    apt = shutil.which("apt-get")
    if apt is not None and os.geteuid() == 0:
        typer.echo("Installing Chromium for the browser tests …", err=True)
        quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
        subprocess.run([apt, "update", "-qq"], env=quiet, check=False)
        subprocess.run(
            [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            env=quiet,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    if chromium_path() is None:
        typer.echo("The browser tests need Chromium. On Debian: apt-get install chromium", err=True)
        raise typer.Exit(2)


def _step(name: str, command: list[str]) -> bool:
    typer.echo(f"— {name}", err=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0
