"""From the installation's figures to what the operations page shows. Pure: numbers in, values out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from balcao.kernel.figures.scrape import Sample
from balcao.modules.admin.operations_values import (
    CacheFigures,
    DatabaseFigures,
    Disk,
    Provider,
    Queue,
    SlowPlace,
    Task,
)

QUEUES: Final = ("now", "soon", "outside", "bulk")
_CIRCUITS: Final[Mapping[int, Literal["closed", "trial", "open"]]] = {0: "closed", 1: "trial", 2: "open"}
_UNANSWERED: Final = frozenset({"unavailable", "unreachable", "unclear", "circuit_open"})


class Known:
    """The samples of one moment, by series."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._by_name: dict[str, list[Sample]] = defaultdict(list)
        for sample in samples:
            self._by_name[sample.name].append(sample)

    def all(self, name: str) -> list[Sample]:
        """Every sample of a series."""
        return self._by_name.get(name, [])

    def one(self, name: str, **labels: str) -> float:
        """The sum of a series' samples with these labels; 0 when there is none."""
        return sum((s.value for s in self.all(name) if labels.items() <= dict(s.labels).items()), start=0.0)

    def label(self, name: str, label: str) -> str:
        """A label of the only sample of a series; empty when there is none."""
        return next((sample.labels.get(label, "") for sample in self.all(name)), "")


def queues_of(known: Known) -> list[Queue]:
    """Every queue, in the order of their haste; one nobody declared comes last."""
    names = {sample.labels["queue"] for sample in known.all("queue_ready")}
    ordered = [name for name in QUEUES if name in names] + sorted(names - set(QUEUES))
    return [
        Queue(
            name=name,
            ready=int(known.one("queue_ready", queue=name)),
            scheduled=int(known.one("queue_scheduled", queue=name)),
            running=int(known.one("queue_running", queue=name)),
            dead=int(known.one("queue_dead", queue=name)),
            oldest_seconds=known.one("queue_oldest_seconds", queue=name),
        )
        for name in ordered
    ]


def tasks_of(known: Known) -> list[Task]:
    """Jobs by task and status, the busiest first."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for sample in known.all("jobs"):
        counts[sample.labels["task"]][sample.labels["status"]] += int(sample.value)
    tasks = [
        Task(
            task=task,
            waiting=of["todo"],
            running=of["doing"],
            failed=of["failed"],
            succeeded=of["succeeded"],
        )
        for task, of in counts.items()
    ]
    return sorted(tasks, key=lambda one: (-one.failed, -one.running, -one.waiting, -one.succeeded, one.task))


def providers_of(known: Known) -> list[Provider]:
    """Every outside service with its circuit, how often it was called, and how it failed last."""
    return sorted(
        (
            _provider(known, sample.labels["port"], sample.labels["provider"], sample.value)
            for sample in known.all("provider_circuit_state")
        ),
        key=lambda one: (one.port, one.name),
    )


def _provider(known: Known, port: str, name: str, level: float) -> Provider:
    of = {"port": port, "provider": name}
    calls = [
        sample
        for sample in known.all("provider_call_seconds_count")
        if of.items() <= dict(sample.labels).items()
    ]
    failures = [s for s in known.all("provider_last_failure_seconds") if of.items() <= dict(s.labels).items()]
    last = max(failures, key=lambda sample: sample.value, default=None)
    return Provider(
        port=port,
        name=name,
        circuit=_CIRCUITS[int(level)],
        calls=int(sum(sample.value for sample in calls)),
        unanswered=int(sum(s.value for s in calls if s.labels["outcome"] in _UNANSWERED)),
        last_failure_at=datetime.fromtimestamp(last.value, UTC) if last else None,
        last_failure=last.labels["kind"] if last else "",
    )


def disk_of(known: Known) -> Disk:
    """Room where the data folder lies."""
    return Disk(free_bytes=int(known.one("disk_free_bytes")), total_bytes=int(known.one("disk_total_bytes")))


def database_of(known: Known) -> DatabaseFigures:
    """The database as its server and our pools tell it."""
    return DatabaseFigures(
        size_bytes=int(known.one("db_size_bytes")),
        connections=int(known.one("db_connections")),
        connections_limit=int(known.one("db_connections_limit")),
        locks_waiting=int(known.one("db_locks_waiting")),
        oldest_transaction_seconds=known.one("db_oldest_transaction_seconds"),
        pool_in_use=int(known.one("db_pool_in_use")),
        pool_size=int(known.one("db_pool_size")),
    )


def slow_places_of(known: Known) -> list[SlowPlace]:
    """Where slow statements came from, the worst first."""
    places = [
        SlowPlace(place=sample.labels["place"], statements=int(sample.value))
        for sample in known.all("db_slow_statements_total")
    ]
    return sorted(places, key=lambda one: (-one.statements, one.place))[:15]


def cache_of(known: Known) -> CacheFigures:
    """Ready answers of all processes of this machine since they began."""
    hits, misses = int(known.one("cache_hits_total")), int(known.one("cache_misses_total"))
    return CacheFigures(
        hits=hits,
        misses=misses,
        hit_rate=hits / (hits + misses) if hits + misses else None,
        bytes=int(known.one("cache_bytes")),
    )


def next_daily(cron: str, now: datetime) -> datetime:
    """When a daily schedule ("30 6 * * *", UTC) is due next. ValueError for any other schedule."""
    minute, hour, *rest = cron.split()
    if rest != ["*", "*", "*"]:
        raise ValueError(f"not a daily schedule: {cron}")
    today = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
