"""What every source of secrets promises: the value of a name with its version, or one of four errors.

A value shows itself nowhere: `repr`, `str`, JSON and pickles of a Secret carry stars, and no error carries what a server
answered, because an answer may hold the value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn, Protocol

MASK: Final = "***"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """One secret. `version` is the source's own word for it and no secret; `fetched_at` is when the source said so."""

    name: str
    _value: str = field(repr=False)
    version: str
    fetched_at: datetime

    def reveal(self) -> str:
        """The value itself. Whoever calls this answers for where it goes."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.name!r}, {MASK}, version={self.version!r})"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret does not leave the process")


class SecretError(Exception):
    """A secret could not be had. `kind` is one word for logs and metrics, never anything a server said."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(f"{name}: {kind}")
        self.name = name
        self.kind = kind


class SecretMissingError(SecretError):
    """The source has no such secret, or it was deleted there."""


class SecretForbiddenError(SecretError):
    """The source refuses us: wrong credentials, no right to this name, or a key that may not be used. Asking again does
    not help, and nothing may stand in for the value."""


class SecretUnavailableError(SecretError):
    """The source did not answer sensibly: a time-out, a broken line, throttling, a sealed vault. Later it may.

    `retry_after` is in seconds when the source named a time.
    """

    def __init__(self, name: str, kind: str, *, retry_after: float | None = None) -> None:
        super().__init__(name, kind)
        self.retry_after = retry_after


class SecretSource(Protocol):
    """One place of secrets. Synchronous: it is asked before there is an event loop. Threads may share it."""

    @property
    def name(self) -> str:
        """The name it is chosen by in SECRETS_PROVIDER."""
        ...

    def get(self, name: str) -> Secret:
        """The current value. Raises SecretMissingError, SecretForbiddenError, SecretUnavailableError."""
        ...

    def previous(self, name: str) -> Secret | None:
        """The value before the current one, while the source still keeps it. Raises as `get`, but for SecretMissingError."""
        ...

    def close(self) -> None:
        """Gives back connections."""
        ...
