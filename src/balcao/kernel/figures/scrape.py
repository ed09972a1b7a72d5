"""All figures of the installation at one moment, as Prometheus reads them.

What lies in the database is asked for at most every few seconds, once however many ask; when the database does not
answer, the rest is told and `balcao_scrape_failures_total` grows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text

from balcao.kernel.db.engine import Database, begin_plain
from balcao.kernel.figures.declared import Figures
from balcao.kernel.figures.process import ProcessFigures
from balcao.kernel.observability.series import (
    PREFIX,
    REGISTRY,
    Kind,
    Series,
    counter,
    gauge,
    is_shared,
)
from balcao.kernel.observability.shared_folder import forget_the_dead, shared_folder
from balcao.kernel.platform_work import platform_work

ASK_WITHIN_MS: Final = 3000
log = structlog.get_logger("balcao.metrics")

SCRAPE_SECONDS: Final = gauge(
    "scrape_seconds", "Time the last question to the database for figures took, by part.", "seconds", ("part",),
    joined="livemax",
)  # fmt: skip
SCRAPE_FAILURES: Final = counter(
    "scrape_failures_total",
    "Questions for figures the database did not answer, by part.",
    "questions",
    ("part",),
)
BUILD: Final = Series(
    "balcao_build_info", "gauge", "Always 1; what runs, in its labels.", "1", ("version", "python", "schema")
)

Rows = Sequence[tuple[str, Sequence[str], float]]


class Readings:
    """The figures in the database, remembered for a moment."""

    def __init__(self, database: Database, figures: Sequence[Figures]) -> None:
        self._database = database
        self._figures = figures
        self._known: dict[str, tuple[float, list[Metric]]] = {}
        self._asking = asyncio.Lock()

    async def read(self) -> list[Metric]:
        """Every figure, none older than its statement allows."""
        async with self._asking:
            for one in self._figures:
                known = self._known.get(one.name)
                if known is None or known[0] <= time.monotonic():
                    self._known[one.name] = await self._ask(one)
        return [metric for _, metrics in self._known.values() for metric in metrics]

    async def _ask(self, one: Figures) -> tuple[float, list[Metric]]:
        began = time.monotonic()
        found: list[Metric] = []
        try:
            rows = await (self._rows_of_server(one) if one.of_server else self._rows_of_all(one))
            found = families(one.series, rows)
        except Exception as error:  # noqa: BLE001 - whatever fails here, the other figures are told
            SCRAPE_FAILURES.labels(one.name).inc()
            log.warning("figures_not_read", part=one.name, error=type(error).__name__)
        now = time.monotonic()
        SCRAPE_SECONDS.labels(one.name).set(now - began)
        return now + one.max_age, found

    async def _rows_of_all(self, one: Figures) -> Rows:
        async with platform_work(self._database, read_only=True) as session:
            await session.execute(text(f"set local statement_timeout = {ASK_WITHIN_MS}"))
            return [(row[0], row[1], float(row[2])) for row in await session.execute(text(one.statement))]

    async def _rows_of_server(self, one: Figures) -> Rows:
        bind = f"begin read only; set local statement_timeout = {ASK_WITHIN_MS}"
        async with self._database.engine.connect() as connection:
            driver = await begin_plain(connection, bind.encode())
            cursor = await driver.execute(one.statement.encode())
            return [(row[0], row[1], float(row[2])) for row in await cursor.fetchall()]


def families(series: Iterable[Series], rows: Rows) -> list[Metric]:
    """The rows of a statement as metrics. A row of a series nobody declared is an error of the statement: KeyError."""
    made = {one.name.removeprefix("balcao_"): (one, _family(one)) for one in series}
    for name, labels, value in rows:
        one, family = made[name]
        family.add_sample(one.name, dict(zip(one.labels, labels, strict=True)), value)
    return [family for _, family in made.values()]


def _family(series: Series) -> Metric:
    kind: Kind = series.kind
    return Metric(series.name.removesuffix("_total") if kind == "counter" else series.name, series.help, kind)


class _Told:
    """What `generate_latest` asks: metrics that were put together already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def _counted() -> Iterable[Metric]:
    """What the processes counted: this one's, or the sum of all that share a folder."""
    if not is_shared():
        return REGISTRY.collect()
    folder = shared_folder()
    forget_the_dead(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))
    return registry.collect()


class Sample(NamedTuple):
    """One number: the series' name without the prefix, its labels, its value."""

    name: str
    labels: Mapping[str, str]
    value: float


class Scrape:
    """What `GET /metrics` of one process answers."""

    def __init__(
        self, process: ProcessFigures, database: Database, figures: Sequence[Figures], build: Sequence[str]
    ) -> None:
        self._process = process
        self._readings = Readings(database, figures)
        self._build = families([BUILD], [("build_info", build, 1.0)])

    async def samples(self) -> list[Sample]:
        """The same figures as numbers, for a page; sums of histograms and their like are among them."""
        read = await self._readings.read()
        self._process.copy()
        return await asyncio.to_thread(
            lambda: [
                Sample(one.name.removeprefix(PREFIX), one.labels, one.value)
                for metric in (*self._build, *_counted(), *read)
                for one in metric.samples
            ]
        )

    async def text(self) -> bytes:
        """The page, in Prometheus' text format. Made in a thread, for it may have thousands of lines."""
        read = await self._readings.read()
        self._process.copy()
        return await asyncio.to_thread(lambda: generate_latest(_Told([*self._build, *_counted(), *read])))
