"""What happened to the cells of a file: counted by code and column, listed where a person should look."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

import orjson

from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.findings import CODES, Cell, Finding
from balcao.modules.contacts.pipeline.block_files import BlockWriter

LISTED_ROWS: Final = 100_000
LONGEST_SHOWN: Final = 500
_UNSAFE: Final = re.compile(r"[\\\t\r\n\x00]")
_ESCAPES: Final = {"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\n": "\\n", "\x00": ""}


class Tally:
    """Counts and lists. The first hundred thousand of the list are also written as lines for the database."""

    def __init__(self, folder: Path) -> None:
        self.codes: Counter[str] = Counter()
        self.by_column: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._issues = BlockWriter(folder / "issues.blk")
        self._lines = (folder / "issues.copy").open("w", encoding="utf-8", newline="")
        self.listed = 0

    def count(self, column: int, code: str, times: int = 1) -> None:
        """A code that is counted only."""
        self.codes[code] += times
        if column >= 0:
            self.by_column[column][code] += times

    def note(self, row: int, column: int, field: str, finding: Finding, original: Cell, value: str) -> None:
        """One finding of a cell (column -1: of the row as a whole)."""
        code, remark = finding
        self.count(column, code)
        known = CODES[code]
        if not known.is_listed:
            return
        before = cell_text(original)[:LONGEST_SHOWN]
        after = value[:LONGEST_SHOWN]
        self._issues.add(orjson.dumps([row, column, field, code, before, after, remark]))
        if self.listed < LISTED_ROWS:
            values = (
                str(self.listed),
                str(row),
                str(column),
                field,
                code,
                known.level,
                before,
                after,
                remark,
            )
            line = "\t".join([_UNSAFE.sub(_escaped, text) for text in values])
            self._lines.write(line + "\n")
        self.listed += 1

    def close(self) -> None:
        """Makes both files whole."""
        self._issues.close()
        self._lines.close()

    def levels(self) -> dict[str, int]:
        """How many findings there are of each level."""
        levels = {"info": 0, "warning": 0, "error": 0}
        for code, times in self.codes.items():
            levels[CODES[code].level] += times
        return levels


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES[found[0]]
