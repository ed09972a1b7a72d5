"""What the shop does by the clock."""

from __future__ import annotations

from sqlalchemy import text

from balcao.kernel.idempotency import drop_old_keys
from balcao.kernel.jobs.job import JobContext, job
from balcao.modules.store.orders import sweep_due_orders


@job(
    "store.sweep_orders",
    queue="now",
    cron="* * * * *",
    due="select distinct tenant_id from orders where due_at is not null and due_at <= now()",
)
async def sweep_orders(context: JobContext) -> None:
    """Expires, calls off and completes what is due."""
    async with context.unit_of_work() as uow:
        await sweep_due_orders(uow)


@job(
    "store.forget_old_things",
    queue="soon",
    cron="17 4 * * *",
    due="select distinct tenant_id from stores",
)
async def forget_old_things(context: JobContext) -> None:
    """Drops old idempotency keys (48 hours), quotes (7 days) and abandoned carts (30 days)."""
    async with context.unit_of_work() as uow:
        await drop_old_keys(uow)
        for statement in (
            "delete from quotes where tenant_id = :tenant and expires_at < cast(:now as timestamptz) - interval '7 days'",
            "delete from carts where tenant_id = :tenant and updated_at < cast(:now as timestamptz) - interval '30 days'",
        ):
            await uow.session.execute(text(statement), {"tenant": uow.tenant_id, "now": uow.now()})
