"""From role and group to the set of permissions of a person."""

from __future__ import annotations

from collections.abc import Iterable


def effective_permissions(role: str, granted: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """What a person may do. The owner may do everything the installation knows; others hold what their group grants.

    `edit` and every special verb imply `view` of the same area. A grant the installation does not know is dropped, so
    a person without a group may do nothing: there is no bypass.
    """
    if role == "owner":
        return known
    held = {code for code in granted if code in known}
    implied = {f"{code.partition(':')[0]}:view" for code in held}
    return frozenset(held | (implied & known))
