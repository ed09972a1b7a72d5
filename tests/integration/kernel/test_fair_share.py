"""Which job of a shared queue goes next: the share of a business, one per lock, and who did not answer lately."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import procrastinate
import pytest_asyncio
from procrastinate.jobs import Job, Status
from sqlalchemy import text

from balcao.kernel.jobs.fair_share import FairShare
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime

_ADD = text(
    "insert into procrastinate_jobs (queue_name, task_name, priority, lock, args, scheduled_at) values "
    "(:queue, 'x', :priority, :lock, jsonb_build_object('tenant_id', cast(:tenant as text)), "
    "now() + make_interval(secs => :later)) returning id"
)


@dataclass
class Line:
    """A queue of its own, and two workers that take from it."""

    runtime: Runtime
    share: FairShare
    queue: str
    workers: list[int]
    freed: list[bool] = field(default_factory=list[bool])

    async def add(self, tenant: str, lock: str | None = None, *, priority: int = 0, later: float = -1) -> int:
        values = {"queue": self.queue, "tenant": tenant, "lock": lock, "priority": priority, "later": later}
        async with platform_work(self.runtime.database) as session:
            return int((await session.execute(_ADD, values)).scalar_one())

    async def take(self, worker: int = 0) -> Any:
        job = await self.share.fetch_job([self.queue], self.workers[worker])
        return None if job is None else job.id

    async def end(self, job_id: int) -> None:
        job = Job(id=job_id, queue=self.queue, lock=None, queueing_lock=None, task_name="x")
        await self.share.finish_job(job, Status.SUCCEEDED, delete_job=False)


@pytest_asyncio.fixture
async def line(runtime: Runtime) -> AsyncIterator[Line]:
    connector = procrastinate.PsycopgConnector(conninfo=runtime.database.direct_url, min_size=1, max_size=4)
    queue, freed = f"t-{uuid4().hex[:8]}", list[bool]()
    share = FairShare(connector, queue=queue, places=4, share=2, freed=lambda: freed.append(True))
    async with procrastinate.App(connector=connector).open_async():
        workers = [await share.register_worker() for _ in range(2)]
        yield Line(runtime, share, queue, workers, freed)
        async with platform_work(runtime.database) as session:
            await session.execute(text("delete from procrastinate_jobs where queue_name = :q"), {"q": queue})
        for worker in workers:
            await share.unregister_worker(worker)


async def test_a_business_has_its_share_and_no_more_over_all_workers(line: Line) -> None:
    mine = [await line.add("a") for _ in range(4)]
    theirs = await line.add("b")
    # Whoever has least going on comes first, however long the others wait.
    assert [await line.take(), await line.take(1), await line.take()] == [mine[0], theirs, mine[1]]
    assert await line.take(1) is None
    await line.end(mine[0])
    assert line.freed == [True]
    assert await line.take(1) == mine[2]


async def test_two_workers_who_look_at_once_do_not_both_take_the_last_place(line: Line) -> None:
    for _ in range(6):
        await line.add("a")
    taken = await asyncio.gather(*(line.take(number % 2) for number in range(6)))
    assert len([one for one in taken if one is not None]) == 2


async def test_a_lock_holds_one_at_a_time_in_order_and_what_waits_for_its_time_holds_up_nobody(
    line: Line,
) -> None:
    later = await line.add("a", "one", later=600)
    first, second = await line.add("a", "one"), await line.add("a", "one")
    assert await line.take() == first
    assert await line.take(1) is None
    await line.end(first)
    assert await line.take(1) == second
    await line.end(second)
    assert await line.take() is None
    async with platform_work(line.runtime.database) as session:
        await session.execute(
            text("update procrastinate_jobs set scheduled_at = now() where id = :id"), {"id": later}
        )
    assert await line.take() == later


async def test_who_did_not_answer_comes_last_and_gets_half_of_the_places(line: Line) -> None:
    doubtful = [await line.add(f"dead-{number}", priority=-1) for number in range(5)]
    sound = [await line.add("a"), await line.add("b")]
    asked = await line.add("c", priority=1)
    # Somebody waits for what is urgent; among equals the older one goes.
    assert [await line.take() for _ in range(3)] == [asked, *sound]
    assert [await line.take() for _ in range(3)] == [*doubtful[:2], None]
    # Another worker has places of its own.
    assert [await line.take(1) for _ in range(3)] == [*doubtful[2:4], None]
    late = await line.add("d")
    assert await line.take() == late


async def test_other_queues_are_taken_as_ever(line: Line) -> None:
    await line.add("a")
    assert await line.share.fetch_job([f"{line.queue}-other"], line.workers[0]) is None
    assert line.freed == []
