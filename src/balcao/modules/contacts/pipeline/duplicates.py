"""Which rows of a file are the same person. Works on arrays of 64-bit hashes, so that a million rows take a few MB.

Rows meet through the same e-mail or the same telephone key. A landline or an e-mail of a function (contato@…) is shared
by many people, so there the names must agree as well (contacts specification, section 7).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

SAME_NAME: Final = 85.0
LARGEST_SHARED: Final = 200
"""A shared key of more rows is a switchboard: its names are compared with those of the first rows only."""

Hashes: TypeAlias = NDArray[np.uint64]
NameOf = Callable[[int], str]
_MASK: Final = (1 << 64) - 1


@dataclass(slots=True)
class Keys:
    """The keys of the rows read so far, by ordinal: hashes of e-mail and telephone key (0 for none), shared ones apart."""

    emails: array[int] = field(default_factory=lambda: array("Q"))
    phones: array[int] = field(default_factory=lambda: array("Q"))
    shared_emails: array[int] = field(default_factory=lambda: array("Q"))
    shared_phones: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, email: str, phone_key: str, *, is_role: bool, is_landline: bool) -> None:
        """The keys of the next row."""
        mail = hash(email) & _MASK if email else 0
        phone = hash(phone_key) & _MASK if phone_key else 0
        self.emails.append(0 if is_role else mail)
        self.shared_emails.append(mail if is_role else 0)
        self.phones.append(0 if is_landline else phone)
        self.shared_phones.append(phone if is_landline else 0)

    def __len__(self) -> int:
        return len(self.emails)


class _Forest:
    """Union-find over the few rows that meet another one; the root of a tree is its first row."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def root(self, row: int) -> int:
        parents = self._parents
        top = row
        while parents.get(top, top) != top:
            top = parents[top]
        while row != top:
            parents[row], row = top, parents.get(row, row)
        return top

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._parents[second] = first
        self._parents.setdefault(first, first)

    def trees(self) -> dict[int, list[int]]:
        trees: dict[int, list[int]] = {}
        for row in sorted(self._parents):
            trees.setdefault(self.root(row), []).append(row)
        return {first: rows for first, rows in trees.items() if len(rows) > 1}


def same_people(keys: Keys, name_of: NameOf, *, apart: Sequence[int] = ()) -> dict[int, list[int]]:
    """Groups of ordinals by their first one; each group has two rows or more, in the file's order.

    `name_of` gives the folded name of a row and is asked only where a shared key needs it. Rows of `apart` are left alone.
    """
    forest = _Forest()
    alone = set(apart)
    for hashes in (keys.emails, keys.phones):
        for group in _meeting(hashes):
            members = [row for row in group if row not in alone] if alone else group
            for row in members[1:]:
                forest.join(members[0], row)
    for hashes in (keys.shared_emails, keys.shared_phones):
        for group in _meeting(hashes):
            _join_by_name([row for row in group if row not in alone], name_of, forest)
    return forest.trees()


def _meeting(hashes: array[int]) -> Iterator[list[int]]:
    """Lists of rows with the same hash, each in the file's order."""
    values: Hashes = np.frombuffer(hashes, dtype=np.uint64)
    if len(values) < 2:
        return
    order: NDArray[Any] = np.argsort(values, kind="stable")
    ranked = values[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    stops = np.append(starts[1:], len(ranked))
    worth = ((stops - starts) > 1) & (ranked[starts] != 0)
    for start, stop in zip(starts[worth].tolist(), stops[worth].tolist(), strict=True):
        yield order[start:stop].tolist()


def _join_by_name(rows: list[int], name_of: NameOf, forest: _Forest) -> None:
    """Joins those of a shared key whose names agree. Rows without a name are left alone."""
    leaders: list[tuple[int, str]] = []
    for row in rows:
        name = name_of(row)
        if not name:
            continue
        match = next((leader for leader, known in leaders if is_same_name(name, known)), None)
        if match is not None:
            forest.join(match, row)
        elif len(leaders) < LARGEST_SHARED:
            leaders.append((row, name))


def is_same_name(one: str, other: str) -> bool:
    """Whether two folded names are written alike (85 of 100 by edit distance)."""
    return one == other or ratio(one, other) >= SAME_NAME
