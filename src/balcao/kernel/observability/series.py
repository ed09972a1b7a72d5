"""Declaring a metric: its name, what it says and in which unit. Every one declared stands in docs/reference/metrics.md.

A registry of our own holds what the processes count themselves. With PROMETHEUS_MULTIPROC_DIR set, each process keeps
its figures in files there, named after machine and process, and whoever is asked adds all of them up.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    values,
)

from balcao.kernel.observability.shared_folder import MACHINE, VARIABLE

Kind = Literal["counter", "gauge", "histogram"]
Joined = Literal["livesum", "livemax", "livemin"]
"""How the gauges of several processes become one: a sum, the largest, the smallest. Dead processes do not count."""

PREFIX: Final = "balcao_"


@dataclass(frozen=True, slots=True)
class Series:
    """A metric as it is documented. `name` is what is exported: counters end in _total; `unit` is in words."""

    name: str
    kind: Kind
    help: str
    unit: str
    labels: tuple[str, ...] = ()


def process_name() -> str:
    """The name of this process among all that share the folder: two containers may both have a process 1."""
    return f"{MACHINE}-{os.getpid()}"


def is_shared() -> bool:
    """True when the figures of several processes are added up."""
    return VARIABLE in os.environ


disable_created_metrics()
if is_shared():
    values.ValueClass = values.MultiProcessValue(process_name)  # pyright: ignore[reportUnknownMemberType]

REGISTRY: Final = CollectorRegistry()
COUNTED: Final[list[Series]] = []
"""Everything the processes count themselves, in the order of declaration."""


def counter(name: str, text: str, unit: str, labels: Sequence[str] = ()) -> Counter:
    """A count that only grows; `name` without the prefix and with its _total."""
    _declare("counter", name, text, unit, labels)
    return Counter(PREFIX + name.removesuffix("_total"), text, labels, registry=REGISTRY)


def gauge(name: str, text: str, unit: str, labels: Sequence[str] = (), joined: Joined = "livesum") -> Gauge:
    """A figure that goes up and down; `name` without the prefix."""
    _declare("gauge", name, text, unit, labels)
    return Gauge(PREFIX + name, text, labels, registry=REGISTRY, multiprocess_mode=joined)


def histogram(
    name: str, text: str, unit: str, buckets: Sequence[float], labels: Sequence[str] = ()
) -> Histogram:
    """A distribution over `buckets` (upper bounds in `unit`); `name` without the prefix."""
    _declare("histogram", name, text, unit, labels)
    return Histogram(PREFIX + name, text, labels, registry=REGISTRY, buckets=buckets)


def _declare(kind: Kind, name: str, text: str, unit: str, labels: Sequence[str]) -> None:
    COUNTED.append(Series(PREFIX + name, kind, text, unit, tuple(labels)))
