"""Passwords: Argon2id, with bcrypt hashes of imported users accepted and upgraded at sign-in."""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from balcao.kernel.errors import ValidationFailedError

PASSWORD_MIN, PASSWORD_MAX = 8, 128


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(), BcryptHasher()))


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher().hash(os.urandom(16).hex())


def check_password_shape(password: str, pointer: str = "/password") -> None:
    """Refuses a password shorter than 8 or longer than 128 characters."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise ValidationFailedError.at(pointer, "Use a password of 8 to 128 characters.")


async def hash_password(password: str) -> str:
    """The Argon2id hash, made in a thread: it is slow on purpose."""
    return await asyncio.to_thread(_hasher().hash, password)


async def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether the password is right, and a fresh hash when the stored one is of an older kind.

    An unknown user (`stored` None) costs the same time as a known one.
    """
    known = stored if stored is not None else _hash_of_nobody()
    try:
        valid, updated = await asyncio.to_thread(_hasher().verify_and_update, password, known)
    except ValueError:  # an imported hash of an unknown kind
        return False, None
    return (valid and stored is not None), updated
