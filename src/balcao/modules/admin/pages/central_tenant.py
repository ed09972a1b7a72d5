"""One business in central administration: its data, plan, modules, people, and what happened there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.web.dependencies import AllowPlatform, CurrentCaller, Installation, Words
from balcao.kernel.web.templates import ROLE_LABELS, go_to, panel_context
from balcao.kernel.web.tenant_of_request import Caller
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.api.central_plans import switchable, switches_view
from balcao.modules.admin.billing_profile import load_profile, profile_view
from balcao.modules.admin.billing_rules import SUBSCRIPTION_STATUSES
from balcao.modules.admin.central_channels import channels_of
from balcao.modules.admin.central_people import (
    end_sessions,
    invitation_links,
    invite_owner,
    people_of,
    send_password_link,
)
from balcao.modules.admin.central_queries import list_billing_events, list_plans, tenant_line
from balcao.modules.admin.central_tenants import (
    SwitchState,
    change_subscription,
    change_tenant,
    force_first_steps,
    set_switches,
)
from balcao.modules.admin.central_trail import told_trail
from balcao.modules.admin.central_work import Central
from balcao.modules.admin.impersonation import impersonate
from balcao.modules.admin.pages.central_forms import (
    CHECK_WORDS,
    OUTCOMES,
    SUBSCRIPTION_STATES,
    TENANT_STATES,
    day_of,
    end_of_day,
    needed_number,
    number_of,
    pointed,
    problem_of,
    profile_of,
    tried,
)
from balcao.modules.admin.pages.forms import answer, field_of, go
from balcao.modules.admin.session_cookie import enter_as_support

router = APIRouter()
ONE: Final = "/central/negocios/{tenant_id}"
VIEW = Depends(AllowPlatform("admin.central:view"))
EDIT = Depends(AllowPlatform("admin.central:edit"))
ENTER = Depends(AllowPlatform("admin.central:impersonate", people_only=True))
Tab = Literal["dados", "plano", "modulos", "mensagens", "pessoas", "historico"]
TABS: Final[dict[Tab, tuple[str, str]]] = {
    "dados": ("Data", ""),
    "plano": ("Plan", "/plano"),
    "modulos": ("Modules", "/modulos"),
    "mensagens": ("Messaging", "/mensagens"),
    "pessoas": ("People", "/pessoas"),
    "historico": ("History", "/historico"),
}
_DATES: Final = ("trial_end_at", "current_period_end", "cancel_at")


def place_of(tenant_id: UUID) -> str:
    """The address of a business in central administration."""
    return f"/central/negocios/{tenant_id}"


async def tenant_page(
    request: Request, who: Caller, words: Any, central: Central, tenant_id: UUID, tab: Tab,
    *, typed: dict[str, Any] | None = None, error: DomainError | None = None,
) -> Response:  # fmt: skip
    """One tab of a business; with an error, what was typed comes back beside what is wrong."""
    here = place_of(tenant_id)
    async with central.reading() as session:
        line = await tenant_line(session, tenant_id)
        profile = await load_profile(session, tenant_id)
    tabs = [
        {"label": words(label), "href": here + path, "active": name == tab}
        for name, (label, path) in TABS.items()
    ]
    return answer(
        request, f"admin/central/tenant_{tab}.html", status=200 if error is None else 422,
        **panel_context(request, who.tenant, who.actor), one=line, profile=profile_view(profile), raw=profile, tabs=tabs,
        tab=tab, here=here, states=TENANT_STATES, subscriptions=SUBSCRIPTION_STATES, typed=typed or {}, problem=problem_of(error, words),
        errors=pointed(error, words),
        **await _more(central, words, tenant_id, line.slug, tab),
    )  # fmt: skip


async def _more(central: Central, words: Any, tenant_id: UUID, slug: str, tab: Tab) -> dict[str, Any]:
    """What one tab shows besides the business itself."""
    if tab == "modulos":
        return {"switches": (await switches_view(central, tenant_id, words)).items}
    if tab == "mensagens":
        found = {view.channel: view for view in await channels_of(central, tenant_id)}
        return {"channels": found, "check_words": CHECK_WORDS}
    if tab == "pessoas":
        people, invitations = await people_of(central, tenant_id, PageQuery(limit=100))
        links = await invitation_links(central, tenant_id, invitations)
        return {"people": people, "invitations": invitations, "links": links, "role_labels": ROLE_LABELS}
    async with central.reading() as session:
        if tab == "plano":
            return {"plans": await list_plans(session), "day_of": day_of}
        if tab == "historico":
            events = await list_billing_events(session, PageQuery(limit=10), slug=slug)
            return {
                "trail": await told_trail(central, tenant_id, words),
                "events": events.items,
                "outcomes": OUTCOMES,
            }
    return {}


def _door(tab: Tab) -> Callable[..., Awaitable[Response]]:
    async def page(
        request: Request, who: CurrentCaller, words: Words, central: CentralWork, tenant_id: UUID
    ) -> Response:
        return await tenant_page(request, who, words, central, tenant_id, tab)

    page.__doc__ = f"One business, {TABS[tab][0].lower()}."
    return page


for _tab, (_label, _path) in TABS.items():
    router.add_api_route(ONE + _path, _door(_tab), methods=["GET"], dependencies=[VIEW], response_model=None)


@router.post(ONE, dependencies=[EDIT])
async def data_form(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork, tenant_id: UUID
) -> Response:
    """Saves name, address, limits and profile."""
    form = await request.form()
    names = (*_OWN_NAMES, "users_limit", "stores_limit")
    typed = {name: field_of(form, name, 254) for name in names}

    async def save() -> None:
        changes: dict[str, Any] = {
            name: field_of(form, name, 254) for name in ("name", "slug", "custom_host")
        }
        changes["users_limit"] = needed_number(form, "users_limit")
        changes["stores_limit"] = number_of(form, "stores_limit")
        changes["profile"] = profile_of(form)
        await change_tenant(central, tenant_id, changes)

    return await tried(
        save,
        lambda error: tenant_page(request, who, words, central, tenant_id, "dados", typed=typed, error=error),
        lambda: go(request, place_of(tenant_id), "saved"),
    )


_OWN_NAMES: Final = (
    "name", "slug", "custom_host", "document", "legal_name", "trade_name", "state_registration", "municipal_registration",
    "contact_name", "contact_email", "contact_phone", "financial_name", "financial_email", "financial_phone", "postal_code",
    "street", "number", "complement", "district", "city", "state",
)  # fmt: skip


@router.post(f"{ONE}/situacao", dependencies=[EDIT])
async def status_form(request: Request, central: CentralWork, tenant_id: UUID) -> Response:
    """Suspends, closes or opens a business again."""
    status = field_of(await request.form(), "status", 20)
    if status not in TENANT_STATES:
        raise ValidationFailedError.at("/status", "Choose one of the list.")
    await change_tenant(central, tenant_id, {"status": status})
    return go(request, place_of(tenant_id), f"tenant_{status}")


@router.post(f"{ONE}/plano", dependencies=[EDIT])
async def plan_form(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork, tenant_id: UUID
) -> Response:
    """Puts the business on a plan, in a status, with its dates."""
    form = await request.form()
    typed = {name: field_of(form, name, 63) for name in ("plan", "status", *_DATES)}

    async def save() -> None:
        if typed["status"] not in SUBSCRIPTION_STATUSES:
            raise ValidationFailedError.at("/status", "Choose one of the list.")
        values = {"status": typed["status"], **{name: end_of_day(form, name) for name in _DATES}}
        await change_subscription(central, tenant_id, typed["plan"], values)

    return await tried(
        save,
        lambda error: tenant_page(request, who, words, central, tenant_id, "plano", typed=typed, error=error),
        lambda: go(request, f"{place_of(tenant_id)}/plano", "saved"),
    )


@router.post(f"{ONE}/modulos", dependencies=[EDIT])
async def modules_form(
    request: Request, runtime: Installation, central: CentralWork, tenant_id: UUID
) -> Response:
    """Switches modules for this business."""
    form = await request.form()
    known = switchable(runtime)
    choices: dict[str, SwitchState] = {"on": "on", "off": "off", "plan": "plan"}
    chosen = {name: field_of(form, f"module_{name}", 4) for name in known}
    states: dict[str, SwitchState] = {
        name: choices[value] for name, value in chosen.items() if value in choices
    }
    await set_switches(central, tenant_id, states, known)
    return go(request, f"{place_of(tenant_id)}/modulos", "saved")


@router.post(f"{ONE}/primeiros-passos", dependencies=[EDIT])
async def first_steps_form(request: Request, central: CentralWork, tenant_id: UUID) -> Response:
    """Shows the first steps again, or stops doing so."""
    is_forced = field_of(await request.form(), "is_forced", 3) == "1"
    await force_first_steps(central, tenant_id, is_forced=is_forced)
    return go(request, place_of(tenant_id), "first_steps_shown" if is_forced else "first_steps_hidden")


@router.post(f"{ONE}/convidar", dependencies=[EDIT])
async def invite_form(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork, tenant_id: UUID
) -> Response:
    """Sends the first owner's invitation."""
    email = field_of(await request.form(), "owner_email")

    async def send() -> None:
        await invite_owner(
            central.runtime, tenant_id, email, words,
            actor=central.actor, request_id=central.request_id, address=central.address,
        )  # fmt: skip

    return await tried(
        send,
        lambda error: tenant_page(
            request, who, words, central, tenant_id, "pessoas", typed={"owner_email": email}, error=error
        ),
        lambda: go(request, f"{place_of(tenant_id)}/pessoas", "invited"),
    )


