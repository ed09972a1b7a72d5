"""The password once more, before what outlasts a sign-in: second factors, recovery codes, keys, another password.

A browser left open, or a session that somebody copied, is not enough for these. A sign-in of the last ten minutes is,
since the password was typed for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from balcao.kernel.actor import Actor
from balcao.kernel.errors import ForbiddenError, ImpersonatingError, PeopleOnlyError, ValidationFailedError
from balcao.kernel.identity.models import User
from balcao.kernel.identity.passwords import verify_password
from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.modules.admin.attempts import ACCOUNT_RULE, account_mark, count_attempt

FRESH: Final = timedelta(minutes=10)
POINTER: Final = "/current_password"


class FreshSignInRequiredError(ForbiddenError):
    """The sign-in is older than ten minutes and the password was not sent: send it as `current_password`."""

    code = "fresh_sign_in_required"
    title = "Password needed again."
    detail = "You signed in a while ago. Type your password again to go on."


def is_fresh(actor: Actor, now: datetime) -> bool:
    """Whether the person typed their password for this session within the last ten minutes."""
    own = actor.kind == "user" and not actor.impersonator
    return own and actor.signed_in_at is not None and now - actor.signed_in_at <= FRESH


async def require_fresh(runtime: Runtime, tenant: Tenant, actor: Actor, password: str | None) -> None:
    """Lets a person pass who signed in a moment ago, or who sends their password, which is compared whenever it is sent.

    Raises PeopleOnlyError, ImpersonatingError, FreshSignInRequiredError, and what `check_own_password` raises.
    """
    if actor.kind != "user":
        raise PeopleOnlyError
    if actor.impersonator:
        raise ImpersonatingError
    if password:
        await check_own_password(runtime, tenant, actor, password)
    elif not is_fresh(actor, runtime.clock()):
        raise FreshSignInRequiredError


async def check_own_password(
    runtime: Runtime, tenant: Tenant, actor: Actor, password: str, pointer: str = POINTER
) -> None:
    """Compares a password with the acting person's. ValidationFailedError at `pointer` when it is another.

    Each try counts like one at the sign-in, before it is looked at: RateLimitedError.
    """
    await count_attempt(runtime, ACCOUNT_RULE, account_mark(actor.email))
    async with runtime.transactions.begin(tenant, actor, read_only=True) as uow:
        query = select(User.password_hash).where(User.id == actor.id)
        stored = (await uow.session.execute(query)).scalar_one_or_none()
    valid, _ = await verify_password(password, stored)
    if not valid:
        security_log.warning("password_refused", tenant=tenant.slug, actor=actor.label)
        raise ValidationFailedError.at(pointer, "This is not your current password.")
