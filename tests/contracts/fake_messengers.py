"""Meta's Graph API and Telegram's Bot API on this machine, as far as asking who somebody is, and with faults."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

META_TOKEN = "EAAGcanary-of-meta-0123456789abcdWXYZ"
PHONE_ID = "106540352242922"
BOT_TOKEN = "110201543:AAHcanary-of-telegram_0123456789ABC"
SHUT_OUT = "EAAGmay-see-nothing-0123456789"


@dataclass(frozen=True)
class Answer:
    status: int
    document: Any
    headers: str = ""


@dataclass
class FakeMessengers:
    """`faults` are played one per request; then it answers as the real ones do. `asked` is every request line."""

    base_url: str = ""
    asked: list[str] = field(default_factory=list)
    faults: deque[str | Answer] = field(default_factory=deque)
    meta_tokens: set[str] = field(default_factory=lambda: {META_TOKEN})
    bot_tokens: set[str] = field(default_factory=lambda: {BOT_TOKEN})
    numbers: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {PHONE_ID: ("+55 11 98765-4321", "Padaria da\x00 Vila")}
    )
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> str:
        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self.base_url

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.asked.append(head.split("\r\n", 1)[0])
                fault = self.faults.popleft() if self.faults else self._usual(head)
                if isinstance(fault, str):
                    await self._misbehave(fault, writer)
                    break
                body = json.dumps(fault.document).encode()
                length = f"content-length: {len(body)}\r\n"
                writer.write(f"HTTP/1.1 {fault.status} Said\r\n{length}{fault.headers}\r\n".encode() + body)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    async def _misbehave(self, fault: str, writer: asyncio.StreamWriter) -> None:
        if fault == "cut":
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"ok":')
            await writer.drain()
        elif fault == "reset":
            writer.transport.abort()
        elif fault == "slow":
            await asyncio.sleep(60)
        elif fault == "trickle":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n")
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        elif fault == "huge":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n" + b"[" * 300_000)
            await writer.drain()
        elif fault == "garbage":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n\xff[[[[")
            await writer.drain()
        elif fault == "noise":
            writer.write(b"this is no HTTP\r\n\r\n")
            await writer.drain()
        else:
            raise AssertionError(fault)

    def _usual(self, head: str) -> Answer:
        method, target, _ = head.split("\r\n", 1)[0].split(" ")
        if bot := re.fullmatch(r"/bot([^/]+)/getMe", target):
            return self._bot(bot[1])
        if number := re.fullmatch(r"/v\d+\.\d+/(\d+)\?fields=[\w%.,]+", target):
            assert method == "GET"
            token = re.search(r"\r\nauthorization: Bearer (\S+)", head, re.IGNORECASE)
            return self._number(number[1], token[1] if token else "")
        return Answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})

    def _bot(self, token: str) -> Answer:
        if token not in self.bot_tokens:
            return Answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Padaria",
            "username": "vila_bot",
        }
        return Answer(200, {"ok": True, "result": bot})

    def _number(self, number: str, token: str) -> Answer:
        if token == SHUT_OUT:
            return meta_error(403, 10, "Application does not have permission")
        if token not in self.meta_tokens:
            return meta_error(401, 190, f"Error validating access token {token}")
        if number not in self.numbers:
            return meta_error(400, 100, "Unsupported get request. Object does not exist")
        shown, name = self.numbers[number]
        return Answer(200, {"id": number, "display_phone_number": shown, "verified_name": name})


def meta_error(status: int, code: object, message: str = "no", headers: str = "") -> Answer:
    return Answer(status, {"error": {"message": message, "type": "OAuthException", "code": code}}, headers)
