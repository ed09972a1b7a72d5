"""Traces and error reports: a request and its jobs are one trace, and nobody's data is in what leaves."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import pytest_asyncio
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text

from balcao.cli.instance import load_settings
from balcao.kernel.db.migrate import migrate
from balcao.kernel.job_runner import build_queue
from balcao.kernel.observability import outward, sentry, tracing
from balcao.kernel.observability.logging import configure_logging
from balcao.kernel.platform_work import platform_work
from balcao.kernel.providers import measured
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.ports.errors import ProviderUnavailable
from balcao.registry import build_runtime
from balcao.web_app import web_app
from tests.contracts.fake_collectors import FakeCollector
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop, make_shop
from tests.integration.store.ordering import cart, place

CANARIES = ("Zulmira Canária", "98765-4321", "987654321", "zulmira@example.com", "canary-secret-4711")
CUSTOMER = {"name": CANARIES[0], "phone": "(11) 98765-4321", "email": CANARIES[3]}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(settings: Settings, database_url: str, clock: MovableClock) -> AsyncIterator[Runtime]:
    """An installation whose queue nobody else fills."""
    name = "balcao_traced"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}")  # pyright: ignore[reportArgumentType]
        connection.execute(f"create database {name}")  # pyright: ignore[reportArgumentType]
    url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    migrate(url)
    runtime = build_runtime(settings, url, clock=clock)
    yield runtime
    await runtime.close()


@pytest_asyncio.fixture
async def own_shop(house: Runtime) -> Shop:
    shop = await make_shop(house)
    await shop.add_product("Pão", 500)
    await _work(house)  # what earlier tests and the shop itself asked for
    return shop


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.trace_with(SimpleSpanProcessor(exporter), {"service.name": "test"})
    yield exporter
    tracing.stop_tracing()


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    collector = FakeCollector()
    yield collector
    outward.stop_outward()
    collector.stop()


def _client(runtime: Runtime) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=web_app(runtime), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


async def _order(shop: Shop, **headers: str) -> httpx.Response:
    async with _client(shop.runtime) as client:
        client.headers.update(headers)
        answer = await place(client, shop, cart(shop, ("Pão", 1), customer=CUSTOMER))
    assert answer.status_code == 201, answer.text
    return answer


async def _work(runtime: Runtime) -> None:
    queue = build_queue(runtime)
    async with queue.open_async():
        await queue.run_worker_async(wait=False, install_signal_handlers=False)


def _told(spans: list[ReadableSpan]) -> str:
    return "\n".join(span.to_json() for span in spans)


async def test_a_request_its_jobs_and_their_calls_are_one_trace(
    own_shop: Shop, spans: InMemorySpanExporter
) -> None:
    answer = await _order(own_shop, **{"X-Request-Id": "order-of-the-trace-1"})
    (request,) = spans.get_finished_spans()
    assert request.name == "POST /checkout"
    assert request.parent is None
    assert request.attributes is not None
    about = dict(request.attributes)
    assert about["http.response.status_code"] == 201
    assert about["balcao.request_id"] == answer.headers["x-request-id"] == "order-of-the-trace-1"
    assert about["balcao.tenant"] == own_shop.tenant.slug
    assert int(str(about["balcao.db.messages"])) > 0
    await _work(own_shop.runtime)
    finished = [span for span in spans.get_finished_spans() if span is not request]
    # The worker takes what other businesses left waiting as well; those are traces of their own.
    of_others = {
        span.context.trace_id
        for span in finished
        if (span.attributes or {}).get("balcao.tenant", own_shop.tenant.slug) != own_shop.tenant.slug
    }
    rest = [span for span in finished if span.context.trace_id not in of_others]
    assert request.context.trace_id not in of_others
    assert {span.context.trace_id for span in rest} == {request.context.trace_id}
    jobs = [span for span in rest if span.attributes and "balcao.task" in span.attributes]
    calls = [span for span in rest if span.attributes and "balcao.provider" in span.attributes]
    asked_for = {span.context.span_id for span in (request, *jobs)}
    assert jobs and calls
    assert {span.parent.span_id for span in [*jobs, *calls] if span.parent} <= asked_for
    assert any(span.parent and span.parent.span_id == request.context.span_id for span in jobs)
    assert {(span.attributes or {})["balcao.request_id"] for span in jobs} == {"order-of-the-trace-1"}
    told = _told(list(spans.get_finished_spans()))
    assert [word for word in CANARIES if word in told] == []


async def test_a_path_with_a_secret_is_told_by_its_route_and_a_callers_trace_is_not_joined(
    own_shop: Shop, spans: InMemorySpanExporter
) -> None:
    foreign = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    async with _client(own_shop.runtime) as client:
        await client.get(f"/track/{CANARIES[4]}?cpf={CANARIES[4]}", headers={"traceparent": foreign})
        await client.get(f"/{CANARIES[4]}/nowhere", headers={"traceparent": foreign})
        assert (await client.get("/health/live")).status_code == 200  # asked all day: no span
    finished = list(spans.get_finished_spans())
    assert len(finished) == 2
    assert CANARIES[4] not in _told(finished)
    assert {f"{span.context.trace_id:032x}" for span in finished}.isdisjoint({"a" * 32})
    assert len({span.context.trace_id for span in finished}) == 2


class _Broken:
    name = "broken"

    async def send(self, words: str) -> None:
        raise ProviderUnavailable(f"no answer about {words}")


async def test_a_failed_call_is_marked_without_its_words(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ProviderUnavailable):
        await measured("email", _Broken()).send(CANARIES[4])
    (span,) = spans.get_finished_spans()
    assert span.name == "email send"
    assert not span.status.is_ok
    assert (span.attributes or {})["error.type"] == "ProviderUnavailable"
    assert CANARIES[4] not in span.to_json()


async def test_off_nothing_is_added_to_a_job(own_shop: Shop) -> None:
    await _order(own_shop)
    query = "select args from procrastinate_jobs where args->>'tenant_id' = :tenant"
    async with platform_work(own_shop.runtime.database) as session:
        rows = list(await session.execute(text(query), {"tenant": str(own_shop.tenant.id)}))
    assert rows
    assert {frozenset(row.args) for row in rows} == {frozenset({"tenant_id", "request_id", "args"})}
    await _work(own_shop.runtime)


async def test_spans_reach_a_collector(own_shop: Shop, collector: FakeCollector) -> None:
    settings = Settings(
        _env_file=None,
        otel_exporter_otlp_endpoint=f"http://127.0.0.1:{collector.port}/",
        otel_service_name="padarias",
    )
    outward.start_outward(settings)
    await _order(own_shop)
    outward.stop_outward()
    assert {path for path, _ in collector.got} == {"/v1/traces"}
    sent = [ExportTraceServiceRequest.FromString(body) for _, body in collector.got]
    resources = [one for message in sent for one in message.resource_spans]
    about = {item.key: item.value.string_value for item in resources[0].resource.attributes}
    assert about["service.name"] == "padarias"
    names = [span.name for one in resources for scope in one.scope_spans for span in scope.spans]
    assert "POST /checkout" in names


async def test_an_unexpected_error_reaches_sentry_without_anybodys_data(
    own_shop: Shop, collector: FakeCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    _listen(collector)

    async def broken(*_args: Any, **_named: Any) -> None:
        local_secret = CANARIES[4]
        raise RuntimeError(
            f"cannot read {CANARIES[3]} of '{CANARIES[0]}' {local_secret!r}\nDETAIL: Failing row contains ({CANARIES[0]})"
        )

    monkeypatch.setattr("balcao.modules.store.api.checkout.place_order", broken)
    async with _client(own_shop.runtime) as client:
        client.headers.update({"X-Request-Id": "request-that-failed"})
        answer = await place(client, own_shop, cart(own_shop, ("Pão", 1), customer=CUSTOMER))
    assert answer.status_code == 500
    outward.stop_outward()
    (event,) = collector.events()
    assert event["tags"] == {
        "request_id": "request-that-failed",
        "tenant": own_shop.tenant.slug,
        "route": "/checkout",
    }
    (raised,) = event["exception"]["values"]
    assert raised["type"] == "RuntimeError"
    assert raised["value"] == "cannot read *** of *** ***"
    assert any(frame["function"] == "broken" for frame in raised["stacktrace"]["frames"])
    assert "request" not in event and "user" not in event
    sent = _data_of(event)
    assert [word for word in CANARIES if word in sent] == []


async def test_a_job_that_breaks_is_reported_once_a_try_and_what_was_expected_is_not(
    own_shop: Shop, collector: FakeCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _order(own_shop, **{"X-Request-Id": "request-of-the-job"})
    _listen(collector)
    heard = io.BytesIO()
    writer = configure_logging("json", "INFO", stream=heard, cache=False)
    try:
        monkeypatch.setattr("balcao.kernel.job_runner.deliver", _raising(ZeroDivisionError(CANARIES[0])))
        await _work(own_shop.runtime)
    finally:
        writer.close()
        configure_logging("json", "WARNING", cache=False)
    outward.stop_outward()
    events = collector.events()
    assert events
    assert {event["tags"]["request_id"] for event in events} == {"request-of-the-job"}
    assert {event["tags"]["attempt"] for event in events} == {"1"}
    assert {event["exception"]["values"][-1]["type"] for event in events} == {"ZeroDivisionError"}
    assert CANARIES[0] not in json.dumps([_data_of(event) for event in events])
    lines = [json.loads(line) for line in heard.getvalue().splitlines()]
    said = [line for line in lines if line["event"] == "job_at_work"]
    assert {line["request_id"] for line in said} == {"request-of-the-job"}

    before = len(collector.events())
    query = "update procrastinate_jobs set scheduled_at = null where status = 'todo'"
    async with platform_work(own_shop.runtime.database) as session:
        await session.execute(text(query))
    _listen(collector)
    monkeypatch.setattr("balcao.kernel.job_runner.deliver", _raising(ProviderUnavailable("away")))
    await _work(own_shop.runtime)
    outward.stop_outward()
    assert len(collector.events()) == before


def _raising(error: Exception) -> Any:
    async def deliver(*_args: Any) -> None:
        structlog.get_logger("balcao.test").info("job_at_work")
        raise error

    return deliver


def _listen(collector: FakeCollector) -> None:
    dsn = f"http://public@127.0.0.1:{collector.port}/1"
    outward.start_outward(Settings(_env_file=None, sentry_dsn=dsn))


def _data_of(event: dict[str, Any]) -> str:
    """All but the lines of source code around each frame, which are the test's own."""
    for one in event["exception"]["values"]:
        for frame in one["stacktrace"]["frames"]:
            for name in ("pre_context", "context_line", "post_context"):
                frame.pop(name, None)
    return json.dumps(event, ensure_ascii=False)


def test_a_wrong_address_of_sentry_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="SENTRY_DSN is not the address") as refused:
        outward.start_outward(Settings(_env_file=None, sentry_dsn="canary-secret-4711"))
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value", "package"),
    [
        ("SENTRY_DSN", "http://public@127.0.0.1:9/1", "sentry_sdk"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9", "opentelemetry.sdk"),
    ],
)
def test_a_missing_package_stops_the_start_with_a_sentence(
    variable: str,
    value: str,
    package: str,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)
    load_settings(data_dir=tmp_path)  # installed: starts
    known = sentry.find_spec
    for module in (sentry, tracing):
        monkeypatch.setattr(module, "find_spec", lambda name: None if name == package else known(name))
    with pytest.raises(SystemExit):
        load_settings(data_dir=tmp_path)
    said = capsys.readouterr().err
    assert variable in said and "requirements-tracing.lock" in said
    assert value not in said
