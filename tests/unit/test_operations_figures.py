"""From samples to what the operations page shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from balcao.kernel.db.activity import without_values
from balcao.kernel.figures.scrape import Sample
from balcao.kernel.i18n import Catalogues
from balcao.modules.admin.operations_figures import (
    Known,
    cache_of,
    next_daily,
    providers_of,
    queues_of,
    slow_places_of,
    tasks_of,
)
from balcao.modules.admin.pages.operations import size_of, span_of

OF = {"port": "email", "provider": "smtp"}
ENGLISH = Catalogues([]).translator("en")


def calls(outcome: str, times: float) -> Sample:
    return Sample("provider_call_seconds_count", {**OF, "operation": "send", "outcome": outcome}, times)


def test_a_provider_is_told_with_its_circuit_and_its_last_failure() -> None:
    known = Known(
        [
            Sample("provider_circuit_state", OF, 2.0),
            Sample("provider_circuit_state", {"port": "places", "provider": "viacep"}, 0.0),
            calls("ok", 5),
            calls("unavailable", 3),
            calls("circuit_open", 2),
            Sample("provider_last_failure_seconds", {**OF, "kind": "ProviderRejected x"}, 100.0),
            Sample("provider_last_failure_seconds", {**OF, "kind": "ProviderUnavailable"}, 200.0),
        ]
    )
    smtp, viacep = providers_of(known)
    assert (smtp.circuit, smtp.calls, smtp.unanswered, smtp.last_failure) == (
        "open",
        10,
        5,
        "ProviderUnavailable",
    )
    assert smtp.last_failure_at == datetime.fromtimestamp(200, UTC)
    assert (viacep.circuit, viacep.calls, viacep.last_failure_at) == ("closed", 0, None)


def test_queues_stand_in_the_order_of_their_haste_and_unknown_ones_last() -> None:
    samples = [Sample("queue_ready", {"queue": name}, 1.0) for name in ("bulk", "zebra", "now")]
    assert [queue.name for queue in queues_of(Known(samples))] == ["now", "bulk", "zebra"]


def test_tasks_with_dead_jobs_come_first() -> None:
    samples = [
        Sample("jobs", {"task": task, "status": status}, count)
        for task, status, count in (("a", "succeeded", 9.0), ("b", "failed", 1.0), ("a", "todo", 2.0))
    ]
    first, second = tasks_of(Known(samples))
    assert (first.task, first.failed) == ("b", 1)
    assert (second.task, second.waiting, second.succeeded, second.running) == ("a", 2, 9, 0)


def test_the_hit_rate_is_unknown_before_the_first_answer() -> None:
    assert cache_of(Known([])).hit_rate is None
    some = Known([Sample("cache_hits_total", {}, 17.0), Sample("cache_misses_total", {}, 3.0)])
    assert cache_of(some).hit_rate == 0.85


def test_the_worst_places_come_first_and_fifteen_are_enough() -> None:
    samples = [Sample("db_slow_statements_total", {"place": f"/p{n}"}, float(n)) for n in range(20)]
    places = slow_places_of(Known(samples))
    assert [place.place for place in places] == [f"/p{n}" for n in range(19, 4, -1)]


@pytest.mark.parametrize(
    ("now", "due"),
    [((5, 0), (23, 6, 30)), ((6, 29), (23, 6, 30)), ((6, 30), (24, 6, 30)), ((22, 0), (24, 6, 30))],
)
def test_the_next_backup_is_told(now: tuple[int, int], due: tuple[int, int, int]) -> None:
    day, hour, minute = due
    found = next_daily("30 6 * * *", datetime(2026, 11, 23, *now, tzinfo=UTC))
    assert found == datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    with pytest.raises(ValueError, match="daily"):
        next_daily("30 6 * * 1", datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("select 'Ana' as a,\n  'O''Hara' as b", "select '…' as a, '…' as b"),
        ('set app.actor = \'{"address": "10.0.0.1', "set app.actor = '…'"),
        ("select 1", "select 1"),
        ("select " + "x" * 500, "select " + "x" * 293),
    ],
)
def test_nothing_in_quotes_is_shown_of_a_statement(sql: str, shown: str) -> None:
    assert without_values(sql) == shown


def test_sizes_and_times_are_for_people() -> None:
    sizes = [size_of(ENGLISH, count) for count in (0, 900, 1536, 2_000_000, 300 * 1024**2, 5 * 1024**4)]
    assert sizes == ["0 KB", "1 KB", "2 KB", "1.9 MB", "300 MB", "5.0 TB"]
    spans = [span_of(ENGLISH, seconds) for seconds in (0.0004, 0.25, 59.9, 119, 120, 7200, 172_800)]
    assert spans == ["0 ms", "250 ms", "59 s", "119 s", "2 min", "2 h", "2 d"]
