"""Figures that lie in the database: a statement over all tenants, and the series its rows belong to.

A row is `(series name without the prefix, label values as text[], value)`. Labels are words of the program (a status, a
channel), never a business, a person or anything they typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from balcao.kernel.observability.series import PREFIX, Kind, Series


@dataclass(frozen=True, slots=True)
class Figures:
    """What one statement tells. `max_age` is the seconds for which its answer is given again without asking."""

    name: str
    series: tuple[Series, ...]
    statement: str
    max_age: float = 15.0
    # Asked as the account the program signs in with, which may see the server's own tables, not as the platform's role.
    of_server: bool = False


def read(kind: Kind, name: str, text: str, unit: str, *labels: str) -> Series:
    """A series that is read from the database; `name` without the prefix."""
    return Series(PREFIX + name, kind, text, unit, labels)
