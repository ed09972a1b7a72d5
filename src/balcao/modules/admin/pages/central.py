"""Central administration in the browser: figures, the list of businesses, a new one, what billing said."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError
from balcao.kernel.web.dependencies import AllowPlatform, CurrentCaller, Installation, Words
from balcao.kernel.web.templates import panel_context
from balcao.kernel.web.tenant_of_request import Caller
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.central_people import invite_owner
from balcao.modules.admin.central_queries import (
    dashboard,
    list_billing_events,
    list_plans,
    list_tenants,
)
from balcao.modules.admin.central_tenants import NewTenant, create_tenant
from balcao.modules.admin.central_work import Central
from balcao.modules.admin.pages.central_forms import (
    OUTCOMES,
    SUBSCRIPTION_STATES,
    TENANT_STATES,
    end_of_day,
    pointed,
    problem_of,
    tried,
)
from balcao.modules.admin.pages.forms import answer, field_of, go
from balcao.modules.admin.people import clean_email

router = APIRouter()
HERE: Final = "/central"
TENANTS: Final = "/central/negocios"
VIEW = Depends(AllowPlatform("admin.central:view"))
EDIT = Depends(AllowPlatform("admin.central:edit"))
PER_PAGE: Final = 25


def _start(offset: int) -> int:
    return max(0, min(offset, 1_000_000))


@router.get(HERE, dependencies=[VIEW])
async def central_page(
    request: Request, who: CurrentCaller, runtime: Installation, central: CentralWork
) -> Response:
    """The installation at a glance."""
    async with central.reading() as session:
        figures = await dashboard(session, runtime.clock())
        late = await list_tenants(session, PageQuery(limit=10), status="active", subscription="past_due")
        trials = await list_tenants(session, PageQuery(limit=10), status="active", subscription="trialing")
    return answer(
        request, "admin/central/dashboard.html", **panel_context(request, who.tenant, who.actor),
        figures=figures, late=late, trials=trials, here=TENANTS,
    )  # fmt: skip


def _list_url(q: str, status: str, subscription: str, offset: int) -> str:
    query = {"q": q, "status": status, "assinatura": subscription, "offset": offset}
    return f"{TENANTS}?{urlencode({name: value for name, value in query.items() if value})}"


@router.get(TENANTS, dependencies=[VIEW])
async def tenants_page(
    request: Request, who: CurrentCaller, central: CentralWork, q: str = "", status: str = "", assinatura: str = "",
    offset: int = 0,
) -> Response:  # fmt: skip
    """Businesses, searched and narrowed."""
    status = status if status in TENANT_STATES else ""
    subscription = assinatura if assinatura in SUBSCRIPTION_STATES else ""
    async with central.reading() as session:
        page = await list_tenants(
            session, PageQuery(limit=PER_PAGE, offset=_start(offset)), q=q[:120].replace("\x00", ""), status=status,
            subscription=subscription,
        )  # fmt: skip
    return answer(
        request, "admin/central/tenants.html", **panel_context(request, who.tenant, who.actor), page=page, q=q[:120],
        state=status, subscription=subscription, states=TENANT_STATES, subscriptions=SUBSCRIPTION_STATES, here=TENANTS,
        page_url=partial(_list_url, q, status, subscription),
    )  # fmt: skip


BLANK: Final[dict[str, Any]] = {
    "name": "", "slug": "", "plan": "", "owner_email": "", "trial_end_at": "", "document": "", "legal_name": "",
}  # fmt: skip


async def _new_page(
    request: Request, who: Caller, words: Any, central: Central, values: dict[str, Any], error: DomainError | None = None
) -> Response:  # fmt: skip
    async with central.reading() as session:
        plans = [plan for plan in await list_plans(session) if plan.is_active]
    return answer(
        request, "admin/central/tenant_new.html", status=200 if error is None else 422,
        **panel_context(request, who.tenant, who.actor), values=values, plans=plans, here=TENANTS, problem=problem_of(error, words),
        errors=pointed(error, words),
    )  # fmt: skip


@router.get(f"{TENANTS}/novo", dependencies=[EDIT])
async def new_tenant_page(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork
) -> Response:
    """The form of a new business."""
    return await _new_page(request, who, words, central, BLANK)


@router.post(f"{TENANTS}/novo", dependencies=[EDIT])
async def new_tenant_form(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork
) -> Response:
    """Makes a business and invites its owner."""
    form = await request.form()
    values = {name: field_of(form, name) for name in BLANK}
    made: list[UUID] = []

    async def make() -> None:
        email = clean_email(values["owner_email"], "/owner_email")
        profile = {
            "document": values["document"],
            "legal_name": values["legal_name"],
            "contact_email": email,
        }
        wanted = NewTenant(
            values["slug"],
            values["name"],
            values["plan"],
            end_of_day(form, "trial_end_at"),
            profile=profile,
        )
        made.append(await create_tenant(central, wanted))
        await invite_owner(
            central.runtime, made[0], email, words,
            actor=central.actor, request_id=central.request_id, address=central.address,
        )  # fmt: skip

    return await tried(
        make,
        lambda error: _new_page(request, who, words, central, values, error),
        lambda: go(request, f"{TENANTS}/{made[0]}", "tenant_made"),
    )


def _events_url(slug: str, offset: int) -> str:
    return f"{HERE}/cobranca?{urlencode({'negocio': slug, 'offset': offset})}"


@router.get(f"{HERE}/cobranca", dependencies=[VIEW])
async def billing_events_page(
    request: Request, who: CurrentCaller, central: CentralWork, negocio: str = "", offset: int = 0
) -> Response:
    """What the billing system sent, newest first."""
    slug = negocio[:63].replace("\x00", "")
    async with central.reading() as session:
        page = await list_billing_events(session, PageQuery(limit=PER_PAGE, offset=_start(offset)), slug=slug)
    return answer(
        request, "admin/central/billing_events.html", **panel_context(request, who.tenant, who.actor), page=page,
        slug=slug, outcomes=OUTCOMES, page_url=partial(_events_url, slug),
    )  # fmt: skip
