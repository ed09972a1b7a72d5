"""Ready answers in front of the router: what is asked most is found in the cache without routing or dependencies.

It sits inside the edge (headers, rate limit, log and packing apply as always) and outside the application. It answers
only what needs no decision: a GET of a registered path, nobody signed in, a tenant that this process knows. Everything
else goes on to the route, which gives the same bytes the slow way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from balcao.kernel.cache import CachedBytes
from balcao.kernel.errors import DomainError
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.route_template import NamedRoute
from balcao.kernel.web.tenant_of_request import SESSION_COOKIE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

API_PREFIX: Final = "/api/v1"
# Caches on the way may keep the answer, and have to ask each time whether it is still the same.
CACHE_CONTROL: Final = "public, max-age=0, must-revalidate"
VARY: Final = "X-Tenant, X-Tenant-Id"
_LOCAL_HOSTS: Final = frozenset({b"localhost", b"127.0.0.1", b"testserver"})
_COOKIE_MARK: Final = SESSION_COOKIE.encode()


@dataclass(frozen=True, slots=True)
class _Door:
    find: Callable[[Runtime, Tenant, bytes], CachedBytes | None]
    make: Callable[[Runtime, Tenant, bytes], Awaitable[CachedBytes | None]]
    module: str
    route: NamedRoute


class HotAnswers:
    """The ASGI layer."""

    def __init__(self, app: App, *, runtime: Runtime) -> None:
        self.app = app
        self._runtime = runtime
        self._doors = {
            prefix + door.path: _Door(door.find, door.make, module.name, NamedRoute(prefix + door.path))
            for module in runtime.modules
            for door in module.hot_doors
            for prefix in ("", API_PREFIX)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from the cache, or lets the application answer."""
        if scope["type"] == "http" and scope["method"] == "GET":
            door = self._doors.get(scope["path"])
            if door is not None:
                headers: dict[bytes, bytes] = dict(scope["headers"])
                body = await self._body(door, scope, headers)
                if body is not None:
                    scope["route"] = door.route
                    await _send_body(body, headers.get(b"if-none-match"), send)
                    return
        await self.app(scope, receive, send)

    async def _body(self, door: _Door, scope: Scope, headers: Mapping[bytes, bytes]) -> CachedBytes | None:
        signed_in = b"authorization" in headers or b"x-api-key" in headers
        if signed_in or _COOKIE_MARK in headers.get(b"cookie", b""):
            return None
        tenant = self._tenant(headers)
        if tenant is None or door.module not in tenant.modules:
            return None
        query: bytes = scope["query_string"]
        body = door.find(self._runtime, tenant, query)
        if body is None:
            try:
                body = await door.make(self._runtime, tenant, query)
            except DomainError:
                return None  # the route meets it again, and words it
        if body is not None:
            state: MutableMapping[str, Any] = scope.setdefault("state", {})
            state["tenant_slug"], state["actor_label"] = tenant.slug, "anonymous"
        return body

    def _tenant(self, headers: Mapping[bytes, bytes]) -> Tenant | None:
        """The tenant if it is told as in `tenant_of_request` and remembered; None leaves the question to the route."""
        tenants = self._runtime.tenants
        for header, kind in ((b"x-tenant-id", "id"), (b"x-tenant", "slug")):
            value = headers.get(header)
            if value:
                return tenants.peek(kind, value.decode("latin-1").strip().lower())
        host = headers.get(b"host", b"").partition(b":")[0].lower()
        if host not in _LOCAL_HOSTS:
            return tenants.peek("host", host.decode("latin-1"))
        default = self._runtime.settings.default_tenant
        return tenants.peek("slug", default.strip().lower()) if default else None


async def _send_body(body: CachedBytes, known: bytes | None, send: Send) -> None:
    same = known is not None and body.etag.encode() in known
    headers = _headers(body, whole=not same)
    await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if same else body})


def _headers(body: CachedBytes, *, whole: bool) -> RawHeaders:
    headers: RawHeaders = [
        (b"etag", body.etag.encode()),
        (b"cache-control", CACHE_CONTROL.encode()),
        (b"vary", VARY.encode()),
    ]
    if whole:
        headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", str(len(body)).encode()))
    return headers


def ready_response(body: CachedBytes, if_none_match: str | None) -> Response:
    """The same answer for a route: the bytes with their ETag, or 304 when the caller has them."""
    same = if_none_match is not None and body.etag in if_none_match
    response = Response(status_code=304) if same else Response(body, media_type="application/json")
    response.raw_headers = _headers(body, whole=not same)
    return response
