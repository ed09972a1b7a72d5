"""The people of a team: adding, inviting, changing, letting go.

Everything that counts seats or owners takes the team's lock first, so two changes at once cannot both be the last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text

from balcao.kernel.errors import (
    AlreadyExistsError,
    ImpersonatingError,
    NotFoundError,
    PeopleOnlyError,
    ValidationFailedError,
    VersionConflictError,
)
from balcao.kernel.identity.models import OneTimeToken, User, UserGroup
from balcao.kernel.identity.sessions import IDENTITY_TOPIC, revoke_sessions_of, trim_sessions
from balcao.kernel.identity.team_rules import (
    OWNER,
    Grant,
    LastOwnerError,
    UsersLimitError,
    check_grant,
    check_owner_touch,
)
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork

MAX_EMAIL: Final = 254
_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f]+@[^@\s.\x00-\x1f]+(?:\.[^@\s.\x00-\x1f]+)+")
NOTHING: Final = Grant(frozenset(), frozenset())


class EmailTakenError(AlreadyExistsError):
    """Two people of one team cannot share an address."""

    detail = "Somebody of your team already uses this e-mail."


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to add, the password already hashed."""

    email: str
    name: str
    role: str
    group_id: UUID | None
    password_hash: str
    max_active_sessions: int = 3


def clean_email(value: str, pointer: str = "/email") -> str:
    """The address in the form it is stored; 422 when it is none."""
    email = value.strip().lower()
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise ValidationFailedError.at(pointer, "This is not an e-mail address.")
    return email


def clean_name(value: str, pointer: str = "/name") -> str:
    """The name without stray spaces; 422 when nothing is left."""
    name = " ".join(value.split())
    if not name:
        raise ValidationFailedError.at(pointer, "Write a name.")
    return name


# Who is let go must not come back by a link they sent to themselves. Who sent which, the trail knows.
_END_INVITATIONS: Final = text(
    "update one_time_tokens t set used_at = :now where t.tenant_id = :tenant and t.purpose = 'invitation' "
    "and t.used_at is null and t.expires_at > :now and exists (select from audit_entries a where a.tenant_id = :tenant "
    "and a.entity = 'one_time_tokens' and a.entity_id = t.id::text and a.verb = 'made' and a.actor_id = :user)"
)


async def lock_team(uow: UnitOfWork) -> None:
    """Waits until nobody else changes this team. Held to the end of the transaction."""
    key = f"team:{uow.tenant_id}"
    await uow.session.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


async def check_room(uow: UnitOfWork) -> None:
    """Refuses when every seat of the plan is taken by an active person. The limit is read fresh, under the lock."""
    limit = (
        await uow.session.execute(
            text("select users_limit from tenants where id = :tenant"), {"tenant": uow.tenant_id}
        )
    ).scalar_one()
    taken = (await uow.session.execute(select(func.count()).where(User.is_active))).scalar_one()
    if taken >= limit:
        raise UsersLimitError(params={"limit": limit}, limit=limit)


