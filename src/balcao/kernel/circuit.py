"""A circuit breaker: a service that failed several times running is left alone for a while, then tried once.

closed: calls go, failures running are counted. open: nobody calls until the rest is over. trial: one call goes, all
others wait for how it ends; well, and the circuit closes; badly, and the rest begins anew.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

State = Literal["closed", "open", "trial"]
FAILURES: Final = 5
"""Failures running, with no good call between them, that open a circuit."""
WINDOW_SECONDS: Final = 60.0
"""The stretch those failures must fall into; rare ones are the network's everyday."""
REST_SECONDS: Final = 30.0
"""How long a service is left alone; also the longest a trial may take before another is let go."""


class Circuit:
    """One service's circuit in this process. `clock` gives seconds that only grow."""

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        window: float = WINDOW_SECONDS,
        rest: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._window, self._rest, self._clock = failures, window, rest, clock
        self._moments: deque[float] = deque(maxlen=failures)
        self._state: State = "closed"
        self._until = 0.0
        self._era = 0

    @property
    def state(self) -> State:
        """Where it stands. An open one whose rest is over stays open until somebody calls."""
        return self._state

    @property
    def era(self) -> int:
        """The ticket of a call that goes whatever the circuit says; a good end closes it."""
        return self._era

    def wait(self) -> float:
        """Seconds until a call may go; 0 when it may go now. Changes nothing."""
        return 0.0 if self._state == "closed" else max(0.0, self._until - self._clock())

    def enter(self) -> int:
        """Lets a call go and answers its ticket, for the three ends below. Only while `wait()` is 0."""
        if self._state != "closed":
            # After an open rest, or a trial nobody heard of again.
            self._turn("trial", self._clock() + self._rest)
        return self._era

    def succeeded(self, ticket: int) -> None:
        """The service answered, whatever it said. Of a call begun before the last turn it says nothing any more."""
        if ticket != self._era:
            return
        self._moments.clear()
        if self._state != "closed":
            self._turn("closed", 0.0)

    def failed(self, ticket: int) -> None:
        """The service was not there."""
        if ticket != self._era:
            return
        now = self._clock()
        self._moments.append(now)
        is_full = len(self._moments) == self._most and now - self._moments[0] <= self._window
        if self._state == "trial" or is_full:
            self._turn("open", now + self._rest)

    def left(self, ticket: int) -> None:
        """The call was given up, or ended in an error of our own: nothing is known. A trial is free for the next."""
        if ticket == self._era and self._state == "trial":
            self._turn("open", self._clock())

    def _turn(self, state: State, until: float) -> None:
        self._state, self._until = state, until
        self._era += 1
        if state == "closed":
            self._moments.clear()
