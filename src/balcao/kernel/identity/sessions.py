"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.actor import Actor
from balcao.kernel.db.engine import Database
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.identity.models import User, UserSession
from balcao.kernel.identity.passwords import verify_password
from balcao.kernel.identity.permissions import effective_permissions
from balcao.kernel.identity.tokens import SessionClaims, SigningKeys, sign_session
from balcao.kernel.ids import new_id
from balcao.kernel.platform_work import platform_work
from balcao.kernel.tenants import PLATFORM_TENANT
from balcao.kernel.work import UnitOfWork

IDENTITY_TOPIC = "identity"
# Who holds it in the platform's own business may enter others as support, and stays in as long as they hold it.
SUPPORT_PERMISSION = "admin.central:impersonate"


class InvalidCredentialsError(DomainError):
    """E-mail and password do not match; which of the two is not said."""

    status = 401
    code = "invalid_credentials"
    title = "Sign-in refused."
    detail = "E-mail or password is wrong."


class SeveralTenantsError(DomainError):
    """The person works for several businesses; `tenants` lists their slugs."""

    code = "several_tenants"
    title = "Several businesses."
    detail = "Choose the business you want to enter."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A user who matched e-mail and password, and the new hash to keep, if any."""

    tenant_id: UUID
    tenant_slug: str
    user_id: UUID
    role: str
    fresh_hash: str | None
    tenant_name: str = ""
    # The person as they were when the password was compared; None when a link opens the session.
    version: int | None = None


_CANDIDATES = text(
    "select u.tenant_id, t.slug, t.name as tenant_name, u.id, u.role, u.version, u.password_hash from users u join tenants t on t.id = u.tenant_id "
    "where u.email = :email and u.is_active and t.status <> 'canceled' "
    "and (cast(:tenant as uuid) is null or u.tenant_id = cast(:tenant as uuid)) order by t.slug limit 20"
)


async def find_candidates(
    database: Database, email: str, password: str, tenant_id: UUID | None
) -> list[Candidate]:
    """The active users with this e-mail and password, in the given tenant or in all, by slug.

    Raises InvalidCredentialsError when there is none. Every hash is compared, so the time tells nothing of the match.
    """
    async with platform_work(database, read_only=True) as session:
        parameters = {"email": email.strip().lower(), "tenant": str(tenant_id) if tenant_id else None}
        rows = (await session.execute(_CANDIDATES, parameters)).all()
    matches: list[Candidate] = []
    for row in rows or [None]:
        valid, fresh = await verify_password(password, row.password_hash if row is not None else None)
        if valid and row is not None:
            matches.append(
                Candidate(row.tenant_id, row.slug, row.id, row.role, fresh, row.tenant_name, row.version)
            )
    if not matches:
        raise InvalidCredentialsError
    return matches


async def find_candidate(database: Database, email: str, password: str, tenant_id: UUID | None) -> Candidate:
    """The one active user with this e-mail and password, in the given tenant or in any.

    Raises InvalidCredentialsError, or SeveralTenantsError when the pair fits in more than one business.
    """
    matches = await find_candidates(database, email, password, tenant_id)
    if len(matches) > 1:
        raise SeveralTenantsError(tenants=[match.tenant_slug for match in matches])
    return matches[0]


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A fresh session's token and end."""

    token: str
    expires_at: datetime
    session_id: UUID


async def open_session(
    uow: UnitOfWork, candidate: Candidate, keys: SigningKeys, *, minutes: int, device: str, address: str
) -> OpenedSession:
    """Writes the session row, trims the oldest above the person's limit, and signs the token.

    InvalidCredentialsError when the person was deactivated or changed, by a new password for one, between the two steps
    of a sign-in.
    """
    now = uow.now()
    user = (
        await uow.session.execute(select(User).where(User.id == candidate.user_id).with_for_update())
    ).scalar_one_or_none()
    if user is None or not user.is_active or candidate.version not in {None, user.version}:
        raise InvalidCredentialsError
    user.last_login_at = now
    if candidate.fresh_hash is not None:
        user.password_hash = candidate.fresh_hash
    row = UserSession(
        id=new_id(),
        tenant_id=uow.tenant_id,
        user_id=user.id,
        expires_at=now + timedelta(minutes=minutes),
        device=device[:200],
        address=address[:64],
    )
    uow.session.add(row)
    await uow.session.flush()
    await trim_sessions(uow, user.id, user.max_active_sessions)
    claims = SessionClaims(user.id, uow.tenant_id, row.id, user.role)
    return OpenedSession(
        sign_session(claims, keys, issued=now, expires=row.expires_at), row.expires_at, row.id
    )


