"""Passwords: changing one's own, and setting a new one by an e-mailed link."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, text

from balcao.kernel.actor import Actor
from balcao.kernel.errors import TenantUnknownError
from balcao.kernel.i18n import Translator
from balcao.kernel.identity.models import User
from balcao.kernel.identity.one_time_tokens import (
    LIFE,
    LinkInvalidError,
    Purpose,
    get_token,
    issue_token,
    tenant_of_token,
    use_up_tokens,
)
from balcao.kernel.identity.passwords import check_password_shape, hash_password
from balcao.kernel.identity.sessions import revoke_sessions_of
from balcao.kernel.observability.logging import security_log
from balcao.kernel.platform_work import platform_work
from balcao.kernel.rate_limit import Refused, Rule, Window
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.attempts import account_mark
from balcao.modules.admin.fresh_sign_in import check_own_password
from balcao.modules.messaging.public import BodySecret, queue_email

# Enough for somebody who keeps mistyping, too few to flood a mailbox.
RESET_RULE: Final = Rule("password_reset_account", (Window(3, 900),))
_PEOPLE: Final = text(
    "select u.tenant_id, u.name from users u join tenants t on t.id = u.tenant_id "
    "where u.email = :email and u.is_active and t.status = 'active' "
    "and (cast(:tenant as uuid) is null or u.tenant_id = cast(:tenant as uuid)) limit 20"
)


async def change_own_password(
    runtime: Runtime, tenant: Tenant, actor: Actor, current: str, new: str, *, session_id: UUID | None
) -> None:
    """Sets the actor's password and ends every session but `session_id`. 422 when the current one is wrong."""
    check_password_shape(new, "/new_password")
    await check_own_password(runtime, tenant, actor, current)
    fresh = await hash_password(new)
    async with runtime.transactions.begin(tenant, actor) as uow:
        await _set_password(uow, User.id == actor.id, fresh, "password_changed", keep=session_id)
    security_log.info("password_changed", tenant=tenant.slug, actor=actor.label)


async def _set_password(
    uow: UnitOfWork, whom: ColumnElement[bool], password_hash: str, reason: str, *, keep: UUID | None = None
) -> User:
    query = select(User).where(whom, User.is_active).with_for_update()
    user = (await uow.session.execute(query)).scalar_one_or_none()
    if user is None:
        raise LinkInvalidError
    user.password_hash = password_hash
    user.version += 1
    await use_up_tokens(uow, "password_reset", user.email)
    await revoke_sessions_of(uow, user.id, reason, keep=keep)
    return user


async def send_reset_links(runtime: Runtime, email: str, tenant: Tenant | None, words: Translator) -> None:
    """E-mails a link to each active person with this address. Says nothing of whether there was one.

    Callers run it after their answer left, so that its time says nothing either.
    """
    email = email.strip().lower()
    if isinstance(await runtime.limiter.hit(RESET_RULE, account_mark(email)), Refused):
        security_log.info("rate_limited", rule=RESET_RULE.name)
        return
    parameters = {"email": email, "tenant": str(tenant.id) if tenant else None}
    async with platform_work(runtime.database, read_only=True) as session:
        people = (await session.execute(_PEOPLE, parameters)).all()
    for person in people:
        found = await runtime.tenants.find("id", str(person.tenant_id))
        async with runtime.transactions.begin(found) as uow:
            await _send_reset_link(uow, runtime, email, person.name, words)


async def _send_reset_link(
    uow: UnitOfWork, runtime: Runtime, email: str, name: str, words: Translator
) -> None:
    token_id, token = await issue_token(uow, "password_reset", email)
    link = f"{runtime.settings.api_base_url}/painel/nova-senha/{token}"
    await queue_email(
        uow,
        to=email,
        to_name=name,
        subject=words("New password for {business}", business=uow.tenant.name),
        body=words(
            "Hello, {name}.\n\nTo choose a new password for {business}, open this link within one hour:\n\n{link}\n\n"
            "If you did not ask for it, ignore this message: your password stays as it is.",
            name=name, business=uow.tenant.name, link=link,
        ),
        dedupe_key=f"password_reset:{token_id}",
        template="team.password_reset",
        secret=BodySecret(token, uow.now() + LIFE["password_reset"]),
    )  # fmt: skip


async def business_of_link(runtime: Runtime, purpose: Purpose, token: str) -> Tenant:
    """The business of a link that still works; LinkInvalidError otherwise."""
    try:
        tenant = await runtime.tenants.find("id", str(tenant_of_token(token)))
    except TenantUnknownError:
        raise LinkInvalidError from None
    async with runtime.transactions.begin(tenant, read_only=True) as uow:
        await get_token(uow, purpose, token)
    return tenant


async def set_password_by_link(runtime: Runtime, token: str, password: str) -> Tenant:
    """Uses the link up: sets the password and ends every session of the person. Answers the business."""
    check_password_shape(password)
    tenant = await business_of_link(runtime, "password_reset", token)
    fresh = await hash_password(password)
    async with runtime.transactions.begin(tenant) as uow:
        row = await get_token(uow, "password_reset", token, lock=True)
        user = await _set_password(uow, User.email == row.email, fresh, "password_reset")
    security_log.info("password_reset", tenant=tenant.slug, actor=f"user:{user.id}")
    return tenant
