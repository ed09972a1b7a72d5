"""People of a business, as far as central administration helps them: invitations, password links, ended sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from balcao.kernel.actor import SYSTEM, Actor
from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.i18n import Translator
from balcao.kernel.identity.models import User
from balcao.kernel.identity.sessions import revoke_sessions_of
from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT, Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.central_tenants import PlatformTenantError
from balcao.modules.admin.central_work import Central
from balcao.modules.admin.invitations import Invited, invitation_key, invitation_link, invite
from balcao.modules.admin.password_links import send_reset_links
from balcao.modules.admin.people import clean_email, lock_team
from balcao.modules.admin.team_queries import InvitationView, PersonView, list_people, open_invitations
from balcao.modules.messaging.public import kept_secrets


class HasOwnerError(DomainError):
    """The business has an owner, who invites the others."""

    code = "has_owner"
    title = "Business has an owner."
    detail = "This business has an owner already, who can invite others."


_OWNER: Final = text(
    "select exists (select from users where tenant_id = :tenant and role = 'owner' and is_active) as has_owner, "
    "exists (select from one_time_tokens where tenant_id = :tenant and purpose = 'invitation' and role = 'owner' "
    "and used_at is null and expires_at > :now) as is_invited"
)


def for_central(actor: Actor) -> Actor:
    """The person of the platform in another business's transaction: on its trail, with an owner's say, not by name."""
    return replace(actor, role="owner", name="") if actor.kind == "user" else actor


async def tenant_of(runtime: Runtime, tenant_id: UUID) -> Tenant:
    """The business of an id. TenantUnknownError."""
    return await runtime.tenants.find("id", str(tenant_id))


async def _customer_of(runtime: Runtime, tenant_id: UUID) -> Tenant:
    """A business other than the platform's own, whose team looks after itself: only an owner touches its owners."""
    tenant = await tenant_of(runtime, tenant_id)
    if tenant.slug == PLATFORM_TENANT:
        raise PlatformTenantError
    return tenant


async def invite_owner(
    runtime: Runtime,
    tenant_id: UUID,
    email: str,
    words: Translator,
    *,
    actor: Actor = SYSTEM,
    request_id: str = "",
    address: str = "",
    again: bool = True,
) -> Invited | None:
    """Sends the first owner of a business their invitation. HasOwnerError when there is an owner.

    Without `again`, a business that has an owner or an open invitation is left alone and None answered: that is how a
    repeated message of the billing system sends one letter.
    """  # fmt: skip
    email = clean_email(email, "/owner_email")
    tenant = await tenant_of(runtime, tenant_id)

    async def send(uow: UnitOfWork) -> Invited | None:
        await lock_team(uow)
        state = (await uow.session.execute(_OWNER, {"tenant": uow.tenant_id, "now": uow.now()})).one()
        if state.has_owner and again:
            raise HasOwnerError
        if not again and (state.has_owner or state.is_invited):
            return None
        return await invite(uow, runtime, words, email=email, role="owner", group_id=None)

    return await runtime.transactions.run(
        tenant, for_central(actor), send, request_id=request_id, address=address
    )


async def people_of(
    central: Central, tenant_id: UUID, page: PageQuery, q: str = ""
) -> tuple[Page[PersonView], list[InvitationView]]:
    """The team of a business and its open invitations. TenantUnknownError."""
    tenant = await tenant_of(central.runtime, tenant_id)
    async with central.runtime.transactions.begin(tenant, read_only=True) as uow:
        return await list_people(uow, page, q=q), await open_invitations(uow)


async def invitation_links(
    central: Central, tenant_id: UUID, invitations: Sequence[InvitationView]
) -> dict[UUID, str]:
    """The links of open invitations that no mail server took, for whoever invites to hand over themselves.

    Empty where mail leaves the machine, and for people who may only look.
    """
    if not central.actor.can("admin.central:edit") or not invitations:
        return {}
    tenant = await tenant_of(central.runtime, tenant_id)
    async with central.runtime.transactions.begin(tenant, read_only=True) as uow:
        kept = await kept_secrets(uow, [invitation_key(each.id) for each in invitations])
    return {
        each.id: invitation_link(central.runtime, kept[invitation_key(each.id)])
        for each in invitations
        if invitation_key(each.id) in kept
    }


async def send_password_link(central: Central, tenant_id: UUID, user_id: UUID, words: Translator) -> None:
    """E-mails a link for a new password to a person of a business; nobody of the platform sees it. NotFoundError."""
    tenant = await _customer_of(central.runtime, tenant_id)
    async with central.writing() as session:
        query = select(User.email).where(User.tenant_id == tenant.id, User.id == user_id, User.is_active)
        email = (await session.execute(query)).scalar_one_or_none()
        if email is None:
            raise NotFoundError
        central.note(session, tenant.id, "password_link", user_id)
    await send_reset_links(central.runtime, email, tenant, words)
    security_log.info(
        "password_link_sent", tenant=tenant.slug, actor=central.actor.label, subject=f"user:{user_id}"
    )


async def end_sessions(central: Central, tenant_id: UUID, user_id: UUID) -> int:
    """Ends every sign-in of a person of a business; answers how many there were. NotFoundError."""
    tenant = await _customer_of(central.runtime, tenant_id)

    async def end(uow: UnitOfWork) -> int:
        if (await uow.session.execute(select(User.id).where(User.id == user_id))).first() is None:
            raise NotFoundError
        return await revoke_sessions_of(uow, user_id, "revoked_by_platform")

    return await central.runtime.transactions.run(
        tenant, for_central(central.actor), end, request_id=central.request_id, address=central.address
    )
