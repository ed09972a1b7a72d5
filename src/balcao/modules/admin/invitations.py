"""Invitations: a link by e-mail that lets one person choose a name and a password, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from balcao.kernel.errors import ImpersonatingError, NotFoundError
from balcao.kernel.i18n import Translator
from balcao.kernel.identity.models import OneTimeToken
from balcao.kernel.identity.one_time_tokens import get_token, issue_token
from balcao.kernel.identity.passwords import check_password_shape, hash_password
from balcao.kernel.identity.sessions import Candidate
from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Runtime
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.password_links import business_of_link
from balcao.modules.admin.people import (
    add_invited,
    check_appointment,
    check_email_free,
    check_room,
    clean_name,
    lock_team,
)
from balcao.modules.admin.sign_in import Caller, SignedIn, count_address, enter
from balcao.modules.messaging.public import BodySecret, queue_email


@dataclass(frozen=True, slots=True)
class Invited:
    """An open invitation and when it runs out. The link itself is in the e-mail alone."""

    id: UUID
    email: str
    expires_at: datetime


async def invite(
    uow: UnitOfWork, runtime: Runtime, words: Translator, *, email: str, role: str, group_id: UUID | None
) -> Invited:
    """Sends an invitation; an earlier one to the same address stops working. Support may not: it could invite itself."""
    if uow.actor.impersonator:
        raise ImpersonatingError
    await lock_team(uow)
    await check_appointment(uow, role, group_id)
    await check_room(uow)
    await check_email_free(uow, email)
    token_id, token = await issue_token(uow, "invitation", email, role=role, group_id=group_id)
    row = (await uow.session.execute(select(OneTimeToken).where(OneTimeToken.id == token_id))).scalar_one()
    await _send(uow, runtime, words, email, token_id, BodySecret(token, row.expires_at))
    return Invited(token_id, email, row.expires_at)


async def _send(
    uow: UnitOfWork, runtime: Runtime, words: Translator, email: str, token_id: UUID, token: BodySecret
) -> None:
    business = uow.tenant.name
    link = invitation_link(runtime, token.text)
    await queue_email(
        uow,
        to=email,
        to_name="",
        subject=words("{business} invites you to its team", business=business),
        body=words(
            "Hello.\n\n{inviter} invites you to work at the counter of {business}. Open this link within seven days and "
            "choose your password:\n\n{link}",
            inviter=uow.actor.name or business, business=business, link=link,
        ),
        dedupe_key=invitation_key(token_id),
        template="team.invitation",
        secret=token,
    )  # fmt: skip


def invitation_key(token_id: UUID) -> str:
    """The outbox's key of an invitation's letter."""
    return f"invitation:{token_id}"


def invitation_link(runtime: Runtime, token: str) -> str:
    """Where an invitation is answered."""
    return f"{runtime.settings.api_base_url}/painel/convite/{token}"


async def cancel_invitation(uow: UnitOfWork, invitation_id: UUID) -> None:
    """The link stops working. NotFoundError when there is no open invitation of this id."""
    row = await _open_invitation(uow, invitation_id)
    row.used_at = uow.now()


async def _open_invitation(uow: UnitOfWork, invitation_id: UUID) -> OneTimeToken:
    query = (
        select(OneTimeToken)
        .where(
            OneTimeToken.id == invitation_id,
            OneTimeToken.purpose == "invitation",
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > uow.now(),
        )
        .with_for_update()
    )
    row = (await uow.session.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def accept_invitation(
    runtime: Runtime, token: str, name: str, password: str, caller: Caller
) -> SignedIn:
    """Makes the account the invitation promised and signs the person in. LinkInvalidError for a link that is spent."""
    await count_address(runtime, caller)
    name = clean_name(name)
    check_password_shape(password)
    tenant = await business_of_link(runtime, "invitation", token)
    password_hash = await hash_password(password)
    async with runtime.transactions.begin(tenant) as uow:
        invitation = await get_token(uow, "invitation", token, lock=True)
        user = await add_invited(uow, invitation, name, password_hash)
    security_log.info("invitation_accepted", tenant=tenant.slug, actor=f"user:{user.id}")
    return await enter(runtime, Candidate(tenant.id, tenant.slug, user.id, user.role, None), caller)
