"""The session in a browser: the cookie, who calls from where, and the business that was named."""

from __future__ import annotations

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
from balcao.modules.admin.sign_in import Caller, SignedIn

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
    response.set_cookie(
        SESSION_COOKIE,
        signed_in.token,
        max_age=max(1, int((signed_in.expires_at - runtime.clock()).total_seconds())),
        path="/",
        httponly=True,
        samesite="lax",
        secure=runtime.settings.secure_cookies,
    )


def clear_session_cookie(response: Response, runtime: Runtime) -> None:
    """Takes it back."""
    response.delete_cookie(
        SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=runtime.settings.secure_cookies
    )


async def end_session(request: Request, runtime: Runtime) -> None:
    """Ends the session whose token the request carries; nothing happens when there is none."""
    token = session_token(request)
    claims = read_session(token, runtime.keys) if token else None
    if claims is None:
        return
    try:
        tenant = await runtime.tenants.find("id", str(claims.tenant_id))
    except TenantUnknownError:
        return
    actor = Actor("user", id=claims.user_id, tenant_id=claims.tenant_id, session_id=claims.session_id)
    async with runtime.transactions.begin(tenant, actor) as uow:
        await revoke_sessions(uow, [claims.session_id], "signed_out")
    security_log.info("signed_out", tenant=tenant.slug, actor=actor.label)


def refuse_other_sites(request: Request) -> None:
    """A form of another site must not sign a visitor in under a name of its choosing.

    The edge checks requests that carry a cookie; a sign-in carries none yet.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForbiddenError
