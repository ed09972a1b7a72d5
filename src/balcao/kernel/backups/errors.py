"""Refusals around backups."""

from __future__ import annotations

from balcao.kernel.errors import DomainError


class BackupNotFoundError(DomainError):
    """No backup has this name, here or in the bucket."""

    status = 404
    code = "backup_not_found"
    title = "Backup not found."
    detail = "There is no backup of this name."


class BackupDamagedError(DomainError):
    """The file is cut off, was changed, or holds other things than its manifest says. `reason` tells, for programs."""

    status = 409
    code = "backup_damaged"
    title = "Damaged backup."
    detail = "This backup is damaged. Nothing was changed."

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)

    def __str__(self) -> str:
        return f"damaged backup: {self.ext['reason']}"


class BackupRunningError(DomainError):
    """Another backup, verification or restore is under way."""

    status = 409
    code = "backup_running"
    title = "Backup under way."
    detail = "A backup or a restore is under way. Wait until it is finished."


class BackupImpossibleError(DomainError):
    """The database account, the server's version or the disk does not allow it. `reason` is a sentence for operators."""

    status = 409
    code = "backup_impossible"
    title = "Backups not possible."
    detail = "Backups cannot work here as things are: {reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(params={"reason": reason}, reason=reason)

    def __str__(self) -> str:
        return str(self.ext["reason"])


class BackupKeyMissingError(DomainError):
    """The backup is encrypted and the private key is not here, or is not the right one."""

    status = 409
    code = "backup_key_missing"
    title = "Backup key missing."
    detail = "This backup is encrypted, and the key that opens it is not here."


class SignInAgainError(DomainError):
    """Replacing all data needs a fresh sign-in, so that a screen left open is not enough."""

    status = 403
    code = "sign_in_again"
    title = "Fresh sign-in needed."
    detail = "Sign in again; a restore needs a sign-in of the last 15 minutes."


class ConfirmationWrongError(DomainError):
    """The phrase that confirms a restore is missing or is another one; `expected` is what to type."""

    status = 422
    code = "confirmation_wrong"
    title = "Confirmation missing."
    detail = "To restore, confirm with the phrase: {expected}"

    def __init__(self, expected: str) -> None:
        super().__init__(params={"expected": expected}, expected=expected)
