"""Links that work once: invitations and password resets.

The token names its tenant (the first 16 bytes), so that one indexed row of one tenant answers, and carries 256 random
bits besides. Only its SHA-256 is stored.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import select, update

from balcao.kernel.errors import DomainError
from balcao.kernel.identity.models import OneTimeToken
from balcao.kernel.identity.tokens import token_hash
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork

Purpose = Literal["invitation", "password_reset"]

LIFE: Final[dict[Purpose, timedelta]] = {
    "invitation": timedelta(days=7),
    "password_reset": timedelta(hours=1),
}
_TENANT_BYTES: Final = 16
_RANDOM_BYTES: Final = 32


class LinkInvalidError(DomainError):
    """A link that was used, ran out, or never was: one answer for all three."""

    status = 410
    code = "one_time_link_invalid"
    title = "Link expired or used."
    detail = "This link does not work any more. Ask for a new one."


def make_token(tenant_id: UUID) -> str:
    """A fresh token of a tenant, URL-safe."""
    raw = tenant_id.bytes + secrets.token_bytes(_RANDOM_BYTES)
    return base64.urlsafe_b64encode(raw).decode()


def tenant_of_token(token: str) -> UUID:
    """The tenant a token names; LinkInvalidError for anything that is not shaped like one."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise LinkInvalidError from None
    if len(raw) != _TENANT_BYTES + _RANDOM_BYTES:
        raise LinkInvalidError
    return UUID(bytes=raw[:_TENANT_BYTES])


async def issue_token(
    uow: UnitOfWork, purpose: Purpose, email: str, *, role: str | None = None, group_id: UUID | None = None
) -> tuple[UUID, str]:
    """Writes a token's row and answers its id and the text for the link. Earlier ones of the same kind are used up."""
    await use_up_tokens(uow, purpose, email)
    token, token_id = make_token(uow.tenant_id), new_id()
    uow.session.add(
        OneTimeToken(
            tenant_id=uow.tenant_id, id=token_id, purpose=purpose, token_hash=token_hash(token), email=email,
            role=role, group_id=group_id, expires_at=uow.now() + LIFE[purpose],
        )
    )  # fmt: skip
    await uow.session.flush()
    return token_id, token


async def get_token(uow: UnitOfWork, purpose: Purpose, token: str, *, lock: bool = False) -> OneTimeToken:
    """The row of a token that still works; `lock` holds it, so that two uses at once are one. LinkInvalidError otherwise."""
    query = select(OneTimeToken).where(
        OneTimeToken.token_hash == token_hash(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > uow.now(),
    )
    if lock:
        query = query.with_for_update()
    row = (await uow.session.execute(query)).scalar_one_or_none()
    if row is None:
        raise LinkInvalidError
    return row


async def use_up_tokens(uow: UnitOfWork, purpose: Purpose, email: str) -> None:
    """Ends every open token of a kind for an address."""
    await uow.session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.purpose == purpose, OneTimeToken.email == email, OneTimeToken.used_at.is_(None))
        .values(used_at=uow.now())
        .execution_options(synchronize_session=False)
    )
