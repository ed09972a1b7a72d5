"""The units of deploy/systemd: systemd understands them, and they can do little besides their work."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
# Of 10, as `systemd-analyze security` counts; ours stand at 1.2. What is left is the network, which they need.
MOST_EXPOSED = 2.5

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="needs systemd-analyze (on Debian: apt-get install systemd)",
)


def instance_of(name: str) -> str:
    return name.replace("api@", "api@blue").replace("worker@", "worker@1")


def test_there_are_units_for_every_part() -> None:
    assert {
        "balcao-api@.service",
        "balcao-worker@.service",
        "balcao-bulk.service",
        "balcao-backup.service",
    } == set(SERVICES)
    assert (UNITS / "balcao-backup.timer").is_file()


def test_systemd_understands_them(tmp_path: Path) -> None:
    """It also looks for the programs, so these are put where the copies look."""
    for folder in ("blue", "current"):
        program = tmp_path / folder / "balcao"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    for unit in UNITS.iterdir():
        text = (
            unit.read_text()
            .replace("/opt/balcao/%i", f"{tmp_path}/blue")
            .replace("/opt/balcao", str(tmp_path))
        )
        (tmp_path / unit.name).write_text(text)
    names = [*map(instance_of, SERVICES), "balcao-backup.timer"]
    said = subprocess.run(
        ["systemd-analyze", "verify", *names], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    ours = [line for line in said.stderr.splitlines() if "balcao" in line]
    assert (said.returncode, ours) == (0, [])


@pytest.mark.parametrize("name", SERVICES)
def test_they_can_do_little_besides(name: str) -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNITS / name)],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    score = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert score, said
    assert float(score[1]) <= MOST_EXPOSED


def test_every_command_exists() -> None:
    from typer.main import get_command

    from balcao.cli.main import app

    known = get_command(app).commands  # type: ignore[attr-defined]
    for unit in UNITS.glob("*.service"):
        for words in re.findall(r"^ExecStart=\S+/balcao (.+)$", unit.read_text(), re.MULTILINE):
            command = known[words.split()[0]]
            if hasattr(command, "commands"):
                command = command.commands[words.split()[1]]
            taken = {option for parameter in command.params for option in parameter.opts}
            assert set(re.findall(r"--[a-z-]+", words)) <= taken, words
