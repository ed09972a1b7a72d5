"""How long to wait before trying again, and when to give up."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import uniform
from time import monotonic
from typing import Final

FIRST_WAIT: Final = 0.2
LONGEST_WAIT: Final = 5.0
PASSING: Final = frozenset({429, 502, 503, 504})
"""Statuses that may be different in a moment."""


def retry_after(value: str | None) -> float | None:
    """Seconds from now that a Retry-After header asks for, as a number or a date; None for none."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


class Waits:
    """The waits between the tries of one request, which may take `seconds` in all, answers included."""

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds
        self._longest = FIRST_WAIT

    def next(self, asked: float | None) -> float | None:
        """Seconds until the next try, not before the server asked for it; None when that would be too late.

        The waits double, and a part of each is left to chance, so that many clients do not come back at once.
        """
        # A second at most beside what was asked for: the server knows when it is free.
        chance = uniform(0, min(self._longest, 1.0 if asked else LONGEST_WAIT))
        self._longest = min(2 * self._longest, LONGEST_WAIT)
        wait = (asked or 0.0) + chance
        return wait if monotonic() + wait <= self._ends else None
