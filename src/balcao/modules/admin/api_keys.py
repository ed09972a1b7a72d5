"""API keys of a business: made by people, shown once, never wider than who made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select, text

from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError
from balcao.kernel.identity.api_keys import write_key
from balcao.kernel.identity.models import ApiKey
from balcao.kernel.identity.sessions import IDENTITY_TOPIC
from balcao.kernel.identity.team_rules import Grant, check_grant
from balcao.kernel.identity.tokens import token_hash
from balcao.kernel.ids import new_id
from balcao.kernel.module import Module
from balcao.kernel.observability.logging import security_log
from balcao.kernel.tenants import PLATFORM_TENANT, Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.people import clean_name
from balcao.modules.store.public import store_names

MAX_KEYS: Final = 50
MAX_LIFE: Final = timedelta(days=5 * 366)


class TooManyKeysError(DomainError):
    """The business has as many live keys as it may have; `limit` says how many."""

    code = "too_many_keys"
    title = "Too many API keys."
    detail = "You have {limit} keys already. Revoke one that nobody uses any more."

    def __init__(self) -> None:
        super().__init__(params={"limit": MAX_KEYS}, limit=MAX_KEYS)


class ApiKeyView(BaseModel):
    """A key without its secret: the last four signs tell it from others. No store listed: every store."""

    id: UUID
    name: str
    last_four: str
    permissions: list[str]
    store_ids: list[UUID]
    created_by: UUID | None
    created_by_name: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True)
class KeyInput:
    """A key as somebody wants it. `expires_at` None: it lasts until it is revoked."""

    name: str
    permissions: Sequence[str]
    store_ids: Sequence[UUID] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class MadeKey:
    """A fresh key; its text is nowhere else."""

    id: UUID
    key: str


def grantable(modules: Sequence[Module], tenant: Tenant) -> frozenset[str]:
    """The permissions a key of this business may hold: those of the platform only in the platform's own."""
    return frozenset(
        permission.code
        for module in modules
        for permission in module.permissions
        if not permission.of_platform or tenant.slug == PLATFORM_TENANT
    )


async def make_key(uow: UnitOfWork, wanted: KeyInput, allowed: frozenset[str]) -> MadeKey:
    """Makes a key. Nobody gives what they do not hold, not even through a program.

    Raises ValidationFailedError, BeyondOwnRightsError, TooManyKeysError.
    """
    name = clean_name(wanted.name)
    permissions, stores = sorted(set(wanted.permissions)), sorted(set(wanted.store_ids))
    await _check_values(uow, permissions, stores, wanted.expires_at, allowed)
    check_grant(uow.actor, Grant(frozenset(permissions), frozenset(stores)))
    await _check_room(uow)
    key_id = new_id()
    key = write_key(uow.tenant_id, key_id)
    uow.session.add(
        ApiKey(
            tenant_id=uow.tenant_id, id=key_id, name=name, key_hash=token_hash(key), last_four=key[-4:],
            permissions=permissions, store_ids=stores, created_by=uow.actor.id, expires_at=wanted.expires_at,
        )
    )  # fmt: skip
    await uow.session.flush()
    security_log.info("api_key_made", tenant=uow.tenant.slug, actor=uow.actor.label, key_id=str(key_id))
    return MadeKey(key_id, key)


async def _check_values(
    uow: UnitOfWork,
    permissions: Sequence[str],
    stores: Sequence[UUID],
    expires_at: datetime | None,
    allowed: frozenset[str],
) -> None:
    errors: list[dict[str, str]] = []
    if not permissions:
        errors.append({"pointer": "/permissions", "message": "Choose what the key may do."})
    elif set(permissions) - allowed:
        errors.append({"pointer": "/permissions", "message": "There is no such permission."})
    if stores and set(stores) - {store_id for store_id, _ in await store_names(uow)}:
        errors.append({"pointer": "/store_ids", "message": "There is no such store."})
    if expires_at is not None and not uow.now() < expires_at <= uow.now() + MAX_LIFE:
        errors.append({"pointer": "/expires_at", "message": "Choose a day within the next five years."})
    if errors:
        raise ValidationFailedError(errors)


async def _check_room(uow: UnitOfWork) -> None:
    lock = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
    await uow.session.execute(lock, {"key": f"api_keys:{uow.tenant_id}"})
    is_live = ApiKey.revoked_at.is_(None) & (ApiKey.expires_at.is_(None) | (ApiKey.expires_at > uow.now()))
    live = (await uow.session.execute(select(func.count()).select_from(ApiKey).where(is_live))).scalar_one()
    if live >= MAX_KEYS:
        raise TooManyKeysError


async def revoke_key(uow: UnitOfWork, key_id: UUID) -> None:
    """Ends a key at once, here and in every other process. NotFoundError for one of another business or an ended one."""
    query = select(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None)).with_for_update()
    key = (await uow.session.execute(query)).scalar_one_or_none()
    if key is None:
        raise NotFoundError
    key.revoked_at = uow.now()
    uow.announce(IDENTITY_TOPIC)
    security_log.info("api_key_revoked", tenant=uow.tenant.slug, actor=uow.actor.label, key_id=str(key_id))


_KEYS = text("""
select k.id, k.name, k.last_four, k.permissions, k.store_ids, k.created_by, u.name as created_by_name, k.created_at,
       k.expires_at, k.last_used_at, k.revoked_at,
       case when k.revoked_at is not null then 'revoked' when k.expires_at <= :now then 'expired' else 'live' end as status
from api_keys k left join users u on (u.tenant_id, u.id) = (k.tenant_id, k.created_by)
where k.tenant_id = :tenant and (cast(:id as uuid) is null or k.id = cast(:id as uuid))
order by k.revoked_at is not null, k.created_at desc, k.id desc limit 200
""")


async def list_keys(uow: UnitOfWork, key_id: UUID | None = None) -> list[ApiKeyView]:
    """The keys, live ones first, newest first; at most 200."""
    parameters: dict[str, Any] = {
        "tenant": uow.tenant_id, "now": uow.now(), "id": str(key_id) if key_id else None,
    }  # fmt: skip
    rows = await uow.session.execute(_KEYS, parameters)
    return [ApiKeyView.model_validate(dict(row)) for row in rows.mappings()]
