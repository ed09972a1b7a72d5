"""A clock that tests may move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovableClock:
    """The real time plus an offset, or a fixed moment."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, **parts: float) -> None:
        self._offset += timedelta(**parts)

    def go_to(self, moment: datetime) -> None:
        self._offset = moment - datetime.now(UTC)

    def reset(self) -> None:
        self._offset = timedelta()
