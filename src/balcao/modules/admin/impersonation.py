"""Support inside a business: a person of the platform enters in its owner's name, for an hour, seen by everybody.

The session names the impersonator and the reason; every change made through it carries both names in the trail of the
business. Passwords, second factors, keys and sign-ins stay shut (`Allow(people_only=True)`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.errors import NotFoundError, ValidationFailedError
from balcao.kernel.identity.models import User, UserSession
from balcao.kernel.identity.tokens import SessionClaims, read_session, sign_session
from balcao.kernel.ids import new_id
from balcao.kernel.observability.logging import security_log
from balcao.kernel.plans import require_active
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT, Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.central_people import tenant_of
from balcao.modules.admin.central_tenants import PlatformTenantError
from balcao.modules.admin.central_work import Central

LIFE: Final = timedelta(minutes=60)
DEVICE: Final = "Balcão support"
SHORTEST_REASON: Final = 5


@dataclass(frozen=True, slots=True)
class Impersonation:
    """An open session in a business in somebody's name."""

    token: str
    expires_at: datetime
    session_id: UUID
    user_id: UUID
    user_name: str
    tenant: Tenant


async def impersonate(
    central: Central, tenant_id: UUID, reason: str, user_id: UUID | None = None
) -> Impersonation:
    """Opens a session of sixty minutes in the name of an active person, the first owner when none is named.

    NotFoundError when there is nobody, TenantSuspendedError in a closed business.
    """
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise ValidationFailedError.at("/reason", "Say why. The business reads it in its audit log.")
    tenant = await tenant_of(central.runtime, tenant_id)
    if tenant.slug == PLATFORM_TENANT:
        raise PlatformTenantError
    require_active(tenant, reading=True)
    now, session_id = central.runtime.clock(), new_id()
    ends = now + LIFE
    async with central.writing() as session:
        user = await _whom(session, tenant.id, user_id)
        session.add(
            UserSession(
                tenant_id=tenant.id, id=session_id, user_id=user.id, expires_at=ends, device=DEVICE, address="",
                impersonator=central.actor.label, impersonation_reason=reason,
            )
        )  # fmt: skip
        central.note(
            session, tenant.id, "impersonation", session_id,
            deed="entered", actor=central.actor.name, user=str(user.id), reason=reason, until=ends.isoformat(),
        )  # fmt: skip
        user_id, name, role = user.id, user.name, user.role
    security_log.warning(
        "impersonation_began", tenant=tenant.slug, actor=central.actor.label, subject=f"user:{user_id}"
    )
    claims = SessionClaims(user_id, tenant.id, session_id, role)
    token = sign_session(claims, central.runtime.keys, issued=now, expires=ends)
    return Impersonation(token, ends, session_id, user_id, name, tenant)


async def _whom(session: AsyncSession, tenant_id: UUID, user_id: UUID | None) -> User:
    wanted = User.role == "owner" if user_id is None else User.id == user_id
    query = (
        select(User)
        .where(User.tenant_id == tenant_id, wanted, User.is_active)
        .order_by(User.created_at, User.id)
        .limit(1)
    )
    user = (await session.execute(query)).scalar_one_or_none()
    if user is None:
        raise NotFoundError
    return user


_IMPERSONATOR: Final = "select impersonator from user_sessions where tenant_id = %(tenant)s and id = %(id)s"
_LEFT: Final = text("""
insert into audit_entries (tenant_id, id, actor_kind, actor_id, impersonator, request_id, verb, entity, entity_id, before, after)
select s.tenant_id, :entry, 'user', s.user_id, s.impersonator, nullif(:request, ''), 'did', 'impersonation', s.id::text,
       '{}'::jsonb, jsonb_build_object('deed', 'left')
from user_sessions s where s.tenant_id = :tenant and s.id = :session and s.impersonator <> ''
""")


async def impersonator_of(runtime: Runtime, tenant: Tenant, session_id: UUID) -> str:
    """Who entered by this session in somebody's name, as `user:<id>`; empty for the person's own session."""
    found = await runtime.transactions.read_value(
        tenant, _IMPERSONATOR, {"tenant": tenant.id, "id": session_id}
    )
    return str(found or "")


async def note_leaving(uow: UnitOfWork, session_id: UUID) -> None:
    """Writes into the trail that support left, when the session was support's."""
    parameters = {
        "entry": new_id(),
        "tenant": uow.tenant_id,
        "session": session_id,
        "request": uow.request_id,
    }
    await uow.session.execute(_LEFT, parameters)


async def own_session_of(runtime: Runtime, token: str, impersonator: str) -> datetime | None:
    """Until when the platform's person's own session lives, if `token` is theirs and it does; None otherwise."""
    claims = read_session(token, runtime.keys)
    if claims is None or f"user:{claims.user_id}" != impersonator:
        return None
    tenant = await runtime.tenants.find("id", str(claims.tenant_id))
    query = select(UserSession.expires_at).where(
        UserSession.id == claims.session_id,
        UserSession.user_id == claims.user_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > runtime.clock(),
    )
    async with runtime.transactions.begin(tenant, read_only=True) as uow:
        return (await uow.session.execute(query)).scalar_one_or_none()
