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
    title = "Owners only."
    detail = "Only an owner may do this to an owner."


class BeyondOwnRightsError(ForbiddenError):
    """Nobody gives what they do not hold. `missing` lists the permissions in question."""

    code = "beyond_own_rights"
    title = "Beyond your own permissions."
    detail = "You can only give permissions that you hold yourself."


class LastOwnerError(DomainError):
    """A business keeps at least one active owner."""

    code = "last_owner"
    title = "Last owner."
    detail = "This is the last active owner. Make somebody else an owner first."


class UsersLimitError(DomainError):
    """The plan's number of people is reached. `limit` is that number."""

    code = "users_limit"
    title = "No more people in the plan."
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
    """Refuses when `after` gives a permission in a store where neither `before` gave it nor the actor holds it.

    Permission and store are judged together: who may see orders of one store and moves somebody of another store into a
    group with that permission would give it where they do not hold it themselves.
    """
    if actor.kind not in ACCOUNTABLE or actor.role == OWNER:
        return
    new = [
        (permission, store)
        for permission in sorted(after.permissions)
        for store in sorted(after.store_ids) or [None]
        if before is None or not _gives(before, permission, store)
    ]
    missing = sorted({permission for permission, _ in new if not actor.can(permission)})
    if missing:
        raise BeyondOwnRightsError(missing=missing)
    if not all(actor.store_ids is None or store in actor.store_ids for _, store in new):
        raise BeyondOwnRightsError("You can only give access to stores that you see yourself.", missing=[])


def _gives(grant: Grant, permission: str, store: UUID | None) -> bool:
    """Whether a grant holds in a store; None stands for every store, those to come as well."""
    return permission in grant.permissions and (not grant.store_ids or store in grant.store_ids)
