"""Secrets kept in memory for a while, so that a source is asked seldom and may be away for a day.

Rules: a value is good for five minutes, spread by a tenth so that processes do not all ask at once. One caller asks, the
others wait for that answer. A name the source does not have, or refuses, is not asked for again for half a minute. While
the source is away the last value stands in for up to a day, and the source is tried again after one second, two, four …
Only a missing secret or a silent source may be answered from the environment, and only for names on the allow-list; a
refusal never.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import structlog
from pydantic import SecretStr

from balcao.kernel.secrets.port import (
    Secret,
    SecretError,
    SecretForbiddenError,
    SecretMissingError,
    SecretSource,
    SecretUnavailableError,
)

GOOD_SECONDS: Final = 300.0
SPREAD: Final = 0.1
REFUSAL_SECONDS: Final = 30.0
STALE_SECONDS: Final = 24 * 3600.0
FIRST_WAIT_SECONDS: Final = 1.0
LONGEST_WAIT_SECONDS: Final = 3600.0
MAX_NAMES: Final = 1024

log = structlog.get_logger("balcao.secrets")


@dataclass(slots=True)
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    secret: Secret | None = None
    read_at: float = 0.0
    good_until: float = 0.0
    refusal: SecretError | None = None
    ask_again_at: float = 0.0
    failures: int = 0


class SecretCache:
    """The secrets of one process. `counts` says how often each outcome was: hit, read, stale, fallback, missing …"""

    def __init__(
        self,
        source: SecretSource,
        *,
        fallback: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        spread: Callable[[], float] = lambda: random.uniform(1 - SPREAD, 1 + SPREAD),
    ) -> None:
        """`fallback` holds the values of the environment for the names on the allow-list, and no others."""
        self.source = source
        self.counts: Counter[str] = Counter()
        self._fallback = {name: SecretStr(value) for name, value in (fallback or {}).items()}
        self._clock = clock
        self._spread = spread
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._door = threading.Lock()

    def __repr__(self) -> str:
        return f"SecretCache({self.source.name})"

    def get(self, name: str) -> Secret:
        """The value. Raises SecretMissingError, SecretForbiddenError, SecretUnavailableError."""
        kept = self._entry(name)
        with kept.lock:
            now = self._clock()
            if kept.secret is not None and now < kept.good_until:
                self.counts["hit"] += 1
                return kept.secret
            if now < kept.ask_again_at:
                assert kept.refusal is not None
                return self._instead(name, kept, kept.refusal, now)
            return self._ask(name, kept, now)

    def previous(self, name: str) -> Secret | None:
        """The value before the current one, asked for each time. None when the source has none or cannot say."""
        try:
            found = self.source.previous(name)
        except SecretError as error:
            self._say(name, f"previous_{error.kind}")
            return None
        self._say(name, "previous_read" if found else "previous_missing")
        return found

    def invalidate(self, name: str) -> None:
        """The next `get` asks the source: for a caller whose service refused the value. It asks once, and tries once more.

        What was kept still stands in when the source is away.
        """
        kept = self._entry(name)
        with kept.lock:
            kept.good_until = kept.ask_again_at = 0.0

    def close(self) -> None:
        """Gives back connections and forgets every value."""
        with self._door:
            self._kept.clear()
        self.source.close()

    def _entry(self, name: str) -> _Kept:
        with self._door:
            kept = self._kept.setdefault(name, _Kept())
            self._kept.move_to_end(name)
            if len(self._kept) > MAX_NAMES:
                self._kept.popitem(last=False)
            return kept

    def _ask(self, name: str, kept: _Kept, now: float) -> Secret:
        try:
            secret = self.source.get(name)
        except SecretUnavailableError as error:
            wait = min(FIRST_WAIT_SECONDS * 2**kept.failures, LONGEST_WAIT_SECONDS)
            kept.failures = min(kept.failures + 1, 12)
            kept.refusal, kept.ask_again_at = error, now + max(wait, error.retry_after or 0.0)
            return self._instead(name, kept, error, now)
        except SecretError as error:
            # Deleted or forbidden there: the value we hold is no longer ours to use.
            kept.secret, kept.failures = None, 0
            kept.refusal, kept.ask_again_at = error, now + REFUSAL_SECONDS
            return self._instead(name, kept, error, now)
        kept.secret, kept.read_at, kept.good_until = secret, now, now + GOOD_SECONDS * self._spread()
        kept.refusal, kept.ask_again_at, kept.failures = None, 0.0, 0
        self._say(name, "read")
        return secret

    def _instead(self, name: str, kept: _Kept, error: SecretError, now: float) -> Secret:
        away = isinstance(error, SecretUnavailableError)
        if away and kept.secret is not None and now - kept.read_at <= STALE_SECONDS:
            self._say(name, "stale")
            return kept.secret
        if not isinstance(error, SecretForbiddenError) and name in self._fallback:
            self._say(name, "fallback")
            return Secret(name, self._fallback[name].get_secret_value(), "environment", datetime.now(UTC))
        self._say(name, error.kind)
        # A new error each time: one that is kept and raised again gathers tracebacks.
        raise _copy(error) from None

    def _say(self, name: str, outcome: str) -> None:
        self.counts[outcome] += 1
        plain = outcome in {"read", "previous_read", "previous_missing", "missing"}
        write = log.info if plain else log.warning
        write("secret_access", name=name, source=self.source.name, outcome=outcome)


def _copy(error: SecretError) -> SecretError:
    if isinstance(error, SecretUnavailableError):
        return SecretUnavailableError(error.name, error.kind, retry_after=error.retry_after)
    if isinstance(error, SecretForbiddenError):
        return SecretForbiddenError(error.name, error.kind)
    return SecretMissingError(error.name, error.kind)
