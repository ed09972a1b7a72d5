"""All reference pages together: writing them, and telling which are stale."""

from __future__ import annotations

from pathlib import Path

import typer

from balcao.cli.reference.client import AREAS, client_files
from balcao.cli.reference.commands import commands_page
from balcao.cli.reference.contract import breaking, contract_text
from balcao.cli.reference.doors import permissions_page, routes_page
from balcao.cli.reference.errors import errors_page
from balcao.cli.reference.house import events_page, jobs_page, modules_page
from balcao.cli.reference.metrics import metrics_page
from balcao.cli.reference.settings import example_file, settings_page

ROOT = Path(__file__).resolve().parents[4]
FOLDER = "docs/reference"
CONTRACT = f"{FOLDER}/contract.txt"


def book(app: typer.Typer) -> dict[str, str]:
    """Every generated file by its path in the repository."""
    pages = {
        "commands": commands_page(app),
        "errors": errors_page(),
        "events": events_page(),
        "jobs": jobs_page(),
        "metrics": metrics_page(),
        "modules": modules_page(),
        "permissions": permissions_page(),
        "routes": routes_page(),
        "settings": settings_page(),
    }
    return {
        ".env.example": example_file(),
        CONTRACT: contract_text(),
        **{f"{FOLDER}/{name}.md": text for name, text in pages.items()},
        **client_files(),
    }


def stale(app: typer.Typer, root: Path = ROOT) -> list[str]:
    """Files that are missing, say something else than the code, or that nothing writes any more."""
    wanted = book(app)
    there = {
        path.relative_to(root).as_posix()
        for folder in (FOLDER, AREAS)
        for path in (root / folder).glob("*.*")
    }
    differing = [
        name
        for name, text in wanted.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text
    ]
    return sorted({*differing, *(there - set(wanted))})


def broken_promises(root: Path = ROOT) -> list[str]:
    """What the API as it is takes from programs that were written against the kept contract."""
    kept = root / CONTRACT
    return breaking(kept.read_text(encoding="utf-8"), contract_text()) if kept.is_file() else []


def write(app: typer.Typer, root: Path = ROOT) -> list[str]:
    """Writes what is stale, takes away what nothing writes any more, and names both."""
    wanted, names = book(app), stale(app, root)
    for folder in (FOLDER, AREAS):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        if name in wanted:
            (root / name).write_text(wanted[name], encoding="utf-8")
        else:
            (root / name).unlink()
    return names
