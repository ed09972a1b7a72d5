"""What requests notice of a read replica: nothing, neither of its being late nor of its end.

A browser that sent something carries a mark for a moment and reads from the primary meanwhile: its next page may come
from another process, which has not heard of the change yet. A reading request that the replica left half-way, because it
died or had to give way to what it replays, is answered anew from the primary. Only there when there is a replica.
"""

from __future__ import annotations

import math
from typing import Final

import psycopg
from sqlalchemy.exc import OperationalError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from balcao.kernel.db.replica import Replica
from balcao.kernel.web.dependencies import WROTE_COOKIE

_READING: Final = frozenset({"GET", "HEAD"})


class ReplicaDoor:
    """Marks whoever wrote, and asks again for whoever was let down."""

    def __init__(self, app: ASGIApp, *, replica: Replica, seconds: float, secure: bool) -> None:
        self._app, self._replica = app, replica
        life = f"Max-Age={math.ceil(seconds)}"
        self._cookie = (
            f"{WROTE_COOKIE}=1; {life}; Path=/; HttpOnly; SameSite=Lax{'; Secure' * secure}".encode()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes requests on, those that read up to twice."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] in _READING:
            await self._read(scope, receive, send)
        else:
            await self._app(scope, receive, self._marking(send))

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        untouched, answered = dict(scope), False

        async def noticed(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except (OperationalError, psycopg.OperationalError):
            if answered:
                raise
            self._replica.failed()
            await self._app(untouched, receive, send)

    def _marking(self, send: Send) -> Send:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"set-cookie", self._cookie)]
            await send(message)

        return marked
