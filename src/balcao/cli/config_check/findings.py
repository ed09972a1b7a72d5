"""What the check found. No secret stands in one: names, reasons, numbers, hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from balcao.kernel.settings import Environment

Level = Literal["stop", "warn", "fine"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one subject (mostly a variable). `text` is a msgid, `params` fills it after translation."""

    level: Level
    subject: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])


def stop(subject: str, text: str, **params: Any) -> Finding:
    """The program would not start, or would be open to others."""
    return Finding("stop", subject, text, params)


def warn(subject: str, text: str, **params: Any) -> Finding:
    """It runs, but somebody should know."""
    return Finding("warn", subject, text, params)


def fine(subject: str, text: str, **params: Any) -> Finding:
    """Looked at, and in order."""
    return Finding("fine", subject, text, params)


def unsafe(env: Environment, subject: str, text: str, **params: Any) -> Finding:
    """Stops staging and production; in development it is only said."""
    return Finding("warn" if env == "development" else "stop", subject, text, params)