async def get_person(uow: UnitOfWork, user_id: UUID, *, lock: bool = False) -> User:
    """A person of this team; NotFoundError for anybody else."""
    query = select(User).where(User.id == user_id)
    user = (await uow.session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if user is None:
        raise NotFoundError
    return user


async def grant_of(uow: UnitOfWork, group_id: UUID | None) -> Grant:
    """What a group gives right now; nothing without one or when it is switched off. NotFoundError for a foreign one."""
    if group_id is None:
        return NOTHING
    group = (
        await uow.session.execute(select(UserGroup).where(UserGroup.id == group_id))
    ).scalar_one_or_none()
    if group is None:
        raise NotFoundError
    if not group.is_active:
        return NOTHING
    return Grant(frozenset(group.permissions), frozenset(group.store_ids))


async def check_appointment(uow: UnitOfWork, role: str, group_id: UUID | None) -> None:
    """Refuses an appointment above what the acting person may give."""
    check_owner_touch(uow.actor, (role,))
    grant = await grant_of(uow, group_id)
    if grant.permissions:
        check_grant(uow.actor, grant)


async def check_email_free(uow: UnitOfWork, email: str) -> None:
    """Refuses an address somebody of the team signs in with."""
    taken = await uow.session.execute(select(User.id).where(User.email == email))
    if taken.first() is not None:
        raise EmailTakenError


async def add_person(uow: UnitOfWork, person: NewPerson) -> User:
    """Adds somebody who signs in with a password they were given. Support may not: it would know that password."""
    if uow.actor.impersonator:
        raise ImpersonatingError
    await lock_team(uow)
    await check_appointment(uow, person.role, person.group_id)
    return await _insert(uow, person)


async def _insert(uow: UnitOfWork, person: NewPerson) -> User:
    await check_room(uow)
    await check_email_free(uow, person.email)
    user = User(
        tenant_id=uow.tenant_id, id=new_id(), email=person.email, name=person.name, role=person.role,
        group_id=person.group_id, password_hash=person.password_hash, max_active_sessions=person.max_active_sessions,
    )  # fmt: skip
    uow.session.add(user)
    await uow.session.flush()
    return user


async def add_invited(uow: UnitOfWork, invitation: OneTimeToken, name: str, password_hash: str) -> User:
    """Adds the person an invitation was for and uses it up. The inviter's rights were checked when it was made."""
    await lock_team(uow)
    person = NewPerson(
        invitation.email, name, invitation.role or "operator", invitation.group_id, password_hash
    )
    user = await _insert(uow, person)
    invitation.used_at = uow.now()
    return user


async def change_person(
    uow: UnitOfWork, user_id: UUID, changes: Mapping[str, Any], *, version: int | None = None
) -> User:
    """Changes name, role, group_id, is_active or max_active_sessions; what it ends, it ends at once.

    A key names people and lets them go. Whom it appointed or brought back would outlive it: PeopleOnlyError. Support
    makes no owner and brings nobody back, who could let it in again: ImpersonatingError.
    """
    await lock_team(uow)
    user = await get_person(uow, user_id, lock=True)
    if version is not None and version != user.version:
        raise VersionConflictError(current=picture_of(user))
    role, active = changes.get("role", user.role), changes.get("is_active", user.is_active)
    check_owner_touch(uow.actor, (user.role, role))
    gives = role != user.role or changes.get("group_id", user.group_id) != user.group_id
    comes_back = active and not user.is_active
    if uow.actor.kind == "key" and (gives or comes_back):
        raise PeopleOnlyError
    if uow.actor.impersonator and (comes_back or (role == OWNER != user.role)):
        raise ImpersonatingError
    await _check_rights_given(uow, user, changes, active=active)
    if user.role == OWNER and user.is_active and not (role == OWNER and active):
        await _check_other_owner(uow, user.id)
    if comes_back:
        await check_room(uow)
    for name, value in changes.items():
        setattr(user, name, value)
    user.version += 1
    await uow.session.flush()
    await _end_what_changed(uow, user, changes)
    return user


async def _check_rights_given(
    uow: UnitOfWork, user: User, changes: Mapping[str, Any], *, active: bool
) -> None:
    group_id = changes.get("group_id", user.group_id)
    comes_back = active and not user.is_active
    if group_id == user.group_id and not comes_back:
        return
    before = None if comes_back else await grant_of(uow, user.group_id)
    after = await grant_of(uow, group_id)
    if after.permissions:
        check_grant(uow.actor, after, before if before is not None and before.permissions else None)


async def _check_other_owner(uow: UnitOfWork, user_id: UUID) -> None:
    others = await uow.session.execute(
        select(func.count()).where(User.role == OWNER, User.is_active, User.id != user_id)
    )
    if not others.scalar_one():
        raise LastOwnerError


async def _end_what_changed(uow: UnitOfWork, user: User, changes: Mapping[str, Any]) -> None:
    if not user.is_active:
        await revoke_sessions_of(uow, user.id, "deactivated")
        await uow.session.execute(
            _END_INVITATIONS, {"tenant": uow.tenant_id, "user": user.id, "now": uow.now()}
        )
    elif "max_active_sessions" in changes:
        await trim_sessions(uow, user.id, user.max_active_sessions)
    uow.announce(IDENTITY_TOPIC)


def picture_of(user: User) -> dict[str, Any]:
    """The present state of a person, for whoever changed an older one."""
    return {
        "id": str(user.id),
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "group_id": str(user.group_id) if user.group_id else None,
        "is_active": user.is_active,
        "max_active_sessions": user.max_active_sessions,
        "version": user.version,
    }
