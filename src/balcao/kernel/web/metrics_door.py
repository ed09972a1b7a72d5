"""A door of a worker for monitoring only: `GET /metrics` and `GET /health/live`, where no reverse proxy leads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from balcao.kernel.runtime import Runtime
from balcao.kernel.web.metrics import CONTENT_TYPE_PLAIN_0_0_4, make_scrape, may_read


class _Quiet(uvicorn.Server):
    """A server that leaves signals to the worker it belongs to."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def metrics_app(runtime: Runtime) -> ASGIApp:
    """What the door answers. Who may read is said by METRICS_TOKEN, as everywhere."""
    scrape = make_scrape(runtime)

    async def metrics(request: Request) -> Response:
        if not may_read(request, runtime.settings):
            return PlainTextResponse("not found\n", status_code=404)
        return Response(await scrape.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/metrics", metrics), Route("/health/live", live)])


@contextlib.asynccontextmanager
async def metrics_door(runtime: Runtime, host: str, port: int | None) -> AsyncGenerator[None]:
    """Holds the door open for the length of the block; no port, no door. OSError when the port is taken."""
    if port is None:
        yield
        return
    config = uvicorn.Config(
        metrics_app(runtime),
        host=host,
        port=port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    listener = config.bind_socket()
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
        listener.close()
