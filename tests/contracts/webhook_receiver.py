"""A program that hears webhooks on this machine, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Heard:
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`faults` are played one per request, in order; then it answers 200. `heard` is all that came."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    always: str = ""

    def url(self, host: str = "hooks.test", path: str = "/in", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._answer(reader, writer)
        with contextlib.suppress(OSError):
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.heard.append(Heard(lines[0].split(" ")[1], headers, body))
        fault = self.faults.popleft() if self.faults else self.always
        if fault == "reset":
            writer.transport.abort()
        elif fault == "slow":
            await asyncio.sleep(60)
        elif fault == "huge":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n" + b"x" * 200_000)
            await writer.drain()
            await asyncio.sleep(60)
        elif fault == "redirect":
            writer.write(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")
        elif fault.isdecimal():
            said = b"no\x00 thanks \xff"
            writer.write(
                b"HTTP/1.1 %s Said\r\ncontent-length: %d\r\n\r\n%s" % (fault.encode(), len(said), said)
            )
        elif fault == "noise":
            writer.write(b"this is no HTTP\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-private: header\r\n\r\nok")
        await writer.drain()


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a free port of 127.0.0.1."""
    receiver = Receiver()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.answer(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
