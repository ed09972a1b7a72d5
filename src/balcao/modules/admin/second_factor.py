"""The second factor of the people of a team: setting it up, using it, taking it away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from balcao.kernel.actor import Actor
from balcao.kernel.errors import DomainError, ForbiddenError, NotFoundError
from balcao.kernel.identity.second_factor import (
    Enrolment,
    OtpInvalidError,
    OtpRequiredError,
    Passed,
    confirm_enrolment,
    factor_of,
    pass_second_factor,
    pending_enrolment,
    remove_second_factor,
    renew_recovery_codes,
    start_enrolment,
)
from balcao.kernel.identity.sessions import revoke_sessions_of
from balcao.kernel.identity.team_rules import OWNER
from balcao.kernel.observability.logging import security_log
from balcao.kernel.rate_limit import Rule, Window
from balcao.kernel.runtime import Runtime, Work
from balcao.kernel.tenant_secrets import sealing_keys_of
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.attempts import count_attempt
from balcao.modules.admin.fresh_sign_in import check_own_password, require_fresh
from balcao.modules.admin.people import get_person

# A guess is right for 3 of a million codes: 480 guesses a day leave whoever has the password a chance of 0.15 %.
OTP_RULE: Final = Rule("second_factor", (Window(5, 60), Window(20, 3600)))


class SecondFactorOffError(DomainError):
    """There is none to use or to switch off."""

    code = "second_factor_off"
    title = "Second factor off."
    detail = "The second factor is not on."


class OwnersResetError(ForbiddenError):
    """Only an owner takes somebody else's second factor away, and their own like everybody: with password and code."""

    code = "owners_only"
    title = "Owners only."
    detail = "Only an owner may reset the second factor of somebody else."


@dataclass(frozen=True, slots=True)
class FactorState:
    """How somebody's second factor stands."""

    is_on: bool
    since: datetime | None
    recovery_left: int


def person_of(actor: Actor) -> UUID:
    """The id of the person who acts."""
    if actor.kind != "user" or actor.id is None:
        raise ForbiddenError
    return actor.id


async def state_of(uow: UnitOfWork, user_id: UUID) -> FactorState:
    """Whether it is on, since when, and how many recovery codes are left."""
    factor = await factor_of(uow, user_id)
    if factor is None or factor.confirmed_at is None:
        return FactorState(is_on=False, since=None, recovery_left=0)
    return FactorState(is_on=True, since=factor.confirmed_at, recovery_left=len(factor.recovery_hashes))


async def begin_enrolment(works: Work, password: str | None = None) -> Enrolment:
    """A fresh secret for the person who acts. Like all that follows it takes a fresh sign-in or the password."""
    user_id, keys = person_of(works.actor), sealing_keys_of(works.runtime.settings)
    await require_fresh(works.runtime, works.tenant, works.actor, password)

    async def start(uow: UnitOfWork) -> Enrolment:
        # Two starts at once wait for each other here: the person's row is there, the factor's is not yet.
        await get_person(uow, user_id, lock=True)
        return await start_enrolment(uow, keys, user_id, account=works.actor.email, issuer=works.tenant.name)

    return await works.run(start)


async def waiting_enrolment(uow: UnitOfWork, runtime: Runtime) -> Enrolment | None:
    """The enrolment the acting person has not confirmed yet; support does not see what is in their name."""
    if uow.actor.impersonator:
        return None
    keys = sealing_keys_of(runtime.settings)
    return await pending_enrolment(
        uow, keys, person_of(uow.actor), account=uow.actor.email, issuer=uow.tenant.name
    )


async def switch_on(works: Work, code: str, password: str | None = None) -> list[str]:
    """Confirms the enrolment with its first code, ends the other sign-ins, and answers the recovery codes."""
    user_id, keys = person_of(works.actor), sealing_keys_of(works.runtime.settings)
    await require_fresh(works.runtime, works.tenant, works.actor, password)
    await _count(works.runtime, works.tenant, user_id)

    async def confirm(uow: UnitOfWork) -> list[str]:
        codes = await confirm_enrolment(uow, keys, user_id, code)
        await revoke_sessions_of(uow, user_id, "second_factor_on", keep=works.actor.session_id)
        return codes

    codes = await works.run(confirm)
    security_log.info("second_factor_on", tenant=works.tenant.slug, actor=works.actor.label)
    return codes


async def switch_off(works: Work, password: str, code: str) -> None:
    """Takes the own second factor away. Needs the password and a code; 422 and 401 tell which was wrong."""
    user_id, keys = person_of(works.actor), sealing_keys_of(works.runtime.settings)
    await _count(works.runtime, works.tenant, user_id)
    await check_own_password(works.runtime, works.tenant, works.actor, password, "/password")

    async def remove(uow: UnitOfWork) -> None:
        if not (await state_of(uow, user_id)).is_on:
            raise SecondFactorOffError
        await pass_second_factor(uow, keys, user_id, code)
        await remove_second_factor(uow, user_id)

    await works.run(remove)
    security_log.warning("second_factor_off", tenant=works.tenant.slug, actor=works.actor.label)


async def fresh_codes(works: Work, code: str, password: str | None = None) -> list[str]:
    """New recovery codes for whoever shows a code of the app or one of the old ones."""
    user_id, keys = person_of(works.actor), sealing_keys_of(works.runtime.settings)
    await require_fresh(works.runtime, works.tenant, works.actor, password)
    await _count(works.runtime, works.tenant, user_id)

    async def renew(uow: UnitOfWork) -> list[str]:
        if not (await state_of(uow, user_id)).is_on:
            raise SecondFactorOffError
        await pass_second_factor(uow, keys, user_id, code)
        return await renew_recovery_codes(uow, user_id)

    codes = await works.run(renew)
    security_log.info("recovery_codes_renewed", tenant=works.tenant.slug, actor=works.actor.label)
    return codes


async def reset_for(uow: UnitOfWork, user_id: UUID) -> None:
    """An owner takes away the second factor of a colleague who lost theirs; their sign-ins end too."""
    if uow.actor.role != OWNER or uow.actor.id == user_id:
        raise OwnersResetError
    await get_person(uow, user_id, lock=True)
    if not await remove_second_factor(uow, user_id):
        raise NotFoundError
    await revoke_sessions_of(uow, user_id, "second_factor_reset")
    security_log.warning("second_factor_reset", tenant=uow.tenant.slug, actor=uow.actor.label)


async def pass_at_sign_in(uow: UnitOfWork, runtime: Runtime, user_id: UUID, code: str) -> Passed:
    """The second step of a sign-in, in the transaction that opens the session."""
    try:
        return await pass_second_factor(uow, sealing_keys_of(runtime.settings), user_id, code)
    except OtpRequiredError:
        raise
    except OtpInvalidError:
        security_log.warning("second_factor_failed", tenant=uow.tenant.slug, user_id=str(user_id))
        raise


async def count_code(runtime: Runtime, tenant: Tenant, user_id: UUID, code: str) -> None:
    """Counts a typed code against its account, before it is looked at."""
    if code.strip():
        await _count(runtime, tenant, user_id)


async def _count(runtime: Runtime, tenant: Tenant, user_id: UUID) -> None:
    await count_attempt(runtime, OTP_RULE, f"{tenant.id}:{user_id}")
