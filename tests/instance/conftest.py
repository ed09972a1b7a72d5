"""One instance with the demo is made for the folder; each test works on a copy of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from balcao.kernel.db.embedded import EmbeddedPostgres
from tests.instance.program import Program, balcao, start


@pytest.fixture(scope="session")
def workshop() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="balcao-instances-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def first_start(workshop: Path) -> Program:
    """A first start on nothing, stopped with Ctrl-C. A shop that never closes was put beside the demo."""
    program = start(workshop / "first", workshop / "first.log")
    program.get("/loja/padaria")
    seeded = balcao("seed", "--scale", "1", "--orders", "30", "--data", str(program.data))
    assert "Made 1 businesses with 30 orders" in seeded.stdout, seeded.stderr
    assert program.process.poll() is None, "a command on a running instance leaves its database running"
    program.get("/health")
    program.stop()
    return program


@pytest.fixture
def make_copy(workshop: Path, first_start: Program, request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """Copies of the first instance, gone after the test with whatever runs on them."""

    def copy(name: str) -> Path:
        target = workshop / f"{request.node.name} {os.getpid()}" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(first_start.data), str(target)], check=True)
        request.addfinalizer(lambda: _clear(target))
        return target

    return copy


@pytest.fixture
def keep() -> Iterator[list[Program]]:
    """Programs put here are not left running, whatever the test does."""
    programs: list[Program] = []
    yield programs
    for program in programs:
        if program.process.poll() is None:
            program.kill()


def _clear(data: Path) -> None:
    if not data.exists():
        return
    EmbeddedPostgres(data / "postgres").stop_orphan()
    shutil.rmtree(data, ignore_errors=True)
