"""Which row is the header, by the first rows of a table (contacts specification, 5.3).

Best of the first 30 rows by 3 × recognised headers + share of texts − share of values; it needs two recognised headers or 60 %
texts. A list may have none. A header may go on in the rows below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from balcao.brazil.addresses import UFS
from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.reading.tables import Recognise

FIRST_ROWS: Final = 30
"""Rows with content in which a header is looked for."""
SAMPLE_ROWS: Final = 200
"""Rows with content by which columns are told from surplus cells."""

_VALUE: Final = re.compile(
    r"[\w.+-]+@[\w.-]+|https?://\S+|www\.\S+|[pfl]:\+?\d+|[\s+()\d.,/:;R$%\-–]*\d[\s+()\d.,/:;R$%\-–]*|\S*\d{6,}\S*"
    r"|\d{4}-\d\d-\d\d[T ].*",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_MOST_HEADER_ROWS: Final = 3
_ENOUGH_TEXT: Final = 0.6
_LONGEST_HEADER: Final = 200
_RARE_COLUMN: Final = 0.5
_ASIDE: Final = re.compile(
    r"\(.*\)|(?:ex\.?|exemplo|e\.g\.)\s*:?.*|obrigat[óo]rio|opcional|\*", re.IGNORECASE
)

NumberedRow = tuple[int, list[Cell]]
"""Source row number from 1, and cells."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header found, or its absence: `row` and `last_row` are 0 then, and the texts are empty. `known` counts those
    recognised; data begin behind `last_row`.
    """

    row: int
    last_row: int
    texts: tuple[str, ...]
    known: int


class _Look(NamedTuple):
    known: int
    texts: int
    values: int


def header_text(cell: Cell) -> str:
    """A header cell as one line."""
    return " ".join(cell_text(cell).split())[:_LONGEST_HEADER]


def find_header(rows: Sequence[NumberedRow], recognise: Recognise, chosen: int | None = None) -> Header:
    """The header of a table by its first rows with content. `chosen` is a person's row number, 0 for none."""
    width = _usual_width(rows)
    if chosen == 0:
        return _headerless(rows, width)
    if chosen is not None:
        below = [row for row in rows if row[0] > chosen]
        texts = [header_text(cell) for number, cells in rows if number == chosen for cell in cells]
        return _header(chosen, chosen, texts, below, recognise)
    repeated = _repeated_texts(rows)
    best: tuple[float, int] | None = None
    for index, (_, cells) in enumerate(rows[:FIRST_ROWS]):
        look = _look(cells, recognise, repeated)
        span = max(width, look.texts + look.values, 1)
        score = 3 * look.known + (look.texts - look.values) / span
        is_able = look.known >= 2 or (look.texts >= _ENOUGH_TEXT * span and not look.values)
        if is_able and (best is None or score > best[0]):
            best = score, index
    if best is None:
        return _headerless(rows, width)
    index = best[1]
    number, cells = rows[index]
    look = _look(cells, recognise, repeated)
    if not look.known and _is_like_below(cells, rows[index + 1 :]):
        return _headerless(rows, width)
    texts, last = _joined(rows, index, recognise)
    return _header(number, last, texts, [row for row in rows if row[0] > last], recognise)


def _look(cells: Sequence[Cell], recognise: Recognise, repeated: frozenset[tuple[int, str]]) -> _Look:
    known = texts = values = 0
    for position, cell in enumerate(cells):
        text = header_text(cell)
        if not text:
            continue
        if is_value(cell, text):
            values += 1
            continue
        texts += 1
        if (position, text) not in repeated and recognise(text) is not None:
            known += 1
    return _Look(known, texts, values)


def is_value(cell: Cell, text: str) -> bool:
    """Whether a cell is a value by its shape: a number, date, e-mail, address of a page, or the two letters of a state."""
    return (
        not isinstance(cell, str)
        or text in UFS
        or _VALUE.fullmatch(text) is not None
        or not _LETTER.search(text)
    )


