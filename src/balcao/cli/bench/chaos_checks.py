"""After the chaos: is everything that was answered there, once, and did the outside get what it should?"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from balcao.cli.bench import shop
from balcao.cli.bench.chaos_shoppers import Told
from balcao.kernel.job_runner import build_queue
from balcao.kernel.runtime import Runtime

SETTLE_WITHIN_SECONDS = 300.0
_ORDERS = "select id::text from orders where tenant_id = %s"
_KEYS = (
    "select key, response #>> '{order,id}' from idempotency_keys where tenant_id = %s and status is not null"
)
_MAILS = "select id::text, status, subject_id::text from messages where tenant_id = %s and channel = 'email'"
_LEFT = (
    "select task_name, status::text, count(*) from procrastinate_jobs where status in ('todo', 'doing', 'failed') "
    "and args ->> 'tenant_id' = %s and queue_name = 'now' and coalesce(scheduled_at < now() + interval '10 minutes', true) "
    "group by 1, 2"
)
_SOONER = "update procrastinate_jobs set scheduled_at = null where status = 'todo' and attempts > 0"


@dataclass(slots=True)
class Verdict:
    """What was found: sentences about what must not be, and figures."""

    orders: int = 0
    mails: int = 0
    mails_twice: int = 0
    violations: list[str] = field(default_factory=list[str])


async def settle(url: str, tenant_id: UUID, *, seconds: float = SETTLE_WITHIN_SECONDS) -> float:
    """Waits until no job of the tenant is left to do; answers how many seconds that took."""
    began = time.monotonic()

    def wait() -> None:
        while time.monotonic() - began < seconds and _waiting(url, tenant_id):
            time.sleep(0.2)

    await asyncio.to_thread(wait)
    return time.monotonic() - began


async def hand_back(runtime: Runtime) -> int:
    """Gives the jobs of killed workers back at once, and brings retries forward: for when nobody wants to wait.

    No worker may be running.
    """
    app = build_queue(runtime)
    async with app.open_async():
        stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=0))
        for job in stalled:
            await app.job_manager.retry_job(job)
    async with await psycopg.AsyncConnection.connect(runtime.database.direct_url, autocommit=True) as line:
        await line.execute(_SOONER)
    return len(stalled)


async def judge(runtime: Runtime, told: Told, accepted: Mapping[str, int]) -> Verdict:
    """Compares what shoppers were told and what the mail server got with what the database holds."""
    tenant = await runtime.tenants.find("slug", shop.SLUG)
    verdict = Verdict()
    say = verdict.violations.append
    with psycopg.connect(runtime.database.direct_url) as connection:
        orders = Counter(row[0] for row in connection.execute(_ORDERS, [tenant.id]))
        kept = dict(connection.execute(_KEYS, [tenant.id]).fetchall())
        mails = connection.execute(_MAILS, [tenant.id]).fetchall()
        left = connection.execute(_LEFT, [str(tenant.id)]).fetchall()
    judge_orders(verdict, told, orders, kept)
    for task, status, count in left:
        say(f"{count} jobs {task} are {status}")
    told_of = Counter(order for _, _, order in mails)
    verdict.mails = len(mails)
    if lost := [order for order in orders if told_of[order] != 1]:
        say(f"{len(lost)} orders have not exactly one message, as {lost[0]}")
    if unsent := [mail for mail, status, _ in mails if status != "sent"]:
        say(f"{len(unsent)} messages were not sent, as {unsent[0]}")
    names = {f"<{mail}@{shop.SLUG}.balcao>" for mail, _, _ in mails}
    if missing := names - set(accepted):
        say(f"{len(missing)} messages say sent and never arrived, as {min(missing)}")
    if ghosts := set(accepted) - names:
        say(f"{len(ghosts)} messages arrived that nobody wrote, as {min(ghosts)}")
    verdict.mails_twice = sum(1 for count in accepted.values() if count > 1)
    if wrong := await shop.stock_problems(runtime, tenant):
        say(f"the stock of {len(wrong)} goods does not sum up, as {wrong[0]}")
    return verdict


def judge_orders(
    verdict: Verdict, told: Told, orders: Mapping[str, int], kept: Mapping[str, str | None]
) -> None:
    """What was said of orders against the orders there, and against the answers kept under their keys."""
    say = verdict.violations.append
    verdict.orders = len(orders)
    if missing := [order for order in told.orders.values() if orders.get(order) != 1]:
        say(f"{len(missing)} acknowledged orders are not there, as {missing[0]}")
    if strangers := set(orders) - set(told.orders.values()):
        say(f"{len(strangers)} orders belong to no answer, as {min(strangers)}")
    if other := [key for key, order in told.orders.items() if kept.get(key) != order]:
        say(f"{len(other)} keys hold another answer than was given, as {other[0]}")
    for what, found in (
        ("got two orders for one key", told.changed),
        ("were refused", told.refused),
        ("were never answered", told.unanswered),
    ):
        if found:
            say(f"{len(found)} shoppers {what}, as {found[0]}")


def _waiting(url: str, tenant_id: UUID) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            rows = connection.execute(_LEFT, [str(tenant_id)]).fetchall()
    except psycopg.OperationalError:
        return True
    return any(status != "failed" for _, status, _ in rows)
