"""Nobody gives a permission in a store where they do not hold it, whatever group it comes from."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from balcao.kernel.actor import SYSTEM, Actor
from balcao.kernel.identity.team_rules import BeyondOwnRightsError, Grant, check_grant

PERMISSIONS = ("a.x:view", "a.x:edit", "b.y:view")
A, B, C = (UUID(int=number) for number in (1, 2, 3))
# A store that is opened later: who holds a right for every store holds it there too.
LATER = UUID(int=4)
KINDS = st.sampled_from(["user", "key"])
rights = st.frozensets(st.sampled_from(PERMISSIONS))
stores = st.frozensets(st.sampled_from((A, B, C)))
grants = st.builds(Grant, rights, stores)
actors = st.builds(
    lambda kind, role, held, seen: Actor(kind, role=role, permissions=held, store_ids=seen),
    KINDS, st.sampled_from(["manager", "operator"]), rights, st.none() | stores,
)  # fmt: skip


def pairs(permissions: frozenset[str], store_ids: frozenset[UUID] | None) -> set[tuple[str, UUID]]:
    """What somebody may do where, written out."""
    places = {A, B, C, LATER} if store_ids is None else store_ids
    return {(permission, place) for permission in permissions for place in places}


def pairs_of(grant: Grant | None) -> set[tuple[str, UUID]]:
    return pairs(grant.permissions, grant.store_ids or None) if grant is not None else set()


@given(actors, grants, st.none() | grants)
@settings(deadline=None, max_examples=500)
def test_a_grant_passes_exactly_when_each_new_pair_is_held(
    actor: Actor, after: Grant, before: Grant | None
) -> None:
    new = pairs_of(after) - pairs_of(before)
    is_held = new <= pairs(actor.permissions, actor.store_ids)
    event(f"held: {is_held}")
    if is_held:
        check_grant(actor, after, before)
    else:
        with pytest.raises(BeyondOwnRightsError) as caught:
            check_grant(actor, after, before)
        lacking = {permission for permission, _ in new} - actor.permissions
        assert caught.value.ext["missing"] == sorted(lacking)


@given(grants, st.none() | grants)
@settings(deadline=None)
def test_owners_and_what_runs_by_itself_give_what_they_like(after: Grant, before: Grant | None) -> None:
    for actor in (SYSTEM, Actor("user", role="owner")):
        check_grant(actor, after, before)


def test_a_right_in_one_store_is_no_right_in_another() -> None:
    """Who holds P in A does not add it to a group that gives Q in B, nor widen a group that gives Q in A to B."""
    narrow = Actor("user", role="manager", permissions=frozenset({"a.x:view"}), store_ids=frozenset({A}))
    group = Grant(frozenset({"b.y:view"}), frozenset({B}))
    with pytest.raises(BeyondOwnRightsError):
        check_grant(narrow, Grant(frozenset({"a.x:view", "b.y:view"}), frozenset({B})), group)
    wide = Actor("user", role="manager", permissions=frozenset({"a.x:view"}))
    with pytest.raises(BeyondOwnRightsError) as caught:
        check_grant(
            wide,
            Grant(frozenset({"b.y:view"}), frozenset({A, B})),
            Grant(frozenset({"b.y:view"}), frozenset({A})),
        )
    assert caught.value.ext["missing"] == ["b.y:view"]
