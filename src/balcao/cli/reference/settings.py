"""The page of settings and `.env.example`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from balcao.cli.reference.markdown import code, codes, page, table
from balcao.kernel.settings import Settings
from balcao.kernel.settings import variables_of as variables

UNITS = {"_ms": "milliseconds", "_bytes": "bytes", "_minutes": "minutes", "_days": "days", "_size": "connections",
         "_overflow": "connections", "_scale": "factor"}  # fmt: skip
KINDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "folder",
    SecretStr: "secret",
}
INTRODUCTION = (
    "Read once from the environment, or from `.env` in the folder the program is started in. `.env.example` lists "
    "them with their defaults. A development instance makes and keeps its own secrets in its data folder."
)


def default_text(field: FieldInfo) -> str:
    """The default as one would write it; empty for none."""
    value = field.default
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)


def takes(name: str, field: FieldInfo) -> str:
    """What kind of value, in which unit, within which bounds."""
    annotation: Any = field.annotation
    if isinstance(annotation, UnionType):
        annotation = next(item for item in get_args(annotation) if item is not type(None))
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(get_args(annotation))
    parts = [KINDS[annotation]]
    unit = next((unit for suffix, unit in UNITS.items() if name.endswith(suffix)), "")
    parts += [unit] if unit else []
    for bound in field.metadata:
        if isinstance(bound, Ge):
            parts.append(f"{bound.ge} or more")
        elif isinstance(bound, Gt):
            parts.append(f"above {bound.gt}")
        elif isinstance(bound, Le):
            parts.append(f"{bound.le} or less")
    return ", ".join(parts)


def source(field: FieldInfo) -> str:
    """Where to get a value, when it is not a choice of one's own."""
    extra: Any = field.json_schema_extra
    return str(extra.get("source", "")) if extra else ""


def settings_page() -> str:
    """`docs/reference/settings.md`."""
    rows = [
        (
            codes(variables(name, field)),
            field.description or "",
            takes(name, field),
            code(default_text(field)),
            source(field),
        )
        for name, field in Settings.model_fields.items()
    ]
    return page(
        "Settings", INTRODUCTION, table(("variable", "meaning", "value", "default", "where to get it"), rows)
    )


def _entry(name: str, field: FieldInfo) -> str:
    first, *others = variables(name, field)
    lines = textwrap.wrap(field.description or "", 110)
    detail = f"Value: {takes(name, field)}." + (f" Also read as {', '.join(others)}." if others else "")
    lines += textwrap.wrap(detail, 110)
    if where := source(field):
        lines += textwrap.wrap(f"Where to get it: {where}", 110)
    return "\n".join([*(f"# {line}" for line in lines), f"#{first}={default_text(field)}"])


def example_file() -> str:
    """`.env.example`: every setting with its default, nothing switched on."""
    head = (
        "# Written by `./balcao reference` from src/balcao/kernel/settings.py.\n"
        "# Copy to .env and take the # off what you change. What stays commented has the default shown."
    )
    return "\n\n".join([head, *(_entry(name, field) for name, field in Settings.model_fields.items())]) + "\n"
