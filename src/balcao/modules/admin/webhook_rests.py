"""Leaving an address alone that gives no answer, so that its messages neither hold up others nor use up their tries.

It rests after the first time it let us wait, or when it was not there three times running: half a minute, then twice as
long each time, up to a quarter of an hour. Then one message is tried; any answer, whatever it says, ends the rest. Pure.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(minutes=15)
SILENT: Final = frozenset({"timeout", "refused", "tls", "name_unknown", "broken"})
"""Problems of somebody who is not there; all others are answers, or mistakes of ours."""
ABSENCES: Final = 3


def rest_after(silences: int, problem: str) -> timedelta | None:
    """How long to leave an address alone after so many silent tries in a row, the last with `problem`; None: not at all."""
    if problem not in SILENT or silences < 1 or (problem != "timeout" and silences < ABSENCES):
        return None
    return min(LONGEST_REST, FIRST_REST * 2 ** min(silences - 1, 10))


def lock_of(endpoint_id: object) -> str:
    """The lock under which jobs of one address run, one at a time."""
    return f"webhook:{endpoint_id}"
