"""Reading PromQL far enough to know which metrics and which of their labels an expression names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<range>\[[^\]]*\])
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:ms|[smhdwy])?)
    | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*)
    | (?P<variable>\$\w+)
    | (?P<sign>=~|!~|!=|==|>=|<=|[-+*/%^=<>(){},@])
    """,
    re.VERBOSE,
)
_WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}
_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
_FUNCTIONS = {
    "sum", "max", "min", "avg", "count", "topk", "rate", "increase", "histogram_quantile", "time", "vector", "clamp_min",
}  # fmt: skip


@dataclass
class Named:
    """What an expression names: metrics with the labels of their braces, and labels it groups by, with the metrics
    inside those brackets or before them."""

    metrics: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


def tokens(expression: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each token. ValueError for what PromQL has no sign for."""
    at = 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise ValueError(f"unreadable at {at}: {expression[at : at + 20]!r}")
        at = match.end()
        if match.lastgroup not in {"space", None}:
            yield str(match.lastgroup), match[0]


def read(expression: str) -> Named:
    """What the expression names. ValueError when brackets do not close or a function is not one we know."""
    found, stream = Named(), [*tokens(expression), ("end", "")]
    depth, at = 0, 0
    while stream[at][0] != "end":
        kind, word = stream[at]
        following = stream[at + 1][1]
        at += 1
        if kind == "name" and word in _LISTS:
            if following == "(":
                names, at = _until(stream, at, ")")
                found.groups += [text for kind, text in names if kind == "name"]
        elif kind == "name" and word not in _WORDS:
            if following == "(" or (following in _LISTS and word in _FUNCTIONS):
                if word not in _FUNCTIONS:
                    raise ValueError(f"no function: {word}")
            elif following == "{":
                inside, at = _until(stream, at, "}")
                found.metrics.append((word, tuple(_matched(inside))))
            else:
                found.metrics.append((word, ()))
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth < 0:
            raise ValueError("a bracket closes that was not open")
    if depth:
        raise ValueError("a bracket stays open")
    return found


def _until(stream: list[tuple[str, str]], at: int, closing: str) -> tuple[list[tuple[str, str]], int]:
    start = at + 1
    for index in range(start, len(stream)):
        if stream[index][1] == closing:
            return stream[start:index], index + 1
    raise ValueError(f"{closing} is missing")


def _matched(inside: list[tuple[str, str]]) -> Iterator[str]:
    for index, (kind, word) in enumerate(inside):
        if kind == "name" and inside[index + 1][1] in {"=", "!=", "=~", "!~"}:
            yield word
