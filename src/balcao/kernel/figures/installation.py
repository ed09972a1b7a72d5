"""Figures of the kernel's own tables: the queue, the database server, businesses and their people, files."""

from __future__ import annotations

from typing import Final

from balcao.kernel.figures.declared import Figures, read
from balcao.kernel.tenants import PLATFORM_TENANT

# One pass over the jobs kept (finished ones stay 72 hours), and the waiting ones' moment of asking.
_QUEUE = """
with kept as materialized (
  select queue_name as queue, task_name as task, status::text as status,
         coalesce(scheduled_at, '-infinity') <= now() as is_due, count(*) as jobs
    from procrastinate_jobs group by 1, 2, 3, 4
), queues (queue) as (values ('now'), ('soon'), ('outside'), ('bulk')), waiting as (
  select j.queue_name as queue, max(extract(epoch from now() - coalesce(j.scheduled_at, e.at))) as seconds
    from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
   where j.status = 'todo' and coalesce(j.scheduled_at, '-infinity') <= now() group by 1
)
select 'jobs' as series, array[task, status] as labels, sum(jobs)::float8 as value from kept group by task, status
union all
select 'queue_ready', array[queue], coalesce(sum(jobs) filter (where status = 'todo' and is_due), 0)
  from queues left join kept using (queue) group by queue
union all
select 'queue_scheduled', array[queue], coalesce(sum(jobs) filter (where status = 'todo' and not is_due), 0)
  from queues left join kept using (queue) group by queue
union all
select 'queue_running', array[queue], coalesce(sum(jobs) filter (where status = 'doing'), 0)
  from queues left join kept using (queue) group by queue
union all
select 'queue_dead', array[queue], coalesce(sum(jobs) filter (where status = 'failed'), 0)
  from queues left join kept using (queue) group by queue
union all
select 'queue_oldest_seconds', array[queue], coalesce(max(seconds), 0)
  from queues left join waiting using (queue) group by queue
union all
select 'queue_workers', array[]::text[], count(*)
  from procrastinate_workers where last_heartbeat > now() - interval '30 seconds'
"""
QUEUE: Final = Figures(
    "queue",
    (
        read(
            "gauge",
            "jobs",
            "Jobs the queue still knows (finished ones for 72 hours).",
            "jobs",
            "task",
            "status",
        ),
        read("gauge", "queue_ready", "Jobs that could run now.", "jobs", "queue"),
        read("gauge", "queue_scheduled", "Jobs whose time has not come.", "jobs", "queue"),
        read("gauge", "queue_running", "Jobs being worked on.", "jobs", "queue"),
        read("gauge", "queue_dead", "Jobs given up, for a person to see.", "jobs", "queue"),
        read(
            "gauge",
            "queue_oldest_seconds",
            "How long the oldest job that could run has waited.",
            "seconds",
            "queue",
        ),
        read("gauge", "queue_workers", "Workers heard of in the last 30 seconds.", "workers"),
    ),
    _QUEUE,
    max_age=5.0,
    of_server=True,
)

_DATABASE = """
select n.series, array[]::text[] as labels, n.value::float8 as value
  from pg_stat_database d, lateral (values
    ('db_commits_total', d.xact_commit), ('db_rollbacks_total', d.xact_rollback), ('db_deadlocks_total', d.deadlocks),
    ('db_blocks_hit_total', d.blks_hit), ('db_blocks_read_total', d.blks_read), ('db_temp_bytes_total', d.temp_bytes),
    ('db_size_bytes', pg_database_size(d.datname)), ('db_connections', d.numbackends::bigint),
    ('db_connections_limit', current_setting('max_connections')::bigint)
  ) n (series, value) where d.datname = current_database()
union all
select 'db_locks_waiting', array[]::text[], count(*) from pg_locks where not granted
union all
select 'db_oldest_transaction_seconds', array[]::text[], coalesce(max(extract(epoch from now() - xact_start)), 0)
  from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
"""
DATABASE: Final = Figures(
    "database",
    (
        read("counter", "db_commits_total", "Transactions committed, as the server counts.", "transactions"),
        read(
            "counter", "db_rollbacks_total", "Transactions rolled back, as the server counts.", "transactions"
        ),
        read("counter", "db_deadlocks_total", "Deadlocks the server resolved.", "deadlocks"),
        read("counter", "db_blocks_hit_total", "Blocks found in the server's memory.", "blocks of 8 kB"),
        read("counter", "db_blocks_read_total", "Blocks that had to be fetched.", "blocks of 8 kB"),
        read(
            "counter", "db_temp_bytes_total", "Written to disk by statements too large for memory.", "bytes"
        ),
        read("gauge", "db_size_bytes", "Size of the database.", "bytes"),
        read("gauge", "db_connections", "Connections to the database, everybody's.", "connections"),
        read("gauge", "db_connections_limit", "Connections the server allows.", "connections"),
        read("gauge", "db_locks_waiting", "Locks somebody waits for.", "locks"),
        read("gauge", "db_oldest_transaction_seconds", "Age of the oldest open transaction.", "seconds"),
    ),
    _DATABASE,
    of_server=True,
)

_HOUSE = f"""
select 'tenants' as series, array[status] as labels, count(*)::float8 as value from tenants
 where slug <> '{PLATFORM_TENANT}' group by status
union all
select 'users', array[]::text[], count(*) from users where is_active
union all
select 'sessions', array[]::text[], count(*) from user_sessions where revoked_at is null and expires_at > now()
union all
select 'files', array[purpose], count(*) from files group by purpose
union all
select 'files_bytes', array[purpose], sum(size_bytes) from files group by purpose
"""  # noqa: S608 - a constant
HOUSE: Final = Figures(
    "house",
    (
        read(
            "gauge", "tenants", "Businesses, by status, without the platform's own.", "businesses", "status"
        ),
        read("gauge", "users", "People who may sign in.", "people"),
        read("gauge", "sessions", "Sign-ins that are alive.", "sessions"),
        read("gauge", "files", "Files kept, by purpose.", "files", "purpose"),
        read("gauge", "files_bytes", "Room of the originals, by purpose.", "bytes", "purpose"),
    ),
    _HOUSE,
)

KERNEL_FIGURES: Final = (QUEUE, DATABASE, HOUSE)
