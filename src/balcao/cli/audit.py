"""Known holes in what is locked, where the index's advisories can be reached."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer

LOCKS = ("requirements.lock", "requirements-dev.lock")
WITHIN_SECONDS = 120.0


def audit_dependencies(root: Path) -> bool:
    """False when a locked package has a known hole. Without a line to the advisories it says so and answers True."""
    for lock in LOCKS:
        report = _report(root / lock)
        if report is None or not any("skip_reason" not in package for package in report["dependencies"]):
            typer.echo(f"{lock}: not audited, the advisories cannot be reached.", err=True)
            continue
        skipped, holes = findings(report)
        for hole in holes:
            typer.echo(f"{lock}: {hole}", err=True)
        if holes:
            return False
        packages = len(report["dependencies"])
        typer.echo(f"{lock}: {packages - skipped} of {packages} packages audited, no known hole.", err=True)
    return True


def findings(report: dict[str, Any]) -> tuple[int, list[str]]:
    """How many packages could not be looked up, and each hole as `package version: ID, mended in …`."""
    packages: list[dict[str, Any]] = report["dependencies"]
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for package in packages
        for hole in package.get("vulns", ())
    ]
    return sum("skip_reason" in package for package in packages), holes


def _report(lock: Path) -> dict[str, Any] | None:
    command = [
        sys.executable, "-m", "pip_audit", f"--requirement={lock}", "--disable-pip", "--require-hashes",
        "--progress-spinner=off", "--format=json",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=WITHIN_SECONDS)
        report: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return report
