"""Which contacts get which tags in one request: groups of at most a hundred. Pure.

The CRM's upsert replaces all tags of a contact, so tags follow in requests of their own that only add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class TagGroup:
    """One request: these tags for these contacts."""

    tags: tuple[str, ...]
    contact_ids: tuple[str, ...]


def tag_groups(wanted: Iterable[tuple[str, Sequence[str]]]) -> list[TagGroup]:
    """Requests that give each (contact id, tags) its tags: by equal sets of tags or tag by tag, whichever is fewer."""
    pairs = [(contact_id, tuple(dict.fromkeys(tags))) for contact_id, tags in wanted if tags]
    by_set: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    by_tag: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for contact_id, tags in pairs:
        by_set[tuple(sorted(tags))].append(contact_id)
        for tag in tags:
            by_tag[(tag,)].append(contact_id)
    sets, singles = _cut(by_set), _cut(by_tag)
    return sets if len(sets) <= len(singles) else singles


def _cut(groups: dict[tuple[str, ...], list[str]]) -> list[TagGroup]:
    return [
        TagGroup(tags, tuple(ids[start : start + AT_ONCE]))
        for tags, members in groups.items()
        for ids in [list(dict.fromkeys(members))]
        for start in range(0, len(ids), AT_ONCE)
    ]
