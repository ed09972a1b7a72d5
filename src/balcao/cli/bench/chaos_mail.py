"""A mail server that keeps what it is handed: where the outside counts what reached it, and how often."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from email import message_from_bytes, policy
from types import TracebackType
from typing import Self

_ANSWERS = {
    b"EHLO": b"250-sink\r\n250 8BITMIME\r\n",
    b"HELO": b"250 sink\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class MailSink:
    """An SMTP server in a thread of its own, on a free port of this machine. It takes everything.

    `accepted` counts the messages by Message-ID, from the moment on at which the server answered for them.
    """

    def __init__(self, *, delay_seconds: float = 0.0) -> None:
        self.accepted: Counter[str] = Counter()
        self.recipients: Counter[str] = Counter()
        self.port = 0
        self._delay = delay_seconds
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def environment(self) -> dict[str, str]:
        """The settings that send mail here."""
        return {
            "EMAIL_PROVIDER": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.port), "SMTP_SECURITY": "none",
        }  # fmt: skip

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 sink\r\n")
            while line := await reader.readline():
                word = line[:4].upper()
                writer.write(_ANSWERS.get(word, b"250 OK\r\n"))
                if word == b"DATA":
                    await self._take(await reader.readuntil(b"\r\n.\r\n"))
                    writer.write(b"250 taken\r\n")
                if word == b"QUIT":
                    break
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # who was sending died
        finally:
            writer.close()

    async def _take(self, body: bytes) -> None:
        await asyncio.sleep(self._delay)
        message = message_from_bytes(body, policy=policy.default)
        self.accepted[str(message["Message-ID"]).strip()] += 1
        self.recipients[str(message["To"])] += 1
