"""One request on its way through the edge: what was found out about it, and every byte that leaves."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from balcao.kernel.web.headers import RawHeaders, SecurityHeaders, by_name
from balcao.kernel.web.middleware_body import CountedBody
from balcao.kernel.web.middleware_compression import (
    SMALLEST_BYTES,
    Encoding,
    Feed,
    PackedBodies,
    is_packable,
    negotiated,
    packed_headers,
)
from balcao.kernel.web.middleware_refusals import BODY_TOO_SLOW, PAYLOAD_TOO_LARGE, PROBLEM, Refusal

if TYPE_CHECKING:
    from balcao.kernel.i18n import Translator
    from balcao.kernel.web.middleware_address import ClientAddress

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

_ACCEPTED_ID: Final = re.compile(rb"[A-Za-z0-9-]{8,64}")
_random_bits = random.Random().getrandbits


def request_id_from(incoming: bytes | None) -> str:
    """The caller's id when it is a sound one, else a new one of 24 hexadecimal digits."""
    if incoming is not None and _ACCEPTED_ID.fullmatch(incoming):
        return incoming.decode()
    return f"{_random_bits(96):024x}"


class Exchange:
    """A request and its response. `send` dresses what the application sends: headers, packing, counting."""

    __slots__ = (
        "_encoding",
        "_feed",
        "_held",
        "_packed",
        "_send",
        "body",
        "client",
        "complete",
        "cors",
        "headers",
        "host",
        "method",
        "path",
        "replaced",
        "request_id",
        "scheme",
        "scope",
        "secure",
        "sent",
        "started",
        "status",
        "words",
    )

    client: ClientAddress
    scheme: str
    host: str
    secure: SecurityHeaders

    def __init__(
        self, scope: Scope, send: Send, packed: PackedBodies, words: Callable[[Exchange], Translator]
    ) -> None:
        self.started = time.perf_counter_ns()
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers = by_name(scope["headers"])
        self.request_id = request_id_from(self.headers.get(b"x-request-id"))
        self.body: CountedBody | None = None
        self.cors: RawHeaders | None = None
        self.status = 0
        self.sent = 0
        self.complete = False
        self.replaced = False
        self.words = words
        self._send = send
        self._packed = packed
        self._held: Message | None = None
        self._feed: Feed | None = None
        accepted = self.headers.get(b"accept-encoding")
        self._encoding: Encoding | None = negotiated(accepted) if accepted else None

    def send(self, message: Message) -> Awaitable[None]:
        """What the application sends, dressed and passed on."""
        kind = message["type"]
        if self.replaced:
            return _nothing()
        if kind == "http.response.start":
            return self._start(message)
        if kind == "http.response.body":
            return self._body(message)
        return self._release(message)

    async def _start(self, message: Message) -> None:
        if self.body is not None and self.body.fault is not None:
            # Whatever the application made of a body that was cut off, the caller is told the reason.
            await self.refuse(PAYLOAD_TOO_LARGE if self.body.fault == "too_large" else BODY_TOO_SLOW)
            self.replaced = True
            return
        self.status = message["status"]
        own: RawHeaders = message.get("headers") or []
        present = dict(own)
        headers = self.secure.added_to(own, present)
        headers.append((b"x-request-id", self.request_id.encode()))
        if self.cors is not None:
            headers += self.cors
        dressed = {**message, "headers": headers}
        if is_packable(self.status, present):
            headers.append((b"vary", b"Accept-Encoding"))
            if self._encoding is not None and self.method != "HEAD" and _may_be_large(present):
                self._held = dressed
                return
        await self._send(dressed)

    async def _body(self, message: Message) -> None:
        data: bytes = message.get("body", b"")
        last = not message.get("more_body", False)
        if self._held is not None:
            data = await self._first_body(self._held, data, last)
        elif self._feed is not None:
            data = self._feed(data, last)
        self.sent += len(data)
        await self._send({"type": "http.response.body", "body": data, "more_body": not last})
        self.complete = last

    async def _first_body(self, held: Message, data: bytes, last: bool) -> bytes:
        """Decides about packing now that the size is known, and lets the headers go."""
        self._held = None
        encoding = self._encoding
        if encoding is not None and not (last and len(data) < SMALLEST_BYTES):
            if last:
                remember = any(name == b"etag" for name, _ in held["headers"])
                data = await self._packed.pack(data, encoding, remember=remember)
                held["headers"] = packed_headers(held["headers"], encoding, len(data))
            else:
                self._feed = encoding.stream()
                data = self._feed(data, False)
                held["headers"] = packed_headers(held["headers"], encoding, None)
        await self._send(held)
        return data

    async def _release(self, message: Message) -> None:
        """Messages of server extensions go as they are, after the headers that may still be held."""
        if self._held is not None:
            held, self._held = self._held, None
            await self._send(held)
        await self._send(message)

    @property
    def can_answer(self) -> bool:
        """Whether nothing has been sent yet."""
        return self.status == 0 or self._held is not None

    async def refuse(self, refusal: Refusal) -> None:
        """Answers in the application's place."""
        content = b"" if self.method == "HEAD" else refusal.body(self.words(self), self.request_id)
        headers: RawHeaders = [(b"content-type", PROBLEM), (b"cache-control", b"no-store"), *refusal.headers]
        if self.method != "HEAD":
            headers.append((b"content-length", str(len(content)).encode()))
        if refusal.closes:
            headers.append((b"connection", b"close"))
        await self.answer(refusal.status, headers, content)

    async def answer(self, status: int, headers: RawHeaders, content: bytes = b"") -> None:
        """A small whole answer of the edge itself."""
        self.body = self._held = None
        await self._start({"type": "http.response.start", "status": status, "headers": headers})
        await self._body({"type": "http.response.body", "body": content})


async def _nothing() -> None:
    """What is left of an answer that was replaced."""


def _may_be_large(present: dict[bytes, bytes]) -> bool:
    length = present.get(b"content-length")
    return length is None or not length.isdigit() or int(length) >= SMALLEST_BYTES
