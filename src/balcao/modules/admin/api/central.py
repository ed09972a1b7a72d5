"""Central administration over HTTP: figures, businesses, their people."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import AllowPlatform, Installation, Words
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.api.central_schemas import (
    FirstAccessTest,
    Impersonated,
    ImpersonationBody,
    OwnerInvitation,
    Team,
    TenantCreate,
    TenantDetail,
    TenantPatch,
    Trail,
    TrailQuery,
)
from balcao.modules.admin.api.schemas import InvitationSent, Revoked
from balcao.modules.admin.billing_profile import clean_profile, load_profile, profile_view
from balcao.modules.admin.central_people import end_sessions, invite_owner, people_of, send_password_link
from balcao.modules.admin.central_queries import (
    BillingEventLine,
    Dashboard,
    TenantLine,
    dashboard,
    list_billing_events,
    list_tenants,
    tenant_line,
    trail_of,
)
from balcao.modules.admin.central_tenants import NewTenant, change_tenant, create_tenant, force_first_steps
from balcao.modules.admin.central_work import Central
from balcao.modules.admin.impersonation import impersonate
from balcao.modules.admin.people import clean_email

router = APIRouter(prefix="/admin/central", tags=["central"])
VIEW = Depends(AllowPlatform("admin.central:view"))
EDIT = Depends(AllowPlatform("admin.central:edit"))
PEOPLE = Depends(AllowPlatform("admin.central:edit", people_only=True))
ENTER = Depends(AllowPlatform("admin.central:impersonate", people_only=True))
Status = Literal["", "active", "suspended", "canceled"]
Outcome = Literal["", "applied", "stale", "refused"]


@router.get("/dashboard", dependencies=[VIEW])
async def figures(central: CentralWork, runtime: Installation) -> Dashboard:
    """Businesses, people here now, stores, orders of today and of the month, money, trials that end, late payments."""
    async with central.reading() as session:
        return await dashboard(session, runtime.clock())


@router.get("/tenants", dependencies=[VIEW])
async def tenants(
    central: CentralWork,
    page: Annotated[PageQuery, Query()],
    q: Annotated[str, Query(max_length=120)] = "",
    status: Status = "",
    subscription: Literal["", "trialing", "active", "past_due", "canceled", "suspended"] = "",
) -> Page[TenantLine]:
    """Businesses by name; `q` looks into name, address word, legal name, e-mail, and knows a whole CPF or CNPJ."""
    async with central.reading() as session:
        return await list_tenants(session, page, q=q, status=status, subscription=subscription)


async def _detail(central: Central, tenant_id: UUID) -> TenantDetail:
    async with central.reading() as session:
        line = await tenant_line(session, tenant_id)
        profile = await load_profile(session, tenant_id)
    return TenantDetail(
        tenant=line,
        profile=profile_view(profile),
        onboarding_origin=profile.onboarding_origin,
        activation_mode=profile.activation_mode,
        payment_provider=profile.payment_provider,
        payment_reference=profile.payment_reference,
        activated_at=profile.activated_at,
        onboarded_at=profile.onboarded_at,
    )


@router.post("/tenants", status_code=201, dependencies=[PEOPLE])
async def make_tenant(central: CentralWork, words: Words, body: TenantCreate) -> TenantDetail:
    """Makes a business on a plan and e-mails its owner an invitation. API keys may not: an owner outlives them."""
    email = clean_email(body.owner_email, "/owner_email")
    profile = body.profile.given() if body.profile else {}
    wanted = NewTenant(
        body.slug, body.name, body.plan, body.trial_end_at, body.users_limit, body.stores_limit, clean_profile(profile)
    )  # fmt: skip
    tenant_id = await create_tenant(central, wanted)
    await invite_owner(
        central.runtime, tenant_id, email, words,
        actor=central.actor, request_id=central.request_id, address=central.address,
    )  # fmt: skip
    return await _detail(central, tenant_id)


@router.get("/tenants/{tenant_id}", dependencies=[VIEW])
async def tenant(central: CentralWork, tenant_id: UUID) -> TenantDetail:
    """One business whole."""
    return await _detail(central, tenant_id)


@router.patch("/tenants/{tenant_id}", dependencies=[EDIT])
async def patch_tenant(central: CentralWork, tenant_id: UUID, body: TenantPatch) -> TenantDetail:
    """Changes a business: address, name, limits, profile; suspends, closes or opens it again."""
    await change_tenant(central, tenant_id, body.changes())
    return await _detail(central, tenant_id)


@router.post("/tenants/{tenant_id}/invitations", status_code=201, dependencies=[PEOPLE])
async def invite(
    central: CentralWork, words: Words, tenant_id: UUID, body: OwnerInvitation
) -> InvitationSent:
    """Sends the first owner's invitation again, to this address; earlier ones to it stop working. API keys may not."""
    sent = await invite_owner(
        central.runtime, tenant_id, body.owner_email, words,
        actor=central.actor, request_id=central.request_id, address=central.address,
    )  # fmt: skip
    assert sent is not None, "an invitation asked for by a person is sent or refused"
    return InvitationSent(id=sent.id, email=sent.email, expires_at=sent.expires_at)


