"""The page of metrics."""

from __future__ import annotations

from collections.abc import Iterable

from balcao.cli.reference.markdown import code, codes, page, table
from balcao.kernel.figures.installation import KERNEL_FIGURES
from balcao.kernel.figures.scrape import BUILD
from balcao.kernel.observability.series import COUNTED, Series
from balcao.registry import MODULES

COLUMNS = ("metric", "kind", "unit", "labels", "meaning")


def every_series() -> list[Series]:
    """Every metric of the installation."""
    read = [*KERNEL_FIGURES, *(one for module in MODULES for one in module.metrics)]
    return [*COUNTED, BUILD, *(series for one in read for series in one.series)]


def _rows(found: Iterable[Series]) -> list[tuple[str, ...]]:
    return [
        (code(one.name), one.kind, one.unit, codes(one.labels), one.help)
        for one in sorted(found, key=lambda one: one.name)
    ]


def metrics_page() -> str:
    """`docs/reference/metrics.md`."""
    parts = [
        "## Counted by the processes\n\nSince they started; the sum of all that share the data folder.",
        table(COLUMNS, _rows([*COUNTED, BUILD])),
        "## Read from the database\n\nOver all businesses together, when asked.",
    ]
    owned = [("kernel", KERNEL_FIGURES), *((module.name, module.metrics) for module in MODULES)]
    for owner, figures in owned:
        for one in figures:
            title = f"### {owner}: {one.name}" if owner != one.name else f"### {owner}"
            parts += [f"{title}\n\nAt most {one.max_age:g} seconds old.", table(COLUMNS, _rows(one.series))]
    return page(
        "Metrics",
        "`GET /metrics` tells them in Prometheus' text format. Without `METRICS_TOKEN` it answers to this machine only; "
        "with it, to whoever sends it as a bearer token; to everybody else it is a 404. A histogram comes as "
        "`_bucket`, `_sum` and `_count`. No label names a business or a person.",
        *parts,
    )
