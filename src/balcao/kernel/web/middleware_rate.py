"""Which limit a request falls under, and what a refusal says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from balcao.kernel.module import RouteClass
from balcao.kernel.rate_limit import Refused, Rule
from balcao.kernel.web.headers import RawHeaders
from balcao.kernel.web.middleware_body import API_PREFIX

Classifier = Callable[[str, str], str]

GENERAL: Final = "general"
STATIC: Final = "static"
STATIC_PREFIXES: Final = ("/static/", "/media/", "/health/live")


# Signing in is every installation's; modules name theirs in their manifests.
ROUTE_CLASSES: Final = (
    RouteClass("POST", "/auth/*", "auth"),
    RouteClass("POST", "/painel/entrar", "auth"),
    RouteClass("GET", "/metrics", "metrics"),
)


def route_classes(
    lines: Iterable[RouteClass] = ROUTE_CLASSES, static_prefixes: tuple[str, ...] = STATIC_PREFIXES
) -> Classifier:
    """A classifier from route classes; the first that fits wins. What none names is `general`, or `static` under the static
    prefixes.
    """
    patterns: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for line in lines:
        patterns.setdefault(line.method, []).append((_pattern(line.path), line.name))

    def classify(method: str, path: str) -> str:
        if path.startswith(static_prefixes):
            return STATIC
        of_method = patterns.get(method)
        if of_method is not None:
            bare = path.removeprefix(API_PREFIX)
            for pattern, name in of_method:
                if pattern.fullmatch(bare):
                    return name
        return GENERAL

    return classify


def _pattern(path: str) -> re.Pattern[str]:
    stem, rest = (path[:-1], ".*") if path.endswith("*") else (path, "/?")
    parts = re.split(r"\{\w+\}", stem)
    return re.compile("[^/]+".join(map(re.escape, parts)) + rest, re.DOTALL)


def refusal_headers(rule: Rule, refused: Refused) -> RawHeaders:
    """Retry-After in whole seconds, and the RateLimit fields that programs read."""
    return [(name.lower().encode(), value.encode()) for name, value in refused.headers(rule).items()]
