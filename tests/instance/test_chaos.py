"""Each part of the house is killed once while people order: nothing is lost, nothing is there twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from balcao.cli.bench.chaos import Plan, chaos, report


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server")
async def test_what_was_answered_is_there_once_whatever_dies(workshop: Path) -> None:
    folder = workshop / "chaos"
    folder.mkdir()
    outcome = await chaos(folder, Plan(seconds=0, quiet=(0.3, 0.8), hands=2, rest=0.3, seed=1, in_turn=True))
    assert outcome.verdict.violations == [], report(outcome)
    assert {name: len(times) for name, times in outcome.recovery.items()} == {
        "database": 1, "redis": 1, "api": 1, "worker": 1,
    }  # fmt: skip
    assert outcome.again > 0, "shoppers noticed"
    assert outcome.verdict.orders > 10
