"""Which limit a request falls under, and what a refusal says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from balcao.kernel.rate_limit import Refused
from balcao.kernel.web.headers import RawHeaders
from balcao.kernel.web.middleware_body import API_PREFIX

Classifier = Callable[[str, str], str]

GENERAL: Final = "general"
STATIC: Final = "static"
STATIC_PREFIXES: Final = ("/static/", "/media/", "/health/live")


# The routes of api.md that have a rate of their own; modules may add lines for their pages.
ROUTE_CLASSES: Final[tuple[tuple[str, str, str], ...]] = (
    ("POST", "/auth/*", "auth"),
    ("POST", "/painel/entrar", "auth"),
    ("POST", "/upload", "uploads"),
    ("POST", "/jobs", "uploads"),
    ("POST", "/checkout", "checkout"),
    ("POST", "/shipping/quote", "quote"),
)


def route_classes(
    lines: Iterable[tuple[str, str, str]] = ROUTE_CLASSES, static_prefixes: tuple[str, ...] = STATIC_PREFIXES
) -> Classifier:
    """A classifier from `(method, path, class)` lines; the first line that fits wins.

    Paths are written without /api/v1. `{name}` stands for one part of a path, a final `*` for any rest. What no line
    names is `general`, or `static` under the static prefixes.
    """
    patterns: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for method, path, name in lines:
        patterns.setdefault(method, []).append((_pattern(path), name))

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


def refusal_headers(refused: Refused) -> RawHeaders:
    """Retry-After in whole seconds, and the RateLimit fields that programs read."""
    seconds = str(refused.retry_after_seconds).encode()
    return [
        (b"retry-after", seconds),
        (b"ratelimit-limit", str(refused.limit).encode()),
        (b"ratelimit-remaining", b"0"),
        (b"ratelimit-reset", seconds),
    ]
