"""The second factor: time-based codes (RFC 6238, SHA-1, 6 digits, 30 seconds) and recovery codes that work once.

The secret is sealed for its person, recovery codes are kept as SHA-256 of 80 random bits. A code is good in its own step
and in the ones beside it, for clocks that differ, and a step is used up by the first code taken for it or a later one.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pyotp import random_base32
from pyotp.totp import TOTP
from sqlalchemy import delete, select

from balcao.kernel.errors import AlreadyExistsError, DomainError, NotFoundError
from balcao.kernel.identity.models import SecondFactor
from balcao.kernel.identity.tokens import token_hash
from balcao.kernel.ids import new_id
from balcao.kernel.tenant_secrets import SealedColumn, SealingKeys, is_sealed_anew, seal, unseal
from balcao.kernel.work import UnitOfWork

STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
RECOVERY_CODES: Final = 10


class OtpRequiredError(DomainError):
    """The password was right; the account wants a code besides."""

    status = 401
    code = "otp_required"
    title = "Code needed."
    detail = "Type the code of your authenticator app as well."


class OtpInvalidError(DomainError):
    """The code is wrong, too old or was used already; which of them is not said."""

    status = 401
    code = "otp_invalid"
    title = "Wrong code."
    detail = "This code is not right. Wait for the next one and try again."


class SecondFactorOnError(AlreadyExistsError):
    """There is one already; it has to be switched off first."""

    code = "second_factor_on"
    title = "Second factor on."
    detail = "Your second factor is on already. Switch it off before you set up another."


@dataclass(frozen=True, slots=True, repr=False)
class Enrolment:
    """What an authenticator app needs, shown until the first code confirms it."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class Passed:
    """The second factor was right. `recovery_left` is None for a code of the app, else how many recovery codes remain."""

    recovery_left: int | None = None


def step_at(moment: datetime) -> int:
    """The number of the 30-second step a moment lies in (RFC 6238 4.2)."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of a step."""
    return TOTP(secret, interval=STEP_SECONDS).generate_otp(step)


def matching_step(secret: str, typed: str, now_step: int, last_step: int) -> int | None:
    """The step a typed code is good for, or None. A step up to `last_step` is used up.

    Every candidate is compared, in constant time, so that the time tells nothing of which one it was.
    """
    code = "".join(typed.split())
    found: int | None = None
    for step in range(now_step - DRIFT_STEPS, now_step + DRIFT_STEPS + 1):
        same = hmac.compare_digest(code_at(secret, max(0, step)).encode(), code.encode())
        if same and step > last_step and step >= 0:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten fresh codes of 80 random bits in base32, in groups of four."""
    codes: list[str] = []
    for _ in range(RECOVERY_CODES):
        signs = base64.b32encode(secrets.token_bytes(10)).decode().lower()
        codes.append("-".join(signs[at : at + 4] for at in range(0, 16, 4)))
    return codes


def recovery_hash(typed: str) -> str:
    """The digest of a recovery code, however it was spaced and whatever its case."""
    return token_hash("".join(sign for sign in typed.lower() if sign.isalnum()))


def without_code(hashes: Sequence[str], typed: str) -> list[str] | None:
    """The digests that remain after a recovery code was used, or None when it is not among them."""
    wanted = recovery_hash(typed).encode()
    matches = [hmac.compare_digest(known.encode(), wanted) for known in hashes]
    return [known for known, same in zip(hashes, matches, strict=True) if not same] if any(matches) else None


def _purpose(user_id: UUID) -> str:
    return f"totp:{user_id}"


SEALED: Final = SealedColumn(
    "second_factors", "sealed_secret", lambda row: _purpose(row["user_id"]), needs=("user_id",)
)


async def factor_of(uow: UnitOfWork, user_id: UUID, *, lock: bool = False) -> SecondFactor | None:
    """The row of a person, confirmed or not."""
    query = select(SecondFactor).where(SecondFactor.user_id == user_id)
    if lock:
        # What was read before the lock was ours may be old by now.
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await uow.session.execute(query)).scalar_one_or_none()


async def start_enrolment(
    uow: UnitOfWork, keys: SealingKeys, user_id: UUID, *, account: str, issuer: str
) -> Enrolment:
    """A fresh secret for a person, in place of one that was never confirmed. SecondFactorOnError when theirs is on."""
    secret = random_base32(32)
    sealed = seal(keys, uow.tenant_id, _purpose(user_id), secret)
    factor = await factor_of(uow, user_id, lock=True)
    if factor is None:
        uow.session.add(
            SecondFactor(
                tenant_id=uow.tenant_id,
                id=new_id(),
                user_id=user_id,
                sealed_secret=sealed,
                recovery_hashes=[],
            )
        )
    elif factor.confirmed_at is not None:
        raise SecondFactorOnError
    else:
        factor.sealed_secret, factor.last_step = sealed, 0
    await uow.session.flush()
    return _enrolment(secret, account, issuer)


async def pending_enrolment(
    uow: UnitOfWork, keys: SealingKeys, user_id: UUID, *, account: str, issuer: str
) -> Enrolment | None:
    """The enrolment that waits for its first code, to be shown again; None when there is none."""
    factor = await factor_of(uow, user_id)
    if factor is None or factor.confirmed_at is not None:
        return None
    return _enrolment(unseal(keys, uow.tenant_id, _purpose(user_id), factor.sealed_secret), account, issuer)


def _enrolment(secret: str, account: str, issuer: str) -> Enrolment:
    uri = TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=issuer)
    return Enrolment(secret, uri)


async def confirm_enrolment(uow: UnitOfWork, keys: SealingKeys, user_id: UUID, typed: str) -> list[str]:
    """Switches the second factor on with its first code; answers the recovery codes, shown this once.

    NotFoundError when nothing was started, SecondFactorOnError when it is on, OtpInvalidError for a wrong code.
    """
    factor = await factor_of(uow, user_id, lock=True)
    if factor is None:
        raise NotFoundError
    if factor.confirmed_at is not None:
        raise SecondFactorOnError
    factor.last_step = _step_for(uow, keys, factor, typed)
    factor.confirmed_at = uow.now()
    codes = new_recovery_codes()
    factor.recovery_hashes = [recovery_hash(code) for code in codes]
    await uow.session.flush()
    return codes


async def wants_second_factor(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether this person's sign-in asks for a code."""
    factor = await factor_of(uow, user_id)
    return factor is not None and factor.confirmed_at is not None


