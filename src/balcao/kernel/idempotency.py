"""Idempotency keys: the same request sent twice is answered once and replayed.

The row is inserted first in the transaction that does the work: a concurrent twin waits on the unique key, then reads
the stored answer after a commit, or proceeds after a rollback. Only success is stored, so a refused try may be repeated
with the same key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import CheckConstraint, UniqueConstraint, delete, text, update
from sqlalchemy.orm import Mapped

from balcao.kernel.db.engine import Question
from balcao.kernel.db.models import Stamped, TenantModel
from balcao.kernel.errors import DomainError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork

KEPT = timedelta(hours=48)


class IdempotencyKeyMissingError(DomainError):
    """The route costs money or stock and wants an Idempotency-Key of 1 to 255 characters."""

    status = 400
    code = "idempotency_key_missing"
    title = "Idempotency-Key missing."
    detail = "Send an Idempotency-Key header of 1 to 255 characters."


class IdempotencyKeyReusedError(DomainError):
    """The key was used with another body."""

    status = 422
    code = "idempotency_key_reused"
    title = "Idempotency-Key used before."
    detail = "This Idempotency-Key was already used for a different request."


class IdempotencyKey(TenantModel, Stamped):
    """A key, the fingerprint of its request and, once it succeeded, the answer."""

    __tablename__ = "idempotency_keys"
    scope: Mapped[str]
    key: Mapped[str]
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    response: Mapped[dict[str, Any] | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "scope", "key"),
        CheckConstraint("length(key) between 1 and 255", name="key"),
    )


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer of the first request under a key."""

    status: int
    response: dict[str, Any]


_CLAIM = (
    "insert into idempotency_keys (tenant_id, id, scope, key, fingerprint) "
    "values (%(tenant)s, %(id)s, %(scope)s, %(key)s, %(fingerprint)s) "
    "on conflict (tenant_id, scope, key) do nothing returning id"
)
_STORED = text(
    "select fingerprint, status, response from idempotency_keys "
    "where tenant_id = :tenant and scope = :scope and key = :key"
)


def fingerprint_of(payload: Any) -> str:
    """Digest of a JSON-ready request, indifferent to the order of keys."""
    return hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


def claim_question(uow: UnitOfWork, scope: str, key: str | None, fingerprint: str) -> Question[bool]:
    """Takes the key for this transaction; False when it is taken, see `answer_under`.

    Raises IdempotencyKeyMissingError for a missing or over-long key. A twin of the request waits here for the first.
    """
    if not key or len(key) > 255 or not key.isprintable():
        raise IdempotencyKeyMissingError
    parameters = {
        "tenant": uow.tenant_id, "id": new_id(), "scope": scope, "key": key, "fingerprint": fingerprint,
    }  # fmt: skip
    return Question(_CLAIM, parameters, bool)


async def answer_under(uow: UnitOfWork, scope: str, key: str, fingerprint: str) -> StoredAnswer:
    """The answer stored under a key that was taken. Raises IdempotencyKeyReusedError for another body."""
    parameters = {"tenant": uow.tenant_id, "scope": scope, "key": key}
    stored = (await uow.session.execute(_STORED, parameters)).one()
    if stored.fingerprint != fingerprint:
        raise IdempotencyKeyReusedError
    return StoredAnswer(stored.status or 200, stored.response or {})


async def claim_key(uow: UnitOfWork, scope: str, key: str | None, fingerprint: str) -> StoredAnswer | None:
    """Takes the key for this transaction, or returns the answer already stored under it.

    Raises IdempotencyKeyMissingError for a missing or over-long key, IdempotencyKeyReusedError for another body.
    """
    (taken,) = await uow.ask(claim_question(uow, scope, key, fingerprint))
    return None if taken else await answer_under(uow, scope, key or "", fingerprint)


async def store_answer(uow: UnitOfWork, scope: str, key: str, status: int, response: dict[str, Any]) -> None:
    """Keeps the answer beside the work it answers for, in the same transaction."""
    await uow.session.execute(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.tenant_id == uow.tenant_id,
            IdempotencyKey.scope == scope,
            IdempotencyKey.key == key,
        )
        .values(status=status, response=response)
    )


async def drop_old_keys(uow: UnitOfWork) -> None:
    """Forgets keys older than 48 hours."""
    await uow.session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.tenant_id == uow.tenant_id, IdempotencyKey.created_at < uow.now() - KEPT
        )
    )
