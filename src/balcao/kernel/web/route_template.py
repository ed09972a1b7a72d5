"""Which route a request met, by the path it was declared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NamedRoute:
    """What answers without being a route of the framework puts this into the scope, for the log and the metrics."""

    path: str


def route_template(scope: Mapping[str, Any]) -> str | None:
    """The path as the route was declared, prefixes included; None when nothing matched.

    A router that is included keeps its routes, so the whole path stands in what FastAPI notes of the inclusion.
    """
    included: Any = scope.get("fastapi")
    context: Any = included.get("effective_route_context") if included else None
    path = getattr(context, "path", None) if context is not None else None
    return path or getattr(scope.get("route"), "path", None)
