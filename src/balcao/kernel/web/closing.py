"""A server that is about to end: first unready, then shut, so that nobody's request is cut off.

Told to stop (SIGTERM), it answers `stopping` to whoever asks whether it is ready and closes each connection after the
answer under way, while it goes on answering for the seconds of the drain: whoever sends it requests has that long to
notice. Then live pages are sent to another process, and the server under it stops listening and finishes what runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import threading
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from types import FrameType
from typing import Any, Final

import structlog

RECONNECT_MILLISECONDS: Final = (500, 3000)
"""Live pages come back spread over this span, not all at once."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
log = structlog.get_logger("balcao.closing")


class Closing:
    """Whether this process is about to end. `wake` lets every live page of it look again."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.is_on = False
        """Told to stop: send new requests elsewhere."""
        self.is_over = False
        """The drain is over: live pages end."""
        self._wake = wake

    def begin(self) -> None:
        """Turns unready."""
        self.is_on = True

    def finish(self) -> None:
        """Sends the live pages away."""
        self.is_on = self.is_over = True
        self._wake()


def farewell() -> bytes:
    """The last line of an event stream: come back after this many milliseconds."""
    return f"retry: {random.randint(*RECONNECT_MILLISECONDS)}\n\n".encode()


class LastAnswers:
    """ASGI layer: while the process is closing, each answer is the last one of its connection."""

    def __init__(self, app: App, *, closing: Closing) -> None:
        self.app = app
        self._closing = closing

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if not self._closing.is_on or scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def last(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self.app(scope, receive, last)


@contextlib.contextmanager
def told_by_signals(closing: Closing, *, drain_seconds: float) -> Generator[None]:
    """Puts the drain between SIGTERM and the server's own handler. A second SIGTERM, or Ctrl-C, ends the drain at once."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    loop = asyncio.get_running_loop()
    servers: dict[int, Any] = {kind: signal.getsignal(kind) for kind in (signal.SIGTERM, signal.SIGINT)}

    def finish(kind: int, frame: FrameType | None) -> None:
        closing.finish()
        if callable(servers[kind]):
            servers[kind](kind, frame)

    def heard(kind: int, frame: FrameType | None) -> None:
        if kind == signal.SIGINT or closing.is_on or drain_seconds <= 0:
            loop.call_soon_threadsafe(finish, kind, frame)
            return
        closing.begin()
        log.info("draining", seconds=drain_seconds)
        loop.call_soon_threadsafe(lambda: loop.call_later(drain_seconds, finish, kind, frame))

    for kind in servers:
        signal.signal(kind, heard)
    try:
        yield
    finally:
        for kind, handler in servers.items():
            signal.signal(kind, handler)
