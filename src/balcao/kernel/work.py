"""The unit of work: one transaction with everything a verb needs, and the only place that commits.

It carries session, tenant, actor and clock. Two verbs leave it: `publish(event)` and `enqueue(job, …)`; both become
rows of the same transaction. `announce(topic)` tells caches and live pages, after the commit, where to look again.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from psycopg import Error as DriverError
from psycopg import IntegrityError as DriverIntegrityError
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from balcao.kernel.actor import SYSTEM, Actor
from balcao.kernel.bulletin import Bulletin
from balcao.kernel.clock import Clock, system_clock
from balcao.kernel.db.constraints import ConstraintErrors, domain_error_of, is_retryable
from balcao.kernel.db.engine import (
    Database,
    Question,
    TenantSession,
    ask_together,
    begin_as,
    begin_plain,
    driver_of,
)
from balcao.kernel.db.models import TenantModel
from balcao.kernel.db.row_security import APP_ROLE, bind_statement
from balcao.kernel.errors import DomainError, UnavailableError
from balcao.kernel.events import Reaction, Reactions, event_payload
from balcao.kernel.ids import new_id
from balcao.kernel.lanes import Lanes
from balcao.kernel.observability.logging import current_address, current_request_id
from balcao.kernel.observability.metrics import DB_POOL_TIMEOUTS, DB_RETRIES, DB_VALUE
from balcao.kernel.observability.query_stats import statement_ended
from balcao.kernel.observability.tracing import current_traceparent
from balcao.kernel.queue import Job, PendingJob, jobs_question
from balcao.kernel.tenants import Tenant

Result = TypeVar("Result")
LANE_WIDTH = 12
log = structlog.get_logger("balcao.work")
WRITTEN_TOPIC = "written"
"""Told when there is a replica: pages of the tenant read from the primary for a moment."""
COMMIT: Question[None] = Question("commit", {}, lambda _: None)


@dataclass(slots=True)
class UnitOfWork:
    """One transaction of one tenant. Made by `Transactions.begin`, never by hand."""

    session: AsyncSession
    tenant: Tenant
    actor: Actor
    clock: Clock
    reactions: Reactions
    request_id: str = ""
    read_only: bool = False
    jobs: list[PendingJob] = field(default_factory=list[PendingJob])
    topics: set[str] = field(default_factory=set[str])
    last_words: list[Question[Any]] = field(default_factory=list[Question[Any]])
    at_once: list[tuple[Reaction, object, UUID]] = field(default_factory=list[tuple[Reaction, object, UUID]])
    # The event a reaction runs for; None everywhere else.
    event_id: UUID | None = None

    @property
    def tenant_id(self) -> UUID:
        """The bound tenant's id."""
        return self.tenant.id

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return self.clock()

    def enqueue(
        self, job: Job, *, at: datetime | None = None, lock: str | None = None, priority: int = 0, **arguments: Any
    ) -> None:  # fmt: skip
        """Asks for a job; it exists if, and only if, this transaction commits. Arguments carry ids only."""
        payload = job.arguments(**arguments).model_dump(mode="json")
        self.jobs.append(self._pending(job.name, job.queue, payload, lock or job.lock, at, priority))

    def publish(self, event: object) -> None:
        """Tells whoever cares: one job for each reaction whose module is on, or its turn before the commit."""
        event_id = new_id()
        for reaction in self.reactions.to(event, self.tenant):
            if reaction.at_once:
                self.at_once.append((reaction, event, event_id))
            else:
                self.tell_later(reaction, event, event_id)

    def tell_later(self, reaction: Reaction, event: object, event_id: UUID) -> None:
        """Tells one reaction of an event by a job."""
        payload = {"event_id": str(event_id), "event": event_payload(event)}
        lock = reaction.in_order_of(event) if reaction.in_order_of else None
        self.jobs.append(self._pending(reaction.job_name, "now", payload, lock, None))

    def announce(self, *topics: str) -> None:
        """After the commit, caches and live pages of this tenant hear that the topics changed."""
        self.topics.update(topics)

    async def ask(self, *questions: Question[Any]) -> list[Any]:
        """The answers to several statements sent in one message: the server takes them in order, without waiting for us.

        For verbs where every trip to the server counts. What the session holds unflushed is not seen.
        """
        return await ask_together(driver_of(await self.session.connection()), questions)

    def ask_at_end(self, question: Question[Any]) -> None:
        """Sends a statement whose answer nobody needs with the message that ends the transaction.

        What was locked last is then held for one trip to the server. Its errors are those of the commit.
        """
        self.last_words.append(question)

    def _pending(
        self,
        name: str,
        queue: Any,
        payload: dict[str, Any],
        lock: str | None,
        at: datetime | None,
        priority: int = 0,
    ) -> PendingJob:
        args = {"tenant_id": str(self.tenant_id), "request_id": self.request_id, "args": payload}
        if traceparent := current_traceparent():
            args["traceparent"] = traceparent
        return PendingJob(name, queue, args, lock, at, priority)


