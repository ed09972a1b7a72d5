"""What the mapping answers: the columns of a file and the field each has become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Evidence = Literal[
    "saved", "seen", "shape", "synonym", "stop_words", "contained", "fuzzy", "content", "chosen", "none"
]
Status = Literal["applied", "confirm", "unmapped"]


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column of the file. `field` is None when nothing is read from it.

    `normalised` is unique within the file (headers.header_keys), so that a kept mapping can name each column; it is empty
    when the header is. "confirm" (0.60 to 0.85) columns are used all the same, unless a person asked to see them first.
    """

    position: int
    header: str
    normalised: str
    field: str | None
    confidence: float
    evidence: str
    status: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class FileMapping:
    """The columns in the file's order; the producer's name when its shape was known, else empty.

    `is_sure`: some column names or reaches a person, and every column that is used was applied without a doubt.
    """

    columns: tuple[MappedColumn, ...]
    shape: str
    is_sure: bool
    signature: str
