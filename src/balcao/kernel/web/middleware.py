"""The way in: one pure ASGI layer around the application (platform.md 4).

Order: trusted hosts, request id and log, metrics, security headers, CORS, origin check, body limit, rate limit,
compression. Each is a file of its own; here they are strung together in one pass, because ten layers of wrapped calls
would cost more than the work they do.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from balcao.kernel.i18n import Catalogues, Translator, negotiate
from balcao.kernel.observability import metrics
from balcao.kernel.observability.logging import current_address, current_request_id, log_access, security_log
from balcao.kernel.observability.metrics import Finished
from balcao.kernel.observability.query_stats import QueryStats, start_counting
from balcao.kernel.observability.sentry import report_error
from balcao.kernel.observability.tracing import RequestTrace, request_trace
from balcao.kernel.rate_limit import RULES, RateLimiter, Refused, Rule
from balcao.kernel.web.headers import CONTENT_SECURITY_POLICY, SecurityHeaders, by_name
from balcao.kernel.web.middleware_address import Proxies, peer_of
from balcao.kernel.web.middleware_body import (
    BodyLimits,
    BodyRefusedError,
    CountedBody,
    Receive,
    announced_length,
    has_body,
)
from balcao.kernel.web.middleware_compression import PackedBodies
from balcao.kernel.web.middleware_cors import Cors
from balcao.kernel.web.middleware_exchange import Exchange, Scope, Send
from balcao.kernel.web.middleware_origin import HostRule, is_cross_origin
from balcao.kernel.web.middleware_rate import Classifier, refusal_headers, route_classes
from balcao.kernel.web.middleware_refusals import (
    BODY_TOO_SLOW,
    CROSS_ORIGIN,
    HOST_UNKNOWN,
    INTERNAL_ERROR,
    MAINTENANCE,
    MALFORMED,
    PAYLOAD_TOO_LARGE,
    RATE_LIMITED,
    Refusal,
)
from balcao.kernel.web.route_template import route_template

App = Callable[[Scope, Receive, Send], Awaitable[None]]

CLIENT_WENT_AWAY: Final = 499
OPEN_IN_MAINTENANCE: Final = frozenset(
    prefix + path for prefix in ("", "/api/v1") for path in ("/health", "/health/live", "/health/ready")
)
POLICY_VIOLATION: Final = 1008  # the WebSocket close code
log = structlog.get_logger("balcao.edge")


def _never() -> bool:
    """Never shut."""
    return False


def _ignore_refusal(_rule: str) -> None:
    """The limiter counts for itself."""


@dataclass(frozen=True, slots=True)
class EdgeConfig:
    """What the edge needs to know. `is_shut` tells of maintenance and is asked for each request. `on_finished` and `on_rate_limited` must be quick."""

    limiter: RateLimiter
    catalogues: Catalogues
    hosts: HostRule = field(default_factory=lambda: HostRule(["*"]))
    proxies: Proxies = field(default_factory=Proxies)
    cors: Cors = field(default_factory=Cors)
    body_limits: BodyLimits = field(default_factory=BodyLimits)
    classify: Classifier = field(default_factory=route_classes)
    rules: Mapping[str, Rule] = field(default_factory=lambda: RULES)
    policy: str = CONTENT_SECURITY_POLICY
    language_cookie: str = "lang"
    is_shut: Callable[[], bool] = _never
    on_finished: Callable[[Finished], None] = metrics.request_finished
    on_rate_limited: Callable[[str], None] = _ignore_refusal


class Edge:
    """The ASGI layer. `in_flight` is the number of requests under way."""

    def __init__(self, app: App, config: EdgeConfig) -> None:
        self.app = app
        self.in_flight = 0
        self._config = config
        self._packed = PackedBodies()
        self._headers = {
            scheme: SecurityHeaders(https=scheme == "https", policy=config.policy)
            for scheme in ("http", "https")
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection; lifespan events pass through."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        else:
            await self._request(Exchange(scope, send, self._packed, self._words), receive)

    async def _request(self, exchange: Exchange, receive: Receive) -> None:
        self._look(exchange)
        token = current_request_id.set(exchange.request_id)
        address = current_address.set(exchange.client.ip)
        queries, traced = start_counting(), request_trace(exchange.method, exchange.path)
        self.in_flight += 1
        metrics.HTTP_IN_FLIGHT.inc()
        try:
            await self._serve(exchange, receive)
        except asyncio.CancelledError:
            exchange.status = exchange.status or CLIENT_WENT_AWAY
            metrics.HTTP_GONE.inc()
            raise
        except Exception as error:  # noqa: BLE001 - the outermost place: everything becomes a 500 and a traceback in the log
            await self._failed(exchange, error)
        finally:
            self.in_flight -= 1
            metrics.HTTP_IN_FLIGHT.dec()
            self._finish(exchange, queries, traced)
            current_request_id.reset(token)
            current_address.reset(address)

    def _look(self, exchange: Exchange) -> None:
        """Fills in what the rules and the application want to know about the caller."""
        scope, headers, proxies = exchange.scope, exchange.headers, self._config.proxies
        peer = peer_of(scope)
        exchange.client = proxies.client_of(peer, headers.get(b"x-forwarded-for", b""))
        exchange.scheme, exchange.host = proxies.scheme_and_host(scope, headers, peer)
        exchange.secure = self._headers.get(exchange.scheme) or self._headers["http"]
        scope["scheme"] = exchange.scheme
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = exchange.request_id
        state["client_ip"] = exchange.client.ip
        state["client_key"] = exchange.client.key
        state["client_masked"] = exchange.client.masked
        state["host"] = exchange.host
        if self._config.cors.is_on and b"origin" in headers:
            exchange.cors = self._config.cors.response_headers(headers[b"origin"])
        if headers.get(b"if-none-match", b"").startswith(b"W/"):
            _strip_weak_mark(scope)

    async def _serve(self, exchange: Exchange, receive: Receive) -> None:
        config = self._config
        if config.cors.is_preflight(exchange.method, exchange.headers) and config.hosts.accepts(
            exchange.host
        ):
            origin, exchange.cors = exchange.headers[b"origin"], None
            await exchange.answer(204, config.cors.preflight_headers(origin))
            return
        refusal = self._fault_of(exchange)
        if config.is_shut() and exchange.path not in OPEN_IN_MAINTENANCE:
            refusal = refusal or MAINTENANCE
        if refusal is None and (rule := self._rule_of(exchange)) is not None:
            limiter, key = config.limiter, exchange.client.key
            outcome = limiter.hit_local(rule, key) if limiter.is_local else await limiter.hit(rule, key)
            if isinstance(outcome, Refused):
                refusal = self._too_many(exchange, rule, outcome)
        if refusal is not None:
            metrics.HTTP_REFUSALS.labels(refusal.code).inc()
            await exchange.refuse(refusal)
            return
        if has_body(exchange.method, exchange.headers):
            receive = exchange.body = CountedBody(receive, config.body_limits.limit_for(exchange.path))
        await self.app(exchange.scope, receive, exchange.send)

    def _fault_of(self, exchange: Exchange) -> Refusal | None:
        config, headers = self._config, exchange.headers
        if not config.hosts.accepts(exchange.host):
            return HOST_UNKNOWN
        # No address of ours has one, and the database takes it in no text.
        if "\x00" in exchange.path or b"%00" in exchange.scope.get("query_string", b""):
            return MALFORMED
        if is_cross_origin(
            exchange.method, headers, exchange.scheme, exchange.host, config.cors.with_cookies
        ):
            security_log.warning(
                "cross_origin_refused", method=exchange.method, client=exchange.client.masked
            )
            return CROSS_ORIGIN
        announced = announced_length(headers)
        if announced is not None and announced > config.body_limits.limit_for(exchange.path):
            return PAYLOAD_TOO_LARGE
        return None

    def _rule_of(self, exchange: Exchange) -> Rule | None:
        config = self._config
        return config.rules.get(config.classify(exchange.method, exchange.path))

    def _too_many(self, exchange: Exchange, rule: Rule, refused: Refused) -> Refusal:
        self._config.on_rate_limited(rule.name)
        security_log.info("rate_limited", rule=rule.name, client=exchange.client.masked)
        return RATE_LIMITED.with_headers(refusal_headers(rule, refused))

    async def _failed(self, exchange: Exchange, error: Exception) -> None:
        fault = exchange.body.fault if exchange.body is not None else None
        if not isinstance(error, BodyRefusedError) or fault is None:
            metrics.HTTP_FAILURES.inc()
            route = route_template(exchange.scope)
            log.error("request_failed", route=route, exc_info=error)
            tenant: str | None = exchange.scope["state"].get("tenant_slug")
            report_error(error, request_id=exchange.request_id, route=route, tenant=tenant)
        if exchange.can_answer:
            await exchange.refuse(_ANSWER_TO[fault])
        elif not exchange.complete and not exchange.replaced:
            # Half an answer is out: only a broken connection tells the caller that it is not whole.
            raise error

    def _finish(self, exchange: Exchange, queries: QueryStats, traced: RequestTrace | None) -> None:
        seconds = (time.perf_counter_ns() - exchange.started) / 1_000_000_000
        scope = exchange.scope
        state: Mapping[str, Any] = scope["state"]
        route = route_template(scope)
        line = {
            "event": "request",
            "request_id": exchange.request_id,
            "tenant": state.get("tenant_slug"),
            "actor": state.get("actor_label"),
            "method": exchange.method,
            "route": route,
            "status": exchange.status,
            "duration_ms": round(seconds * 1000, 3),
            "bytes": exchange.sent,
            "client": exchange.client.masked,
            "db_queries": state.get("db_queries", queries.count),
            "db_ms": round(state.get("db_ms", queries.seconds * 1000), 3),
        }
        if queries.slow:
            metrics.DB_SLOW.labels(route or metrics.UNMATCHED).inc(queries.slow)
        if traced is not None:
            traced.end(line)
        log_access(line)
        self._config.on_finished(Finished(exchange.method, route, exchange.status, seconds, exchange.sent))

    def _words(self, exchange: Exchange) -> Translator:
        cookie = _cookie(exchange.headers.get(b"cookie", b""), self._config.language_cookie)
        accepted = exchange.headers.get(b"accept-language", b"").decode("latin-1")
        return self._config.catalogues.translator(negotiate(accepted, cookie))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A socket carries cookies like any request and no preflight protects it, so its origin must be our own."""
        headers = by_name(scope["headers"])
        config, peer = self._config, peer_of(scope)
        scheme, host = config.proxies.scheme_and_host(scope, headers, peer)
        scheme = {"ws": "http", "wss": "https"}.get(scheme, scheme)
        trusted = config.cors.with_cookies
        if not config.hosts.accepts(host) or is_cross_origin("POST", headers, scheme, host, trusted):
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["client_ip"] = config.proxies.client_of(peer, headers.get(b"x-forwarded-for", b"")).ip
        state["host"] = host
        await self.app(scope, receive, send)


_ANSWER_TO: Final[Mapping[str | None, Refusal]] = {
    "too_large": PAYLOAD_TOO_LARGE,
    "too_slow": BODY_TOO_SLOW,
    None: INTERNAL_ERROR,
}


def _strip_weak_mark(scope: Scope) -> None:
    """If-None-Match compares weakly (RFC 9110 13.1.2), and packing made our ETags weak: the routes see the plain tag."""
    scope["headers"] = [
        (name, value.replace(b'W/"', b'"')) if name == b"if-none-match" else (name, value)
        for name, value in scope["headers"]
    ]


def _cookie(cookies: bytes, name: str) -> str | None:
    for part in cookies.decode("latin-1").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return None