@router.post(f"{ONE}/pessoas/{{user_id}}/senha", dependencies=[EDIT])
async def password_form(
    request: Request, words: Words, central: CentralWork, tenant_id: UUID, user_id: UUID
) -> Response:
    """E-mails a link for a new password."""
    await send_password_link(central, tenant_id, user_id, words)
    return go(request, f"{place_of(tenant_id)}/pessoas", "password_link_sent")


@router.post(f"{ONE}/pessoas/{{user_id}}/encerrar", dependencies=[EDIT])
async def sessions_form(request: Request, central: CentralWork, tenant_id: UUID, user_id: UUID) -> Response:
    """Ends every sign-in of a person."""
    await end_sessions(central, tenant_id, user_id)
    return go(request, f"{place_of(tenant_id)}/pessoas", "all_sessions_ended")


@router.post(f"{ONE}/entrar", dependencies=[ENTER])
async def enter_form(
    request: Request, who: CurrentCaller, runtime: Installation, words: Words, central: CentralWork, tenant_id: UUID
) -> Response:  # fmt: skip
    """Enters the business as support, in its owner's name or in that of the person chosen."""
    form = await request.form()
    reason = field_of(form, "reason")
    try:
        entered = await impersonate(central, tenant_id, reason)
    except ValidationFailedError as error:
        return await tenant_page(
            request, who, words, central, tenant_id, "pessoas", typed={"reason": reason}, error=error
        )
    response = go_to(request, "/painel" if "store" in entered.tenant.subscribed else "/painel/assinatura")
    enter_as_support(request, response, runtime, entered)
    return response
