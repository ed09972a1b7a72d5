"""What counts: bounded labels, followers, provider calls, and the sum of several processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from balcao.kernel.errors import NotFoundError
from balcao.kernel.figures.declared import read
from balcao.kernel.figures.scrape import families
from balcao.kernel.job_runner import _timed
from balcao.kernel.lanes import Lanes
from balcao.kernel.observability import metrics
from balcao.kernel.observability.metrics import Finished, Follower, request_finished, statement_failed
from balcao.kernel.observability.series import COUNTED, REGISTRY
from balcao.kernel.observability.shared_folder import (
    MACHINE,
    forget_the_dead,
    is_alive,
    share_figures,
)
from balcao.kernel.providers import measured
from balcao.kernel.rate_limit import RateLimiter, Rule, Window
from balcao.ports.crm import CrmAnswer, CrmVerdict
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

NOBODY = 4_000_000  # above the largest number a process can have
SOURCE = Path(__file__).parents[3] / "src"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"balcao_{name}", labels) or 0.0


def test_a_follower_adds_what_came_since() -> None:
    followed = Counter("followed", "x", registry=CollectorRegistry())
    follower = Follower(followed)
    for reached in (0, 3, 3, 10, 4):
        follower.reach(reached)
    assert followed._value.get() == 10


def test_names_are_declared_once_with_help_and_unit() -> None:
    names = [series.name for series in COUNTED]
    assert len(names) == len(set(names)) > 40
    assert [series for series in COUNTED if not series.help.endswith(".") or not series.unit] == []
    assert [s.name for s in COUNTED if (s.kind == "counter") != s.name.endswith("_total")] == []


@pytest.mark.parametrize(
    ("method", "route", "status", "labels"),
    [
        ("GET", "/x/{id}", 200, {"method": "GET", "route": "/x/{id}", "status": "2xx"}),
        ("GET", "/api/v1/x/{id}", 304, {"method": "GET", "route": "/x/{id}", "status": "3xx"}),
        ("GET", "/api/v1", 200, {"method": "GET", "route": "/", "status": "2xx"}),
        ("POST", None, 404, {"method": "POST", "route": "unmatched", "status": "4xx"}),
        ("BREW", None, 500, {"method": "other", "route": "unmatched", "status": "5xx"}),
        ("GET", "/x/{id}", 0, {"method": "GET", "route": "/x/{id}", "status": "none"}),
        ("GET", "/x/{id}", 712, {"method": "GET", "route": "/x/{id}", "status": "other"}),
    ],
)
def test_a_request_falls_under_few_labels(
    method: str, route: str | None, status: int, labels: dict[str, str]
) -> None:
    before = value("http_request_seconds_count", **labels)
    for _ in range(2):
        request_finished(Finished(method, route, status, 0.01, 100))
    assert value("http_request_seconds_count", **labels) - before == 2


def test_invented_methods_are_not_remembered() -> None:
    request_finished(Finished("A", None, 404, 0.01, 1))
    known = len(metrics._children)
    for number in range(50):
        request_finished(Finished(f"M{number}", None, 404, 0.01, 1))
    assert len(metrics._children) == known


def test_errors_of_the_database_are_counted_by_class() -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    before = value("db_errors_total", sqlstate_class="40"), value("db_errors_total", sqlstate_class="none")
    statement_failed(Deadlock())
    statement_failed(OSError())
    after = value("db_errors_total", sqlstate_class="40"), value("db_errors_total", sqlstate_class="none")
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)


def test_rows_become_metrics_of_their_series() -> None:
    series = (read("counter", "sold_total", "x.", "y", "kind"), read("gauge", "open", "x.", "y"))
    sold, opened = families(
        series, [("sold_total", ["a"], 2.0), ("sold_total", ["b"], 3.0), ("open", [], 1.0)]
    )
    assert (sold.name, sold.type, opened.type) == ("balcao_sold", "counter", "gauge")
    assert [(s.name, s.labels, s.value) for s in sold.samples] == [
        ("balcao_sold_total", {"kind": "a"}, 2.0),
        ("balcao_sold_total", {"kind": "b"}, 3.0),
    ]
    with pytest.raises(KeyError):
        families(series, [("other", [], 1.0)])
    with pytest.raises(ValueError):
        families(series, [("sold_total", [], 1.0)])


async def test_a_refused_attempt_is_counted_under_its_rule() -> None:
    limiter, rule = RateLimiter(), Rule("a_rule_of_this_test", (Window(2, 60),))
    for _ in range(5):
        await limiter.hit(rule, "somebody")
    assert value("rate_limit_refusals_total", rule=rule.name) == 3


async def test_who_waits_in_a_lane_is_counted() -> None:
    lanes, before = Lanes(1), value("lane_waiting")

    async def follow() -> None:
        async with lanes.enter("a"):
            pass

    async with lanes.enter("a"):
        waiting = [asyncio.create_task(follow()) for _ in range(3)]
        await asyncio.sleep(0)
        assert value("lane_waiting") - before == 3
    await asyncio.gather(*waiting)
    assert value("lane_waiting") == before


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "succeeded"),
        (RuntimeError(), "failed"),
        (asyncio.CancelledError(), "failed"),
        (NotFoundError(), "refused"),
        (ProviderRejected("no", "no"), "refused"),
        (ProviderUnavailable("down"), "failed"),
    ],
)
def test_a_run_is_counted_by_how_it_ended(error: BaseException | None, outcome: str) -> None:
    before = value("job_seconds_count", task="of_this_test", outcome=outcome)

    def run() -> None:
        with _timed("of_this_test"):
            if error is not None:
                raise error

    if error is None:
        run()
    else:
        with pytest.raises(type(error)):
            run()
    assert value("job_seconds_count", task="of_this_test", outcome=outcome) - before == 1


class _Consent:
    name = "far_consent"

    async def tokens(self) -> str:
        return "t"


class _Far:
    name = "far"
    limit = 7

    def __init__(self) -> None:
        self.sign_in = _Consent()

    def address(self) -> str:
        return "here"

    async def ask(self, answer: object) -> object:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def __repr__(self) -> str:
        return "Far()"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("text", "ok"),
        (None, "ok"),
        (CrmAnswer(CrmVerdict.BUSY), "busy"),
        (ProviderRejected("no", "no"), "rejected"),
        (ProviderUnavailable("down"), "unavailable"),
        (RuntimeError(), "error"),
        (asyncio.CancelledError(), "error"),
    ],
)
async def test_a_call_of_a_provider_is_counted_by_outcome(answer: object, outcome: str) -> None:
    labels = {"port": "test", "provider": "far", "operation": "ask", "outcome": outcome}
    far, before = measured("test", _Far()), value("provider_call_seconds_count", **labels)
    if isinstance(answer, BaseException):
        with pytest.raises(type(answer)):
            await far.ask(answer)
    else:
        assert await far.ask(answer) is answer
    assert value("provider_call_seconds_count", **labels) - before == 1


async def test_a_measured_provider_is_else_what_it_was() -> None:
    far = measured("test", _Far())
    assert (far.name, far.limit, far.address(), repr(far)) == ("far", 7, "here", "Far()")
    assert await far.sign_in.tokens() == "t"
    inner = {"port": "test", "provider": "far_consent", "operation": "tokens", "outcome": "ok"}
    assert value("provider_call_seconds_count", **inner) >= 1
    assert far.ask is far.ask
    with pytest.raises(AttributeError):
        far.nothing  # noqa: B018


# Several processes.

COUNTING = """
import sys
from balcao.kernel.observability import metrics
from balcao.kernel.observability.metrics import Finished, request_finished
for _ in range(int(sys.argv[1])):
    request_finished(Finished("GET", "/catalog", 200, 0.003, 10))
