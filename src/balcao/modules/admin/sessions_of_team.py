"""Ending sign-ins of others."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from balcao.kernel.errors import NotFoundError
from balcao.kernel.identity.models import UserSession
from balcao.kernel.identity.team_rules import check_owner_touch
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.people import get_person


async def owner_of_session(uow: UnitOfWork, session_id: UUID) -> UUID:
    """Whose sign-in it is; NotFoundError for one of another business."""
    found = await uow.session.execute(select(UserSession.user_id).where(UserSession.id == session_id))
    user_id = found.scalar_one_or_none()
    if user_id is None:
        raise NotFoundError
    return user_id


async def check_may_end(uow: UnitOfWork, user_id: UUID) -> None:
    """Refuses somebody who is no owner and wants to sign an owner out."""
    check_owner_touch(uow.actor, ((await get_person(uow, user_id)).role,))
