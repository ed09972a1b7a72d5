"""What holds for the files themselves: sizes, licences, no address of a package index, the web framework in its place."""

from __future__ import annotations

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "balcao"
STATIC = SOURCE / "kernel" / "web" / "static"
NOT_OURS = {
    ".git", ".venv", ".balcao", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache",
    ".schemathesis", "schemathesis-report", "htmlcov", "node_modules",
}  # fmt: skip
TEXT = {".py", ".md", ".toml", ".in", ".lock", ".po", ".html", ".js", ".css", ".txt", ".yaml", ".yml", ".sql", ".cfg", ".ini", ".json", ""}  # fmt: skip
# Written in parts, so that this file does not name them either.
INDEX_HOSTS = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"))
]
INDEX_ADDRESS = re.compile(
    "|".join(
        [
            *map(re.escape, INDEX_HOSTS),
            r"(?<!emit-)index-url[ =]+\S*://",
            r"(?i:(PIP|UV)_[A-Z_]*INDEX[A-Z_]*=)",
        ]
    )
)


def _committed(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS:
            continue
        if path.is_dir():
            yield from _committed(path)
        elif path.is_file():
            yield path


def test_no_file_names_a_package_index() -> None:
    texts = [path for path in _committed() if path.suffix in TEXT]
    assert len(texts) > 300
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in texts
        if (match := INDEX_ADDRESS.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        f"see https://{INDEX_HOSTS[0]}/x",
        "--extra-index" + "-url=https://mirror/simple",
        "PIP_INDEX" + "_URL=x",
    ],
)
def test_an_index_would_be_found(line: str) -> None:
    assert INDEX_ADDRESS.search(line)
    assert not INDEX_ADDRESS.search("uv pip compile --no-emit-index-url -o requirements.lock")


def _licences(folder: Path) -> list[str]:
    marks = ("-LICENSE", "-OFL")
    return [path.name.split(mark)[0] for path in folder.iterdir() for mark in marks if mark in path.name]


def _third_party() -> list[Path]:
    folders = [STATIC / "fonts", *(path for path in ROOT.glob("tests/*/vendor/*") if path.is_dir())]
    folders += [path for path in (STATIC / "vendor").rglob("*") if path.is_dir()] + [STATIC / "vendor"]
    code = {".js", ".css", ".woff2", ".sql", ".svg"}
    found = [path for folder in folders for path in folder.iterdir() if path.suffix in code]
    return [*found, *(ROOT / "migrations" / "sql").glob("*.sql")]


def test_every_third_party_file_has_its_licence_beside_it() -> None:
    files = _third_party()
    assert len(files) >= 7
    bare = [
        str(path.relative_to(ROOT))
        for path in files
        if not (path.parent / "LICENSE").exists()
        and not any(path.name.startswith(name) for name in _licences(path.parent))
    ]
    assert bare == []


def test_third_party_files_are_the_ones_written_down() -> None:
    table = (STATIC / "vendor" / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", table, re.MULTILINE)
    served = {path.relative_to(STATIC).as_posix() for path in _third_party() if path.is_relative_to(STATIC)}
    assert served - {name for name, _ in lines} == set()
    changed = [
        name for name, digest in lines if hashlib.sha256((STATIC / name).read_bytes()).hexdigest() != digest
    ]
    assert changed == []


def _function_sizes() -> list[int]:
    return sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_nine_functions_of_ten_fit_on_a_screen() -> None:
    sizes = _function_sizes()
    assert sizes[int(len(sizes) * 0.9)] <= 25


HTTP_FILES = {"api", "pages", "webhooks", "routes"}
FRAMEWORKS = {"fastapi", "starlette", "httpx"}
# The session cookie is HTTP by its nature and shared by pages and API.
HTTP_BY_NATURE = {"modules/admin/session_cookie.py"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_only_http_files_of_a_module_know_the_web_framework() -> None:
    found: list[str] = []
    for path in (SOURCE / "modules").rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        topic = name.split("/")[2].removesuffix(".py") if name.count("/") >= 2 else ""
        if topic in HTTP_FILES or name in HTTP_BY_NATURE or topic == "hot_doors":
            continue
        wrong = {
            n for n in _imports(path) if n.split(".")[0] in FRAMEWORKS or n.startswith("balcao.kernel.web")
        }
        found += [f"{name}: {n}" for n in sorted(wrong)]
    assert found == []


PURE = ("pricing", "option_rules", "order_states", "opening_hours", "time_slots", "delivery_areas", "stock_rules", "search_terms", "holidays")  # fmt: skip


def test_pure_rules_know_neither_database_nor_kernel() -> None:
    found: list[str] = []
    for path in (SOURCE / "modules" / "store").glob("*.py"):
        if path.stem not in PURE:
            continue
        allowed = ("balcao.brazil", "balcao.kernel.money", *(f"balcao.modules.store.{name}" for name in PURE))
        found += [
            f"{path.stem}: {name}"
            for name in _imports(path)
            if (name.startswith("balcao.") and not name.startswith(allowed))
            or name.split(".")[0] in {"sqlalchemy", "pydantic", "psycopg", *FRAMEWORKS}
        ]
    assert found == []


def _contracts() -> list[dict[str, Any]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]


def test_every_module_has_a_front_door_and_a_place_in_the_graph() -> None:
    modules = {path.parent.name for path in (SOURCE / "modules").glob("*/module.py")}
    protected = {name for contract in _contracts() for name in contract.get("protected_modules", [])}
    graph = next(contract for contract in _contracts() if contract.get("containers") == ["balcao.modules"])
    placed = {name.strip() for layer in graph["layers"] for name in layer.split("|")}
    assert {f"balcao.modules.{name}" for name in modules} - protected == set()
    assert (placed, graph["exhaustive"]) == (modules, True)


def test_an_import_exception_has_its_page() -> None:
    """What a contract lets through besides `public.py` and the processes stands in docs/decisions."""
    usual = re.compile(r" -> balcao\.modules\.\w+\.public$|^balcao\.cli\.\*\* -> balcao\.(web_app|worker)$")
    decisions = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "decisions").glob("*.md")
    )
    unusual = [
        line
        for contract in _contracts()
        for line in contract.get("ignore_imports", [])
        if not usual.search(line)
    ]
    assert len(unusual) >= 2
    named = [line.split(" -> ")[0].rpartition(".")[2] + ".py" for line in unusual]
    assert [name for name in named if f"`{name}`" not in decisions] == []
