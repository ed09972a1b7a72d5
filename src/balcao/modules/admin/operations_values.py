"""What the operations page and its API show. Times are aware UTC; nothing here names a person or holds their data."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from balcao.kernel.db.activity import RunningStatement, StatementFigures
from balcao.kernel.jobs.overview import FailureKind, RunningJob, Worker


class PartState(BaseModel):
    """One part as /health tells it. `latency_ms` is how long the look took."""

    status: Literal["ok", "degraded", "down"]
    latency_ms: float
    detail: str | None


class Queue(BaseModel):
    """One queue: jobs that could run, that wait for their time, that run, that died; seconds the oldest could have run."""

    name: str
    ready: int
    scheduled: int
    running: int
    dead: int
    oldest_seconds: float


class Task(BaseModel):
    """Jobs of one task the queue still knows, by status."""

    task: str
    waiting: int
    running: int
    failed: int
    succeeded: int


class Provider(BaseModel):
    """An outside service as this machine's processes see it. `calls` and `unanswered` since they began."""

    port: str
    name: str
    circuit: Literal["closed", "trial", "open"]
    calls: int
    unanswered: int
    last_failure_at: datetime | None
    last_failure: str


class Disk(BaseModel):
    """Where the data folder lies, in bytes."""

    free_bytes: int
    total_bytes: int


class DatabaseFigures(BaseModel):
    """The database: bytes, connections, locks somebody waits for, seconds of the oldest open transaction."""

    size_bytes: int
    connections: int
    connections_limit: int
    locks_waiting: int
    oldest_transaction_seconds: float
    pool_in_use: int
    pool_size: int


class SlowPlace(BaseModel):
    """A route or job whose statements took longer than SLOW_STATEMENT_MS, and how many did."""

    place: str
    statements: int


class Statements(BaseModel):
    """What the server is busy with, what was slow on the whole (None: it keeps no statistics), and where from."""

    running: list[RunningStatement]
    slowest: list[StatementFigures] | None
    slow_places: list[SlowPlace]
    slow_ms: int


class CacheFigures(BaseModel):
    """Ready answers: found, made anew, and the share that was found (None before the first)."""

    hits: int
    misses: int
    hit_rate: float | None
    bytes: int


class BackupState(BaseModel):
    """Backups on this machine. `next_at` None: none is made by the clock."""

    last_at: datetime | None
    last_verified_at: datetime | None
    next_at: datetime | None
    is_overdue: bool


class DeadJob(BaseModel):
    """A job given up. `tenant` is a slug, `error` a class and a code."""

    id: int
    task: str
    queue: str
    tenant: str | None
    attempts: int
    error: str | None
    asked_at: datetime | None
    failed_at: datetime | None


class Operations(BaseModel):
    """The installation at one moment."""

    at: datetime
    status: Literal["ok", "degraded", "down"]
    version: str
    python: str
    schema_revision: str
    processes: int
    parts: dict[str, PartState]
    queues: list[Queue]
    tasks: list[Task]
    failures: list[FailureKind]
    dead_jobs: list[DeadJob]
    running: list[RunningJob]
    workers: list[Worker]
    providers: list[Provider]
    disk: Disk
    database: DatabaseFigures
    statements: Statements
    cache: CacheFigures
    backups: BackupState
