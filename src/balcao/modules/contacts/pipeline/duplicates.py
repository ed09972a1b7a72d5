"""Which rows of a file are the same person. Works on arrays of 64-bit hashes, so that a million rows take a few MB.

Rows meet through the same e-mail or the same telephone key. A landline or an e-mail of a function (contato@…) is shared
by many people, so there the names must agree as well (contacts specification, section 7). So it is with a further telephone:
often it is somebody else's, where a message can be left. A further e-mail is as good as the first.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
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
NAMELESS: Final = "\x00"
"""What `NameOf` begins with for a row without a name; behind it all that could tell the row from another."""


@dataclass(slots=True)
class _Further:
    """Keys that rows have besides their first ones: the rows' ordinals, and the hashes."""

    rows: array[int] = field(default_factory=lambda: array("Q"))
    hashes: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, row: int, key: str) -> None:
        self.rows.append(row)
        self.hashes.append(hash(key) & _MASK)


_NONE_FURTHER: Final = _Further()


@dataclass(slots=True)
class Keys:
    """The keys of the rows read so far, by ordinal: hashes of e-mail and telephone key (0 for none), shared ones apart."""

    emails: array[int] = field(default_factory=lambda: array("Q"))
    phones: array[int] = field(default_factory=lambda: array("Q"))
    shared_emails: array[int] = field(default_factory=lambda: array("Q"))
    shared_phones: array[int] = field(default_factory=lambda: array("Q"))
    further_emails: _Further = field(default_factory=_Further)
    shared_further_emails: _Further = field(default_factory=_Further)
    further_phones: _Further = field(default_factory=_Further)

    def add(self, email: str, phone_key: str, *, is_role: bool, is_landline: bool) -> None:
        """The keys of the next row."""
        mail = hash(email) & _MASK if email else 0
        phone = hash(phone_key) & _MASK if phone_key else 0
        self.emails.append(0 if is_role else mail)
        self.shared_emails.append(mail if is_role else 0)
        self.phones.append(0 if is_landline else phone)
        self.shared_phones.append(phone if is_landline else 0)

    def add_further_email(self, email: str, *, is_role: bool) -> None:
        """One more e-mail of the row added last."""
        (self.shared_further_emails if is_role else self.further_emails).add(len(self) - 1, email)

    def add_further_phone(self, phone_key: str) -> None:
        """One more telephone of the row added last."""
        self.further_phones.add(len(self) - 1, phone_key)

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

    `name_of` gives the folded name of a row (see NAMELESS) and is asked only where a shared key needs it. Rows of `apart` are
    left alone.
    """
    forest = _Forest()
    alone = set(apart)
    for group in chain(_meeting(keys.emails, keys.further_emails), _meeting(keys.phones)):
        members = [row for row in group if row not in alone] if alone else group
        for row in members[1:]:
            forest.join(members[0], row)
    by_name = [
        _meeting(keys.shared_emails, keys.shared_further_emails),
        _meeting(keys.shared_phones, keys.further_phones),
    ]
    if keys.further_phones.rows:
        by_name.append(_meeting(keys.phones, keys.further_phones))
    for group in chain.from_iterable(by_name):
        _join_by_name([row for row in group if row not in alone], name_of, forest)
    return forest.trees()


def _meeting(hashes: array[int], further: _Further = _NONE_FURTHER) -> Iterator[list[int]]:
    """Lists of rows with the same hash, each in the file's order; `further` hashes belong to the rows they name."""
    values: Hashes = np.frombuffer(hashes, dtype=np.uint64)
    if len(values) < 2:
        return
    order: NDArray[Any]
    if further.rows:
        rows = np.concatenate(
            (np.arange(len(values), dtype=np.uint64), np.frombuffer(further.rows, dtype=np.uint64))
        )
        values = np.concatenate((values, np.frombuffer(further.hashes, dtype=np.uint64)))
        places = np.lexsort((rows, values))
        order, ranked = rows[places], values[places]
        for group in _alike(order, ranked):
            yield list(dict.fromkeys(group))
        return
    order = np.argsort(values, kind="stable")
    yield from _alike(order, values[order])


def _alike(order: NDArray[Any], ranked: Hashes) -> Iterator[list[int]]:
    """The rows in `order`, parted where their hashes change; only those that are not alone."""
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    stops = np.append(starts[1:], len(ranked))
    worth = ((stops - starts) > 1) & (ranked[starts] != 0)
    for start, stop in zip(starts[worth].tolist(), stops[worth].tolist(), strict=True):
        yield order[start:stop].tolist()


def _join_by_name(rows: list[int], name_of: NameOf, forest: _Forest) -> None:
    """Joins those of a shared key whose names agree; of those without a name, the ones with nothing to tell them apart."""
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
    if one == other:
        return True
    return NAMELESS not in (one[:1], other[:1]) and ratio(one, other) >= SAME_NAME
