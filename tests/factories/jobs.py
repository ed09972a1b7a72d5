"""Doing a business's queued work at once, in the test's own process, in the order it was asked for."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.jobs.job import JobContext
from balcao.kernel.jobs.reactions import deliver
from balcao.kernel.platform_work import platform_work
from balcao.ports.email import EmailSender
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from tests.factories.shops import Shop

_TAKE = text(
    "delete from procrastinate_jobs where id = (select id from procrastinate_jobs where args->>'tenant_id' = :tenant "
    "and status = 'todo' order by id limit 1) returning task_name, args"
)


async def waiting_jobs(shop: Shop) -> list[str]:
    """Names of the jobs of a business that wait to be done, oldest first."""
    async with platform_work(shop.runtime.database, read_only=True) as session:
        rows = await session.execute(
            text(
                "select task_name from procrastinate_jobs where args->>'tenant_id' = :tenant and status = 'todo' "
                "order by id"
            ),
            {"tenant": str(shop.tenant.id)},
        )
        return [row.task_name for row in rows]


async def work_off(
    shop: Shop, *, email: EmailSender | None = None, again: bool = False, last_try: bool = True
) -> list[str]:
    """Does every waiting job of the business and what comes of it; `again` does each one twice, as a queue may.

    Answers their names. A job whose provider refuses or is down is not tried once more.
    """
    done: list[str] = []
    while True:
        async with platform_work(shop.runtime.database) as session:
            row = (await session.execute(_TAKE, {"tenant": str(shop.tenant.id)})).first()
        if row is None:
            return done
        for _ in range(2 if again else 1):
            await _do(shop, row.task_name, row.args["args"], email, last_try)
        done.append(row.task_name)


async def _do(shop: Shop, name: str, args: dict[str, Any], email: EmailSender | None, last_try: bool) -> None:
    runtime = shop.runtime
    for reaction in runtime.transactions.reactions.all:
        if reaction.job_name == name:
            await deliver(
                runtime.transactions, shop.tenant, reaction, UUID(args["event_id"]), args["event"], ""
            )
            return
    job = next(job for module in runtime.modules for job in module.jobs if job.name == name)
    providers = runtime.providers if email is None else dataclasses.replace(runtime.providers, email=email)
    context = JobContext(
        shop.tenant, runtime.transactions, providers, runtime.settings, runtime.blobs, last_attempt=last_try
    )
    with contextlib.suppress(ProviderRejected, ProviderUnavailable):
        await job.function(context, **job.arguments.model_validate(args).model_dump())