metrics.CACHE_HITS.inc(int(sys.argv[1]))
metrics.PROCESSES.set(1)
metrics.LOOP_LAG.set(float(sys.argv[1]))
print("counted", flush=True)
sys.stdin.readline()
"""
READING = """
from prometheus_client import generate_latest
from balcao.kernel.figures.scrape import _Told, _counted
print(generate_latest(_Told(_counted())).decode())
"""


def _python(folder: Path, code: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, stdin=pipe, stdout=pipe, text=True
    )


def _told(folder: Path) -> dict[str, float]:
    page, _ = _python(folder, READING).communicate("")
    samples = [s for family in text_string_to_metric_families(page) for s in family.samples]
    assert not [s for s in samples if "pid" in s.labels]
    kept = {s.name: s.value for s in samples if set(s.labels) <= {"method", "route", "status"}}
    return {name: kept[f"balcao_{name}"] for name in TOLD}


TOLD = ("http_request_seconds_count", "cache_hits_total", "processes", "event_loop_lag_seconds")


def test_two_processes_tell_their_sum_and_the_dead_no_longer_live(tmp_path: Path) -> None:
    first, second = _python(tmp_path, COUNTING, "30"), _python(tmp_path, COUNTING, "12")
    for process in (first, second):
        assert process.stdout is not None
        assert process.stdout.readline() == "counted\n"
    try:
        assert _told(tmp_path) == dict(zip(TOLD, (42, 42, 2, 30), strict=True))
        first.kill()
        first.wait()
        assert _told(tmp_path) == dict(zip(TOLD, (42, 42, 1, 12), strict=True))
    finally:
        for process in (first, second):
            process.kill()
            process.communicate()


def _file(folder: Path, name: str, *, age: float = 0.0) -> Path:
    path = folder / name
    path.write_bytes(b"")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "x")
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    folder = tmp_path / "metrics"
    folder.mkdir()
    return folder


def test_a_folder_without_the_living_begins_anew(folder: Path) -> None:
    left = [_file(folder, f"counter_{MACHINE}-{NOBODY}.db"), _file(folder, "counter_nonsense.db")]
    other = _file(folder, "counter_elsewhere-1.db")
    stale = _file(folder, "counter_elsewhere-2.db", age=25 * 3600)
    share_figures(folder.parent)
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(folder)
    assert not left[0].exists()
    assert left[1].exists(), "not one of ours, and young"
    assert (other.exists(), stale.exists()) == (True, False)


def test_what_the_dead_counted_stays_while_others_live(folder: Path) -> None:
    dead = _file(folder, f"counter_{MACHINE}-{NOBODY}.db")
    alive = _file(folder, f"counter_{MACHINE}-{os.getpid()}.db")
    share_figures(folder.parent)
    assert (dead.exists(), alive.exists()) == (True, True)


def test_a_folder_that_was_named_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tmp_path / "elsewhere" / "deep"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(named))
    share_figures(tmp_path)
    assert named.is_dir()
    assert not (tmp_path / "metrics").exists()


def test_only_the_gauges_of_our_own_dead_are_forgotten(folder: Path) -> None:
    gone = _file(folder, f"gauge_livesum_{MACHINE}-{NOBODY}.db")
    kept = [
        _file(folder, f"gauge_livesum_{MACHINE}-{os.getpid()}.db"),
        _file(folder, f"counter_{MACHINE}-{NOBODY}.db"),
        _file(folder, f"gauge_livemax_elsewhere-{NOBODY}.db"),
    ]
    forget_the_dead(folder)
    assert not gone.exists()
    assert [path.name for path in kept if not path.exists()] == []
    assert (is_alive(os.getpid()), is_alive(NOBODY), is_alive(0), is_alive(2**70)) == (
        True,
        False,
        False,
        True,
    )
