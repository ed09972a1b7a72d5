"""The pages in docs/reference say what the code says, and leave nothing out."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from balcao.cli.main import app as command_line
from balcao.cli.reference.book import ROOT, book, stale, write
from balcao.cli.reference.client import AREAS
from balcao.cli.reference.doors import doors
from balcao.cli.reference.errors import error_classes
from balcao.cli.reference.markdown import said
from balcao.cli.reference.settings import default_text, variables
from balcao.cli.reference.source import event_classes
from balcao.kernel.job_runner import build_queue
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.kernel.web.app import API, create_app
from balcao.registry import MODULES


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return book(command_line)


def test_nothing_is_stale() -> None:
    assert stale(command_line) == [], "the code says something else now: run ./balcao reference"


def test_what_is_written_is_no_longer_stale(tmp_path: Path) -> None:
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    (tmp_path / "docs" / "reference" / "forgotten.md").write_text("nothing writes this")
    (tmp_path / AREAS).mkdir(parents=True)
    (tmp_path / AREAS / "forgotten.py").write_text("nothing writes this")
    written = write(command_line, tmp_path)
    assert {"docs/reference/forgotten.md", "docs/reference/errors.md", ".env.example"} <= set(written)
    assert {f"{AREAS}/forgotten.py", f"{AREAS}/orders.py"} <= set(written)
    assert not (tmp_path / AREAS / "forgotten.py").exists()
    assert stale(command_line, tmp_path) == []
    (tmp_path / "docs" / "reference" / "errors.md").write_text("an old page")
    (tmp_path / AREAS / "orders.py").write_text("an old area")
    assert stale(command_line, tmp_path) == [f"{AREAS}/orders.py", "docs/reference/errors.md"]


def test_every_route_of_the_application_is_listed(runtime: Runtime) -> None:
    served = {
        (context.original_route.path, method)
        for context in iter_route_contexts(create_app(runtime).routes)
        if isinstance(context.original_route, APIRoute)
        for method in (context.original_route.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = {(door.path, door.method) for door in doors()}
    assert {(path.removeprefix(API), method) for path, method in served} - listed == set()
    assert [door for door in doors() if not door.summary] == []


def test_every_task_of_the_queue_is_listed(runtime: Runtime, pages: dict[str, str]) -> None:
    tasks = {name for name in build_queue(runtime).tasks if not name.startswith(("schedule:", "builtin:"))}
    tasks = {name for name in tasks if not name.startswith("procrastinate.")}
    assert len(tasks) > 4
    assert {name for name in tasks if f"`{name}`" not in pages["docs/reference/jobs.md"]} == set()


def test_every_event_listened_to_is_listed() -> None:
    listed = set(event_classes())
    heard = {item.event_type for module in MODULES for item in module.reactions}
    assert {(event.__module__, event.__name__) for event in heard} - listed == set()


def test_nothing_is_listed_without_a_word_about_it(pages: dict[str, str]) -> None:
    jobs = [job.function for module in MODULES for job in module.jobs]
    reactions = [item.function for module in MODULES for item in module.reactions]
    events = [getattr(importlib.import_module(module), name) for module, name in event_classes()]
    described = [*error_classes(), *events, *jobs, *reactions]
    assert len(described) > 60
    assert [thing.__name__ for thing in described if not said(thing)] == []
    # A frozen dataclass without words of its own gets its signature for a docstring.
    assert [event.__name__ for event in events if said(event).startswith(f"{event.__name__}(")] == []
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    assert [
        command.callback for command in command_line.registered_commands if not said(command.callback)
    ] == []


def test_every_setting_is_used() -> None:
    """By its name, or by a property of the settings that is made of it."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "balcao").rglob("*.py"))
    assert [name for name in Settings.model_fields if not re.search(rf"\.{name}\b", source)] == []


def test_the_example_file_says_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With every # taken off, the program does what it does without the file."""
    for name, field in Settings.model_fields.items():
        for variable in variables(name, field):
            monkeypatch.delenv(variable, raising=False)
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    chosen = [line[1:] for line in text.splitlines() if re.match(r"#[A-Z0-9_]+=.", line)]
    assert len(chosen) > 20
    path = tmp_path / ".env"
    path.write_text("\n".join(chosen), encoding="utf-8")
    assert Settings(_env_file=path) == Settings(_env_file=None)
    empty = {name for name, field in Settings.model_fields.items() if not default_text(field)}
    assert len(chosen) + len(empty) == len(Settings.model_fields)
