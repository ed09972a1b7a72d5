"""Counts the statements of one request or job, for its log line and for the tests that hold a page to its count.

A slow one is written into the log at once, with the request's id beside it, and counted under its route or job later.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

import structlog

# Enough to know it by; values are never in it, for they travel beside the text.
SHOWN: Final = 400
log = structlog.get_logger("balcao.db")


@dataclass(slots=True)
class QueryStats:
    """Statements run, the seconds they took, and how many of them were slow."""

    count: int = 0
    seconds: float = 0.0
    slow: int = 0

    def add(self, count: int, seconds: float) -> None:
        """Counts one message to the database, of so many statements."""
        self.count += count
        self.seconds += seconds


@dataclass(slots=True)
class SlowLimit:
    """From how many seconds on a statement is slow; 0 calls none slow."""

    seconds: float = field(default=0.0)


slow_limit: Final = SlowLimit()


current_stats: ContextVar[QueryStats | None] = ContextVar("query_stats", default=None)


def start_counting() -> QueryStats:
    """Begins a fresh count for the current task and its children."""
    stats = QueryStats()
    current_stats.set(stats)
    return stats


def statement_ended(statement: str | Callable[[], str], seconds: float, *, count: int = 1) -> None:
    """Counts a message to the database, of `count` statements, for whom it was sent; tells when it was slow."""
    stats, limit = current_stats.get(), slow_limit.seconds
    if stats is not None:
        stats.add(count, seconds)
    if limit and seconds >= limit:
        if stats is not None:
            stats.slow += 1
        sql = statement if isinstance(statement, str) else statement()
        shown = " ".join(sql.split())[:SHOWN]
        log.warning("slow_statement", ms=round(seconds * 1000), statements=count, sql=shown)
