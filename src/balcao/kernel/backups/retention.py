"""How long backups stay, and when there has been none for too long. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

OVERDUE: Final = timedelta(hours=26)
"""A day, and two hours for a long backup: desk.md 9.2."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One backup as the rules see it."""

    name: str
    created_at: datetime
    verified_at: datetime | None


def doomed(backups: Iterable[Kept], now: datetime, keep: timedelta) -> list[str]:
    """Names of the backups whose time is over, oldest first.

    The newest verified one always stays, and while none is verified the newest of all.
    """
    ordered = sorted(backups, key=lambda one: (one.created_at, one.name))
    verified = [one for one in ordered if one.verified_at is not None]
    safe = (verified or ordered)[-1:]
    return [one.name for one in ordered if now - one.created_at > keep and one not in safe]


def newest_verified(backups: Iterable[Kept]) -> Kept | None:
    """The backup one would restore: the newest that was verified."""
    return max((one for one in backups if one.verified_at is not None), key=_moment, default=None)


def is_overdue(backups: Iterable[Kept], now: datetime, installed_at: datetime) -> bool:
    """Whether 26 hours have passed since the data of the newest verified backup, or since there is anything to save."""
    newest = newest_verified(backups)
    since = installed_at if newest is None else max(newest.created_at, installed_at)
    return now - since > OVERDUE


def _moment(one: Kept) -> datetime:
    return one.created_at
