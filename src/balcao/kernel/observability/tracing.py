"""Traces, for whoever has a collector: a span for each request, job and call to an outside service.

Off without `OTEL_EXPORTER_OTLP_ENDPOINT`: then nothing of OpenTelemetry's SDK is read and every question here ends at
one comparison. A job carries the `traceparent` of what enqueued it, so a request and its jobs are one trace. Spans name
routes, tasks and operations, never addresses, arguments or people.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from balcao.kernel.observability.query_stats import QueryStats, start_counting

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

Attributes = Mapping[str, str | int | float]

PACKAGES: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
SERVER_ERROR: Final = 500
UNTRACED: Final = ("/health", "/api/v1/health", "/metrics", "/static/")
_carrier: Final = TraceContextTextMapPropagator()
_tracer: Tracer | None = None
_provider: TracerProvider | None = None


class TracingPackagesMissingError(RuntimeError):
    """The settings ask for traces and the packages of requirements-tracing.lock are not installed."""


def tracing_is_installed() -> bool:
    """Whether the optional packages are there."""
    try:
        return all(find_spec(name) is not None for name in PACKAGES)
    except ModuleNotFoundError:  # not even the package around it
        return False


def start_tracing(endpoint: str, *, service: str, version: str, environment: str, share: float = 1.0) -> None:
    """Sends spans to an OTLP/HTTP collector from now on; `share` (0 to 1) of all traces. Twice is once.

    Raises TracingPackagesMissingError.
    """
    if _tracer is not None or not endpoint:
        return
    if not tracing_is_installed():
        raise TracingPackagesMissingError
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    about = {"service.name": service, "service.version": version, "deployment.environment.name": environment}
    trace_with(BatchSpanProcessor(exporter), about, share=share)


def trace_with(processor: SpanProcessor, about: Mapping[str, str], *, share: float = 1.0) -> None:
    """Hands every span to `processor`; `about` describes this process."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    global _tracer, _provider  # noqa: PLW0603 - one per process, as the log is
    # Not the global provider: libraries that trace by themselves would write addresses into it.
    _provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(share)),
        resource=Resource(dict(about)),
        shutdown_on_exit=True,
    )
    _provider.add_span_processor(processor)
    _tracer = _provider.get_tracer("balcao")


def stop_tracing() -> None:
    """Sends what waits and ends. For the end of a process, and for tests."""
    global _tracer, _provider  # noqa: PLW0603 - see trace_with
    provider, _tracer, _provider = _provider, None, None
    if provider is not None:
        provider.shutdown()


def current_traceparent() -> str:
    """What is under way, in the words of W3C Trace Context, to be carried to a job; "" when nothing is traced."""
    if _tracer is None:
        return ""
    words: dict[str, str] = {}
    _carrier.inject(words)
    return words.get("traceparent", "")


class RequestTrace:
    """The span of one request. The caller's own `traceparent` is not taken over: anybody could fill our store with it."""

    __slots__ = ("_scope", "_span")

    def __init__(self, tracer: Tracer, method: str) -> None:
        self._span = tracer.start_span(method, context=Context(), kind=SpanKind.SERVER)
        self._scope = trace.use_span(self._span, end_on_exit=False)
        self._scope.__enter__()

    def end(self, line: Mapping[str, Any]) -> None:
        """Ends it with what the access log says of the request. A route nobody knows has only its method for a name."""
        route = line["route"]
        if route:
            self._span.update_name(f"{line['method']} {route}")
        _describe(
            self._span,
            {
                "http.request.method": line["method"],
                "http.route": route,
                "http.response.status_code": line["status"],
                "http.response.body.size": line["bytes"],
                "balcao.request_id": line["request_id"],
                "balcao.tenant": line["tenant"],
                "balcao.db.messages": line["db_queries"],
                "balcao.db.ms": line["db_ms"],
            },
        )
        if (line["status"] or 0) >= SERVER_ERROR:
            self._span.set_status(StatusCode.ERROR)
        self._scope.__exit__(None, None, None)
        self._span.end()


def request_trace(method: str, path: str) -> RequestTrace | None:
    """Begins the span of a request; None when nothing is traced, and for what monitoring and browsers ask all day."""
    if _tracer is None or path.startswith(UNTRACED):
        return None
    return RequestTrace(_tracer, method)


@contextlib.contextmanager
def _job_span(tracer: Tracer, task: str, parent: str, about: Attributes) -> Generator[None]:
    context = _carrier.extract({"traceparent": parent}, context=Context()) if parent else Context()
    queries: QueryStats = start_counting()
    with _span(tracer, task, SpanKind.CONSUMER, {"balcao.task": task, **about}, context) as span:
        try:
            yield
        finally:
            _describe(span, {"balcao.db.messages": queries.count, "balcao.db.ms": queries.seconds * 1000})


def job_span(task: str, parent: str, about: Attributes) -> contextlib.AbstractContextManager[None]:
    """A span around the run of a job, in the trace of whoever asked for it (`parent`, a traceparent or "")."""
    return contextlib.nullcontext() if _tracer is None else _job_span(_tracer, task, parent, about)


@contextlib.contextmanager
def _call_span(tracer: Tracer, name: str, about: Attributes) -> Generator[None]:
    with _span(tracer, name, SpanKind.CLIENT, about, None):
        yield


def call_span(name: str, about: Attributes) -> contextlib.AbstractContextManager[None]:
    """A span around a call to an outside service."""
    return contextlib.nullcontext() if _tracer is None else _call_span(_tracer, name, about)


@contextlib.contextmanager
def _span(
    tracer: Tracer, name: str, kind: SpanKind, about: Attributes, context: Context | None
) -> Generator[Span]:
    span = tracer.start_span(name, context=context, kind=kind, attributes=dict(about))
    with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield span
        except BaseException as error:
            # The kind of an error says enough; its words may quote somebody's data.
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise


def _describe(span: Span, about: Mapping[str, Any]) -> None:
    for name, value in about.items():
        if value is not None:
            span.set_attribute(name, value)
