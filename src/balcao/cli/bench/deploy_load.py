"""A steady stream of requests over TLS, sent when they are due whether or not earlier ones were answered (open loop).

Nothing is sent twice: a connection that breaks, an answer that does not come in time and every 5xx is a failed request.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

ANSWER_WITHIN_SECONDS: Final = 10.0
# nginx puts an idle connection away after 65 s; a caller that wants no surprise uses it no longer than this.
IDLE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as bytes, and what it is called in the report."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """How one request went: when it was due (seconds of the monotonic clock), how long it took from then, its status or
    what broke."""

    name: str
    due: float
    seconds: float
    status: int
    problem: str = ""

    @property
    def failed(self) -> bool:
        """No answer, or one of the server's own fault."""
        return bool(self.problem) or self.status >= 500


@dataclass(slots=True)
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: float = 0.0

    @property
    def fit(self) -> bool:
        return not self.reader.at_eof() and time.monotonic() - self.used < IDLE_SECONDS


@dataclass(slots=True)
class Stream:
    """Requests of `pick()` at `per_second` to a port of this machine until `stop()`. `answers` grows meanwhile."""

    port: int
    tls: ssl.SSLContext
    pick: Callable[[], Asked]
    per_second: float
    answers: list[Answer] = field(default_factory=list[Answer])
    _idle: list[_Line] = field(default_factory=list[_Line])
    _open: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _stopping: bool = False

    async def run(self) -> None:
        """Sends until told to stop, then waits for what is under way."""
        due = time.monotonic()
        while not self._stopping:
            due += 1 / self.per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(self._ask(self.pick(), due))
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        await asyncio.gather(*self._open)
        for line in self._idle:
            line.writer.close()

    def stop(self) -> None:
        """No more requests."""
        self._stopping = True

    async def _ask(self, asked: Asked, due: float) -> None:
        status, problem = 0, ""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                line = await self._line()
                line.writer.write(asked.data)
                status, stays = await _answer(line.reader)
            line.used = time.monotonic()
            if stays:
                self._idle.append(line)
            else:
                line.writer.close()
        except (OSError, EOFError, TimeoutError, ValueError, ssl.SSLError) as error:
            problem = type(error).__name__
        self.answers.append(Answer(asked.name, due, time.monotonic() - due, status, problem))

    async def _line(self) -> _Line:
        while self._idle:
            line = self._idle.pop()
            if line.fit:
                return line
            line.writer.close()
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.tls, server_hostname="localhost"
        )
        return _Line(reader, writer)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Status, and whether the connection stays. EOFError when it broke."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if b"content-length" in headers:
        await reader.readexactly(int(headers[b"content-length"]))
    elif headers.get(b"transfer-encoding") == b"chunked":
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return status, headers.get(b"connection") != b"close"


def request(
    name: str, method: str, path: str, host: str, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()
) -> Asked:
    """A request ready to be written."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}", "accept: */*", "accept-encoding: gzip"]
    lines += [f"{key}: {value}" for key, value in headers]
    if method == "POST":
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return Asked(name, "\r\n".join([*lines, "", ""]).encode() + body)


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the requests due in a stretch of time. Times of answers are milliseconds."""

    requests: int
    failed: int
    refused: int
    p50: float
    p95: float
    p99: float
    problems: Counter[str]


def tally(answers: Sequence[Answer], begin: float, end: float) -> Tally:
    """Counts those due from `begin` to `end`."""
    within = [answer for answer in answers if begin <= answer.due < end]
    times = sorted(answer.seconds * 1000 for answer in within) or [0.0]
    problems = Counter(
        f"{answer.name}: {answer.problem or answer.status}" for answer in within if answer.failed
    )
    refused = sum(1 for answer in within if 400 <= answer.status < 500)

    def at(share: float) -> float:
        return times[min(len(times) - 1, int(len(times) * share))]

    return Tally(len(within), problems.total(), refused, at(0.5), at(0.95), at(0.99), problems)


def one_of(weighted: Sequence[tuple[int, Callable[[], Asked]]]) -> Asked:
    """One of the makers' requests, each as often as its weight says."""
    make = random.choices([make for _, make in weighted], [weight for weight, _ in weighted])[0]
    return make()
