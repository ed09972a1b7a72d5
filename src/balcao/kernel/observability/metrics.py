"""What every process counts about itself. Labels take their values from lists in the code, never from what a caller sends.

The figures of one installation are read at `GET /metrics`; those that lie in the database are read there when asked.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from prometheus_client import Counter, Histogram

from balcao.kernel.observability.series import counter, gauge, histogram

QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)
SLOW: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0)
SIZES: Final = (256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 8_388_608)

HTTP_SECONDS = histogram(
    "http_request_seconds",
    "Time from the first line of a request to the last byte of its answer, by route, method and status class.",
    "seconds",
    QUICK,
    ("method", "route", "status"),
)
HTTP_BYTES = histogram(
    "http_response_bytes", "Body bytes sent, after packing, by status class.", "bytes", SIZES, ("status",)
)
HTTP_IN_FLIGHT = gauge("http_requests_in_flight", "Requests under way.", "requests")
HTTP_FAILURES = counter(
    "http_failures_total",
    "Requests that ended in an error nobody expected (a traceback is in the log).",
    "requests",
)
HTTP_REFUSALS = counter(
    "http_edge_refusals_total", "Requests refused before they reached the application, by reason.", "requests",
    ("reason",),
)  # fmt: skip
HTTP_GONE = counter("http_clients_gone_total", "Requests whose caller left before the answer.", "requests")
RATE_LIMIT_REFUSALS = counter(
    "rate_limit_refusals_total", "Attempts beyond a rate limit, by rule.", "attempts", ("rule",)
)
SECURITY_EVENTS = counter(
    "security_events_total", "Lines of the security log, by event.", "events", ("event",)
)
LOG_LINES_DROPPED = counter(
    "log_lines_dropped_total", "Log lines lost because they came faster than they could be written.", "lines"
)

DB_SECONDS = histogram(
    "db_statement_seconds",
    "Time of a message to the database, by how it was sent: one statement, several together (batch), or one value.",
    "seconds",
    QUICK,
    ("kind",),
)
DB_SLOW = counter(
    "db_slow_statements_total",
    "Statements that took longer than SLOW_STATEMENT_MS, by the route or job that ran them.",
    "statements",
    ("place",),
)
DB_ERRORS = counter(
    "db_errors_total", "Statements the database refused, by class of its error code (SQLSTATE).", "statements",
    ("sqlstate_class",),
)  # fmt: skip
DB_RETRIES = counter(
    "db_transaction_retries_total", "Transactions begun anew after a deadlock or a conflict.", "transactions"
)
REPLICA_LAG = gauge(
    "db_replica_lag_seconds",
    "How old the newest state is that the read replica is known to have; -1: unknown. Absent without one.",
    "seconds",
)
REPLICA_READS = counter(
    "db_replica_reads_total", "Reads that a replica might have answered, by who did.", "reads", ("place",)
)
DB_POOL_TIMEOUTS = counter(
    "db_pool_timeouts_total", "Requests that waited in vain for a connection.", "requests"
)
DB_OPENED = counter("db_connections_opened_total", "Connections made by the pools.", "connections")
DB_CLOSED = counter("db_connections_closed_total", "Connections closed by the pools.", "connections")
DB_POOL_SIZE = gauge("db_pool_size", "Connections the pools may keep open.", "connections")
DB_POOL_USED = gauge("db_pool_in_use", "Connections in use.", "connections")
DB_POOL_IDLE = gauge("db_pool_idle", "Connections open and free.", "connections")
LANE_WAITERS = gauge(
    "lane_waiting", "Orders that wait outside the database for the row they all want.", "transactions"
)
LANE_TIMEOUTS = counter("lane_timeouts_total", "Orders that waited there in vain.", "transactions")

CACHE_HITS = counter("cache_hits_total", "Ready answers found.", "answers")
CACHE_MISSES = counter("cache_misses_total", "Answers that had to be made.", "answers")
CACHE_EVICTIONS = counter("cache_evictions_total", "Ready answers dropped for want of room.", "answers")
CACHE_INVALIDATIONS = counter(
    "cache_invalidations_total", "Topics that changed, as the caches heard.", "topics"
)
CACHE_BYTES = gauge("cache_bytes", "Memory taken by ready answers.", "bytes")
CACHE_ENTRIES = gauge("cache_entries", "Ready answers kept.", "answers")
REDIS_FAILURES = counter(
    "redis_failures_total", "Commands Redis did not answer, by purpose.", "commands", ("purpose",)
)
REDIS_UP = gauge(
    "redis_up",
    "1 while Redis answers, by purpose; absent without Redis.",
    "1 or 0",
    ("purpose",),
    joined="livemin",
)

BULLETIN_LAG = histogram(
    "bulletin_lag_seconds",
    "From a commit's posting to its arrival through the database: how late other processes hear of changes.",
    "seconds",
    QUICK,
)
BULLETIN_TOPICS = counter("bulletin_topics_total", "Topics told to the other processes.", "topics")
BULLETIN_GAPS = counter(
    "bulletin_gaps_total", "Times the line began anew and everything was looked at again.", "times"
)
LIVE_PAGES = gauge("live_pages", "Open pages that follow changes.", "pages")

JOB_SECONDS = histogram(
    "job_seconds",
    "Runs of a task and their time, by outcome: succeeded, refused (never tried again), failed (may be tried again).",
    "seconds",
    SLOW,
    ("task", "outcome"),
)
PROVIDER_SECONDS = histogram(
    "provider_call_seconds",
    "Calls to outside services, by port, provider, operation and outcome.",
    "seconds",
    SLOW,
    ("port", "provider", "operation", "outcome"),
)

PROVIDER_CIRCUIT = gauge(
    "provider_circuit_state",
    "Whether an outside service is called: 0 closed (yes), 1 trial (once, to see), 2 open (left alone); the worst process.",
    "0 to 2",
    ("port", "provider"),
    joined="livemax",
)
PROVIDER_FAILED_AT = gauge(
    "provider_last_failure_seconds",
    "When an outside service last refused or was not there, by kind.",
    "seconds since 1970",
    ("port", "provider", "kind"),
    joined="livemax",
)

PROCESSES = gauge("processes", "Processes that serve or work.", "processes")
PROCESS_CPU = counter("process_cpu_seconds_total", "Processor time spent.", "seconds")
PROCESS_MEMORY = gauge("process_resident_bytes", "Memory held.", "bytes")
PROCESS_FILES = gauge("process_open_files", "Open files and sockets.", "files", joined="livemax")
PROCESS_FILES_MAX = gauge(
    "process_open_files_limit", "Open files a process may have.", "files", joined="livemax"
)
PROCESS_THREADS = gauge("process_threads", "Threads.", "threads")
PROCESS_STARTED = gauge(
    "process_start_time_seconds", "When the youngest process started.", "seconds since 1970", joined="livemax"
)
PROCESS_GC = counter(
    "process_gc_collections_total", "Runs of the garbage collector, by generation.", "runs", ("generation",)
)
LOOP_LAG = gauge(
    "event_loop_lag_seconds", "How late the event loop was when last looked at; the worst process.", "seconds",
    joined="livemax",
)  # fmt: skip
DISK_FREE = gauge("disk_free_bytes", "Free room where the data folder lies.", "bytes", joined="livemax")
DISK_TOTAL = gauge("disk_total_bytes", "Size of that disk.", "bytes", joined="livemax")

UNMATCHED: Final = "unmatched"
KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STATUS: Final = {0: "none", 1: "1xx", 2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}


class Finished(NamedTuple):
    """A finished request. `route` is the template, None when nothing matched."""

    method: str
    route: str | None
    status: int
    seconds: float
    bytes_sent: int


_children: dict[tuple[str, str | None, int], tuple[Histogram, Histogram]] = {}


def request_finished(done: Finished) -> None:
    """Counts a finished request. Addresses nothing answers share one label, and so do methods nobody knows."""
    key = (done.method, done.route, done.status // 100)
    pair = _children.get(key)
    if pair is None:
        pair = _children_of(key)
    pair[0].observe(done.seconds)
    pair[1].observe(done.bytes_sent)


def _children_of(key: tuple[str, str | None, int]) -> tuple[Histogram, Histogram]:
    method, route, status_class = key
    status = _STATUS.get(status_class, "other")
    named = method if method in KNOWN_METHODS else "other"
    place = UNMATCHED if route is None else route.removeprefix("/api/v1") or "/"
    pair = (HTTP_SECONDS.labels(named, place, status), HTTP_BYTES.labels(status))
    if named == method:  # a caller may invent methods without end: those are looked up each time
        _children[key] = pair
    return pair


DB_ONE: Final = DB_SECONDS.labels("statement")
DB_BATCH: Final = DB_SECONDS.labels("batch")
DB_VALUE: Final = DB_SECONDS.labels("value")


def statement_failed(error: BaseException | None) -> None:
    """Counts a refusal of the database under the first two characters of its code; `none` for a broken line."""
    code: Any = getattr(error, "sqlstate", None)
    DB_ERRORS.labels(str(code)[:2] if code else "none").inc()


class Follower:
    """Lets a counter follow a number that is counted elsewhere and only grows."""

    __slots__ = ("_counter", "_seen")

    def __init__(self, followed: Counter) -> None:
        self._counter = followed
        self._seen = 0.0

    def reach(self, value: float) -> None:
        """Adds what came since the last call."""
        if value > self._seen:
            self._counter.inc(value - self._seen)
            self._seen = value
