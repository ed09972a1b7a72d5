"""Lists of the API, and walking through all their pages."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypedDict, TypeVar

T = TypeVar("T")
MOST: Final = 100
"""What a page holds at most."""
WAYS: Final = ("offset", "cursor", "start")


class Listed(TypedDict, Generic[T]):
    """Whatever has items."""

    items: list[T]


class Page(TypedDict, Generic[T]):
    """A part of a list; `total` counts all of it."""

    items: list[T]
    total: int
    limit: int
    offset: int


class Walk:
    """Which page comes next, in the way the list has: by offset, cursor or start."""

    def __init__(self, fetch: Callable[..., Any], wanted: Mapping[str, Any]) -> None:
        known = inspect.signature(fetch).parameters
        self._way = next((way for way in WAYS if way in known), None)
        self.query = {**({"limit": MOST} if "limit" in known else {}), **wanted}

    def turn(self, answer: Mapping[str, Any]) -> bool:
        """Makes `query` the one of the next page; False after the last."""
        found = self._next(answer) if self._way else None
        if found is None or found == self.query.get(self._way or ""):
            return False
        self.query[self._way or ""] = found
        return True

    def _next(self, answer: Mapping[str, Any]) -> Any:
        if self._way == "cursor":
            return answer.get("next_cursor") or None
        if self._way == "start":
            return answer.get("next_start")
        after = int(answer["offset"]) + len(answer["items"])
        return after if answer["items"] and after < int(answer["total"]) else None
