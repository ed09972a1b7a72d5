"""The connection pool of a process, and the sessions taken from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson
from psycopg import AsyncConnection, OperationalError
from sqlalchemy import TextClause, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import URL, Connection, ExceptionContext, make_url
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection as AsyncSaConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from balcao.kernel.db.row_security import bind_statement
from balcao.kernel.errors import UnavailableError
from balcao.kernel.observability import metrics
from balcao.kernel.observability.query_stats import statement_ended

if TYPE_CHECKING:
    from balcao.kernel.db.replica import Replica

Answer = TypeVar("Answer")


class TenantSession(Session):
    """The synchronous session underneath; its own class, so that the tenant criterion touches no other session."""


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def sqlalchemy_url(database_url: str) -> URL:
    """The same server, spoken to through psycopg 3."""
    return make_url(database_url).set(drivername="postgresql+psycopg")


class Database:
    """One PostgreSQL database as this process sees it: an engine and its session factory."""

    def __init__(
        self,
        database_url: str,
        *,
        pool_size: int = 16,
        overflow: int = 0,
        direct_url: str = "",
        prepares: bool = True,
    ) -> None:
        """`direct_url` leads past a pooler, for what must not lose its session; `prepares` is off behind one."""
        self.url = database_url
        self.direct_url = direct_url or database_url
        self.replica: Replica | None = None
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(database_url),
            pool_size=pool_size,
            max_overflow=overflow,
            pool_timeout=10,
            hide_parameters=True,  # they hold personal data and end up in logs
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            # One transaction per request: prepared statements pay from the second use of a connection on. A pooler in
            # transaction mode gives each transaction another connection, where what was prepared is not known.
            # `begin_as` opens transactions itself, with role and tenant in the same message.
            connect_args={
                "prepare_threshold": 2 if prepares else None,
                "application_name": "balcao",
                "autocommit": True,
            },
        )
        _count_statements(self.engine)
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, sync_session_class=TenantSession
        )

    def session(self, **info: Any) -> AsyncSession:
        """A new session; `info` travels with it to the listeners."""
        return self._sessions(info=info)

    async def close(self) -> None:
        """Closes every pooled connection."""
        await self.engine.dispose()


async def begin_as(
    session: AsyncSession, role: str, tenant_id: str, *, read_only: bool, timeout_ms: int, actor: str = ""
) -> None:
    """Opens the session's transaction as `role`, bound to a tenant (a UUID's text, or empty for none).

    `actor` is who the audit trail names (`Actor.for_the_trail`), empty for nobody.

    A pooled connection that had died (a restarted server) is replaced: nothing ran on it yet. Raises UnavailableError
    when no connection got free in time.
    """
    bind = bind_statement(role, tenant_id, read_only=read_only, timeout_ms=timeout_ms, actor=actor).encode()
    try:
        await driver_of(await session.connection()).execute(bind, prepare=False)
    except PoolTimeoutError:
        metrics.DB_POOL_TIMEOUTS.inc()
        raise UnavailableError(headers={"Retry-After": "2"}) from None
    except OperationalError:
        await (await session.connection()).invalidate()
        await session.rollback()
        await driver_of(await session.connection()).execute(bind, prepare=False)


async def begin_plain(connection: AsyncSaConnection, bind: bytes) -> AsyncConnection[Any]:
    """The driver of a pooled connection with its transaction begun; a connection that had died is replaced."""
    try:
        await driver_of(connection).execute(bind, prepare=False)
    except OperationalError:
        await connection.invalidate()
        await connection.get_raw_connection()
        await driver_of(connection).execute(bind, prepare=False)
    return driver_of(connection)


def driver_of(connection: AsyncSaConnection) -> AsyncConnection[Any]:
    """The psycopg connection underneath."""
    sync = connection.sync_connection
    assert sync is not None, "the connection is open"
    driver: Any = sync.connection.driver_connection
    return driver


def plain(statement: TextClause) -> str:
    """A statement as psycopg takes it, for questions and `Transactions.read_value`."""
    return str(statement.compile(dialect=PGDialect_psycopg()))


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """A statement in psycopg's own writing (see `plain`), its parameters, and how its rows are read."""

    statement: str
    parameters: Mapping[str, Any]
    read: Callable[[list[tuple[Any, ...]]], Answer]


async def ask_together(driver: AsyncConnection[Any], questions: Sequence[Question[Any]]) -> list[Any]:
    """Sends the questions in one message and reads their answers in order; the first error is raised."""
    began = time.perf_counter()
    async with driver.pipeline():
        cursors = [
            await driver.execute(question.statement.encode(), question.parameters) for question in questions
        ]
    answers = [
        question.read(await cursor.fetchall() if cursor.description else [])
        for question, cursor in zip(questions, cursors, strict=True)
    ]
    seconds = time.perf_counter() - began
    metrics.DB_BATCH.observe(seconds)
    statement_ended(lambda: "; ".join(each.statement for each in questions), seconds, count=len(questions))
    return answers


def _count_statements(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def _begin(conn: Connection, *_: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        conn.info["statement_began"] = time.perf_counter()

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def _end(conn: Connection, _cursor: Any, statement: str, *_: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        now = time.perf_counter()
        seconds = now - conn.info.get("statement_began", now)
        metrics.DB_ONE.observe(seconds)
        statement_ended(statement, seconds)

    @event.listens_for(engine.sync_engine, "handle_error")
    def _failed(context: ExceptionContext) -> None:  # pyright: ignore[reportUnusedFunction]
        metrics.statement_failed(context.original_exception)

    @event.listens_for(engine.sync_engine, "connect")
    def _opened(*_: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        metrics.DB_OPENED.inc()

    @event.listens_for(engine.sync_engine, "close")
    def _closed(*_: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        metrics.DB_CLOSED.inc()
