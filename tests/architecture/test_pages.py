"""What the hand-written pages name is there: files, functions, links, commands, settings."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from balcao.cli.main import app
from balcao.cli.reference.settings import variables
from balcao.kernel.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if "reference" not in path.parts and path.name not in {"CHANGELOG.md", "tutorial.md"}
)
NAMED = re.compile(
    r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|toml|html|lock|in|sql|js|css)|(?:[\w.-]+/)+)(?::(\w+))?`"
)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)\)")
COMMAND = re.compile(r"\./balcao (\w+)")
SETTING = re.compile(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`")
# Written by a person who follows the text, or names of a kind and not of a file.
KINDS = {"NNNN_topic.py", "public.py", "module.py", "locale/pt_BR.po", ".balcao/", "continuous/", "events.py"}
OTHER_VARIABLES = {"RUN_AS", "CHROMIUM", "TEST_DATABASE_URL", "TEST_PROCESSES", "BALCAO_VENV"}


def _places(page: Path, name: str) -> list[Path]:
    """Where a name on a page may lie: from the root, the source, the kernel, the module the page is about, or the shop."""
    source = ROOT / "src" / "balcao"
    bases = [ROOT, source, source / "kernel", source / "modules" / "store"]
    if page.parent.name == "modules":
        bases.insert(0, source / "modules" / page.stem)
    return [base / name for base in bases]


@cache
def _names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return named | assigned


def _faults(page: Path) -> list[str]:
    found: list[str] = []
    for name, inside in NAMED.findall(page.read_text(encoding="utf-8")):
        if name in KINDS:
            continue
        path = next((place for place in _places(page, name) if place.exists()), None)
        if path is None:
            found.append(f"no {name}")
        elif inside and inside not in _names_in(path):
            found.append(f"no {inside} in {name}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert _faults(page) == []
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []
    commands = {command.name for command in app.registered_commands} | {
        (command.callback.__name__ if command.callback else "") for command in app.registered_commands
    }
    commands |= {group.name for group in app.registered_groups}
    assert [name for name in COMMAND.findall(text) if name not in commands] == []
    settings = {name for key, field in Settings.model_fields.items() for name in variables(key, field)}
    assert [name for name in SETTING.findall(text) if name not in settings | OTHER_VARIABLES] == []


def test_every_module_has_its_page() -> None:
    modules = {path.parent.name for path in (ROOT / "src" / "balcao" / "modules").glob("*/module.py")}
    pages = {path.stem for path in (ROOT / "docs" / "modules").glob("*.md")}
    assert pages == modules


def test_a_wrong_name_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`kernel/nowhere.py`, `kernel/work.py:no_such_thing`, `kernel/work.py:UnitOfWork`, `kernel/`"
    )
    assert _faults(page) == ["no kernel/nowhere.py", "no no_such_thing in kernel/work.py"]


def test_the_layers_of_the_kernel_are_the_contracts() -> None:
    """The table in ARCHITECTURE.md names every layer of the contract, lower ones first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(item for item in contracts if item.get("containers") == ["balcao.kernel"])["layers"]
    height = {name.strip(): -rank for rank, layer in enumerate(layers) for name in layer.split("|")}
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.partition("## The kernel, bottom up")[2].partition("\n## ")[0]
    rows = [
        re.findall(r"`(\w+)(?:\.py|/)`", line.split("|")[1])
        for line in table.splitlines()
        if line.startswith("| `")
    ]
    assert {name for row in rows for name in row} == set(height)
    ends = [(min(height[name] for name in row), max(height[name] for name in row)) for row in rows]
    assert [(low, high) for (_, low), (high, _) in pairwise(ends) if low > high] == []