async def pass_second_factor(uow: UnitOfWork, keys: SealingKeys, user_id: UUID, typed: str) -> Passed:
    """Takes a code of the app or a recovery code, which is then used up. Nothing is asked of whoever has it not on.

    Raises OtpRequiredError without a code and OtpInvalidError for a wrong one.
    """
    factor = await factor_of(uow, user_id, lock=True)
    if factor is None or factor.confirmed_at is None:
        return Passed()
    if not typed.strip():
        raise OtpRequiredError
    remaining = without_code(factor.recovery_hashes, typed)
    if remaining is not None:
        factor.recovery_hashes = remaining
        await uow.session.flush()
        return Passed(len(remaining))
    factor.last_step = _step_for(uow, keys, factor, typed)
    await uow.session.flush()
    return Passed()


def _step_for(uow: UnitOfWork, keys: SealingKeys, factor: SecondFactor, typed: str) -> int:
    purpose = _purpose(factor.user_id)
    secret = unseal(keys, uow.tenant_id, purpose, factor.sealed_secret)
    step = matching_step(secret, typed, step_at(uow.now()), factor.last_step)
    if step is None:
        raise OtpInvalidError
    if not is_sealed_anew(keys, uow.tenant_id, purpose, factor.sealed_secret):
        factor.sealed_secret = seal(keys, uow.tenant_id, purpose, secret)
    return step


async def renew_recovery_codes(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """Ten new recovery codes in place of what was left of the old ones. NotFoundError when the factor is off."""
    factor = await factor_of(uow, user_id, lock=True)
    if factor is None or factor.confirmed_at is None:
        raise NotFoundError
    codes = new_recovery_codes()
    factor.recovery_hashes = [recovery_hash(code) for code in codes]
    await uow.session.flush()
    return codes


async def remove_second_factor(uow: UnitOfWork, user_id: UUID) -> bool:
    """Takes it away; True when one was on. The trail keeps that it went."""
    factor = await factor_of(uow, user_id, lock=True)
    if factor is None:
        return False
    was_on = factor.confirmed_at is not None
    # A statement, not the unit's object: triggers and the criterion of the tenant work the same.
    await uow.session.execute(delete(SecondFactor).where(SecondFactor.id == factor.id))
    return was_on
