"""The ways into the panel: sign-in, forgotten password, invitation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.kernel.errors import DomainError, RateLimitedError
from balcao.kernel.i18n import Translator
from balcao.kernel.identity.one_time_tokens import LinkInvalidError
from balcao.kernel.identity.second_factor import OtpInvalidError, OtpRequiredError
from balcao.kernel.identity.sessions import Candidate
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.dependencies import Installation, Public, Words, caller
from balcao.kernel.web.templates import panel_nav
from balcao.modules.admin.invitations import accept_invitation
from balcao.modules.admin.onboarding import leads_to_first_steps
from balcao.modules.admin.pages.forms import answer, errors_of, field_of, go, local_target, secret_of
from balcao.modules.admin.password_links import business_of_link, send_reset_links, set_password_by_link
from balcao.modules.admin.people import clean_email
from balcao.modules.admin.session_cookie import (
    caller_of_request,
    end_session,
    given_tenant,
    leave_support,
    refuse_other_sites,
    set_session_cookie,
)
from balcao.modules.admin.sign_in import (
    SignedIn,
    count_address,
    enter,
    enter_chosen,
    keep_choice,
    matching_businesses,
)

router = APIRouter()
FIRST_STEPS = "/painel/primeiros-passos"
ANYBODY = Depends(Public("the way in"))


def _look_of(tenant: Tenant | None) -> dict[str, Any]:
    return {
        "business": tenant.name if tenant else None,
        "accent_css": f"/aparencia/{tenant.slug}.css" if tenant else None,
    }


def _form(request: Request, tenant: Tenant | None, *, status: int = 200, **context: Any) -> Response:
    known: dict[str, Any] = {
        "email": "",
        "problem": "",
        "errors": {},
        "choice": "",
        "matches": [],
        "business_slug": "",
        "next": "",
    }
    return answer(request, "admin/sign_in.html", status=status, **_look_of(tenant), **(known | context))


async def _landing(runtime: Runtime, signed_in: SignedIn, words: Translator, wanted: str) -> str:
    """The page asked for, else the first one of the menu this person may see; a new business begins with its first steps."""
    if wanted in {"", "/painel"} and signed_in.actor.can("admin.onboarding:edit"):
        async with runtime.transactions.begin(signed_in.tenant, signed_in.actor, read_only=True) as uow:
            if await leads_to_first_steps(uow):
                return FIRST_STEPS
    nav = panel_nav(runtime, signed_in.tenant, signed_in.actor, "", words)
    return local_target(wanted, nav[0]["href"] if nav else "/painel/conta")


async def _welcome(
    request: Request, runtime: Runtime, signed_in: SignedIn, words: Translator, wanted: str = ""
) -> Response:
    if signed_in.recovery_left is not None:
        # Where the codes that are left are counted and new ones made.
        response = go(request, "/painel/conta", "recovery_used")
    else:
        response = go(request, await _landing(runtime, signed_in, words, wanted))
    set_session_cookie(response, signed_in, runtime)
    return response


@router.get("/painel/entrar", dependencies=[ANYBODY])
async def sign_in_page(request: Request, runtime: Installation) -> Response:
    """The sign-in form; whoever is signed in goes on to the panel."""
    wanted = request.query_params.get("next", "")
    try:
        who = await caller(request)
    except DomainError:
        who = None
    if who is not None and who.actor.kind == "user":
        return go(request, local_target(wanted, "/painel"))
    return _form(request, await given_tenant(request, runtime), next=wanted)


@router.post("/painel/entrar", dependencies=[ANYBODY])
async def sign_in_form(request: Request, runtime: Installation, words: Words) -> Response:
    """Signs in, or asks which of several businesses is meant, or for the code of the second factor."""
    refuse_other_sites(request)
    form = await request.form()
    wanted, email = field_of(form, "next", 500), field_of(form, "email")
    tenant = await given_tenant(request, runtime)
    visitor = caller_of_request(request)
    try:
        if field_of(form, "choice", 8000):
            return await _second_step(request, runtime, words, form, tenant)
        matches = await matching_businesses(runtime, email, secret_of(form, "password"), tenant, visitor)
        if len(matches) > 1:
            return _form(
                request, tenant, choice=keep_choice(runtime, matches), matches=_named(matches), next=wanted
            )
        try:
            return await _welcome(request, runtime, await enter(runtime, matches[0], visitor), words, wanted)
        except OtpRequiredError:
            choice = keep_choice(runtime, matches)
            return _form(request, tenant, choice=choice, business_slug=matches[0].tenant_slug, next=wanted)
    except DomainError as error:
        response = _form(
            request, tenant, status=error.status if error.status in {403, 429} else 422, email=email,
            problem=words(error.message, **error.params), next=wanted,
        )  # fmt: skip
        response.headers.update(error.headers)
        return response


async def _second_step(
    request: Request, runtime: Runtime, words: Translator, form: FormData, tenant: Tenant | None
) -> Response:
    """The business was chosen, the code typed, or both. A wrong code is typed again, the password is not."""
    choice, slug = field_of(form, "choice", 8000), field_of(form, "business")
    wanted, visitor = field_of(form, "next", 500), caller_of_request(request)
    try:
        signed_in = await enter_chosen(runtime, choice, slug, visitor, field_of(form, "otp", 40))
    except (OtpRequiredError, OtpInvalidError, RateLimitedError) as error:
        was_typed = "otp" in form
        if isinstance(error, RateLimitedError) and not was_typed:
            raise
        response = _form(
            request, tenant, status=(429 if error.status == 429 else 422) if was_typed else 200, choice=choice,
            business_slug=slug, problem=words(error.message, **error.params) if was_typed else "", next=wanted,
        )  # fmt: skip
        response.headers.update(error.headers)
        return response
    return await _welcome(request, runtime, signed_in, words, wanted)


def _named(matches: list[Candidate]) -> list[dict[str, str]]:
    return [{"slug": match.tenant_slug, "name": match.tenant_name} for match in matches]


@router.post("/painel/sair", dependencies=[ANYBODY])
async def sign_out(request: Request, runtime: Installation) -> Response:
    """Ends the session. Support goes back to its own, in central administration."""
    tenant_id = await _support_in(request)
    impersonator = await end_session(request, runtime)
    back = go(request, f"/central/negocios/{tenant_id}" if tenant_id else "/central")
    if impersonator and await leave_support(request, back, runtime, impersonator):
        return back
    response = go(request, "/painel/entrar", "signed_out")
    await leave_support(request, response, runtime, "")
    return response


async def _support_in(request: Request) -> UUID | None:
    """The business in which the platform's person is as support."""
    try:
        who = await caller(request)
    except DomainError:
        return None
    return who.tenant.id if who.actor.impersonator else None


