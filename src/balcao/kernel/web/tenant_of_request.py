"""Which tenant a request is for, and who sends it. There is no silent default: none told means 404."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import HTTPConnection

from balcao.kernel.actor import ANONYMOUS, Actor
from balcao.kernel.db.engine import begin_as
from balcao.kernel.db.row_security import APP_ROLE
from balcao.kernel.errors import ForbiddenError, TenantUnknownError
from balcao.kernel.identity.sessions import IDENTITY_TOPIC, actor_of_session
from balcao.kernel.identity.tokens import SessionClaims, read_session
from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant

SESSION_COOKIE = "admin_token"
STOREFRONT_PREFIX = "/loja/"
ACTOR_TTL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Caller:
    """The tenant and the acting person of a request."""

    tenant: Tenant
    actor: Actor


class ActorCache:
    """Sessions seen in the last seconds. A revocation anywhere empties it through the bulletin."""

    def __init__(self, runtime: Runtime) -> None:
        self._known: dict[UUID, tuple[float, Actor]] = {}
        runtime.bulletin.listen(self._heard, on_gap=self._known.clear)

    def _heard(self, _tenant_id: UUID, topic: str) -> None:
        if topic == IDENTITY_TOPIC:
            self._known.clear()

    def get(self, session_id: UUID) -> Actor | None:
        """The remembered actor of a session."""
        found = self._known.get(session_id)
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def put(self, session_id: UUID, actor: Actor) -> None:
        """Remembers an actor for ten seconds."""
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[session_id] = (time.monotonic() + ACTOR_TTL_SECONDS, actor)


def session_token(connection: HTTPConnection) -> str | None:
    """The bearer token, else the cookie's."""
    header = connection.headers.get("authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    return connection.cookies.get(SESSION_COOKIE)


def _claims(connection: HTTPConnection, runtime: Runtime) -> SessionClaims | None:
    token = session_token(connection)
    return read_session(token, runtime.keys) if token else None


async def _actor(runtime: Runtime, cache: ActorCache, claims: SessionClaims) -> Actor | None:
    remembered = cache.get(claims.session_id)
    if remembered is not None:
        return remembered
    async with runtime.database.session() as session:
        await begin_as(session, APP_ROLE, str(claims.tenant_id), read_only=True, timeout_ms=5000)
        actor = await actor_of_session(session, claims, runtime.clock(), runtime.permissions)
    if actor is not None:
        cache.put(claims.session_id, actor)
    return actor


def _named_tenant(connection: HTTPConnection) -> tuple[str, str] | None:
    by_id = connection.headers.get("x-tenant-id")
    if by_id:
        return "id", by_id
    by_slug = connection.headers.get("x-tenant")
    return ("slug", by_slug) if by_slug else None


async def _public_tenant(connection: HTTPConnection, runtime: Runtime) -> Tenant:
    """The tenant of a request without a session: header, custom host, page path, then the default."""
    named = _named_tenant(connection)
    if named is not None:
        return await runtime.tenants.find(*named)
    host = connection.headers.get("host", "").partition(":")[0]
    if host and host not in {"localhost", "127.0.0.1", "testserver"}:
        try:
            return await runtime.tenants.find("host", host)
        except TenantUnknownError:
            pass  # an ordinary host name of the installation
    path = connection.url.path
    if path.startswith(STOREFRONT_PREFIX):
        return await runtime.tenants.find("slug", path[len(STOREFRONT_PREFIX) :].partition("/")[0])
    if runtime.settings.default_tenant:
        return await runtime.tenants.find("slug", runtime.settings.default_tenant)
    raise TenantUnknownError


async def caller_of(connection: HTTPConnection, runtime: Runtime, cache: ActorCache) -> Caller:
    """Tenant and actor of a request, in the order of the contract: session, headers, host, path, default.

    A live session with a header of another tenant is 403. On a shop's own pages the path decides, and a session of
    another tenant counts as nobody: owners look at each other's shops like any buyer.
    """
    claims = _claims(connection, runtime)
    actor = await _actor(runtime, cache, claims) if claims is not None else None
    if actor is None or claims is None:
        return Caller(await _public_tenant(connection, runtime), ANONYMOUS)
    if connection.url.path.startswith(STOREFRONT_PREFIX):
        tenant = await _public_tenant(connection, runtime)
        return Caller(tenant, actor if tenant.id == claims.tenant_id else ANONYMOUS)
    named = _named_tenant(connection)
    tenant = await runtime.tenants.find("id", str(claims.tenant_id))
    if named is not None:
        wanted = named[1].strip().lower()
        if wanted != (tenant.slug if named[0] == "slug" else str(tenant.id)):
            security_log.warning("cross_tenant_try", tenant=tenant.slug, actor=actor.label)
            raise ForbiddenError
    return Caller(tenant, actor)
