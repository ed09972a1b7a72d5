"""The bulletin: tells every process, after a commit, that something of a tenant changed.

It carries topics, never data: caches drop what the topic covers, live pages ask again, workers look for jobs. A NOTIFY
inside each transaction would serialise commits, so one task per process posts what was gathered, a few times a second.
A lost message costs freshness only: listeners hear `gap` after a broken line and start clean.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable
from uuid import UUID

import orjson
import psycopg
import structlog

from balcao.kernel.ids import new_token
from balcao.kernel.observability.metrics import BULLETIN_GAPS, BULLETIN_LAG, BULLETIN_TOPICS

CHANNEL = "balcao_bulletin"
JOBS_CHANNELS = [f"procrastinate_queue_v1#{queue}" for queue in ("now", "soon", "outside", "bulk")]
"""Where the workers listen, who take their queues by name (`queue.QueueName`; a test holds the two together)."""
JOBS_PAYLOAD = '{"type":"job_inserted","job_id":0}'
POST_INTERVAL_SECONDS = 0.05
PAYLOAD_LIMIT = 100  # topics per NOTIFY, well under PostgreSQL's 8 000 bytes
PLATFORM = UUID(int=0)

Listener = Callable[[UUID, str], None]
log = structlog.get_logger("balcao.bulletin")


class Bulletin:
    """Topics of tenants, spread to listeners here at once and to other processes within a fraction of a second."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._origin = new_token(6)
        self._pending: set[tuple[UUID, str]] = set()
        self._jobs_pending = False
        self._oldest = 0.0
        self._wake = asyncio.Event()
        self._listeners: list[Listener] = []
        self._post_listeners: list[Listener] = []
        self._gap_listeners: list[Callable[[], None]] = []
        self._waiters: defaultdict[tuple[UUID, str], set[asyncio.Event]] = defaultdict(set)
        self._tasks: list[asyncio.Task[None]] = []

    def listen(self, listener: Listener, *, on_gap: Callable[[], None] | None = None) -> None:
        """Calls `listener(tenant_id, topic)` for each posting; `on_gap` after messages may have been lost."""
        self._listeners.append(listener)
        if on_gap is not None:
            self._gap_listeners.append(on_gap)

    def listen_to_own(self, listener: Listener) -> None:
        """Calls `listener(tenant_id, topic)` for what this process posts: what is to be done once, by whoever changed it."""
        self._post_listeners.append(listener)

    def post(self, tenant_id: UUID, topics: Iterable[str], *, jobs: bool = False) -> None:
        """Spreads topics of a committed change; with `jobs`, wakes the workers too."""
        for topic in topics:
            self._deliver(tenant_id, topic)
            for listener in self._post_listeners:
                listener(tenant_id, topic)
            self._pending.add((tenant_id, topic))
        self._jobs_pending = self._jobs_pending or jobs
        if self._pending or self._jobs_pending:
            self._oldest = self._oldest or time.monotonic()
            self._wake.set()

    @property
    def waiting(self) -> int:
        """Subscriptions held open, each by a live page."""
        return len({id(event) for events in self._waiters.values() for event in events})

    @contextlib.asynccontextmanager
    async def subscription(self, tenant_id: UUID, *topics: str) -> AsyncGenerator[asyncio.Event]:
        """An event that is set whenever one of the topics is posted; the holder clears it."""
        event = asyncio.Event()
        keys = [(tenant_id, topic) for topic in topics]
        for key in keys:
            self._waiters[key].add(event)
        try:
            yield event
        finally:
            for key in keys:
                self._waiters[key].discard(event)
                if not self._waiters[key]:
                    del self._waiters[key]

    def wake_all(self) -> None:
        """Wakes every live page of this process: after a gap, or because the process ends."""
        for events in list(self._waiters.values()):
            for event in events:
                event.set()

    def start(self) -> None:
        """Starts the posting and the listening task of this process."""
        self._tasks = [
            asyncio.create_task(self._keep(self._post_loop)),
            asyncio.create_task(self._keep(self._hear)),
        ]

    async def stop(self) -> None:
        """Stops both tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def _deliver(self, tenant_id: UUID, topic: str) -> None:
        for listener in self._listeners:
            listener(tenant_id, topic)
        for event in self._waiters.get((tenant_id, topic), ()):
            event.set()

    def _gap(self) -> None:
        BULLETIN_GAPS.inc()
        for listener in self._gap_listeners:
            listener()
        self.wake_all()

    async def _keep(self, loop: Callable[[], object]) -> None:
        while True:
            try:
                await loop()  # type: ignore[misc]
            except (psycopg.Error, OSError) as error:
                log.warning("bulletin_line_broken", error=type(error).__name__)
                self._gap()
                await asyncio.sleep(1.0)

    async def _post_loop(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as line:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._post_pending(line)
                await asyncio.sleep(POST_INTERVAL_SECONDS)

    async def _post_pending(self, line: psycopg.AsyncConnection) -> None:
        if self._jobs_pending:
            self._jobs_pending = False
            told = "select pg_notify(channel, %s) from unnest(%s::text[]) as channel"
            await line.execute(told, (JOBS_PAYLOAD, JOBS_CHANNELS))
        pending, self._pending = list(self._pending), set()
        oldest, self._oldest = self._oldest, 0.0
        BULLETIN_TOPICS.inc(len(pending))
        for start in range(0, len(pending), PAYLOAD_LIMIT):
            part = [[str(tenant), topic] for tenant, topic in pending[start : start + PAYLOAD_LIMIT]]
            payload = orjson.dumps({"from": self._origin, "at": oldest, "topics": part}).decode()
            await line.execute("select pg_notify(%s, %s)", (CHANNEL, payload))

    async def _hear(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as line:
            await line.execute(f"listen {CHANNEL}")
            self._gap()
            async for notice in line.notifies():
                message = orjson.loads(notice.payload)
                if message["from"] == self._origin:
                    # By our own clock: those of two machines may differ by more than the way takes.
                    BULLETIN_LAG.observe(max(0.0, time.monotonic() - message["at"]))
                    continue
                for tenant, topic in message["topics"]:
                    self._deliver(UUID(tenant), topic)
