"""Putting the web application together: doors of every module twice (with and without /api/v1), pages once."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import Depends, FastAPI, params
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp

from balcao.kernel.job_runner import build_queue, run_worker
from balcao.kernel.module import Module
from balcao.kernel.rate_limit import RULES
from balcao.kernel.runtime import Runtime
from balcao.kernel.web import health, look, media, metrics
from balcao.kernel.web.closing import Closing, LastAnswers, told_by_signals
from balcao.kernel.web.dependencies import RequiresModule
from balcao.kernel.web.head_requests import HeadAsGet
from balcao.kernel.web.hot_answers import HotAnswers
from balcao.kernel.web.middleware import Edge, EdgeConfig
from balcao.kernel.web.middleware_address import Proxies
from balcao.kernel.web.middleware_body import BodyLimits
from balcao.kernel.web.middleware_cors import Cors
from balcao.kernel.web.middleware_origin import HostRule
from balcao.kernel.web.middleware_rate import ROUTE_CLASSES, route_classes
from balcao.kernel.web.openapi_document import describe_refusals
from balcao.kernel.web.placing import place
from balcao.kernel.web.problems import install_problem_handlers
from balcao.kernel.web.replica_door import ReplicaDoor
from balcao.kernel.web.route_template import NamedRoute
from balcao.kernel.web.sections import divide
from balcao.kernel.web.static_files import serve_static
from balcao.kernel.web.templates import make_environment
from balcao.kernel.web.tenant_of_request import ActorCache

API = "/api/v1"
_STATIC = NamedRoute("/static/{file}")
DESCRIPTION = (
    "One program that runs a Brazilian small business online. Money is in centavos, times in RFC 3339."
)

# The framework would trace by itself, with the words of errors and full addresses: observability/tracing.py has our own.
NO_TELEMETRY: Final[TelemetryConfig] = {
    "auto_configure": False,
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}


def create_app(runtime: Runtime, *, with_worker: bool = False) -> FastAPI:
    """The application of one process; `with_worker` runs the job worker in the same loop."""
    closing = Closing(runtime.bulletin.wake_all)
    app = FastAPI(
        title="Balcão",
        version="1.0.0",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if runtime.settings.docs_are_open else None,
        lifespan=_lifespan(runtime, closing, with_worker=with_worker),
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    app.state.runtime = runtime
    app.state.closing = closing
    app.state.actors = ActorCache(runtime)
    app.state.scrape = metrics.make_scrape(runtime)
    app.state.templates = make_environment(runtime.modules)
    install_problem_handlers(app)
    app.add_middleware(HotAnswers, runtime=runtime)
    if (replica := runtime.database.replica) is not None:
        life, secure = runtime.settings.database_read_max_lag_seconds, runtime.settings.secure_cookies
        app.add_middleware(ReplicaDoor, replica=replica, seconds=life, secure=secure)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Edge, config=_edge_config(runtime))
    app.add_middleware(LastAnswers, closing=closing)  # the outer one: what is added last is asked first
    place(app, (look.router, media.router), documented="")
    place(app, (metrics.router,))
    place(app, (health.router,), prefixes=(API, ""), documented=API)
    for module in runtime.modules:
        place(app, module.routers, prefixes=(API, ""), documented=API, door=_door_of(module))
    for module in runtime.modules:
        place(app, module.pages, door=_door_of(module))
    app.mount("/static", _static_app())
    describe_refusals(app)
    divide(app)
    return app


def _door_of(module: Module) -> params.Depends | None:
    return Depends(RequiresModule(module.name)) if module.gated else None


def _edge_config(runtime: Runtime) -> EdgeConfig:
    settings = runtime.settings
    hosts = settings.listed(settings.trusted_hosts)
    return EdgeConfig(
        limiter=runtime.limiter,
        catalogues=runtime.catalogues,
        hosts=HostRule(hosts or ["*"]),
        proxies=Proxies(settings.listed(settings.trusted_proxies)),
        cors=Cors(settings.listed(settings.cors_origins)),
        body_limits=BodyLimits(
            {path: size for module in runtime.modules for path, size in module.upload_paths.items()}
        ),
        classify=route_classes(
            [*(line for module in runtime.modules for line in module.route_classes), *ROUTE_CLASSES]
        ),
        rules=RULES,
        is_shut=lambda: runtime.maintenance.is_on,
    )


def _static_app() -> ASGIApp:
    async def static(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["route"] = _STATIC
            await serve_static(scope, receive, send)

    return static


def _settle_memory() -> None:
    """What the program is made of never becomes garbage: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def _worker(runtime: Runtime) -> None:
    await run_worker(build_queue(runtime), outside=runtime.settings.outside_places, signals=False)


def _lifespan(runtime: Runtime, closing: Closing, *, with_worker: bool) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        runtime.start()
        _settle_memory()
        worker = asyncio.create_task(_worker(runtime)) if with_worker else None
        try:
            with told_by_signals(closing, drain_seconds=runtime.settings.drain_seconds):
                yield
        finally:
            if worker is not None:
                worker.cancel()
                await asyncio.gather(worker, return_exceptions=True)
            await runtime.close()

    return lifespan
