"""How much of a file is read, and the refusal of what is more, or broken, or no table at all."""

from __future__ import annotations

import csv
import struct
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

CHUNK: Final = 1 << 18
"""Bytes read or inflated at a time."""

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
"""What a sheet of Excel holds."""


class FileRefused(Exception):
    """A file that cannot be imported. `code` is one of FILE_UNSUPPORTED, FILE_EMPTY, FILE_PASSWORD_PROTECTED,
    FILE_TOO_COMPLEX, FILE_TOO_LARGE, FILE_CORRUPT, FILE_NO_TABLE and FILE_TOO_MANY_ROWS; `detail` says what was met, for
    the log: never a cell's content.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds of one file (contacts specification, 5.4). Sizes are bytes, counts are counts.

    `ratio` is inflated to compressed size of one part, heeded from `ratio_from` inflated bytes on; `element` is the longest
    text between two tags; `row` the longest row in characters; `strings` the inflated table of shared texts.
    """

    xlsx_bytes: int = 50_000_000
    text_bytes: int = 200_000_000
    rows: int = LAST_ROW
    zip_entries: int = 1_000
    inflated_bytes: int = 600_000_000
    ratio: int = 100
    ratio_from: int = 1_000_000
    cells: int = 30_000_000
    bounding_box: int = 50_000_000
    element: int = 262_144
    row: int = 4_000_000
    strings: int = 300_000_000
    field: int = 1_048_576


_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    struct.error,
    ExpatError,
    ParseError,
    csv.Error,
    ValueError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    OSError,
)
"""What the readers below meet in broken bytes; nothing of it says more than that the file is broken."""


@contextmanager
def refusing() -> Generator[None]:
    """Turns what broken bytes raise in a reader into FileRefused; a file that eats the memory is too complex."""
    try:
        yield
    except MemoryError as error:
        raise FileRefused("FILE_TOO_COMPLEX", "memory") from error
    except _BROKEN as error:
        raise FileRefused("FILE_CORRUPT", type(error).__name__) from error


def too_complex(what: str) -> FileRefused:
    """The refusal of a file that would take more memory or time than any list of contacts needs."""
    return FileRefused("FILE_TOO_COMPLEX", what)
