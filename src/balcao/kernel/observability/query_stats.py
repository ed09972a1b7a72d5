"""Counts the statements of one request or job, for its log line and for the tests that hold a page to its count."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class QueryStats:
    """Statements run and the seconds they took."""

    count: int = 0
    seconds: float = 0.0


current_stats: ContextVar[QueryStats | None] = ContextVar("query_stats", default=None)


def start_counting() -> QueryStats:
    """Begins a fresh count for the current task and its children."""
    stats = QueryStats()
    current_stats.set(stats)
    return stats
