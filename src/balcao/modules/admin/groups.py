"""Groups: named sets of permissions, and the stores they hold for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError, VersionConflictError
from balcao.kernel.identity.models import OneTimeToken, User, UserGroup
from balcao.kernel.identity.sessions import IDENTITY_TOPIC
from balcao.kernel.identity.team_rules import Grant, check_grant
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.people import NOTHING, clean_name, lock_team
from balcao.modules.store.public import store_names


class GroupInUseError(DomainError):
    """People or open invitations are linked to the group: `people` and `invitations` say how many."""

    code = "group_in_use"
    title = "Group in use."
    detail = "People are still in this group. Move them to another one first."


@dataclass(frozen=True, slots=True)
class GroupInput:
    """A group as somebody wants it."""

    name: str
    permissions: Sequence[str]
    store_ids: Sequence[UUID] = ()
    is_active: bool = True


async def _check_values(uow: UnitOfWork, values: Mapping[str, Any], known: frozenset[str]) -> None:
    errors: list[dict[str, str]] = []
    for index, code in enumerate(values.get("permissions", ())):
        if code not in known:
            errors.append({"pointer": f"/permissions/{index}", "message": "There is no such permission."})
    wanted: Sequence[UUID] = values.get("store_ids", ())
    if wanted:
        stores = {store_id for store_id, _ in await store_names(uow)}
        errors.extend(
            {"pointer": f"/store_ids/{index}", "message": "There is no such store."}
            for index, store_id in enumerate(wanted)
            if store_id not in stores
        )
    if errors:
        raise ValidationFailedError(errors)


def _grant(permissions: Sequence[str], store_ids: Sequence[UUID], *, is_active: bool) -> Grant:
    return Grant(frozenset(permissions), frozenset(store_ids)) if is_active else NOTHING


def _tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    tidy = dict(values)
    if "name" in tidy:
        tidy["name"] = clean_name(tidy["name"])
    for key in ("permissions", "store_ids"):
        if key in tidy:
            tidy[key] = sorted(set(tidy[key]))
    return tidy


async def get_group(uow: UnitOfWork, group_id: UUID, *, lock: bool = False) -> UserGroup:
    """A group of this business; NotFoundError for any other."""
    query = select(UserGroup).where(UserGroup.id == group_id)
    group = (await uow.session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if group is None:
        raise NotFoundError
    return group


async def add_group(uow: UnitOfWork, wanted: GroupInput, known: frozenset[str]) -> UserGroup:
    """Makes a group. Nobody but an owner may put into it what they do not hold."""
    values = _tidied(
        {
            "name": wanted.name,
            "permissions": wanted.permissions,
            "store_ids": wanted.store_ids,
            "is_active": wanted.is_active,
        }
    )
    await _check_values(uow, values, known)
    # An idle group could be switched on later by nobody lesser either, but the rule is simpler when it always holds.
    grant = _grant(values["permissions"], values["store_ids"], is_active=True)
    if grant.permissions:
        check_grant(uow.actor, grant)
    group = UserGroup(tenant_id=uow.tenant_id, id=new_id(), **values)
    uow.session.add(group)
    await uow.session.flush()
    return group


async def change_group(
    uow: UnitOfWork,
    group_id: UUID,
    changes: Mapping[str, Any],
    known: frozenset[str],
    *,
    version: int | None = None,
) -> UserGroup:
    """Changes name, permissions, store_ids or is_active; the people in it feel it with their next request."""
    await lock_team(uow)
    group = await get_group(uow, group_id, lock=True)
    if version is not None and version != group.version:
        raise VersionConflictError(current=picture_of(group))
    values = _tidied(changes)
    await _check_values(uow, values, known)
    before = _grant(group.permissions, group.store_ids, is_active=group.is_active)
    after = _grant(
        values.get("permissions", group.permissions),
        values.get("store_ids", group.store_ids),
        is_active=values.get("is_active", group.is_active),
    )
    if after.permissions:
        check_grant(uow.actor, after, before if before.permissions else None)
    for name, value in values.items():
        setattr(group, name, value)
    group.version += 1
    await uow.session.flush()
    uow.announce(IDENTITY_TOPIC)
    return group


async def delete_group(uow: UnitOfWork, group_id: UUID) -> None:
    """Deletes a group nobody is in; GroupInUseError otherwise."""
    await lock_team(uow)
    group = await get_group(uow, group_id, lock=True)
    people = (await uow.session.execute(select(func.count()).where(User.group_id == group_id))).scalar_one()
    is_open = (OneTimeToken.used_at.is_(None)) & (OneTimeToken.expires_at > uow.now())
    invitations = (
        await uow.session.execute(select(func.count()).where(OneTimeToken.group_id == group_id, is_open))
    ).scalar_one()
    if people or invitations:
        raise GroupInUseError(people=people, invitations=invitations)
    # Spent invitations still name the group.
    spent = delete(OneTimeToken).where(OneTimeToken.group_id == group_id)
    await uow.session.execute(spent.execution_options(synchronize_session=False))
    await uow.session.delete(group)


def picture_of(group: UserGroup) -> dict[str, Any]:
    """The present state of a group, for whoever changed an older one."""
    return {
        "id": str(group.id),
        "name": group.name,
        "permissions": group.permissions,
        "store_ids": [str(store_id) for store_id in group.store_ids],
        "is_active": group.is_active,
        "version": group.version,
    }