class Transactions:
    """Opens units of work on the database of this process."""

    def __init__(
        self,
        database: Database,
        bulletin: Bulletin,
        reactions: Reactions,
        *,
        constraint_errors: ConstraintErrors | None = None,
        clock: Clock = system_clock,
        statement_timeout_ms: int = 15_000,
    ) -> None:
        self.database = database
        self.bulletin = bulletin
        self.reactions = reactions
        self.clock = clock
        self._constraint_errors = dict(constraint_errors or {})
        self._timeout_ms = statement_timeout_ms
        self._lanes = Lanes(LANE_WIDTH)
        self.replica = database.replica

    @asynccontextmanager
    async def begin(
        self,
        tenant: Tenant,
        actor: Actor = SYSTEM,
        *,
        read_only: bool = False,
        request_id: str = "",
        address: str = "",
        may_lag: bool = False,
    ) -> AsyncGenerator[UnitOfWork]:
        """A transaction bound to the tenant; commits when the block ends well, rolls back otherwise.

        `address` is the client's, for the audit trail; left out, both it and the request are those being served. With
        `may_lag` a replica may answer, when it has all that the tenant wrote: for what somebody looks at, never for
        what is kept or acted upon.
        """
        trail = actor.for_the_trail(
            address or current_address.get(), request_id or current_request_id.get() or ""
        )
        async with await self._opened(tenant, trail, read_only=read_only, may_lag=may_lag) as session:
            uow = UnitOfWork(session, tenant, actor, self.clock, self.reactions, request_id, read_only)
            try:
                yield uow
                await _react_at_once(uow)
                await _send_last_words(uow)
                await session.commit()
            except (IntegrityError, DriverIntegrityError) as error:
                known = domain_error_of(error, self._constraint_errors)
                if known is None:
                    raise
                raise known from error
        if self.replica is not None and not read_only:
            self.replica.wrote(tenant.id)
            uow.topics.add(WRITTEN_TOPIC)
        if uow.topics or uow.jobs:
            self.bulletin.post(tenant.id, uow.topics, jobs=bool(uow.jobs))

    async def _opened(self, tenant: Tenant, trail: str, *, read_only: bool, may_lag: bool) -> AsyncSession:
        """A session with its transaction begun, on the replica when that may be. The caller closes it."""
        binding: dict[str, Any] = {"read_only": read_only, "timeout_ms": self._timeout_ms, "actor": trail}
        if may_lag and read_only and self.replica is not None and self.replica.knows(tenant.id):
            session = self.replica.database.session(tenant_id=tenant.id)
            try:
                await begin_as(session, APP_ROLE, str(tenant.id), **binding)
            except (DBAPIError, DriverError, UnavailableError):
                await session.close()
                self.replica.failed()
            else:
                return session
        session = self.database.session(tenant_id=tenant.id)
        try:
            await begin_as(session, APP_ROLE, str(tenant.id), **binding)
        except BaseException:
            await session.close()
            raise
        return session

    async def read_value(self, tenant: Tenant, statement: str, parameters: Mapping[str, Any]) -> Any:
        """The first value of one statement, read as the tenant; None without a row.

        The short way for reads that are made often and want neither objects nor a unit of work. `statement` is in
        psycopg's own writing (see `plain`). Raises UnavailableError when no connection got free in time.
        """
        bind = bind_statement(APP_ROLE, str(tenant.id), read_only=True, timeout_ms=self._timeout_ms).encode()
        began = time.perf_counter()
        try:
            async with self.database.engine.connect() as connection:
                driver = await begin_plain(connection, bind)
                row = await (await driver.execute(statement.encode(), parameters)).fetchone()
                await driver.commit()
        except PoolTimeoutError:
            DB_POOL_TIMEOUTS.inc()
            raise UnavailableError(headers={"Retry-After": "2"}) from None
        seconds = time.perf_counter() - began
        DB_VALUE.observe(seconds)
        statement_ended(statement, seconds)
        return row[0] if row else None

    async def run(
        self,
        tenant: Tenant,
        actor: Actor,
        verb: Callable[[UnitOfWork], Awaitable[Result]],
        *,
        request_id: str = "",
        address: str = "",
        attempts: int = 3,
        lane: str = "",
    ) -> Result:
        """Runs `verb` in a transaction of its own, again from the start after a deadlock or serialisation failure.

        Verbs of a tenant that all want the same rows share a `lane`, in which few of them run at a time.
        """
        for attempt in range(1, attempts + 1):
            try:
                async with (
                    self._lanes.enter((tenant.id, lane)) if lane else nullcontext(),
                    self.begin(tenant, actor, request_id=request_id, address=address) as uow,
                ):
                    return await verb(uow)
            except (DBAPIError, DriverError) as error:
                if attempt == attempts or not is_retryable(error):
                    raise
                DB_RETRIES.inc()
                await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")


