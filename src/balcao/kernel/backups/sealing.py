"""Encryption of backups in the format of age (age-encryption.org/v1), to public keys: the private one stays elsewhere.

Done by pyrage, the bindings of rage, age's implementation in Rust: it streams, so size is no matter, and whoever holds
the key opens the file with the ordinary `age` program, without Balcão. Writing the format by hand on `cryptography`
would have been a cipher protocol of our own to keep right.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pyrage  # pyright: ignore[reportMissingTypeStubs] - it has none

from balcao.kernel.backups.errors import BackupDamagedError, BackupImpossibleError, BackupKeyMissingError

_age: Any = pyrage
_NO_KEY_FITS: Final = "No matching keys found"


def check_recipients(recipients: Sequence[str]) -> None:
    """BackupImpossibleError when one of them is not an age public key. The text given is not repeated."""
    for number, recipient in enumerate(recipients, 1):
        try:
            _age.x25519.Recipient.from_str(recipient)
        except _age.RecipientError:
            raise BackupImpossibleError(
                f"key {number} of BACKUP_RECIPIENTS is not an age public key (age1…)."
            ) from None


def encrypt(plain: Path, sealed: Path, recipients: Sequence[str]) -> None:
    """Writes `plain` encrypted to all of the recipients."""
    keys = [_age.x25519.Recipient.from_str(recipient) for recipient in recipients]
    _age.encrypt_file(str(plain), str(sealed), keys)


def decrypt(sealed: Path, plain: Path, identity_file: Path | None) -> None:
    """Opens what `encrypt` wrote. Raises BackupKeyMissingError."""
    try:
        _age.decrypt_file(str(sealed), str(plain), identities(identity_file))
    except _age.DecryptError:
        plain.unlink(missing_ok=True)
        raise BackupKeyMissingError from None


def seal_bytes(content: bytes, recipients: Sequence[str]) -> bytes:
    """The content encrypted to all of the recipients; as it is when there are none."""
    if not recipients:
        return content
    return _age.encrypt(content, [_age.x25519.Recipient.from_str(recipient) for recipient in recipients])


def open_bytes(sealed: bytes, identity_file: Path | None) -> bytes:
    """The content of `seal_bytes`. Raises BackupKeyMissingError."""
    try:
        return _age.decrypt(sealed, identities(identity_file))
    except _age.DecryptError:
        raise BackupKeyMissingError from None


def unseal(sealed: bytes, identity_file: Path | None) -> bytes:
    """The same for content nothing else vouches for: BackupDamagedError when the key fits and the content was changed."""
    try:
        return _age.decrypt(sealed, identities(identity_file))
    except _age.DecryptError as error:
        if str(error) == _NO_KEY_FITS:
            raise BackupKeyMissingError from None
        raise BackupDamagedError("it was changed since it was encrypted") from None


def identities(identity_file: Path | None) -> list[Any]:
    """The private keys of a file as age-keygen writes it. BackupKeyMissingError when there is none."""
    if identity_file is None:
        raise BackupKeyMissingError
    try:
        lines = identity_file.read_text(encoding="utf-8").splitlines()
        found = [
            _age.x25519.Identity.from_str(line.strip())
            for line in lines
            if line.startswith("AGE-SECRET-KEY-")
        ]
    except (OSError, UnicodeDecodeError, _age.IdentityError):
        raise BackupKeyMissingError from None
    if not found:
        raise BackupKeyMissingError
    return found
