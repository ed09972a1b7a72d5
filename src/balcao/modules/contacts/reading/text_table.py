"""Tables of text: CSV and its relatives, read as a stream. The whole file is never in memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import IO, Final, cast

from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.reading.dialect import detect_dialect
from balcao.modules.contacts.reading.encodings import (
    check_not_blank,
    chosen_encoding,
    encoding_label,
    look_through,
)
from balcao.modules.contacts.reading.limits import FileRefused, ReadingLimits
from balcao.modules.contacts.reading.records import Dialect, read_records
from balcao.modules.contacts.reading.streams import text_stream
from balcao.modules.contacts.reading.tables import Book, CellFinding, Recognise, RowBatch, Sheet, TableChoice

_SAMPLE: Final = 1 << 18
_END_OF_DOS_FILE: Final = "\x1a"
_NAMED_DELIMITERS: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


def text_lines(file: IO[bytes], encoding: str, *, has_zeros: bool = False) -> Iterator[str]:
    """Lines with their ends, from the file's beginning. CR, LF and CRLF all end a line; zero bytes are left out."""
    reader = text_stream(file, encoding)
    return (line.replace("\x00", "") for line in reader) if has_zeros else reader


def open_text(file: IO[bytes], choice: TableChoice, limits: ReadingLimits, recognise: Recognise) -> Book:
    """The one table of a text file. Raises FileRefused for an empty one, or one of endless lines."""
    facts = look_through(file, chosen_encoding(choice.encoding))
    check_not_blank(facts)
    has_zeros = facts.zeros > 0
    sample = "".join(_sample_lines(text_lines(file, facts.encoding, has_zeros=has_zeros)))
    chosen = choice.delimiter and _NAMED_DELIMITERS.get(choice.delimiter, choice.delimiter[:1])
    dialect = detect_dialect(sample, recognise, chosen)
    if facts.lines > limits.rows + 1 and dialect.quote not in sample:
        raise FileRefused("FILE_TOO_MANY_ROWS", f"{facts.lines} lines")

    def read() -> Iterator[RowBatch]:
        return _batches(text_lines(file, facts.encoding, has_zeros=has_zeros), dialect, limits)

    return Book(
        kind="csv",
        sheets=(Sheet("", is_visible=True, row_count=facts.lines, read=read),),
        encoding=encoding_label(facts.encoding),
        delimiter=dialect.delimiter,
        notes=(Finding("FILE_NUL_BYTES", str(facts.zeros)),) if has_zeros else (),
    )


def _sample_lines(lines: Iterator[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        yield line
        if size > _SAMPLE:
            return


def _batches(lines: Iterator[str], dialect: Dialect, limits: ReadingLimits) -> Iterator[RowBatch]:
    """Records with their numbers: every record counts, blank lines and the line that states the delimiter too."""
    number = 1
    if dialect.starts_with_sep:
        lines = chain(islice(lines, 1, None))
        number = 2
    for records in read_records(lines, dialect, limits.field):
        rows = records.rows
        if rows and rows[-1] == [_END_OF_DOS_FILE]:
            rows[-1] = []
        findings: list[CellFinding] = [
            (number + index, -1, Finding("FILE_QUOTE_UNBALANCED")) for index in records.unbalanced
        ]
        yield RowBatch(list(range(number, number + len(rows))), cast("list[list[Cell]]", rows), findings)
        number += len(rows)
