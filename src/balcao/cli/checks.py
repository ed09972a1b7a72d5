"""`balcao check` and `balcao test`: everything a change must pass, with the tools of the locked requirements."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import typer

from balcao.cli.audit import audit_dependencies

ROOT = Path(__file__).resolve().parents[3]
PATHS = ("src", "tests", "client", "migrations/env.py")
COVERAGE = ("--cov=balcao", "--cov-config=pyproject.toml", "--cov-report=term")
# Decisions without a database: no line and no branch of theirs goes without a test.
PURE_RULES = ("brazil/*", "kernel/money.py", "kernel/identity/team_rules.py",
              "kernel/backups/manifest.py", "kernel/backups/retention.py", *(
    f"modules/store/{name}.py"
    for name in ("pricing", "option_rules", "order_states", "opening_hours", "time_slots", "delivery_areas",
                 "stock_rules", "search_terms", "holidays", "catalog_rules", "catalog_document")
))  # fmt: skip
# Whole installations mostly wait for something: more processes than cores keep the machine busy.
PROCESSES_PER_CORE = 2
LONGEST_FIRST = ("tests/instance", "tests/integration")
BUDGETS = "tests/e2e/test_shop_budgets.py"
# What the tests start, and Debian's packages with it.
PROGRAMS = {
    "redis-server": "redis-server",
    "nginx": "nginx",
    "pgbouncer": "pgbouncer",
    "promtool": "prometheus",
}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def run_checks() -> int:
    """Lint, format, types, import contracts and known holes. Answers the number of failed steps."""
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
    typer.echo("— audit", err=True)
    if not audit_dependencies(ROOT):
        failed.append("audit")
    if failed:
        typer.echo(f"check failed: {', '.join(failed)}", err=True)
    return len(failed)


def run_tests(arguments: list[str], *, coverage: bool = False) -> int:
    """Every test, real PostgreSQL and real Chromium included. Answers pytest's exit code.

    The tests share the machine as several processes, each with its own database; one takes a whole file at a time, and
    the longest come first. Those of the browser have processes of their own, because Playwright and the asynchronous
    tests each want the event loop; those that watch over budgets of time run alone. `coverage` measures the others; what a
    test starts as a process of its own is not seen.
    """
    install_programs()
    measured = COVERAGE if coverage else ()
    if arguments:
        return _pytest([*arguments, *measured])
    processes = int(os.environ.get("TEST_PROCESSES", "") or PROCESSES_PER_CORE * (os.cpu_count() or 1))
    outcomes = [
        _pytest([*_shared(processes), *LONGEST_FIRST, *_other_folders(), *measured]),
        _pytest([*_shared(max(1, processes // 2)), "tests/e2e", f"--ignore={BUDGETS}"]),
        _pytest([BUDGETS]),
    ]
    return max(*outcomes, _pure_rules_are_covered() if coverage else 0)


def _shared(processes: int) -> list[str]:
    """pytest's words for several processes, each with one file after the other as they are named."""
    return ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]


def _other_folders() -> list[str]:
    """Every folder with tests but those that are named already and the browser's."""
    folders = (path for path in sorted((ROOT / "tests").iterdir()) if path.is_dir())
    names = [f"tests/{path.name}" for path in folders if any(path.rglob("test_*.py"))]
    return [name for name in names if name not in {*LONGEST_FIRST, "tests/e2e"}]


def _pure_rules_are_covered() -> int:
    """Fails when a line or a branch of a pure rule did not run in what was just measured."""
    pure = ",".join(f"src/balcao/{name}" for name in PURE_RULES)
    command = [sys.executable, "-m", "coverage", "report", f"--include={pure}", "--fail-under=100"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _pytest(arguments: list[str]) -> int:
    return subprocess.run(_pytest_command(arguments), cwd=ROOT, check=False).returncode


def _pytest_command(arguments: list[str]) -> list[str]:
    # -rs: what was skipped, and what it would have needed, stands at the end.
    return [sys.executable, "-m", "pytest", "-rs", *arguments]


def chromium_path() -> str | None:
    """The browser the tests drive: CHROMIUM, or the first of the usual names."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def install_programs() -> None:
    """What the tests start besides Python, from Debian when this may (root, apt). Without Chromium they do not run; the
    others are parts of an installation that not everybody has: without one its tests are skipped, and listed at the end.
    """
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program, path=path) is None]
    need_chromium(*missing)


def need_chromium(*beside: str) -> None:
    """Installs Chromium, and the packages wished beside it, when this may; says what is missing and stops otherwise."""
    packages = [*beside, *(["chromium"] if chromium_path() is None else [])]
    if packages:
        _install_from_debian(packages)
    if chromium_path() is None:
        typer.echo("The browser tests need Chromium. On Debian: apt-get install chromium", err=True)
        raise typer.Exit(2)


def _install_from_debian(packages: list[str]) -> None:
    """Asks apt, when there is one and this is root. The packages' own services are not started."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    typer.echo(f"Installing {', '.join(packages)} for the tests …", err=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1", **os.environ}
    subprocess.run([apt, "update", "-qq"], env=quiet, check=False)
    subprocess.run(
        [apt, "install", "-y", "-qq", "--no-install-recommends", *packages],
        env=quiet,
        check=False,
        stdout=subprocess.DEVNULL,
    )


def _step(name: str, command: list[str]) -> bool:
    typer.echo(f"— {name}", err=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0
