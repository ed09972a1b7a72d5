"""The few shapes a reference page has."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by `./balcao reference`. Change the code, not this page. -->"


def page(title: str, introduction: str, *parts: str) -> str:
    """A whole page, ending in one line break."""
    return "\n\n".join([GENERATED, f"# {title}", introduction, *(part for part in parts if part)]) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; an empty one says so."""
    lines = ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    if not lines:
        return "None yet."
    head = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*head, *lines])


def cell(text: str) -> str:
    """Text that stays inside its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text as code; nothing stays nothing."""
    return f"`{text}`" if text else ""


def codes(texts: Iterable[str]) -> str:
    """Several, parted by commas."""
    return ", ".join(code(text) for text in texts)


def said(thing: object) -> str:
    """The docstring of a class or function in one line; empty when it has none of its own."""
    text = inspect.getdoc(thing) if getattr(thing, "__doc__", None) else ""
    return " ".join((text or "").split())
