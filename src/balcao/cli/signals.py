"""Being told to stop, at any moment of a start or a run: everything is put away and no traceback is shown."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Generator
from types import FrameType

INTERRUPTED = 130  # what a shell answers for a program stopped by Ctrl-C


class Stopped(BaseException):  # noqa: N818 - not an error: somebody asked for it
    """SIGTERM or the closed terminal, raised in the main thread like Ctrl-C's KeyboardInterrupt."""


_asked: list[type[BaseException]] = []


@contextlib.contextmanager
def ends_quietly() -> Generator[None]:
    """SIGTERM and SIGHUP unwind like Ctrl-C, so that `finally` runs; then the process ends: 0 after an order to stop,
    130 after Ctrl-C."""
    _asked.clear()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        # To whoever handles SIGTERM just now: the server has a handler of its own while it serves.
        signal.signal(signal.SIGHUP, lambda _number, _frame: signal.raise_signal(signal.SIGTERM))
    try:
        yield
    except Stopped:
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def end_if_asked() -> None:
    """Raises again what a signal raised where Python could only ignore it: in a destructor, or a library's callback."""
    if _asked:
        raise _asked[0]


@contextlib.contextmanager
def undisturbed() -> Generator[None]:
    """Further signals wait: what is put away here takes seconds at most."""
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(kind, signal.SIG_IGN) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def _stop(number: int, _frame: FrameType | None) -> None:
    _asked.append(KeyboardInterrupt if number == signal.SIGINT else Stopped)
    raise _asked[-1]
