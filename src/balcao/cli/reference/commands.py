"""The page of commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from balcao.cli.reference.markdown import code, page, table


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is None or value is False or value == "":
        return ""
    return code(str(value))


def _name(parameter: Any) -> str:
    return code(
        ", ".join(parameter.opts) if parameter.opts[0].startswith("-") else f"[{parameter.name.upper()}]"
    )


def _commands(group: Any, before: str) -> Iterator[tuple[str, Any]]:
    """The commands of a group by name, and those of the groups in it."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def commands_page(app: typer.Typer) -> str:
    """`docs/reference/commands.md`."""
    group: Any = typer.main.get_command(app)
    parts: list[str] = []
    for name, command in _commands(group, ""):
        rows = [
            (_name(item), item.help or "", _default(item))
            for item in command.params
            if item.name != "help" and not getattr(item, "hidden", False)
        ]
        parts += [f"## `./balcao {name}`", " ".join((command.help or "").split())]
        parts += [table(("option", "meaning", "default"), rows)] if rows else []
    return page("Commands", f"{group.help} Each answers `--help`.", *parts)