@router.get("/painel/esqueci", dependencies=[ANYBODY])
async def forgotten_page(request: Request, runtime: Installation) -> Response:
    """Asks for the e-mail of whoever forgot their password."""
    tenant = await given_tenant(request, runtime)
    return answer(
        request, "admin/forgotten.html", **_look_of(tenant), email="", errors={}, problem="", sent=False
    )


@router.post("/painel/esqueci", dependencies=[ANYBODY])
async def forgotten_form(request: Request, runtime: Installation, words: Words) -> Response:
    """Says the same whether somebody was found or not; the mail is written after the answer left."""
    refuse_other_sites(request)
    email = field_of(await request.form(), "email")
    tenant = await given_tenant(request, runtime)
    look = _look_of(tenant)
    try:
        await count_address(runtime, caller_of_request(request))
        address = clean_email(email)
    except DomainError as error:
        errors, problem = errors_of(words, error)
        status = 429 if isinstance(error, RateLimitedError) else 422
        response = answer(
            request,
            "admin/forgotten.html",
            status=status,
            **look,
            email=email,
            errors=errors,
            problem=problem,
            sent=False,
        )
        response.headers.update(error.headers)
        return response
    response = answer(request, "admin/forgotten.html", **look, email=email, errors={}, problem="", sent=True)
    response.background = BackgroundTasks()
    response.background.add_task(send_reset_links, runtime, address, tenant, words)
    return response


@router.get("/painel/nova-senha/{token}", dependencies=[ANYBODY])
async def new_password_page(request: Request, runtime: Installation, token: str) -> Response:
    """The form behind a reset link; 410 for a link that is spent."""
    tenant = await business_of_link(runtime, "password_reset", token)
    return answer(request, "admin/new_password.html", **_look_of(tenant), errors={}, problem="")


@router.post("/painel/nova-senha/{token}", dependencies=[ANYBODY])
async def new_password_form(request: Request, runtime: Installation, words: Words, token: str) -> Response:
    """Sets the password and uses the link up."""
    refuse_other_sites(request)
    form = await request.form()
    tenant = await business_of_link(runtime, "password_reset", token)
    try:
        await count_address(runtime, caller_of_request(request))
        await set_password_by_link(runtime, token, secret_of(form, "password"))
    except LinkInvalidError:
        raise
    except DomainError as error:
        errors, problem = errors_of(words, error)
        return answer(
            request, "admin/new_password.html", status=422, **_look_of(tenant), errors=errors, problem=problem
        )
    return go(request, "/painel/entrar", "password_set")


@router.get("/painel/convite/{token}", dependencies=[ANYBODY])
async def invitation_page(request: Request, runtime: Installation, token: str) -> Response:
    """The form behind an invitation; 410 for a link that is spent."""
    tenant = await business_of_link(runtime, "invitation", token)
    return answer(request, "admin/invitation.html", **_look_of(tenant), name="", errors={}, problem="")


@router.post("/painel/convite/{token}", dependencies=[ANYBODY])
async def invitation_form(request: Request, runtime: Installation, words: Words, token: str) -> Response:
    """Makes the account and goes straight into the panel."""
    refuse_other_sites(request)
    form = await request.form()
    name = field_of(form, "name", 120)
    tenant = await business_of_link(runtime, "invitation", token)
    try:
        signed_in = await accept_invitation(
            runtime, token, name, secret_of(form, "password"), caller_of_request(request)
        )
    except LinkInvalidError:
        raise
    except DomainError as error:
        errors, problem = errors_of(words, error)
        return answer(
            request, "admin/invitation.html", status=422, **_look_of(tenant), name=name, errors=errors, problem=problem
        )  # fmt: skip
    return await _welcome(request, runtime, signed_in, words)
