"""Signing in: counted per account and address, logged, the same answer and time for everybody unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from balcao.kernel.actor import Actor
from balcao.kernel.errors import DomainError
from balcao.kernel.identity.second_factor import OtpRequiredError
from balcao.kernel.identity.sessions import (
    Candidate,
    InvalidCredentialsError,
    SeveralTenantsError,
    actor_of_session,
    find_candidates,
    open_session,
)
from balcao.kernel.identity.tokens import SessionClaims, read_choice, sign_choice
from balcao.kernel.observability.logging import security_log
from balcao.kernel.plans import require_active
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.modules.admin.attempts import ACCOUNT_RULE, ADDRESS_RULE, account_mark, count_attempt
from balcao.modules.admin.second_factor import count_code, pass_at_sign_in


@dataclass(frozen=True, slots=True)
class Caller:
    """Where an attempt comes from: `ip` for the record, `key` to count by, `masked` for the log, and the device."""

    ip: str
    key: str
    masked: str
    device: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session: its token and end, who it is, and where they are.

    `recovery_left` says how many recovery codes remain after one was used to come in, else None.
    """

    token: str
    expires_at: datetime
    actor: Actor
    tenant: Tenant
    recovery_left: int | None = None


async def count_address(runtime: Runtime, caller: Caller) -> None:
    """Counts one attempt of an address at anything that opens an account."""
    await count_attempt(runtime, ADDRESS_RULE, caller.key)


async def matching_businesses(
    runtime: Runtime, email: str, password: str, tenant: Tenant | None, caller: Caller
) -> list[Candidate]:
    """Where e-mail and password fit, in the given business or in all. InvalidCredentialsError when nowhere."""
    await count_address(runtime, caller)
    mark = account_mark(email)
    await count_attempt(runtime, ACCOUNT_RULE, mark)
    try:
        return await find_candidates(runtime.database, email, password, tenant.id if tenant else None)
    except InvalidCredentialsError:
        security_log.warning("sign_in_failed", account=mark, client=caller.masked)
        raise


async def sign_in(
    runtime: Runtime, email: str, password: str, tenant: Tenant | None, caller: Caller, otp: str = ""
) -> SignedIn:
    """Opens a session in the one business that fits; SeveralTenantsError names them when there are more.

    Who has a second factor sends `otp` too: OtpRequiredError without it, OtpInvalidError when it is wrong.
    """
    matches = await matching_businesses(runtime, email, password, tenant, caller)
    if len(matches) > 1:
        raise SeveralTenantsError(tenants=[match.tenant_slug for match in matches])
    return await enter(runtime, matches[0], caller, otp)


async def enter(runtime: Runtime, candidate: Candidate, caller: Caller, otp: str = "") -> SignedIn:
    """Opens a session for somebody whose password was right, and whose code is, if they have a second factor."""
    tenant = await runtime.tenants.find("id", str(candidate.tenant_id))
    try:
        require_active(tenant, reading=True)
        await count_code(runtime, tenant, candidate.user_id, otp)
        signed_in = await _open(runtime, tenant, candidate, caller, otp)
    except OtpRequiredError:
        raise
    except DomainError as error:
        security_log.warning("sign_in_refused", reason=error.code, tenant=tenant.slug, client=caller.masked)
        raise
    security_log.info(
        "signed_in",
        tenant=tenant.slug,
        actor=signed_in.actor.label,
        client=caller.masked,
        device=caller.device,
    )
    return signed_in


async def _open(runtime: Runtime, tenant: Tenant, candidate: Candidate, caller: Caller, otp: str) -> SignedIn:
    async with runtime.transactions.begin(tenant) as uow:
        passed = await pass_at_sign_in(uow, runtime, candidate.user_id, otp)
        opened = await open_session(
            uow,
            candidate,
            runtime.keys,
            minutes=runtime.settings.admin_session_expire_minutes,
            device=caller.device,
            address=caller.ip,
        )
        claims = SessionClaims(candidate.user_id, tenant.id, opened.session_id, candidate.role)
        actor = await actor_of_session(uow.session, claims, uow.now(), runtime.permissions_in(tenant))
    if actor is None:
        raise InvalidCredentialsError
    return SignedIn(opened.token, opened.expires_at, actor, tenant, passed.recovery_left)


def keep_choice(runtime: Runtime, matches: list[Candidate]) -> str:
    """What the form that asks "which business?" carries, so that the password is typed once and kept nowhere."""
    chosen = [(match.tenant_id, match.user_id, match.version or 0) for match in matches]
    return sign_choice(chosen, runtime.keys, issued=runtime.clock())


async def enter_chosen(runtime: Runtime, choice: str, slug: str, caller: Caller, otp: str = "") -> SignedIn:
    """Opens the session in the chosen business. InvalidCredentialsError when the choice ran out or was never offered."""
    await count_address(runtime, caller)
    for tenant_id, user_id, version in read_choice(choice, runtime.keys):
        tenant = await runtime.tenants.find("id", str(tenant_id))
        if tenant.slug == slug:
            candidate = Candidate(tenant_id, slug, user_id, "", None, version=version)
            return await enter(runtime, candidate, caller, otp)
    raise InvalidCredentialsError
