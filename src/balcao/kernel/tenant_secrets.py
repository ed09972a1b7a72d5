"""Secrets that businesses entrust to us (tokens of other programs), unreadable in the database and its copies.

AES-256-GCM (NIST SP 800-38D) under a key made from AUTH_SECRET by HKDF-SHA-256 (RFC 5869). Tenant and purpose are bound
in as associated data, so that a sealed text moved to another row or another business does not open. After AUTH_SECRET
was changed, texts sealed before open with AUTH_SECRET_PREVIOUS until they are sealed anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from balcao.kernel.settings import Settings

_FORM: Final = b"\x01"
_NONCE_BYTES: Final = 12
_KEY_INFO: Final = b"balcao tenant secrets, form 1"


class SecretLostError(Exception):
    """The text was sealed under a secret we no longer have, for somebody else, or was tampered with."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """Where sealed texts lie: `purpose` tells from a row what its text was sealed for, and reads `needs` of it."""

    table: str
    column: str
    purpose: Callable[[Mapping[str, Any]], str]
    needs: tuple[str, ...] = ()

    @classmethod
    def always(cls, table: str, column: str, purpose: str) -> SealedColumn:
        """A column whose texts are all sealed for the same."""
        return cls(table, column, lambda _: purpose)


@dataclass(frozen=True, slots=True, repr=False)
class SealingKeys:
    """The key that seals, and former ones that still open."""

    current: AESGCM
    previous: tuple[AESGCM, ...] = ()


@lru_cache(8)
def sealing_keys(secret: str, *previous: str) -> SealingKeys:
    """The keys of an AUTH_SECRET and of those it had before; empty former ones are passed over."""
    return SealingKeys(_key(secret), tuple(_key(former) for former in previous if former))


def sealing_keys_of(settings: Settings) -> SealingKeys:
    """The keys of the installation."""
    return sealing_keys(settings.auth_secret.get_secret_value(), *settings.former_secrets)


def seal(keys: SealingKeys, tenant_id: UUID, purpose: str, plaintext: str) -> bytes:
    """The text, readable only with the same tenant and purpose. Each call gives other bytes, 29 more than the text."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = keys.current.encrypt(nonce, plaintext.encode(), _bound_to(tenant_id, purpose))
    return _FORM + nonce + sealed


def unseal(keys: SealingKeys, tenant_id: UUID, purpose: str, sealed: bytes) -> str:
    """The text of `seal`. Raises SecretLostError."""
    if sealed[:1] != _FORM:
        raise SecretLostError
    nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    for key in (keys.current, *keys.previous):
        try:
            return key.decrypt(nonce, text, _bound_to(tenant_id, purpose)).decode()
        except (InvalidTag, ValueError):
            continue
    raise SecretLostError


def is_sealed_anew(keys: SealingKeys, tenant_id: UUID, purpose: str, sealed: bytes) -> bool:
    """Whether the current key opens the text; if not, seal it again while a former one still does."""
    try:
        unseal(SealingKeys(keys.current), tenant_id, purpose, sealed)
    except SecretLostError:
        return False
    return True


def _key(secret: str) -> AESGCM:
    if not secret:
        raise ValueError("secrets are sealed with AUTH_SECRET, which is not set")
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=_KEY_INFO).derive(secret.encode()))


def _bound_to(tenant_id: UUID, purpose: str) -> bytes:
    return tenant_id.bytes + purpose.encode()
