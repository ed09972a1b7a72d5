"""The first rows of a file cleaned under another mapping, at once: for the page on which a person chooses."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from balcao.modules.contacts.cleaning.dates import date_order
from balcao.modules.contacts.mapping.columns import MappedColumn
from balcao.modules.contacts.mapping.joining import contact_columns, plan_of
from balcao.modules.contacts.pipeline.columns import ColumnRule, rules
from balcao.modules.contacts.pipeline.people import Assembler
from balcao.modules.contacts.pipeline.request import options_of
from balcao.modules.contacts.pipeline.tally import Tally
from balcao.modules.contacts.reading.junk import row_junk


def preview_mapping(
    source_rows: Sequence[Sequence[Any]],
    report: Mapping[str, Any],
    mapping: Mapping[int, str],
    options: Mapping[str, Any],
    *,
    today: date,
) -> list[list[str]]:
    """People (in PERSON's order) of the report's `source` rows under a mapping {position: field}. Nothing is kept.

    Lines of totals, footers and repeated headers are no people here either.
    """
    wanted = options_of(dict(options))
    fields = {position: name for position, name in mapping.items() if name}
    samples = {position: [cells[position] for _, cells in source_rows] for position in fields}
    orders = {
        name: date_order(next((samples[position] for position, field in fields.items() if field == name), ()))
        for name in ("birthday", "created_at")
    }
    by_field = rules(
        default_ddd=wanted.default_ddd,
        fix_domains=wanted.repair == "fix",
        today=today,
        is_1904=False,
        orders=orders,
    )
    mapped = [
        MappedColumn(
            column["position"],
            column["header"],
            column["normalised"],
            name,
            1.0,
            "chosen",
            "applied",
            column["ordinal"],
        )
        for column in report["columns"]
        if (name := fields.get(column["position"]))
    ]
    plan = plan_of(mapped)
    names = {
        column.position: "first_name" if column.position == plan.first_name else column.field or ""
        for column in mapped
    }
    columns = [ColumnRule(position, name, by_field[name]) for position, name in names.items()]
    with tempfile.TemporaryDirectory() as folder:
        tally = Tally(Path(folder))
        assembler = Assembler(plan, columns, tally, import_tag="", is_ghl_export=report.get("shape") == "ghl")
        headers, contacts = [column["header"] for column in report["columns"]], contact_columns(mapped)
        lines = [row for row in source_rows if not row_junk(row[1], headers, contacts)]
        people = assembler.clean([row[0] for row in lines], [row[1] for row in lines])
        tally.close()
    return people.persons
