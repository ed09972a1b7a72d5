"""What a file is, before its rows are cleaned: its table, what the columns mean, how its dates are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

from balcao.modules.contacts.cleaning.cells import cell_text, tidy
from balcao.modules.contacts.cleaning.dates import DateOrder, date_order
from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.mapping.assignment import map_columns
from balcao.modules.contacts.mapping.columns import FileMapping
from balcao.modules.contacts.mapping.headers import exact_field, header_signature
from balcao.modules.contacts.mapping.joining import RowPlan, plan_of
from balcao.modules.contacts.pipeline.columns import ColumnRule, rules
from balcao.modules.contacts.pipeline.request import Request
from balcao.modules.contacts.reading.limits import ReadingLimits
from balcao.modules.contacts.reading.open import OpenedTable, open_table
from balcao.modules.contacts.reading.tables import TableChoice

SAMPLE_CELLS: Final = 500
SAMPLE_ROWS: Final = 2_000
SHOWN_SAMPLES: Final = 5
SPARSE_BLOCKS: Final = 50
DATE_FIELDS: Final = ("birthday", "created_at")
LONGEST_SAMPLE: Final = 120


@dataclass(slots=True)
class Inspected:
    """A file that can be cleaned: its opened table, the mapping in force and the order of its dates."""

    request: Request
    table: OpenedTable
    mapping: FileMapping
    samples: list[list[Cell]]
    orders: dict[str, DateOrder]

    @property
    def import_tag(self) -> str:
        """The tag that marks who came with this import: the day and the end of the import's id."""
        request = self.request
        if not request.options.import_tag:
            return ""
        return f"importacao-{request.today}-{request.import_id[-4:]}"

    def plan(self) -> RowPlan:
        """How a row becomes a person."""
        return plan_of(self.mapping.columns)

    def rules(self) -> list[ColumnRule]:
        """The rule of each column that is mapped."""
        first_name = self.plan().first_name
        options = self.request.options
        by_field = rules(
            default_ddd=options.default_ddd,
            fix_domains=options.repair == "fix",
            today=date.fromisoformat(self.request.today),
            is_1904=self.table.facts.is_1904,
            orders=self.orders,
        )
        return [
            ColumnRule(column.position, name, by_field[name])
            for column in self.mapping.columns
            if (name := "first_name" if column.position == first_name else column.field)
        ]

    def doubtful_dates(self) -> list[tuple[int, str]]:
        """Columns of dates, and their fields, in which the day could as well be the month."""
        return [
            (column.position, column.field)
            for column in self.mapping.columns
            if column.field in self.orders and self.orders[column.field] is DateOrder.ASSUMED
        ]

    def file_report(self) -> dict[str, Any]:
        """The part of the report that tells of the file."""
        facts = self.table.facts
        return {
            "sha256": self.request.sha256,
            "size_bytes": Path(self.request.source).stat().st_size,
            "kind": facts.kind,
            "encoding": facts.encoding,
            "delimiter": facts.delimiter,
            "sheet": facts.sheet,
            "sheets": [
                {
                    "name": sheet.name,
                    "rows": sheet.rows,
                    "columns": sheet.columns,
                    "visible": sheet.is_visible,
                }
                for sheet in facts.sheets
            ],
            "header_row": facts.header_row,
            "notes": [[note.code, note.note] for note in facts.notes],
        }

    def columns_report(self) -> list[dict[str, Any]]:
        """The part that tells how each column was understood."""
        return [
            {
                "position": column.position,
                "letter": column_letter(column.position),
                "header": column.header,
                "normalised": column.normalised,
                "field": column.field,
                "confidence": round(column.confidence, 2),
                "evidence": column.evidence,
                "status": column.status,
                "ordinal": column.ordinal,
                "samples": _shown(self.samples[column.position]),
            }
            for column in self.mapping.columns
        ]


def inspect(request: Request) -> Inspected:
    """Opens the file and maps its columns. Raises FileRefused."""
    options, limits = request.options, request.limits
    table = open_table(
        Path(request.source),
        filename=request.filename,
        choice=TableChoice(
            sheet=options.sheet,
            all_sheets=options.all_sheets,
            header_row=options.header_row,
            encoding=options.encoding,
            delimiter=options.delimiter,
        ),
        limits=ReadingLimits(xlsx_bytes=limits.xlsx_bytes, text_bytes=limits.text_bytes, rows=limits.rows),
        recognise=exact_field,
    )
    samples = _samples(table)
    signature = header_signature(table.headers)
    seen = {
        header: name
        for other, columns in request.saved.items()
        if other != signature
        for header, name in columns.items()
        if name
    }
    chosen = None
    if request.chosen is not None:
        chosen = {int(position): name for position, name in request.chosen.items()}
    mapping = map_columns(
        table.headers, samples, saved=request.saved.get(signature), seen=seen, chosen=chosen
    )
    return Inspected(request, table, mapping, samples, _orders(mapping, samples, table))


def _samples(table: OpenedTable) -> list[list[Cell]]:
    """Up to 500 filled cells of each column, from the first rows."""
    samples: list[list[Cell]] = [[] for _ in table.headers]
    for block in table.blocks(size=SAMPLE_ROWS):
        for row in block.rows:
            for cells, cell in zip(samples, row, strict=True):
                if cell is not None and cell != "" and len(cells) < SAMPLE_CELLS:
                    cells.append(cell)
        break
    return samples


def _orders(
    mapping: FileMapping, samples: Sequence[Sequence[Cell]], table: OpenedTable
) -> dict[str, DateOrder]:
    """Day first or month first, by field: what the column's own cells say."""
    orders: dict[str, DateOrder] = {name: date_order(()) for name in DATE_FIELDS}
    for column in mapping.columns:
        if column.field in orders:
            order = date_order(samples[column.position])
            if (
                order in (DateOrder.UNSEEN, DateOrder.ASSUMED)
                and len(samples[column.position]) < SAMPLE_CELLS
            ):
                order = date_order(_further_cells(table, column.position))
            orders[column.field] = order
    return orders


def _further_cells(table: OpenedTable, position: int) -> Iterator[Cell]:
    """The first 500 filled cells of a column that is mostly empty, wherever they stand in the first 100,000 rows."""
    found = 0
    for block in islice(table.blocks(size=SAMPLE_ROWS), SPARSE_BLOCKS):
        for row in block.rows:
            cell = row[position]
            if cell is not None and cell != "":
                yield cell
                found += 1
        if found >= SAMPLE_CELLS:
            return


def column_letter(position: int) -> str:
    """A, B … Z, AA as spreadsheets count; positions begin at 0."""
    letters, left = "", position + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def _shown(cells: Sequence[Cell]) -> list[str]:
    return list(dict.fromkeys(tidy(cell_text(cell))[:LONGEST_SAMPLE] for cell in cells[:50]))[:SHOWN_SAMPLES]
