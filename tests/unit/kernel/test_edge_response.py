"""What leaves: headers, packing, refusals, errors, the log line."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from fastapi import APIRouter, FastAPI, Request

from balcao.kernel.module import RouteClass
from balcao.kernel.observability import logging as program_log
from balcao.kernel.observability.query_stats import current_stats
from balcao.kernel.rate_limit import RateLimiter
from balcao.kernel.web import middleware, middleware_body
from balcao.kernel.web.headers import SecurityHeaders
from balcao.kernel.web.middleware_body import BodyLimits
from balcao.kernel.web.middleware_rate import route_classes
from tests.unit.kernel.conftest import answering, ask

EVERYWHERE = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "x-request-id",
)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    caught: list[dict] = []
    monkeypatch.setattr(middleware, "log_access", caught.append)
    return caught


async def broken(_scope, _receive, _send) -> None:
    raise RuntimeError("secret inner text")


async def echo_length(_scope, receive, send) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await answering(body=str(size).encode())(_scope, receive, send)


@pytest.mark.parametrize("status", [200, 204, 304, 404, 429, 500])
async def test_security_headers_are_on_every_status(edge, status: int) -> None:
    answer = await ask(edge(answering(status, b"")))
    assert answer.status == status
    assert all(answer.headers[name] for name in EVERYWHERE)
    assert "strict-transport-security" not in answer.headers
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "upgrade-insecure-requests" not in answer.headers["content-security-policy"]


async def test_https_adds_its_own(edge) -> None:
    answer = await ask(edge(), scheme="https")
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert answer.headers["content-security-policy"].endswith("; upgrade-insecure-requests")


async def test_a_route_may_bring_its_own_policy(edge) -> None:
    answer = await ask(edge(answering(content_security_policy="default-src 'none'")))
    policies = [value for name, value in answer.raw_headers if name == b"content-security-policy"]
    assert policies == [b"default-src 'none'"]
    assert "referrer-policy" in answer.headers


def test_a_responses_own_header_list_is_never_changed() -> None:
    own = [(b"content-type", b"text/plain")]
    SecurityHeaders(https=True).added_to(own, dict(own)).append((b"x", b"y"))
    assert own == [(b"content-type", b"text/plain")]


async def test_a_weak_if_none_match_reaches_the_route_as_the_plain_tag(edge) -> None:
    seen = []

    async def app(scope, receive, send) -> None:
        seen.append(dict(scope["headers"])[b"if-none-match"])
        await answering()(scope, receive, send)

    await ask(edge(app), headers={"if-none-match": 'W/"abc", "def"'})
    await ask(edge(app), headers={"if-none-match": '"abc"'})
    assert seen == [b'"abc", "def"', b'"abc"']


async def test_a_failure_is_a_500_without_its_text_and_a_traceback_in_the_log(
    edge, lines, monkeypatch
) -> None:
    logged = []
    monkeypatch.setattr(
        middleware, "log", SimpleNamespace(error=lambda event, **more: logged.append((event, more)))
    )
    answer = await ask(edge(broken), headers={"accept-language": "en"})
    assert answer.status == 500
    assert json.loads(answer.body)["code"] == "internal_error"
    assert b"secret inner text" not in answer.body
    assert all(answer.headers[name] for name in EVERYWHERE)
    assert logged[0][0] == "request_failed"
    assert str(logged[0][1]["exc_info"]) == "secret inner text"
    assert lines[0]["status"] == 500


async def test_a_failure_in_the_middle_of_an_answer_breaks_the_connection(edge, lines) -> None:
    async def app(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        await ask(edge(app))
    assert lines[0]["status"] == 200


async def test_a_failure_before_the_first_packed_byte_is_still_a_500(edge) -> None:
    async def app(_scope, _receive, send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        )
        raise RuntimeError("lost")

    assert (await ask(edge(app), headers={"accept-encoding": "gzip"})).status == 500


async def test_a_failure_after_the_whole_answer_is_logged_and_goes_no_further(edge) -> None:
    async def app(scope, receive, send) -> None:
        await answering(body=b"done")(scope, receive, send)
        raise RuntimeError("too late")

    assert (await ask(edge(app))).body == b"done"


async def test_a_caller_who_leaves_is_logged_as_499(edge, lines) -> None:
    async def app(_scope, _receive, _send) -> None:
        await asyncio.sleep(60)

    layer = edge(app)
    task = asyncio.create_task(ask(layer))
    await asyncio.sleep(0.01)
    assert layer.in_flight == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert layer.in_flight == 0
    assert lines[0]["status"] == 499


async def test_an_announced_body_over_the_limit_is_refused_before_it_is_read(edge) -> None:
    app = edge(echo_length, body_limits=BodyLimits({"/upload": 5000, "/upload/tiny": 10}, default=1000))
    assert (await ask(app, "POST", "/x", body=b"x" * 1000)).body == b"1000"
    refused = await ask(app, "POST", "/x", body=b"x" * 1001)
    assert refused.status == 413
    assert json.loads(refused.body)["code"] == "payload_too_large"
    assert refused.headers["connection"] == "close"
    assert (await ask(app, "POST", "/api/v1/upload", body=b"x" * 5000)).status == 200
    assert (await ask(app, "POST", "/upload", body=b"x" * 5001)).status == 413
    assert (await ask(app, "POST", "/upload/tiny", body=b"x" * 11)).status == 413


async def test_an_unannounced_body_is_cut_off_while_it_streams(edge) -> None:
    app = edge(echo_length, body_limits=BodyLimits(default=1000))
    assert (await ask(app, "POST", "/x", body=[b"x" * 500, b"x" * 500])).body == b"1000"
    assert (await ask(app, "POST", "/x", body=[b"x" * 500, b"x" * 501, b"never read"])).status == 413


async def test_the_reason_is_told_even_when_the_application_makes_something_else_of_it(edge) -> None:
    async def app(scope, receive, send) -> None:
        try:
            await echo_length(scope, receive, send)
        except Exception:
            await answering(400, b"bad form")(scope, receive, send)

    answer = await ask(edge(app, body_limits=BodyLimits(default=10)), "POST", "/x", body=[b"x" * 20])
    assert answer.status == 413
    assert b"bad form" not in answer.body


async def test_a_body_that_does_not_come_is_cut_off(edge, monkeypatch) -> None:
    monkeypatch.setattr(middleware_body, "GRACE_SECONDS", 0.02)
    sent = []

    async def receive():
        await asyncio.sleep(60)

    async def send(message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "scheme": "http",
        "client": None,
        "headers": [(b"host", b"shop.example"), (b"content-length", b"10")],
    }
    await edge(echo_length)(scope, receive, send)
    assert sent[0]["status"] == 408


CLASSES = [
    RouteClass("POST", "/auth/*", "auth"),
    RouteClass("POST", "/jobs", "uploads"),
    RouteClass("POST", "/checkout", "checkout"),
    RouteClass("POST", "/shipping/quote", "quote"),
    RouteClass("POST", "/loja/{tenant}/pedido", "checkout"),
]


async def test_the_rate_limit_refuses_exactly_and_says_when_to_come_back(edge) -> None:
    refused_rules = []
    app = edge(limiter=RateLimiter(), classify=route_classes(CLASSES), on_rate_limited=refused_rules.append)
    statuses = [(await ask(app, "POST", "/api/v1/checkout")).status for _ in range(50)]
    assert statuses == [200] * 30 + [429] * 20
    assert refused_rules == ["checkout"] * 20
    answer = await ask(app, "POST", "/checkout", headers={"x-forwarded-for": "9.9.9.9"})
    assert answer.status == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-limit"] == "30"
    assert answer.headers["ratelimit-remaining"] == "0"
    assert json.loads(answer.body)["code"] == "rate_limited"
    passed = await ask(app, "POST", "/checkout", client=("198.51.100.1", 1))
    assert passed.status == 200
    assert "ratelimit-limit" not in passed.headers


async def test_loopback_is_limited_like_anybody(edge) -> None:
    app = edge(limiter=RateLimiter(), classify=route_classes(CLASSES))
    statuses = [
        (await ask(app, "POST", "/shipping/quote", client=("127.0.0.1", 1))).status for _ in range(31)
    ]
    assert statuses == [200] * 30 + [429]


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/catalog", "general"),
        ("POST", "/auth/login", "auth"),
        ("POST", "/api/v1/auth/login", "auth"),
        ("GET", "/auth/me", "general"),
        ("GET", "/static/app.css", "static"),
        ("POST", "/jobs", "uploads"),
        ("POST", "/jobs/1/retry", "general"),
        ("POST", "/loja/pizzaria/pedido", "checkout"),
        ("POST", "/loja/a/b/pedido", "general"),
        ("POST", "/checkout/", "checkout"),
    ],
)
def test_routes_are_classed_by_method_and_path(method: str, path: str, name: str) -> None:
    assert route_classes(CLASSES)(method, path) == name


async def test_a_class_without_a_rule_is_not_limited(edge) -> None:
    app = edge(limiter=RateLimiter(), classify=lambda _method, _path: "free", rules={})
    assert {(await ask(app)).status for _ in range(100)} == {200}


def framework_app() -> FastAPI:
    app, router = FastAPI(), APIRouter(prefix="/orders")

    @router.get("/{order_id}")
    async def order(order_id: str, request: Request) -> dict[str, str]:
        request.state.tenant_slug, request.state.actor_label = "pizzaria", "user:1"
        stats = current_stats.get()
        assert stats is not None
        stats.count, stats.seconds = 3, 0.0015
        return {"id": order_id, "log": str(program_log.current_request_id.get())}

    app.include_router(router, prefix="/api/v1")
    app.include_router(router)
    return app


async def test_one_line_per_request_with_the_route_template(edge, lines) -> None:
    finished = []
    app = edge(framework_app(), on_finished=finished.append)
    answer = await ask(app, path="/api/v1/orders/123", headers={"x-request-id": "known-id-1"})
    assert json.loads(answer.body) == {"id": "123", "log": "known-id-1"}
    await ask(app, path="/orders/123")
    await ask(app, path="/nothing/here?cpf=1")
    first = lines[0]
    assert first.pop("duration_ms") > 0
    assert first == {
        "event": "request",
        "request_id": "known-id-1",
        "tenant": "pizzaria",
        "actor": "user:1",
        "method": "GET",
        "route": "/api/v1/orders/{order_id}",
        "status": 200,
        "bytes": len(answer.body),
        "client": "203.0.113.0",
        "db_queries": 3,
        "db_ms": 1.5,
    }
    assert [line["route"] for line in lines] == ["/api/v1/orders/{order_id}", "/orders/{order_id}", None]
    assert [line["status"] for line in lines] == [200, 200, 404]
    assert finished[0].route == "/api/v1/orders/{order_id}"
    assert finished[0].bytes_sent == len(answer.body)
    assert program_log.current_request_id.get() is None


async def test_the_framework_gets_a_413_through_too(edge) -> None:
    app = FastAPI()

    @app.post("/x")
    async def take(body: dict[str, str]) -> dict[str, str]:
        return body

    layer = edge(app, body_limits=BodyLimits(default=50))
    json_type = {"content-type": "application/json"}
    assert (await ask(layer, "POST", "/x", body=[b'{"a":', b'"b"}'], headers=json_type)).status == 200
    assert (
        await ask(layer, "POST", "/x", body=[b'{"a":"', b"b" * 60, b'"}'], headers=json_type)
    ).status == 413


async def test_interleaved_requests_keep_their_own_ids(edge) -> None:
    async def app(scope, receive, send) -> None:
        await asyncio.sleep(0)
        seen = program_log.current_request_id.get()
        await asyncio.sleep(0)
        assert seen == program_log.current_request_id.get() == scope["state"]["request_id"]
        await answering(body=str(seen).encode())(scope, receive, send)

    layer = edge(app)
    ids = [f"request-{n:04d}" for n in range(200)]
    answers = await asyncio.gather(*(ask(layer, headers={"x-request-id": i}) for i in ids))
    assert [answer.body.decode() for answer in answers] == ids
    assert [answer.headers["x-request-id"] for answer in answers] == ids


async def test_lifespan_and_server_extensions_pass_through(edge) -> None:
    seen = []

    async def lifespan_app(scope, receive, send) -> None:
        seen.append(scope["type"])

    await edge(lifespan_app)({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]
    sent = []

    async def app(_scope, _receive, send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        )
        await send({"type": "http.response.pathsend", "path": "/x"})

    async def send(message) -> None:
        sent.append(message["type"])

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "scheme": "http",
        "client": None,
        "headers": [(b"host", b"a"), (b"accept-encoding", b"gzip")],
    }
    await edge(app)(scope, None, send)
    assert sent == ["http.response.start", "http.response.pathsend"]
