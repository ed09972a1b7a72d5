"""Rows of an xlsx sheet that are written like rows before them: one regular expression reads a whole row.

Rows of a list mostly have the same columns in the same styles. From a row read cell by cell a template is made, in which every
cell may be missing or blank; a row that fits needs a single match instead of one for each cell. What does not fit at once is
read cell by cell as before: a template never changes a result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

_SEEN_BEFORE: Final = 2
_MOST_TEMPLATES: Final = 40
_MOST_SEEN: Final = 5_000
_WIDEST: Final = 120


class Template(NamedTuple):
    """The pattern of a row: group 1 its number, then a value for each column. `positions` are the columns from 0."""

    pattern: re.Pattern[str]
    positions: tuple[int, ...]
    kinds: tuple[int, ...]
    is_straight: bool
    """The columns are A, B, C … without a gap."""
    is_uniform: bool
    """All cells are of the first one's kind."""


@dataclass(slots=True)
class Templates:
    """The templates of one sheet, the latest used first."""

    ready: list[Template]
    _seen: dict[tuple[tuple[str, ...], tuple[str, ...]], int]

    @classmethod
    def empty(cls) -> Templates:
        """No templates yet."""
        return cls([], {})

    def learn(
        self,
        letters: tuple[str, ...],
        attributes: tuple[str, ...],
        positions: Sequence[int],
        kinds: Sequence[int],
    ) -> None:
        """Takes note of how a row was written; the third alike makes a template."""
        if len(self.ready) >= _MOST_TEMPLATES or len(letters) > _WIDEST or len(self._seen) > _MOST_SEEN:
            return
        count = self._seen.get((letters, attributes), 0) + 1
        self._seen[letters, attributes] = count
        if count == _SEEN_BEFORE and list(positions) == sorted(set(positions)):
            self.ready.insert(0, _template(letters, attributes, tuple(positions), tuple(kinds)))

    def match(self, piece: str) -> tuple[Template, re.Match[str]] | None:
        """The template a row fits, tried in the order of their use: the two latest only, for trying costs as well."""
        ready = self.ready
        for index in range(min(2, len(ready))):
            template = ready[index]
            match = template.pattern.fullmatch(piece)
            if match is not None:
                if index:
                    ready[0], ready[1] = ready[1], ready[0]
                return template, match
        if len(ready) > 2:
            ready.append(ready.pop(1))
        return None


def _template(
    letters: tuple[str, ...], attributes: tuple[str, ...], positions: tuple[int, ...], kinds: tuple[int, ...]
) -> Template:
    cells = "".join(
        rf'(?:<c r="{column}[0-9]++"{re.escape(style)}'
        r"(?:/>|><(?:v|is><t[^>]*+)>([^<]*+)</(?:v|t></is)></c>|></c>))?+"
        for column, style in zip(letters, attributes, strict=True)
    )
    return Template(
        pattern=re.compile(rf'<row r="([0-9]{{1,7}})"[^>]*+>{cells}'),
        positions=positions,
        kinds=kinds,
        is_straight=positions == tuple(range(len(positions))),
        is_uniform=len(set(kinds)) == 1,
    )
