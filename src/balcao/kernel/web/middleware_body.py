"""How much a request may send, and how slowly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final, Literal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

DEFAULT_BYTES: Final = 1_000_000
# A sender has this long to begin, and then must keep this pace; a stalled one is cut off.
GRACE_SECONDS: Final = 30.0
SLOWEST_BYTES_PER_SECOND: Final = 16_384
API_PREFIX: Final = "/api/v1"

BodyFault = Literal["too_large", "too_slow"]


class BodyRefusedError(Exception):
    """Raised into whoever reads the body; the edge answers 413 or 408 in its place."""


class BodyLimits:
    """The largest body by the beginning of the path (with or without /api/v1), in bytes; the longest match rules."""

    def __init__(self, by_prefix: Mapping[str, int] | None = None, default: int = DEFAULT_BYTES) -> None:
        self._default = default
        self._by_prefix = sorted((by_prefix or {}).items(), key=lambda item: -len(item[0]))

    def limit_for(self, path: str) -> int:
        """Bytes a request to this path may carry."""
        bare = path.removeprefix(API_PREFIX)
        for prefix, limit in self._by_prefix:
            if bare.startswith(prefix):
                return limit
        return self._default


def announced_length(headers: Mapping[bytes, bytes]) -> int | None:
    """The Content-Length, when there is a sound one."""
    stated = headers.get(b"content-length", b"")
    return int(stated) if stated.isdigit() and len(stated) < 19 else None


def has_body(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether there can be anything to read."""
    if b"content-length" in headers:
        return headers[b"content-length"] != b"0"
    return b"transfer-encoding" in headers or method not in {"GET", "HEAD", "OPTIONS", "DELETE"}


class CountedBody:
    """A `receive` that counts what comes in and how fast. `fault` says why it stopped, if it did."""

    __slots__ = ("_done", "_limit", "_read", "_receive", "_started", "fault")

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._read = 0
        self._done = False
        self._started = time.monotonic()
        self.fault: BodyFault | None = None

    async def __call__(self) -> Message:
        """The next message. Raises BodyRefusedError once the body is too large or too slow."""
        if self._done:
            return await self._receive()
        spent = time.monotonic() - self._started
        allowance = GRACE_SECONDS + self._read / SLOWEST_BYTES_PER_SECOND - spent
        try:
            async with asyncio.timeout(max(0.0, allowance)):
                message = await self._receive()
        except TimeoutError:
            self.fault = "too_slow"
            raise BodyRefusedError from None
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._done = not message.get("more_body", False)
            if self._read > self._limit:
                self.fault = "too_large"
                raise BodyRefusedError
        return message
