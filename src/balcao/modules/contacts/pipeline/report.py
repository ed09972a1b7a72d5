"""What an import tells of itself: the file, the columns, the sums. Every row is accounted for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.pipeline.inspecting import Inspected
from balcao.modules.contacts.pipeline.results import Results
from balcao.modules.contacts.pipeline.stages import Cleaning

COUNTS: Final = (
    "rows_read", "rows_output", "duplicates", "suppressed", "totals", "repeated_headers", "footers", "blank",
    "no_identifier",
)  # fmt: skip
SOURCE_ROWS: Final = 20


def _about(inspected: Inspected) -> dict[str, Any]:
    mapping = inspected.mapping
    return {
        "file": inspected.file_report(),
        "columns": inspected.columns_report(),
        "signature": mapping.signature,
        "shape": mapping.shape,
        "needs_review": not mapping.is_sure,
        "import_tag": inspected.import_tag,
    }


def mapping_report(inspected: Inspected) -> dict[str, Any]:
    """How far it goes until a person has looked at the columns: with the first rows as they stand in the file."""
    return {**_about(inspected), "stopped_at": "mapping", "source": source_rows(inspected)}


def source_rows(inspected: Inspected) -> list[list[Any]]:
    """The first rows of the file: [row number, [cells as text]]."""
    for block in inspected.table.blocks(size=SOURCE_ROWS):
        return [
            [number, [_text(cell) for cell in row]]
            for number, row in zip(block.numbers, block.rows, strict=True)
        ][:SOURCE_ROWS]
    return []


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell_text(cell)


def early_report(inspected: Inspected, cleaning: Cleaning) -> dict[str, Any]:
    """What can be shown while the rest is still being cleaned: the columns, and the first hundred people."""
    return {**_about(inspected), "early": cleaning.early}


def final_report(
    inspected: Inspected, cleaning: Cleaning, results: Results, began: Mapping[str, float]
) -> dict[str, Any]:
    """The whole. The counts balance: rows read are those that came out and those that did not, each once."""
    counts = {name: cleaning.counts[name] + results.counts[name] for name in COUNTS}
    measures, tally, people = cleaning.measures, cleaning.tally, counts["rows_output"]
    ended = time.monotonic()
    starts = list(began.items())
    stages = {
        stage: round((starts[at + 1][1] if at + 1 < len(starts) else ended) - start, 2)
        for at, (stage, start) in enumerate(starts)
    }
    duration = ended - starts[0][1]
    return {
        **_about(inspected),
        "source": source_rows(inspected),
        "counts": counts,
        "total_rows": people,
        "pct_with_email": _share(measures.emails, people),
        "pct_with_phone": _share(measures.phones, people),
        "pct_mobile": _share(measures.mobiles, people),
        "codes": dict(sorted(tally.codes.items())),
        "codes_by_column": {
            str(column): dict(sorted(codes.items())) for column, codes in sorted(tally.by_column.items())
        },
        "levels": tally.levels(),
        "issues_listed": tally.listed,
        "ufs": _ranked(measures.ufs),
        "ddds": _ranked(measures.ddds),
        "parts": results.parts,
        "duration_seconds": round(duration, 2),
        "rows_per_second": round(counts["rows_read"] / duration) if duration else None,
        "stages": stages,
    }


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """Largest first; what was not known at all last and only if there is some."""
    known = sorted(
        ((name, count) for name, count in counts.items() if count > 0), key=lambda item: (-item[1], item[0])
    )
    return dict(known)