def _repeated_texts(rows: Sequence[NumberedRow]) -> frozenset[tuple[int, str]]:
    """Texts that stand in the same column again and again: values such as Instagram in a column of sources."""
    counts = Counter(
        (position, header_text(cell))
        for _, cells in rows
        for position, cell in enumerate(cells)
        if isinstance(cell, str)
    )
    most = max(2, len(rows) // 5)
    return frozenset(place for place, count in counts.items() if count > most)


def _usual_width(rows: Sequence[NumberedRow]) -> int:
    """Filled cells of most rows; of the wider ones among equals."""
    counts = Counter(sum(1 for cell in cells if cell is not None and cell != "") for _, cells in rows)
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0] if counts else 0


def _is_like_below(cells: Sequence[Cell], below: Sequence[NumberedRow]) -> bool:
    """Whether a row of unknown texts looks like the rows below it: several words where they have several words. Headers are
    mostly single words, or stand above values.
    """
    if not below:
        return False
    for position, cell in enumerate(cells):
        text = header_text(cell)
        if not text:
            continue
        others = [
            (row[position], header_text(row[position]))
            for _, row in below[:FIRST_ROWS]
            if position < len(row)
        ]
        filled = [(other, shown) for other, shown in others if shown]
        wordy = sum(1 for other, shown in filled if not is_value(other, shown) and " " in shown)
        if " " not in text or wordy < 0.6 * len(filled) or not filled:
            return False
    return True


def _joined(rows: Sequence[NumberedRow], index: int, recognise: Recognise) -> tuple[list[str], int]:
    """The header's texts with those of the rows below that belong to it, and the number of its last row."""
    number, cells = rows[index]
    texts = [header_text(cell) for cell in cells]
    for below, more in rows[index + 1 : index + _MOST_HEADER_ROWS]:
        longer = _continued(texts, more, recognise) if below == number + 1 else None
        if longer is None:
            break
        texts, number = longer, below
    return texts, number


def _continued(texts: list[str], more: Sequence[Cell], recognise: Recognise) -> list[str] | None:
    """The header with a second row, when that is all text, means nothing alone, and makes known what was not."""
    added = [header_text(cell) for cell in more]
    filled = [(cell, text) for cell, text in zip(more, added, strict=True) if text]
    if not filled or any(is_value(cell, text) for cell, text in filled):
        return None
    width = max(len(texts), len(added))
    upper = texts + [""] * (width - len(texts))
    lower = added + [""] * (width - len(added))
    if all(_ASIDE.fullmatch(text) for _, text in filled):
        return upper
    if any(recognise(text) for _, text in filled):
        return None
    both = [f"{over} {under}".strip() for over, under in zip(upper, lower, strict=True)]
    pairs = [place for place in range(width) if lower[place]]
    known = [place for place in pairs if recognise(both[place]) is not None]
    lost = sum(1 for place in pairs if recognise(upper[place]) is not None and place not in known)
    gained = sum(1 for place in known if not recognise(upper[place]))
    return both if known and not lost and (gained or len(known) == len(pairs)) else None


def _header(
    row: int, last: int, texts: Sequence[str], below: Sequence[NumberedRow], recognise: Recognise
) -> Header:
    named = max((position + 1 for position, text in enumerate(texts) if text), default=0)
    width = max(named, _filled_width(below))
    padded = tuple(texts[:width]) + ("",) * (width - len(texts))
    return Header(row, last, padded, sum(1 for text in padded if text and recognise(text)))


def _headerless(rows: Sequence[NumberedRow], width: int) -> Header:
    usual = [row for row in rows if sum(1 for cell in row[1] if cell is not None and cell != "") >= width]
    return Header(0, 0, ("",) * max(_filled_width(usual), 1), 0)


def _filled_width(rows: Sequence[NumberedRow]) -> int:
    """Columns up to the last that is filled in half of the rows: the rest is surplus of a few."""
    counts = Counter(
        position
        for _, cells in rows
        for position, cell in enumerate(cells)
        if cell is not None and cell != ""
    )
    return max(
        (position + 1 for position, count in counts.items() if count >= _RARE_COLUMN * len(rows)), default=0
    )
