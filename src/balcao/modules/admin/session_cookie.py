"""The session in a browser: the cookie, who calls from where, and the business that was named."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request
from starlette.responses import Response

from balcao.kernel.actor import Actor
from balcao.kernel.errors import ForbiddenError, TenantUnknownError
from balcao.kernel.identity.sessions import revoke_sessions
from balcao.kernel.identity.tokens import read_session
from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.middleware_address import Proxies
from balcao.kernel.web.tenant_of_request import SESSION_COOKIE, session_token
from balcao.modules.admin.impersonation import (
    LIFE,
    Impersonation,
    impersonator_of,
    note_leaving,
    own_session_of,
)
from balcao.modules.admin.sign_in import Caller, SignedIn

# The platform's person's own session, while they are in a business as support.
OWN_COOKIE = "own_token"
_DIRECT = Proxies()
_PLAIN_HOSTS = frozenset({"", "localhost", "127.0.0.1", "testserver"})


def caller_of_request(request: Request) -> Caller:
    """Where the request comes from. Behind proxies the edge has found the real address already."""
    peer = request.client.host if request.client else ""
    client = _DIRECT.client_of(getattr(request.state, "client_ip", peer), b"")
    return Caller(client.ip, client.key, client.masked, request.headers.get("user-agent", "")[:200])


async def given_tenant(request: Request, runtime: Runtime) -> Tenant | None:
    """The business named by a header or by its own host. The installation's default does not count as named.

    TenantUnknownError for a header that names none.
    """
    by_id, by_slug = request.headers.get("x-tenant-id"), request.headers.get("x-tenant")
    if by_id:
        return await runtime.tenants.find("id", by_id)
    if by_slug:
        return await runtime.tenants.find("slug", by_slug)
    host = request.headers.get("host", "").partition(":")[0].lower()
    if host in _PLAIN_HOSTS:
        return None
    try:
        return await runtime.tenants.find("host", host)
    except TenantUnknownError:
        return None  # an ordinary name of the installation


def set_session_cookie(response: Response, signed_in: SignedIn, runtime: Runtime) -> None:
    """Hands the session to the browser: out of reach of scripts and of other sites' forms."""
    _keep_token(response, runtime, SESSION_COOKIE, signed_in.token, signed_in.expires_at, "/")


def _keep_token(
    response: Response, runtime: Runtime, name: str, token: str, expires_at: datetime, path: str
) -> None:
    response.set_cookie(
        name,
        token,
        max_age=max(1, int((expires_at - runtime.clock()).total_seconds())),
        path=path,
        httponly=True,
        samesite="lax",
        secure=runtime.settings.secure_cookies,
    )


def clear_session_cookie(response: Response, runtime: Runtime) -> None:
    """Takes it back."""
    response.delete_cookie(
        SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=runtime.settings.secure_cookies
    )


def enter_as_support(request: Request, response: Response, runtime: Runtime, entered: Impersonation) -> None:
    """The browser goes on in somebody's name; its own session waits in a cookie that only the panel is sent."""
    own = request.cookies.get(SESSION_COOKIE)
    if own:
        _keep_token(response, runtime, OWN_COOKIE, own, entered.expires_at + LIFE, "/painel")
    _keep_token(response, runtime, SESSION_COOKIE, entered.token, entered.expires_at, "/")


async def leave_support(request: Request, response: Response, runtime: Runtime, impersonator: str) -> bool:
    """Gives the browser its own session back after `end_session`; False, and signed out, when that one ended meanwhile."""
    own = request.cookies.get(OWN_COOKIE, "")
    ends = await own_session_of(runtime, own, impersonator) if own and impersonator else None
    if ends is None:
        clear_session_cookie(response, runtime)
    else:
        _keep_token(response, runtime, SESSION_COOKIE, own, ends, "/")
    if OWN_COOKIE in request.cookies:
        response.delete_cookie(
            OWN_COOKIE, path="/painel", httponly=True, samesite="lax", secure=runtime.settings.secure_cookies
        )
    return ends is not None


async def end_session(request: Request, runtime: Runtime) -> str:
    """Ends the session whose token the request carries; nothing happens when there is none.

    Answers who had entered by it in somebody's name, as `user:<id>`; empty for a person's own session.
    """
    token = session_token(request)
    claims = read_session(token, runtime.keys) if token else None
    if claims is None:
        return ""
    try:
        tenant = await runtime.tenants.find("id", str(claims.tenant_id))
    except TenantUnknownError:
        return ""
    impersonator = await impersonator_of(runtime, tenant, claims.session_id)
    actor = Actor(
        "user", id=claims.user_id, tenant_id=claims.tenant_id, session_id=claims.session_id, impersonator=impersonator
    )  # fmt: skip
    async with runtime.transactions.begin(tenant, actor) as uow:
        await revoke_sessions(uow, [claims.session_id], "signed_out")
        await note_leaving(uow, claims.session_id)
    security_log.info(
        "impersonation_ended" if impersonator else "signed_out",
        tenant=tenant.slug,
        actor=impersonator or actor.label,
    )
    return impersonator


def refuse_other_sites(request: Request) -> None:
    """A form of another site must not sign a visitor in under a name of its choosing.

    The edge checks requests that carry a cookie; a sign-in carries none yet.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForbiddenError
