"""The Python client has all of the API, stands alone, and both its kinds are one."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from balcao.cli.reference.client import client_files
from balcao.cli.reference.client_names import method_name, schema_name
from balcao.cli.reference.contract import openapi_document
from balcao_client.pages import WAYS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "client" / "balcao_client"
# Which method of HTTP is meant where the call does not say it.
IMPLIED = {"file": "GET", "events": "GET", "signed": "POST"}


def calls(path: Path) -> Iterator[tuple[str, str, str]]:
    """The class, method and address of each call in a file, read from its code."""
    for area in (
        node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)
    ):
        for call in (node for node in ast.walk(area) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "self._send":
                texts = [part.value for part in call.args if isinstance(part, ast.Constant)]
                method = IMPLIED.get(call.func.attr) or texts.pop(0)
                yield area.name, str(method), str(texts[0])


@pytest.mark.parametrize("prefix", ["", "Async"])
def test_every_operation_has_a_method(prefix: str) -> None:
    promised = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/v1")))
        for path, methods in openapi_document()["paths"].items()
        for method in methods
        if method != "parameters"
    }
    found = {
        (method, path)
        for file in (PACKAGE / "api").glob("*.py")
        for name, method, path in calls(file)
        if name.startswith("Async") == bool(prefix)
    }
    assert len(promised) > 200
    assert found == promised


def _without_async(text: str) -> str:
    text = re.sub(r"\bAsync(?=[A-Z])|\basync (?=def)|\bawait ", "", text)
    return ast.unparse(ast.parse(text))


def test_both_kinds_are_one() -> None:
    for file in [*(PACKAGE / "api").glob("*.py"), PACKAGE / "areas.py"]:
        classes = [
            node
            for node in ast.parse(file.read_text(encoding="utf-8")).body
            if isinstance(node, ast.ClassDef)
        ]
        half = len(classes) // 2
        for waiting, lazy in zip(classes[:half], classes[half:], strict=True):
            assert lazy.name == f"Async{waiting.name}"
            assert _without_async(ast.unparse(lazy)) == _without_async(ast.unparse(waiting))


def test_every_list_with_pages_can_be_walked() -> None:
    """`pages` knows three ways; a list that counts otherwise would end after its first page."""
    queries = {
        (method, path): {item["name"] for item in stated.get("parameters", ()) if item["in"] == "query"}
        for path, methods in openapi_document()["paths"].items()
        for method, stated in methods.items()
        if method == "get"
    }
    paged = [names for names in queries.values() if "limit" in names]
    assert len(paged) > 20
    assert [place for place, names in queries.items() if "limit" in names and not names & set(WAYS)] == []


def test_every_method_says_what_it_does() -> None:
    silent = [
        f"{file.stem}.{method.name}"
        for file in (PACKAGE / "api").glob("*.py")
        for method in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not ast.get_docstring(method)
    ]
    assert silent == []


def test_names_are_made_of_addresses() -> None:
    assert method_name("get", "/admin/catalog/products") == "list_products"
    assert method_name("get", "/admin/catalog/categories/{category_id}") == "get_category"
    assert method_name("post", "/ghl-pushes/{push_id}/retry-failed") == "retry_failed_push"
    assert method_name("delete", "/notices/{notice_id}") == "delete_notice"
    assert method_name("put", "/stores/{store_id}/hours") == "set_store_hours"
    assert schema_name("balcao__modules__store__api__schemas_public__SkuDocument") == "PublicSkuDocument"
    assert schema_name("Page_dict_str__Any__") == "PageDictStrAny"


def test_it_is_written_the_same_each_time_and_as_the_formatter_would(tmp_path: Path) -> None:
    document = json.loads(json.dumps(openapi_document()))
    assert client_files(document) == client_files()
    for name, text in client_files().items():
        path = tmp_path / Path(name).relative_to("client")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        assert text.startswith("# Made by ./balcao reference")
    for command in (["format", "--check"], ["check"]):
        tool = [
            sys.executable,
            "-m",
            "ruff",
            *command,
            "--no-cache",
            "--config",
            str(ROOT / "pyproject.toml"),
            str(tmp_path),
        ]
        done = subprocess.run(tool, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_files_kept_by_hand_stay_small() -> None:
    kept = [
        path for path in PACKAGE.glob("*.py") if not path.read_text(encoding="utf-8").startswith("# Made by")
    ]
    assert len(kept) > 8
    assert [path.name for path in kept if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []


def _wanted(name: str, found: set[str]) -> set[str]:
    """A distribution and all it needs, without extras."""
    if name in found:
        return found
    found.add(name)
    for line in metadata.requires(name) or []:
        needed = re.match(r"[\w.-]+", line)
        if needed and "extra ==" not in line:
            try:
                metadata.version(needed[0])
            except metadata.PackageNotFoundError:
                continue  # of another version of Python
            _wanted(needed[0], found)
    return found


def _only_httpx(folder: Path) -> Path:
    """A folder with links to httpx and what it needs, and nothing else."""
    for name in _wanted("httpx", set()):
        for file in metadata.files(name) or []:
            top = file.parts[0]
            if not top.startswith((".", "__pycache__")) and not top.endswith(".dist-info"):
                link = folder / top
                if not link.exists():
                    link.symlink_to(Path(str(metadata.distribution(name).locate_file(top))))
    return folder


def _run_alone(code: str, *folders: Path) -> str:
    """Runs code in a Python that sees these folders and its own library."""
    paths = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]!r}; "
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", paths + code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


USE = (
    "import balcao_client as b, httpx; "
    "t = httpx.MockTransport(lambda r: httpx.Response(200, json={'status': 'ok'})); "
    "print(b.Balcao('https://x.example', transport=t).health.get_live(), 'balcao' in sys.modules, b.__file__)"
)


def test_it_needs_nothing_but_httpx(tmp_path: Path) -> None:
    alone = _only_httpx(tmp_path)
    assert _run_alone(USE, ROOT / "client", alone).startswith("{'status': 'ok'} False")
    needed = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "dependencies"
    ]
    assert [re.split(r"[<>=]", line)[0] for line in needed] == ["httpx"]


def test_it_can_be_built_and_installed(tmp_path: Path) -> None:
    """Without a network: the wheel holds every file, and works from where it was unpacked."""
    source = tmp_path / "client"
    shutil.copytree(
        ROOT / "client", source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
    )
    build = "from flit_core import buildapi; print(buildapi.build_wheel('.'))"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = source.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    there = {
        path.relative_to(PACKAGE)
        for path in PACKAGE.rglob("*")
        if path.suffix == ".py" or path.name == "py.typed"
    }
    assert {
        path for path in there if not (tmp_path / "installed" / "balcao_client" / path).is_file()
    } == set()
    (tmp_path / "httpx").mkdir()
    said = _run_alone(USE, tmp_path / "installed", _only_httpx(tmp_path / "httpx"))
    assert str(tmp_path / "installed") in said


def test_its_version_is_one() -> None:
    stated = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    for file, said in (
        ("__init__.py", f'__version__ = "{stated}"'),
        ("connection.py", f"balcao-client/{stated}"),
    ):
        assert said in (PACKAGE / file).read_text(encoding="utf-8")