@router.get("/tenants/{tenant_id}/users", dependencies=[VIEW])
async def users(
    central: CentralWork,
    tenant_id: UUID,
    page: Annotated[PageQuery, Query()],
    q: Annotated[str, Query(max_length=120)] = "",
) -> Team:
    """People of a business, and open invitations."""
    people, invitations = await people_of(central, tenant_id, page, q)
    return Team(**people.model_dump(), invitations=invitations)


@router.post(
    "/tenants/{tenant_id}/users/{user_id}/password-link",
    status_code=202,
    response_class=Response,
    dependencies=[PEOPLE],
)
async def password_link(central: CentralWork, words: Words, tenant_id: UUID, user_id: UUID) -> Response:
    """E-mails a person a link for a new password. Nobody of the platform sees it. API keys may not."""
    await send_password_link(central, tenant_id, user_id, words)
    return Response(status_code=202)


@router.delete("/tenants/{tenant_id}/users/{user_id}/sessions", dependencies=[EDIT])
async def end_all_sessions(central: CentralWork, tenant_id: UUID, user_id: UUID) -> Revoked:
    """Ends every sign-in of a person of a business."""
    return Revoked(revoked=await end_sessions(central, tenant_id, user_id))


@router.post("/tenants/{tenant_id}/first-access-test", dependencies=[EDIT])
async def first_access_test(central: CentralWork, tenant_id: UUID, body: FirstAccessTest) -> TenantDetail:
    """Shows the first steps to a business again, whatever is filled in, or stops doing so."""
    await force_first_steps(central, tenant_id, is_forced=body.is_forced)
    return await _detail(central, tenant_id)


@router.post("/tenants/{tenant_id}/impersonate", status_code=201, dependencies=[ENTER])
async def enter_as(central: CentralWork, tenant_id: UUID, body: ImpersonationBody) -> Impersonated:
    """Opens a session of sixty minutes in a business, in a person's name. It stands in the audit log of the business."""
    entered = await impersonate(central, tenant_id, body.reason, body.user_id)
    return Impersonated(
        access_token=entered.token,
        expires_at=entered.expires_at,
        user_id=entered.user_id,
        tenant_slug=entered.tenant.slug,
    )


@router.get("/tenants/{tenant_id}/audit", dependencies=[VIEW])
async def audit(central: CentralWork, tenant_id: UUID, query: Annotated[TrailQuery, Query()]) -> Trail:
    """Entries of a business's audit trail, newest first."""
    async with central.reading() as session:
        await tenant_line(session, tenant_id)
        items, total = await trail_of(session, tenant_id, query)
        return Trail(items=items, total=total, limit=query.limit, offset=query.offset)


@router.get("/billing-events", dependencies=[VIEW])
async def billing_events(
    central: CentralWork,
    page: Annotated[PageQuery, Query()],
    tenant: Annotated[str, Query(max_length=63)] = "",
    outcome: Outcome = "",
) -> Page[BillingEventLine]:
    """What the billing system sent, newest first."""
    async with central.reading() as session:
        return await list_billing_events(session, page, slug=tenant, outcome=outcome)
