"""Cleaned rows on the way to the results: on disk, since which of them are one person is known only at the end.

A row is three pieces written one after another: its record for rows.blk (whose last value, a null, is filled in later), its
line of GoHighLevel's CSV, and its line for the database with an open ordinal. Only their lengths stay in memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

_READ_ROWS: Final = 2_000


class Spool:
    """The cleaned rows of a file that may become people, by ordinal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._starts = array("Q")
        self._lengths = array("I")
        self._at = 0

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, record: bytes, ghl: bytes, people: bytes) -> None:
        """The pieces of the next row."""
        self._starts.append(self._at)
        self._lengths.extend((len(record), len(ghl), len(people)))
        self._at += len(record) + len(ghl) + len(people)
        self._file.write(record + ghl + people)

    def finish(self) -> None:
        """Nothing more is added; from now on it is read."""
        self._file.close()
        self._file = self._path.open("rb")

    def record(self, ordinal: int) -> list[Any]:
        """The record of one row."""
        self._file.seek(self._starts[ordinal])
        return orjson.loads(self._file.read(self._lengths[3 * ordinal]))

    def rows(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """The pieces of every row, in order, read in large gulps."""
        with self._path.open("rb") as file:
            for first in range(0, len(self), _READ_ROWS):
                last = min(first + _READ_ROWS, len(self))
                gulp = file.read(sum(self._lengths[3 * first : 3 * last]))
                at = 0
                for place in range(3 * first, 3 * last, 3):
                    record, ghl, people = self._lengths[place : place + 3]
                    middle, end = at + record, at + record + ghl
                    yield gulp[at:middle], gulp[middle:end], gulp[end : end + people]
                    at = end + people

    def remove(self) -> None:
        """Deletes the file."""
        self._file.close()
        self._path.unlink(missing_ok=True)
