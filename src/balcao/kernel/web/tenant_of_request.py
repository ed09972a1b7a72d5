"""Which tenant a request is for, and who sends it. There is no silent default: none told means 404."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from starlette.requests import HTTPConnection

from balcao.kernel.actor import ANONYMOUS, Actor
from balcao.kernel.db.engine import begin_as
from balcao.kernel.db.row_security import APP_ROLE
from balcao.kernel.errors import ForbiddenError, RateLimitedError, TenantUnknownError
from balcao.kernel.identity.api_keys import (
    KEY_HEADER,
    ApiKeyInvalidError,
    KnownKey,
    PresentedKey,
    find_key,
    note_use,
    read_key,
    use_is_due,
)
from balcao.kernel.identity.sessions import IDENTITY_TOPIC, actor_of_session, support_is_in
from balcao.kernel.identity.tokens import SessionClaims, read_session
from balcao.kernel.observability.logging import security_log
from balcao.kernel.rate_limit import RULES, Refused
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
    """Sessions and keys seen in the last seconds. A revocation anywhere empties it through the bulletin.

    `emptied` counts how often. What was looked up before the cache was emptied may have ended meanwhile, and is not kept.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._known: dict[UUID, tuple[float, Actor]] = {}
        self._keys: dict[tuple[UUID, UUID], tuple[float, KnownKey]] = {}
        self.emptied = 0
        runtime.bulletin.listen(self._heard, on_gap=self._forget)

    def _heard(self, _tenant_id: UUID, topic: str) -> None:
        if topic == IDENTITY_TOPIC:
            self._forget()

    def _forget(self) -> None:
        self._known.clear()
        self._keys.clear()
        self.emptied += 1

    def get(self, session_id: UUID) -> Actor | None:
        """The remembered actor of a session."""
        found = self._known.get(session_id)
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def put(self, session_id: UUID, actor: Actor, *, emptied: int) -> None:
        """Remembers an actor for ten seconds, looked up when the cache had been emptied so often."""
        if emptied != self.emptied:
            return
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[session_id] = (time.monotonic() + ACTOR_TTL_SECONDS, actor)

    def get_key(self, presented: PresentedKey) -> KnownKey | None:
        """The remembered key of that id; whether it is the one that was shown, `KnownKey.proves` says."""
        found = self._keys.get((presented.tenant_id, presented.key_id))
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def put_key(self, presented: PresentedKey, key: KnownKey, *, emptied: int) -> None:
        """Remembers a live key for ten seconds, looked up when the cache had been emptied so often."""
        if emptied != self.emptied:
            return
        if len(self._keys) > 10_000:
            self._keys.clear()
        self._keys[presented.tenant_id, presented.key_id] = (time.monotonic() + ACTOR_TTL_SECONDS, key)


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
    emptied = cache.emptied
    known = runtime.permissions_in(await runtime.tenants.find("id", str(claims.tenant_id)))
    async with runtime.database.session() as session:
        await begin_as(session, APP_ROLE, str(claims.tenant_id), read_only=True, timeout_ms=5000)
        actor = await actor_of_session(session, claims, runtime.clock(), known)
    if actor is not None and actor.impersonator:
        # Support is somebody's own sign-in in another name: it ends with that one, and with their place in the team.
        is_in = await support_is_in(runtime.database, actor.impersonator, runtime.clock())
        actor = actor if is_in else None
    if actor is not None:
        cache.put(claims.session_id, actor, emptied=emptied)
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


async def _program(connection: HTTPConnection, runtime: Runtime, cache: ActorCache, shown: str) -> Actor:
    """Who acts with an API key. A key that does not work counts against the address like a failed sign-in."""
    presented = read_key(shown.strip())
    key = cache.get_key(presented) if presented is not None else None
    now = runtime.clock()
    if presented is not None and (key is None or not key.proves(presented, now)):
        emptied = cache.emptied
        key = await find_key(runtime.database, presented, now, runtime.permissions)
        if key is not None:
            cache.put_key(presented, key, emptied=emptied)
            await _note_use(runtime, presented, key, now)
    if key is not None:
        return key.actor
    address: str = getattr(connection.state, "client_key", "")
    outcome = await runtime.limiter.hit(RULES["auth"], address)
    if isinstance(outcome, Refused):
        raise RateLimitedError(headers=outcome.headers(RULES["auth"]))
    raise ApiKeyInvalidError


async def _note_use(runtime: Runtime, presented: PresentedKey, key: KnownKey, now: datetime) -> None:
    """At most once a minute, in a transaction of its own: the request may read only, or fail."""
    if use_is_due(key, now):
        tenant = await runtime.tenants.find("id", str(presented.tenant_id))
        async with runtime.transactions.begin(tenant) as uow:
            await note_use(uow, presented.key_id)


async def _caller_of_program(
    connection: HTTPConnection, runtime: Runtime, cache: ActorCache, shown: str
) -> Caller:
    actor = await _program(connection, runtime, cache, shown)
    tenant = await runtime.tenants.find("id", str(actor.tenant_id))
    if connection.url.path.startswith(STOREFRONT_PREFIX):
        wanted = await _public_tenant(connection, runtime)
        return Caller(wanted, actor if wanted.id == tenant.id else ANONYMOUS)
    _check_named(connection, tenant, actor)
    return Caller(tenant, actor)


def _check_named(connection: HTTPConnection, tenant: Tenant, actor: Actor) -> None:
    """Refuses a header that names another business than the one of the session or key."""
    named = _named_tenant(connection)
    if named is None:
        return
    wanted = named[1].strip().lower()
    if wanted != (tenant.slug if named[0] == "slug" else str(tenant.id)):
        security_log.warning("cross_tenant_try", tenant=tenant.slug, actor=actor.label)
        raise ForbiddenError


async def caller_of(connection: HTTPConnection, runtime: Runtime, cache: ActorCache) -> Caller:
    """Tenant and actor of a request, in the order of the contract: key or session, headers, host, path, default.

    An API key says who it is by itself, whatever else is sent. A live session with a header of another tenant is 403. On a shop's own pages the path decides, and a session of
    another tenant counts as nobody: owners look at each other's shops like any buyer.
    """
    shown = connection.headers.get(KEY_HEADER)
    if shown is not None:
        return await _caller_of_program(connection, runtime, cache, shown)
    claims = _claims(connection, runtime)
    actor = await _actor(runtime, cache, claims) if claims is not None else None
    if actor is None or claims is None:
        return Caller(await _public_tenant(connection, runtime), ANONYMOUS)
    if connection.url.path.startswith(STOREFRONT_PREFIX):
        tenant = await _public_tenant(connection, runtime)
        return Caller(tenant, actor if tenant.id == claims.tenant_id else ANONYMOUS)
    tenant = await runtime.tenants.find("id", str(claims.tenant_id))
    _check_named(connection, tenant, actor)
    return Caller(tenant, actor)
