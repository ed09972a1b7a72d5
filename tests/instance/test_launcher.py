"""The launcher by itself, with stand-ins for Python and pip: what it says, and that it goes on where it was cut off."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.instance.program import ROOT

TOOLS = ("sh", "dirname", "cat", "cksum", "cut", "find", "id", "mkdir", "flock", "rm", "touch", "chmod")
# A Python that makes environments of itself, installs unless the network is gone, and says how it was called.
PYTHON = """#!/bin/sh
echo "python $*" >>"$CALLS"
case "$*" in
*version_info*) exit 0 ;;
"-m venv"*) for folder in "$@"; do :; done; mkdir -p "$folder/bin"; cat "$0" >"$folder/bin/python"; chmod +x "$folder/bin/python" ;;
"-m pip"*) [ ! -f "$NO_NETWORK" ] || { echo "no route to host" >&2; exit 1; } ;;
*) echo "runs: $*"; pwd; echo "from $BALCAO_STARTED_IN" ;;
esac
"""


class Checkout:
    """A checkout with nothing but the launcher and its lock files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin, self.calls_path = folder / "código fonte", folder / "bin", folder / "calls"
        self.no_network = folder / "no-network"
        self.folder.mkdir()
        self.bin.mkdir()
        (self.folder / "src").mkdir()
        for name in ("balcao", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / name, self.folder / name)
        for tool in TOOLS:
            found = shutil.which(tool)
            if found is not None:
                (self.bin / tool).symlink_to(found)

    def add_python(self) -> None:
        (self.bin / "python3").write_text(PYTHON)
        (self.bin / "python3").chmod(0o755)

    def run(
        self, *arguments: str, options: dict[str, Any] | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": str(self.bin),
            "CALLS": str(self.calls_path),
            "NO_NETWORK": str(self.no_network),
            **more,
        }
        return subprocess.run(
            [str(self.folder / "balcao"), *arguments], cwd="/", env=env, capture_output=True, text=True, check=False,
            **(options or {}),
        )  # fmt: skip

    @property
    def calls(self) -> list[str]:
        return self.calls_path.read_text().splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_without_python_it_says_which_one_is_needed(checkout: Checkout) -> None:
    said = checkout.run("up")
    assert said.returncode == 1
    assert "Python 3.11 or newer" in said.stderr


def test_without_a_network_it_says_so_and_goes_on_later(checkout: Checkout) -> None:
    checkout.add_python()
    checkout.no_network.touch()
    said = checkout.run("up")
    assert said.returncode == 1
    assert "no route to host" in said.stderr
    assert "The first start needs the network" in said.stderr

    checkout.no_network.unlink()
    said = checkout.run("up", "--port", "1")
    assert said.returncode == 0
    assert said.stdout.splitlines() == ["runs: -m balcao.cli up --port 1", str(checkout.folder), "from /"]
    assert sum("-m venv" in call for call in checkout.calls) == 1

    before = len(checkout.calls)
    checkout.run("up")
    assert len(checkout.calls) == before + 1  # the second start goes straight to the program


def test_an_environment_cut_off_in_the_making_is_made_anew(checkout: Checkout) -> None:
    checkout.add_python()
    checkout.run("up")
    (checkout.folder / ".venv" / ".balcao-made").unlink()
    checkout.run("up")
    assert sum("-m venv" in call for call in checkout.calls) == 2


def test_the_tools_of_the_tests_come_only_when_asked_for(checkout: Checkout) -> None:
    checkout.add_python()
    checkout.run("up")
    assert not any("requirements-dev.lock" in call for call in checkout.calls)
    checkout.run("test", "tests/unit")
    assert any("requirements-dev.lock" in call for call in checkout.calls)


def test_a_checkout_one_may_not_write_is_used_from_the_cache(checkout: Checkout, tmp_path: Path) -> None:
    checkout.add_python()
    home = tmp_path / "home"
    home.mkdir()
    options = {}
    if os.geteuid() == 0:  # root may write anywhere, so somebody else tries
        for path in (home, tmp_path):
            os.chown(path, 65534, 65534)
        tmp_path.parent.chmod(0o711)
        tmp_path.parent.parent.chmod(0o711)
        options = {"user": 65534, "group": 65534, "extra_groups": []}
    checkout.folder.chmod(0o555)
    said = checkout.run("up", options=options, HOME=str(home))
    checkout.folder.chmod(0o755)
    assert said.returncode == 0, said.stderr
    assert not (checkout.folder / ".venv").exists()
    assert list((home / ".cache" / "balcao").glob("venv-*"))
