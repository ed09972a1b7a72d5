"""Keys of a business for programs: made once, kept as SHA-256, narrow, and ended everywhere at once.

A key reads `balcao_<43 signs>_<43 signs>`: base64url of tenant id and key id, then 256 random bits. So the business is
read from the key itself, and a key of one business never looks into another's.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.actor import Actor
from balcao.kernel.db.engine import Database, begin_as
from balcao.kernel.db.row_security import APP_ROLE
from balcao.kernel.errors import DomainError
from balcao.kernel.identity.permissions import effective_permissions
from balcao.kernel.identity.tokens import token_hash
from balcao.kernel.ids import new_token
from balcao.kernel.observability.logging import security_log
from balcao.kernel.work import UnitOfWork

KEY_HEADER: Final = "x-api-key"
PREFIX: Final = "balcao_"
_IDS_SIGNS: Final = 43  # base64url of two UUIDs, without padding
_LENGTH: Final = len(PREFIX) + _IDS_SIGNS + 1 + 43
USE_NOTED_EVERY: Final = timedelta(minutes=1)


class ApiKeyInvalidError(DomainError):
    """No such key, a wrong one, an expired or a revoked one: which of them is not said."""

    status = 401
    code = "api_key_invalid"
    title = "API key not valid."
    detail = "This API key does not work. Make a new one in the panel."


@dataclass(frozen=True, slots=True, repr=False)
class PresentedKey:
    """A key as somebody showed it: whose and which it says it is, and the digest that proves it."""

    tenant_id: UUID
    key_id: UUID
    digest: str


@dataclass(frozen=True, slots=True, repr=False)
class KnownKey:
    """A live key: who acts with it, what proves it, when it ends by itself, and when it was last noted in use."""

    actor: Actor
    digest: str
    expires_at: datetime | None
    used_at: datetime | None

    def proves(self, presented: PresentedKey, now: datetime) -> bool:
        """Whether the shown key is this one and still lasts. The digests are compared in constant time."""
        same = hmac.compare_digest(self.digest, presented.digest)
        return same and (self.expires_at is None or now < self.expires_at)


def write_key(tenant_id: UUID, key_id: UUID) -> str:
    """A fresh key. Shown once; the database gets `token_hash` of it."""
    ids = urlsafe_b64encode(tenant_id.bytes + key_id.bytes).decode().rstrip("=")
    return f"{PREFIX}{ids}_{new_token(32)}"


def read_key(shown: str) -> PresentedKey | None:
    """What a text says as a key, or None when it has not the form of one."""
    if len(shown) != _LENGTH or not shown.startswith(PREFIX) or not shown.isascii():
        return None
    ids = shown[len(PREFIX) : len(PREFIX) + _IDS_SIGNS]
    try:
        both = urlsafe_b64decode(ids + "=")
    except ValueError:
        return None
    if len(both) != 32 or shown[len(PREFIX) + _IDS_SIGNS] != "_":
        return None
    return PresentedKey(UUID(bytes=both[:16]), UUID(bytes=both[16:]), token_hash(shown))


_KEY = text(
    "select id, name, key_hash, permissions, store_ids, expires_at, last_used_at, revoked_at from api_keys "
    "where tenant_id = :tenant and id = :id"
)
# Several processes may notice at once that a minute went by; one of them writes.
_USED = text(
    "update api_keys set last_used_at = :now "
    "where tenant_id = :tenant and id = :id and (last_used_at is null or last_used_at <= :before)"
)


async def find_key(
    database: Database, presented: PresentedKey, now: datetime, known: frozenset[str]
) -> KnownKey | None:
    """The live key that was shown, or None.

    Use of a revoked or expired key, and a wrong secret for a real key, are security events.
    """
    async with database.session() as session:
        await begin_as(session, APP_ROLE, str(presented.tenant_id), read_only=True, timeout_ms=5000)
        parameters = {"tenant": presented.tenant_id, "id": presented.key_id}
        row = (await session.execute(_KEY, parameters)).mappings().first()
    # A key that is not there is compared with itself turned round, so that it takes the same time.
    digest = row["key_hash"] if row is not None else presented.digest[::-1]
    if not hmac.compare_digest(digest, presented.digest) or row is None:
        _note(presented, "wrong" if row is not None else "unknown")
        return None
    if row["revoked_at"] is not None or (row["expires_at"] is not None and row["expires_at"] <= now):
        _note(presented, "revoked" if row["revoked_at"] is not None else "expired")
        return None
    actor = _actor_of(row, presented.tenant_id, known)
    return KnownKey(actor, digest, row["expires_at"], row["last_used_at"])


def use_is_due(key: KnownKey, now: datetime) -> bool:
    """Whether the last noted use lies a minute back."""
    return key.used_at is None or key.used_at <= now - USE_NOTED_EVERY


async def note_use(uow: UnitOfWork, key_id: UUID) -> None:
    """Notes that a key is in use, unless another process did so within the minute."""
    now = uow.now()
    parameters = {"tenant": uow.tenant_id, "id": key_id, "now": now, "before": now - USE_NOTED_EVERY}
    await uow.session.execute(_USED, parameters)


def _note(presented: PresentedKey, reason: str) -> None:
    security_log.warning(
        "api_key_refused", reason=reason, tenant_id=str(presented.tenant_id), key_id=str(presented.key_id)
    )


def _actor_of(row: Any, tenant_id: UUID, known: frozenset[str]) -> Actor:
    stores: Sequence[UUID] = row["store_ids"]
    return Actor(
        kind="key",
        id=row["id"],
        name=row["name"],
        tenant_id=tenant_id,
        permissions=effective_permissions("", row["permissions"], known),
        store_ids=frozenset(stores) if stores else None,
    )
