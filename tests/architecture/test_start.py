"""A start does nothing twice and reads nothing that nobody asked for."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections import defaultdict
from typing import Any

import pytest
from fastapi.routing import APIRoute

from balcao.kernel.runtime import Runtime
from balcao.kernel.web import dependencies
from balcao.kernel.web.app import API, create_app
from balcao.kernel.web.dependencies import Allow, AllowPlatform, Public, RequiresModule

# Wanted by some requests, jobs, commands and settings only: whoever wants them reads them then.
LATER = (
    "alembic",
    "httpx",
    "numpy",
    "opentelemetry.exporter",
    "opentelemetry.sdk",
    "psutil",
    "python_calamine",
    "redis",
    "rich",
    "sentry_sdk",
    "xlsxwriter",
    "zxingcpp",
)
START = f"""
import sys
from balcao.cli.main import app
from balcao.cli.collector import start_quickly

start_quickly()
import balcao.cli.serve, balcao.cli.up, balcao.registry, balcao.web_app, balcao.worker
assert all(module.routers or module.pages or not module.routes for module in balcao.registry.MODULES)
print([name for name in {LATER!r} if name in sys.modules])
"""


def test_serving_reads_no_library_before_it_is_wanted() -> None:
    ran = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


WORK = """
import sys
import balcao.cli.serve, balcao.cli.jobs, balcao.cli.seed, balcao.cli.reseal, balcao.registry, balcao.worker
print([name for name in ("fastapi", "starlette") if name in sys.modules])
"""


def test_workers_and_commands_know_no_web_framework() -> None:
    ran = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.fixture(scope="module")
def routes(runtime: Runtime) -> list[APIRoute]:
    return [route for route in create_app(runtime).routes if isinstance(route, APIRoute)]


def test_every_declared_route_has_its_places(runtime: Runtime, routes: list[APIRoute]) -> None:
    placed = {(route.path, method) for route in routes for method in route.methods or ()}
    declared = {
        (prefix + route.path, method)
        for module in runtime.modules
        for routers, prefixes in ((module.routers, (API, "")), (module.pages, ("",)))
        for router in routers
        for route in router.routes
        for prefix in prefixes
        for method in getattr(route, "methods", ())
    }
    assert len(declared) > 400
    assert declared - placed == set()


def test_the_places_of_a_route_share_what_was_worked_out(runtime: Runtime, routes: list[APIRoute]) -> None:
    by_endpoint: dict[tuple[Any, frozenset[str], str], list[APIRoute]] = defaultdict(list)
    for route in routes:
        by_endpoint[route.endpoint, frozenset(route.methods or ()), route.path.removeprefix(API)].append(
            route
        )
    twice = [places for places in by_endpoint.values() if len(places) == 2]
    assert len(twice) >= sum(len(router.routes) for module in runtime.modules for router in module.routers)
    for one, other in twice:
        assert one.dependant is other.dependant
        assert one.app is other.app
        assert one.include_in_schema != other.include_in_schema or not one.include_in_schema


def test_the_form_of_a_file_is_named_after_its_operation(runtime: Runtime) -> None:
    """FastAPI names it when a router is read: `operation_id` has to be given to routers that take files."""
    document = create_app(runtime).openapi()
    forms = {name for name in document["components"]["schemas"] if name.startswith("Body_")}
    operations = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if "operationId" in operation
    }
    assert len(forms) >= 2
    assert {name.removeprefix("Body_") for name in forms} - operations == set()


@pytest.mark.parametrize(
    "guard", [Allow(), AllowPlatform("central.tenants:view"), Public("anybody"), RequiresModule("store")]
)
def test_what_guards_ask_for_is_what_is_said_of_them(guard: Any) -> None:
    said = inspect.signature(guard).parameters
    real = inspect.signature(guard.__call__, eval_str=True).parameters
    assert [(name, one.annotation) for name, one in said.items()] == [
        (name, one.annotation) for name, one in real.items()
    ]


def test_what_routes_ask_for_is_read_once() -> None:
    for name in ("caller", "_write", "_read", "_work", "_installation", "_words"):
        asked = getattr(dependencies, name)
        assert inspect.signature(asked) is vars(asked)["__signature__"]
