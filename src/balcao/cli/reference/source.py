"""What the source says beyond what can be imported: who raises an error, who publishes an event."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
NOT_DATA = frozenset({"detail", "params", "headers"})


@dataclass(slots=True)
class Use:
    """Where a class is called, and with which named arguments."""

    files: set[str] = field(default_factory=set[str])
    fields: set[str] = field(default_factory=set[str])


@lru_cache(maxsize=1)
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Every source file, by its path under src/balcao, parsed."""
    paths = sorted(SOURCE.rglob("*.py"))
    return tuple(
        (path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths
    )


def module_name(path: str) -> str:
    """The name to import a file of `trees()` by."""
    return "balcao." + path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call by the name called: `Name(...)`, and `Name.at(...)` as a call of Name."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            yield node.func.id, node
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            yield node.func.value.id, node


@lru_cache(maxsize=1)
def uses() -> dict[str, Use]:
    """How every class is made or raised, by its name."""
    found: defaultdict[str, Use] = defaultdict(Use)
    for name, tree in trees():
        for called, node in calls(tree):
            if called[:1].isupper():
                found[called].files.add(name)
                found[called].fields |= {item.arg for item in node.keywords if item.arg} - NOT_DATA
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
                found[node.exc.id].files.add(name)
            if isinstance(node, ast.ClassDef):
                found[node.name].fields |= _handed_up(node)
    return dict(found)


def _handed_up(node: ast.ClassDef) -> set[str]:
    """Named arguments a class gives to the `__init__` of the one it extends."""
    return {
        item.arg
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
        for item in call.keywords
        if item.arg
    } - NOT_DATA


@lru_cache(maxsize=1)
def publishers() -> dict[str, set[str]]:
    """Files that publish an event, by the event's class name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, tree in trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "publish"
            ):
                for argument in node.args:
                    if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Name):
                        found[argument.func.id].add(name)
    return dict(found)


@lru_cache(maxsize=1)
def event_classes() -> tuple[tuple[str, str], ...]:
    """Module and class name of everything under `@domain_event`."""
    found: list[tuple[str, str]] = []
    for name, tree in trees():
        for node in ast.walk(tree):
            marks = node.decorator_list if isinstance(node, ast.ClassDef) else []
            if isinstance(node, ast.ClassDef) and any(
                isinstance(mark, ast.Name) and mark.id == "domain_event" for mark in marks
            ):
                found.append((module_name(name), node.name))
    return tuple(sorted(found))
