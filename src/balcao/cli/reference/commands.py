"""The page of commands."""

from __future__ import annotations

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


def commands_page(app: typer.Typer) -> str:
    """`docs/reference/commands.md`."""
    group: Any = typer.main.get_command(app)
    parts: list[str] = []
    for name, command in sorted(group.commands.items()):
        rows = [
            (_name(item), item.help or "", _default(item)) for item in command.params if item.name != "help"
        ]
        parts += [f"## `./balcao {name}`", " ".join((command.help or "").split())]
        parts += [table(("option", "meaning", "default"), rows)] if rows else []
    return page("Commands", f"{group.help} Each answers `--help`.", *parts)
