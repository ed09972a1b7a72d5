"""What the audit of dependencies says, from reports as pip-audit writes them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from balcao.cli import audit

HOLE = {
    "name": "jinja2", "version": "3.1.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1.9"], "aliases": [], "description": ""}],
}  # fmt: skip
FINE = {"name": "anyio", "version": "4.16.0", "vulns": []}
UNKNOWN = {"name": "zstandard", "skip_reason": "not found"}


def answers(monkeypatch: pytest.MonkeyPatch, said: bytes | Exception) -> None:
    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[bytes]:
        if isinstance(said, Exception):
            raise said
        return subprocess.CompletedProcess([], 0, said)

    monkeypatch.setattr(audit.subprocess, "run", run)


def test_a_hole_fails_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, json.dumps({"dependencies": [FINE, HOLE]}).encode())
    assert audit.audit_dependencies(Path()) is False
    assert "jinja2 3.1.0: PYSEC-2026-1, mended in 3.1.9" in capsys.readouterr().err


def test_what_could_not_be_looked_up_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, json.dumps({"dependencies": [FINE, UNKNOWN, UNKNOWN]}).encode())
    assert audit.audit_dependencies(Path()) is True
    assert "1 of 3 packages audited" in capsys.readouterr().err


@pytest.mark.parametrize(
    "trouble",
    [
        b"Traceback: no route to host",
        subprocess.TimeoutExpired("pip_audit", 1),
        json.dumps({"dependencies": [UNKNOWN]}).encode(),
    ],
)
def test_without_a_line_it_says_so_and_fails_nothing(
    trouble: bytes | Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, trouble)
    assert audit.audit_dependencies(Path()) is True
    assert "cannot be reached" in capsys.readouterr().err
