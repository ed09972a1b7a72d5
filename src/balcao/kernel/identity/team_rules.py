"""Who may change whom in a team. Pure: the caller loads the facts, these functions refuse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from balcao.kernel.actor import Actor
from balcao.kernel.errors import DomainError, ForbiddenError

OWNER = "owner"
# Who acts from outside, a person or a program with a key; what runs by itself has been allowed already.
ACCOUNTABLE: Final = frozenset({"user", "key"})


class OwnersOnlyError(ForbiddenError):
    """Owners are made, changed and removed by owners alone."""

    code = "owners_only"
    detail = "Only an owner may do this to an owner."


class BeyondOwnRightsError(ForbiddenError):
    """Nobody gives what they do not hold. `missing` lists the permissions in question."""

    code = "beyond_own_rights"
    detail = "You can only give permissions that you hold yourself."


class LastOwnerError(DomainError):
    """A business keeps at least one active owner."""

    code = "last_owner"
    detail = "This is the last active owner. Make somebody else an owner first."


class UsersLimitError(DomainError):
    """The plan's number of people is reached. `limit` is that number."""

    code = "users_limit"
    detail = "Your plan has room for {limit} people. Deactivate somebody or change the plan."


@dataclass(frozen=True, slots=True)
class Grant:
    """What a group gives: permissions, and the stores they hold for (empty: every store)."""

    permissions: frozenset[str]
    store_ids: frozenset[UUID]


def check_owner_touch(actor: Actor, roles: Iterable[str]) -> None:
    """Refuses when any role involved, before or after, is the owner's and the actor is none."""
    if actor.kind in ACCOUNTABLE and actor.role != OWNER and OWNER in roles:
        raise OwnersOnlyError


def check_grant(actor: Actor, after: Grant, before: Grant | None = None) -> None:
    """Refuses when `after` gives more than `before` did and the actor does not hold the difference."""
    if actor.kind not in ACCOUNTABLE or actor.role == OWNER:
        return
    had = before.permissions if before is not None else frozenset[str]()
    missing = after.permissions - had - actor.permissions
    if missing:
        raise BeyondOwnRightsError(missing=sorted(missing))
    wider = before is None or _widens(before.store_ids, after.store_ids)
    if (
        wider
        and actor.store_ids is not None
        and (not after.store_ids or not after.store_ids <= actor.store_ids)
    ):
        raise BeyondOwnRightsError("You can only give access to stores that you see yourself.", missing=[])


def _widens(before: frozenset[UUID], after: frozenset[UUID]) -> bool:
    """No store listed means all of them."""
    return bool(before) and (not after or not after <= before)
