"""Session tokens: JWT (RFC 7519), signed with HMAC, with keys that rotate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from balcao.kernel.ids import new_token
from balcao.kernel.observability.logging import security_log

ALGORITHM = "HS256"
ALGORITHMS = ["HS256", "HS384", "HS512"]
"""What is accepted. All of them are signed with the same secrets, so changing AUTH_ALGORITHM signs nobody out."""


@dataclass(frozen=True, slots=True, repr=False)
class SigningKeys:
    """The current key signs; previous ones still verify."""

    current: str
    previous: tuple[str, ...] = ()
    algorithm: str = "HS256"


@dataclass(frozen=True, slots=True)
class SessionClaims:
    """What a session token says. Each request checks the session row besides."""

    user_id: UUID
    tenant_id: UUID
    session_id: UUID
    role: str


def sign_session(claims: SessionClaims, keys: SigningKeys, *, issued: datetime, expires: datetime) -> str:
    """The token of a session."""
    payload = {
        "sub": str(claims.user_id),
        "tenant_id": str(claims.tenant_id),
        "role": claims.role,
        "sid": str(claims.session_id),
        "iat": issued,
        "exp": expires,
        "jti": new_token(12),
    }
    return jwt.encode(payload, keys.current, algorithm=keys.algorithm)  # pyright: ignore[reportUnknownMemberType]


def read_session(token: str, keys: SigningKeys) -> SessionClaims | None:
    """The claims of a valid token, or None for anything else. One that none of our keys signed is a security event."""
    forged = True
    for key in (keys.current, *keys.previous):
        try:
            claims: dict[str, str] = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
                token, key, algorithms=ALGORITHMS, options={"require": ["exp", "sub", "sid", "tenant_id"]}
            )
            return SessionClaims(
                UUID(claims["sub"]),
                UUID(claims["tenant_id"]),
                UUID(claims["sid"]),
                str(claims.get("role", "")),
            )
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            forged = forged and isinstance(error, jwt.InvalidSignatureError)
    if forged:
        security_log.warning("signature_refused", of="session")
    return None


CHOICE_LIFE = timedelta(minutes=3)
# Business, person, and the person's version: a choice made before a new password is worth nothing after it.
Choice = tuple[UUID, UUID, int]


def sign_choice(candidates: list[Choice], keys: SigningKeys, *, issued: datetime) -> str:
    """Keeps, between two forms, that a password was right for these `(tenant, user, version)`. It opens nothing by itself."""
    payload = {
        "choice": [[str(tenant), str(user), version] for tenant, user, version in candidates],
        "iat": issued,
        "exp": issued + CHOICE_LIFE,
    }
    return jwt.encode(payload, keys.current, algorithm=keys.algorithm)  # pyright: ignore[reportUnknownMemberType]


def read_choice(token: str, keys: SigningKeys) -> list[Choice]:
    """What stands in a live choice; empty for anything else."""
    for key in (keys.current, *keys.previous):
        try:
            payload: dict[str, Any] = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
                token, key, algorithms=ALGORITHMS, options={"require": ["exp", "choice"]}
            )
            return [(UUID(tenant), UUID(user), int(version)) for tenant, user, version in payload["choice"]]
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
            continue
    return []


def token_hash(token: str) -> str:
    """What is stored of a one-time or tracking token. It has 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
