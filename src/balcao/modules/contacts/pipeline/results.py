"""The results of a file: every row with what became of it, GoHighLevel's CSV in parts, lines for the book, joined people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from balcao.modules.contacts.cleaning.phones import kind_of, phone_key
from balcao.modules.contacts.people_fields import INDEX
from balcao.modules.contacts.pipeline.block_files import BlockWriter
from balcao.modules.contacts.pipeline.joining_people import joined_person, time_of_day
from balcao.modules.contacts.pipeline.outputs import GHL_HEADER

_OPEN_END: Final = len(b"null]")
_PHONE: Final = INDEX["phone"]
_COUNTED: Final = {
    "t": "totals", "h": "repeated_headers", "f": "footers", "s": "suppressed", "n": "no_identifier",
}  # fmt: skip


class Results:
    """The files a cleaning leaves in its folder. Whole after `close`."""

    def __init__(self, folder: Path, *, part_rows: int, part_bytes: int) -> None:
        self._rows = BlockWriter(folder / "rows.blk")
        self._duplicates = BlockWriter(folder / "duplicates.blk")
        self._ghl = (folder / "ghl.csv").open("wb")
        self._people = (folder / "people.copy").open("wb")
        self._ghl.write(GHL_HEADER.encode())
        self._at = len(GHL_HEADER)
        self._part_rows, self._part_bytes = part_rows, part_bytes - len(GHL_HEADER)
        self.parts: list[dict[str, int]] = []
        self.counts: Counter[str] = Counter()

    def add_person(self, record: bytes, ghl: bytes, people: bytes) -> None:
        """A row that is a person of its own."""
        ordinal = self.counts["rows_output"]
        self._rows.add(record[:-_OPEN_END] + b"%d]" % ordinal)
        self._write(ghl, people, ordinal)

    def add_duplicate(self, record: bytes, leader: int) -> None:
        """A row that was joined with an earlier one."""
        start, _, rest = record[:-_OPEN_END].partition(b'"')
        self._rows.add(start + b'"d"' + rest[2:] + b"%d]" % leader)
        self.counts["duplicates"] += 1

    def add_dropped(self, record: bytes) -> None:
        """A row that does not come out; its state says why."""
        self._rows.add(record)
        self.counts[_COUNTED[chr(record[record.index(b'"') + 1])]] += 1

    def join(
        self, records: Sequence[list[Any]], dated: int | None = None
    ) -> tuple[list[str], str, str] | None:
        """The person of several rows with key and kind of its telephone; None (and written) when it is suppressed.

        `dated` is the column of the day of registration, whose time of day decides between rows of one day.
        """
        times = () if dated is None else [time_of_day(str(record[2][dated])) for record in records]
        person = joined_person([record[3] for record in records], times)
        if any(record[1] == "s" for record in records):
            first = records[0]
            self.add_dropped(orjson.dumps([first[0], "s", first[2], first[3], None]))
            return None
        number = person[_PHONE]
        return person, phone_key(number) if number else "", kind_of(number) if number else ""

    def add_joined(self, records: Sequence[list[Any]], person: list[str], ghl: bytes, people: bytes) -> None:
        """The first row of a group, as the person all of it makes."""
        first, ordinal = records[0], self.counts["rows_output"]
        self._rows.add(orjson.dumps([first[0], "o", first[2], person, ordinal]))
        members = [[record[0] for record in records], [record[3] for record in records]]
        self._duplicates.add(orjson.dumps([first[0], *members, person]))
        self._write(ghl, people, ordinal)

    def _write(self, ghl: bytes, people: bytes, ordinal: int) -> None:
        part = self.parts[-1] if self.parts else None
        if part is None or part["rows"] == self._part_rows or part["bytes"] + len(ghl) > self._part_bytes:
            part = {"rows": 0, "bytes": 0, "start": self._at}
            self.parts.append(part)
        part["rows"] += 1
        part["bytes"] += len(ghl)
        self._at += len(ghl)
        self._ghl.write(ghl)
        self._people.write(b"%d\t" % ordinal + people)
        self.counts["rows_output"] += 1

    def close(self) -> None:
        """Makes every file whole."""
        self._rows.close()
        self._duplicates.close()
        self._ghl.close()
        self._people.close()
