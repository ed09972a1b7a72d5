"""Taking jobs of a queue whose work waits for strangers, so that nobody's slow stranger holds up everybody.

The rules, in the order of their weight: one job of a lock at a time; no more than `share` jobs of one tenant at a time,
over all workers; what did not answer lately (`priority` below zero) gets half of a worker's places at most and comes
after everything else; and of what is left, first the tenant who has least going on, then the older job. A job that waits
for its time never holds up others of its lock. Jobs that may not go are not taken at all, so nothing is asked in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from procrastinate.exceptions import NoResult
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector, wrap_exceptions

# Two workers must not both count the same places before either has taken one.
_ALONE: Final = "select pg_advisory_xact_lock(hashtextextended('balcao.fair_share:' || %(queue)s, 0)) as held"
_TAKE: Final = """
with doing as materialized (
  select lock, priority, worker_id, args->>'tenant_id' as tenant
  from procrastinate_jobs where status = 'doing' and queue_name = %(queue)s),
busy as (select tenant, count(*) as jobs from doing group by tenant),
candidate as (
  select j.id from procrastinate_jobs j left join busy b on b.tenant = j.args->>'tenant_id'
  where j.status = 'todo' and j.queue_name = %(queue)s and (j.scheduled_at is null or j.scheduled_at <= now())
    and coalesce(b.jobs, 0) < %(share)s
    and (j.lock is null or not exists (select from doing d where d.lock = j.lock))
    and (j.priority >= 0
         or (select count(*) from doing d where d.priority < 0 and d.worker_id = %(worker_id)s) < %(doubtful)s)
  order by j.priority < 0, coalesce(b.jobs, 0), j.priority desc, j.id
  limit 1 for update of j skip locked)
update procrastinate_jobs j set status = 'doing', worker_id = %(worker_id)s from candidate c where j.id = c.id
returning j.id, j.status, j.task_name, j.priority, j.lock, j.queueing_lock, j.args, j.scheduled_at, j.queue_name,
  j.attempts, j.worker_id
"""


class FairShare(JobManager):
    """Takes jobs of `queue` by the rules above, those of all other queues as the library does.

    `places` are the jobs of the queue one worker does at a time; `freed` is called whenever one of them became free,
    because what was held back may go then, here or in another process.
    """

    def __init__(
        self,
        connector: PsycopgConnector,
        *,
        queue: str,
        places: int,
        share: int,
        freed: Callable[[], None],
    ) -> None:
        super().__init__(connector)
        self._line = connector
        self._queue, self._share, self._freed = queue, share, freed
        self._doubtful = max(1, places // 2)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next job for a worker, marked as being done; None when none may go now."""
        if queues is None or list(queues) != [self._queue]:
            return await super().fetch_job(queues, worker_id)
        row = await self._take(worker_id)
        return None if row is None else Job.from_row(row)

    @wrap_exceptions()
    async def _take(self, worker_id: int) -> dict[str, Any] | None:
        values = {
            "queue": self._queue,
            "worker_id": worker_id,
            "share": self._share,
            "doubtful": self._doubtful,
        }
        async with self._line.pool.connection() as connection:
            ask = self._line.execute_query_one_async_with_connection
            await ask(connection, _ALONE, queue=self._queue)
            try:
                return await ask(connection, _TAKE, **values)
            except NoResult:
                return None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Notes how a job ended."""
        await super().finish_job(job, status, delete_job)
        if job.queue == self._queue:
            self._freed()