async def _react_at_once(uow: UnitOfWork) -> None:
    """Reactions that must see the state their event is about: everything is written, nothing is committed."""
    while uow.at_once:
        await uow.session.flush()
        if uow.last_words:
            words, uow.last_words = uow.last_words, []
            await uow.ask(*words)
        pending, uow.at_once = uow.at_once, []
        # Those who take locks by subject take them in one order, whatever the verb told first; of one subject as told.
        for reaction, event, event_id in sorted(pending, key=_turn):
            await _react(uow, reaction, event, event_id)
    uow.event_id = None


def _turn(pending: tuple[Reaction, object, UUID]) -> str:
    reaction, event, _ = pending
    return reaction.in_order_of(event) if reaction.in_order_of else ""


async def _react(uow: UnitOfWork, reaction: Reaction, event: object, event_id: UUID) -> None:
    jobs, topics, actor = len(uow.jobs), set(uow.topics), uow.actor
    uow.event_id, uow.actor = event_id, SYSTEM
    try:
        async with uow.session.begin_nested():
            await reaction.function(uow, event)
    except (DBAPIError, DriverError, DomainError, LookupError, TypeError, ValueError) as error:
        # A listener's trouble is not the trouble of whoever sold something: a job will try again, and be seen to fail.
        log.warning("reaction_put_off", reaction=reaction.job_name, error=type(error).__name__)
        del uow.jobs[jobs:]
        uow.last_words.clear()
        uow.topics = topics
        uow.tell_later(reaction, event, event_id)
    finally:
        uow.actor = actor


async def _send_last_words(uow: UnitOfWork) -> None:
    """What is left to write, the jobs and the commit, in one message. The session's own commit then has nothing to do."""
    if uow.jobs or uow.last_words:
        await uow.session.flush()
        jobs = [jobs_question(uow.jobs)] if uow.jobs else []
        await uow.ask(*uow.last_words, *jobs, COMMIT)


@sqlalchemy_event.listens_for(TenantSession, "do_orm_execute")
def _name_the_tenant(state: ORMExecuteState) -> None:  # pyright: ignore[reportUnusedFunction]
    """Adds the tenant to every ORM statement: row security is the wall, this is the route to one shard."""
    tenant_id = state.session.info.get("tenant_id")
    if tenant_id is None or state.is_column_load or state.is_relationship_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(
            with_loader_criteria(
                TenantModel, lambda model: model.tenant_id == tenant_id, include_aliases=True
            )
        )
