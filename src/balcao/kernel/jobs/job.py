"""Declaring jobs and running them: work with the outside world, idempotent, in short transactions of its own."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from balcao.kernel.actor import SYSTEM
from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.providers import Providers
from balcao.kernel.queue import Job, QueueName
from balcao.kernel.settings import Settings
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job is handed: its tenant, a way to open transactions, and the installation's outside services."""

    tenant: Tenant
    transactions: Transactions
    providers: Providers
    settings: Settings
    blobs: BlobStore
    attempt: int = 1
    last_attempt: bool = False
    request_id: str = ""

    @asynccontextmanager
    async def unit_of_work(self, *, read_only: bool = False) -> AsyncGenerator[UnitOfWork]:
        """A short transaction of the job's tenant. Never hold one open across a call to the outside."""
        async with self.transactions.begin(
            self.tenant, SYSTEM, read_only=read_only, request_id=self.request_id
        ) as uow:
            yield uow


def arguments_model(function: Callable[..., Any]) -> type[BaseModel]:
    """A pydantic model of a job function's parameters after the context."""
    hints = get_type_hints(function)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    return create_model(f"{function.__name__}_arguments", __config__=ConfigDict(extra="forbid"), **fields)


def job(
    name: str,
    *,
    queue: QueueName = "soon",
    backoff: tuple[float, ...] = (5, 30, 120, 600, 3600),
    lock: str | None = None,
    cron: str | None = None,
    due: str | None = None,
) -> Callable[[Callable[..., Awaitable[None]]], Job]:
    """Declares `async def name(context: JobContext, …ids)` as a job.

    `backoff` lists the seconds before each retry (jitter is added); `lock` lets one job of that name run at a time;
    `cron` makes it periodic: at each time it runs for every tenant id that the SELECT `due` returns.
    """

    def wrap(function: Callable[..., Awaitable[None]]) -> Job:
        return Job(name, function, queue, arguments_model(function), backoff, lock, cron, due)

    return wrap
