"""What import contracts cannot say: sizes, names, commits, guards, walls, words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import text

from balcao.kernel.db.models import PlatformModel, TenantModel
from balcao.kernel.errors import DomainError
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.app import create_app
from balcao.kernel.web.dependencies import Allow, Public
from balcao.registry import MODULES, all_metadata

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "balcao"
FILES = sorted(SOURCE.rglob("*.py"))
DRAWERS = {"service.py", "services.py", "utils.py", "helpers.py", "manager.py", "common.py", "misc.py"}


def test_files_and_functions_stay_small() -> None:
    long_files = {str(path): n for path in FILES if (n := len(path.read_text().splitlines())) > 400}
    assert long_files == {}
    long_functions = {
        f"{path}:{node.name}": size
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > 60
    }
    assert long_functions == {}


def test_no_drawer_names() -> None:
    assert [str(path) for path in FILES if path.name in DRAWERS] == []


def test_only_the_unit_of_work_commits() -> None:
    allowed = {SOURCE / "kernel" / "work.py", SOURCE / "kernel" / "platform_work.py"}
    found = [
        str(path)
        for path in FILES
        if path not in allowed and ".commit(" in path.read_text() and "cli/bench" not in str(path)
    ]
    assert found == []


def _tenant_tables() -> list[str]:
    return sorted(str(model.__tablename__) for model in TenantModel.__subclasses__())


def test_every_table_is_a_tenants_or_the_platforms() -> None:
    known = {*_tenant_tables(), *(str(model.__tablename__) for model in PlatformModel.__subclasses__())}
    assert set(all_metadata().tables) == known


async def test_row_security_is_on_forced_and_keyed(runtime: Runtime) -> None:
    query = text(
        "select c.relname, c.relrowsecurity, c.relforcerowsecurity, "
        "(select array_agg(a.attname::text order by a.attname) from pg_index i join pg_attribute a on a.attrelid = c.oid "
        " and a.attnum = any(i.indkey) where i.indrelid = c.oid and i.indisprimary) as key, "
        "(select count(*) from pg_policies p where p.tablename = c.relname) as policies "
        "from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'"
    )
    async with runtime.database.engine.connect() as connection:
        rows = {row.relname: row for row in await connection.execute(query)}
        foreign_keys = (
            await connection.execute(
                text(
                    "select conrelid::regclass::text as child, confrelid::regclass::text as parent, "
                    "(select array_agg(attname::text) from pg_attribute where attrelid = conrelid and attnum = any(conkey)) as columns "
                    "from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace"
                )
            )
        ).all()
    for table in _tenant_tables():
        row = rows[table]
        assert (row.relrowsecurity, row.relforcerowsecurity, row.key, row.policies) == (
            True,
            True,
            ["id", "tenant_id"],
            2,
        ), table
    tenant_tables = set(_tenant_tables())
    loose = [
        f"{fk.child} -> {fk.parent}"
        for fk in foreign_keys
        if {fk.child, fk.parent} <= tenant_tables and "tenant_id" not in fk.columns
    ]
    assert loose == []


def _routes(app: FastAPI) -> Iterator[tuple[str, list[object]]]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route if hasattr(context, "original_route") else context
        if isinstance(route, APIRoute):
            yield route.path, [dependency.call for dependency in route.dependant.dependencies]


def test_every_route_says_who_may_enter(runtime: Runtime) -> None:
    seen = list(_routes(create_app(runtime)))
    assert len(seen) > 40
    unguarded = sorted(
        {path for path, calls in seen if not any(isinstance(call, Allow | Public) for call in calls)}
    )
    assert unguarded == []


def test_every_permission_asked_for_is_declared(runtime: Runtime) -> None:
    asked = {
        call.permission
        for _, calls in _routes(create_app(runtime))
        for call in calls
        if isinstance(call, Allow)
    }
    assert asked - {""} - runtime.permissions == set()


def _error_classes(cls: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for child in cls.__subclasses__():
        yield child
        yield from _error_classes(child)


def test_an_error_code_means_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for error in _error_classes():
        statuses.setdefault(error.code, set()).add(error.status)
        assert re.fullmatch(r"[a-z][a-z0-9_]+", error.code)
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def _msgids(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in folder.rglob("*.html"):
        text_of = path.read_text()
        found |= {m for _, m in re.findall(r"""_\(\s*(['"])((?:(?!\1).)+)\1""", text_of)}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"words", "_"}
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


@pytest.mark.parametrize("folder", ["kernel", *(f"modules/{module.name}" for module in MODULES)])
def test_every_text_has_portuguese(runtime: Runtime, folder: str) -> None:
    wanted = _msgids(SOURCE / folder)
    if folder == "kernel":
        wanted |= {error.detail for error in _error_classes()}
        wanted |= {item.label for module in MODULES for item in (*module.permissions, *module.nav)}
    known = runtime.catalogues.msgids("pt_BR")
    assert sorted(wanted - known) == []
    assert runtime.catalogues.conflicts == []
