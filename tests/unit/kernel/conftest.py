"""A way to speak ASGI by hand, and a real Redis for those who want one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from balcao.kernel.i18n import Catalogues
from balcao.kernel.rate_limit import RateLimiter
from balcao.kernel.redis_link import RedisLink
from balcao.kernel.web.middleware import Edge, EdgeConfig


@dataclass
class Answer:
    """A response as it went over the line."""

    status: int
    raw_headers: list[tuple[bytes, bytes]]
    chunks: list[bytes]

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.raw_headers}


async def ask(
    app: Any,
    method: str = "GET",
    path: str = "/",
    *,
    headers: dict[str, str] | None = None,
    body: bytes | list[bytes] = b"",
    client: tuple[str, int] | None = ("203.0.113.7", 5000),
    scheme: str = "http",
    scope: dict[str, Any] | None = None,
) -> Answer:
    """One request. A list is a chunked body without a length; bytes have one."""
    chunks = body if isinstance(body, list) else [body]
    given = {"host": "shop.example", **(headers or {})}
    if isinstance(body, list):
        given.setdefault("transfer-encoding", "chunked")
    elif body:
        given.setdefault("content-length", str(len(body)))
    full: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "scheme": scheme,
        "client": client,
        "headers": [(n.lower().encode(), v.encode()) for n, v in given.items()],
        "state": {},
        **(scope or {}),
    }
    pending = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]
    answer = Answer(0, [], [])

    async def receive() -> dict[str, Any]:
        return pending.pop(0) if pending else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert answer.status == 0, "a second start"
            answer.status, answer.raw_headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            answer.chunks.append(bytes(message.get("body", b"")))

    await app(full, receive, send)
    return answer


App = Callable[[Any, Any, Any], Awaitable[None]]


def answering(status: int = 200, body: bytes = b"ok", **headers: str) -> App:
    """An application that reads nothing and always answers the same; `_` in header names means `-`."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})

    return app


@pytest.fixture
def edge() -> Callable[..., Edge]:
    """Builds an edge around an application; keyword arguments go into its configuration."""

    def build(app: App | None = None, **config: Any) -> Edge:
        config.setdefault("limiter", RateLimiter(scale=1e6))
        config.setdefault("catalogues", Catalogues([]))
        return Edge(app or answering(), EdgeConfig(**config))

    return build


class RedisServer:
    """A redis-server of our own, which can be killed and started again on the same port."""

    def __init__(self, folder: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            self._folder,
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        with Redis.from_url(self.url) as client:
            for _ in range(200):
                try:
                    client.ping()
                    return
                except RedisError:
                    time.sleep(0.02)
        raise RuntimeError("redis-server did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()


@pytest.fixture(scope="module")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed; Redis is an optional part")
    server = RedisServer(str(tmp_path_factory.mktemp("redis")))
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _patient_with_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may keep Redis waiting longer than a request would: these tests are about counts, not speed."""
    defaults = RedisLink.__init__.__kwdefaults__ or {}
    if "timeout" in defaults:
        monkeypatch.setitem(defaults, "timeout", 5.0)


@pytest.fixture
def redis_server(redis_process: RedisServer) -> RedisServer:
    """The server, empty and running at the start of each test."""
    if redis_process._process is None:
        redis_process.start()
    redis_process.flush()
    return redis_process
