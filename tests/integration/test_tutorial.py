"""docs/tutorial.md is followed word for word in a copy of the product, and what it builds passes everything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_COPIED = shutil.ignore_patterns(
    "e2e", ".git", ".venv", ".balcao", ".*_cache", ".hypothesis",
    ".schemathesis", "schemathesis-report", "htmlcov", ".coverage*", "node_modules",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code of the tutorial, and the file it is or changes."""

    language: str
    file: str
    text: str


def blocks() -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))]


def changed(text: str, difference: str) -> str:
    """The text with a difference applied; each part between @@ must fit in exactly one place."""
    for part in difference.split("@@\n"):
        lines = part.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count(before) == 1, f"the tutorial changes a place that is not there (once):\n{before}"
        text = text.replace(before, after)
    return text


def run(folder: Path, *command: str) -> str:
    """Runs a command of the product in the copy; its output is the failure's text."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    environment.pop("TEST_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product to which everything of the tutorial was done."""
    folder = tmp_path_factory.mktemp("tutorial") / "balcao"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    (folder / ".venv").symlink_to(sys.prefix)
    for block in blocks():
        path = folder / block.file
        if block.language == "diff":
            path.write_text(changed(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        elif block.language != "sh":
            assert not path.exists(), f"{block.file} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    run(folder, "-m", "balcao.cli", "reference")
    return folder


def test_the_tutorial_leaves_the_kernel_alone() -> None:
    files = [block.file for block in blocks() if block.language != "sh"]
    assert len(files) > 14
    assert [name for name in files if name.startswith("src/balcao/kernel")] == []
    assert all(block.file for block in blocks() if block.language != "sh")


def test_its_tests_and_the_house_rules_pass(followed: Path) -> None:
    """Walls, guards, drift, both languages, plan doors: the new module like every other."""
    said = run(
        followed,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/integration/notices",
        "tests/architecture",
        # Nothing of a module is in these.
        *(
            f"--ignore=tests/architecture/test_{name}.py"
            for name in ("client", "deploy_files", "distribution", "references", "start")
        ),
    )
    assert re.search(r"\[100%\]|passed", said)


def test_its_code_is_clean(followed: Path) -> None:
    code = ["src/balcao/modules/notices", "src/balcao/registry.py", "tests/integration/notices"]
    run(followed, "-m", "ruff", "check", *code)
    run(followed, "-m", "ruff", "format", "--check", *code)
    run(followed, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    run(followed, "-m", "pyright", "src/balcao/modules/notices")


def test_the_commands_it_names_exist() -> None:
    commands = [line for block in blocks() if block.language == "sh" for line in block.text.splitlines()]
    known = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert len(commands) >= 4
    assert [line for line in commands if f"## `./balcao {line.split()[1]}`" not in known] == []