async def trim_sessions(uow: UnitOfWork, user_id: UUID, keep: int) -> None:
    """Ends the oldest live sessions above `keep`."""
    live = (
        select(UserSession.id)
        .where(
            UserSession.user_id == user_id,
            UserSession.impersonator == "",
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > uow.now(),
        )
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
        .offset(keep)
    )
    surplus = list((await uow.session.execute(live)).scalars())
    if surplus:
        await revoke_sessions(uow, surplus, "limit_exceeded")


async def revoke_sessions(uow: UnitOfWork, session_ids: list[UUID], reason: str) -> None:
    """Ends sessions at once, here and in every other process."""
    await uow.session.execute(
        update(UserSession)
        .where(UserSession.id.in_(session_ids), UserSession.revoked_at.is_(None))
        .values(revoked_at=uow.now(), revoked_reason=reason)
        .execution_options(synchronize_session=False)
    )
    uow.announce(IDENTITY_TOPIC)


async def revoke_sessions_of(uow: UnitOfWork, user_id: UUID, reason: str, *, keep: UUID | None = None) -> int:
    """Ends every live session of a person but `keep`; answers how many ended."""
    query = select(UserSession.id).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > uow.now()
    )
    if keep is not None:
        query = query.where(UserSession.id != keep)
    live = list((await uow.session.execute(query)).scalars())
    if live:
        await revoke_sessions(uow, live, reason)
    return len(live)


async def revoke_session(
    uow: UnitOfWork, session_id: UUID, reason: str, *, user_id: UUID | None = None
) -> None:
    """Ends one live session, of `user_id` when given. NotFoundError when there is no such one."""
    query = select(UserSession.id).where(
        UserSession.id == session_id, UserSession.revoked_at.is_(None), UserSession.expires_at > uow.now()
    )
    if user_id is not None:
        query = query.where(UserSession.user_id == user_id)
    if (await uow.session.execute(query)).scalar_one_or_none() is None:
        raise NotFoundError
    await revoke_sessions(uow, [session_id], reason)


_SUPPORT_IS_IN = text(
    "select exists (select from user_sessions s join users u on (u.tenant_id, u.id) = (s.tenant_id, s.user_id) "
    "join tenants t on t.id = s.tenant_id left join user_groups g on (g.tenant_id, g.id) = (u.tenant_id, u.group_id) "
    "where t.slug = :platform and u.id = cast(:user as uuid) and u.is_active "
    "and (u.role = 'owner' or (g.is_active and :permission = any(g.permissions))) "
    "and s.impersonator = '' and s.revoked_at is null and s.expires_at > :now)"
)


async def support_is_in(database: Database, impersonator: str, now: datetime) -> bool:
    """Whether the platform's person behind a support session, as `user:<id>`, is still active, signed in themselves, and
    allowed to be support."""
    user = impersonator.removeprefix("user:")
    async with platform_work(database, read_only=True) as session:
        parameters = {"platform": PLATFORM_TENANT, "user": user, "now": now, "permission": SUPPORT_PERMISSION}
        return bool((await session.execute(_SUPPORT_IS_IN, parameters)).scalar_one())


_SESSION = text(
    "select u.id, u.name, u.email, u.role, s.id as sid, s.created_at, s.impersonator, coalesce(g.permissions, '{}') as permissions, "
    "coalesce(g.is_active, false) as group_active, coalesce(g.store_ids, '{}') as store_ids "
    "from user_sessions s join users u on (u.tenant_id, u.id) = (s.tenant_id, s.user_id) "
    "left join user_groups g on (g.tenant_id, g.id) = (u.tenant_id, u.group_id) "
    "where s.tenant_id = :tenant and s.id = :sid and u.id = :user and s.revoked_at is null and s.expires_at > :now "
    "and u.is_active"
)


async def actor_of_session(
    session: AsyncSession, claims: SessionClaims, now: datetime, known: frozenset[str]
) -> Actor | None:
    """The person behind a live session, or None when it ended."""
    parameters: dict[str, Any] = {
        "tenant": claims.tenant_id, "sid": claims.session_id, "user": claims.user_id, "now": now,
    }  # fmt: skip
    row = (await session.execute(_SESSION, parameters)).mappings().first()
    return None if row is None else _actor_of(row, claims.tenant_id, known)


def _actor_of(row: RowMapping, tenant_id: UUID, known: frozenset[str]) -> Actor:
    granted = row["permissions"] if row["group_active"] else ()
    stores = frozenset(row["store_ids"]) if row["role"] != "owner" and row["store_ids"] else None
    return Actor(
        kind="user",
        id=row["id"],
        name=row["name"],
        email=row["email"],
        role=row["role"],
        session_id=row["sid"],
        tenant_id=tenant_id,
        permissions=effective_permissions(row["role"], granted, known),
        store_ids=stores,
        impersonator=row["impersonator"],
        signed_in_at=row["created_at"],
    )
