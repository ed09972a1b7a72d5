"""Event streams (text/event-stream): the API says when to look again, never what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

READ_SECONDS: Final = 60.0
"""A stream that is silent for longer is dead: the API sends a sign of life every 15 seconds."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened: `kind` is its name."""

    kind: str
    data: str


class EventLines:
    """Puts events together from the lines of a stream, as the HTML standard says."""

    def __init__(self) -> None:
        self._kind = ""
        self._data: list[str] = []

    def take(self, line: str) -> Event | None:
        """The event that ends with this line, if one does."""
        if not line:
            return self._whole()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
        return None  # comments, and what else may come

    def _whole(self) -> Event | None:
        event = Event(self._kind or "message", "\n".join(self._data)) if self._data else None
        self._kind, self._data = "", []
        return event
