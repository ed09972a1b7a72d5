"""`GET /metrics`: for the monitoring of whoever runs the installation, and for nobody else."""

from __future__ import annotations

import hmac
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from balcao.kernel.db.migrate import newest_revision
from balcao.kernel.errors import NotFoundError
from balcao.kernel.figures.installation import KERNEL_FIGURES
from balcao.kernel.figures.scrape import Scrape
from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.kernel.web.dependencies import Installation, Public

router = APIRouter(tags=["health"])
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Any of these says that somebody else stands behind the neighbour who asks.
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def make_scrape(runtime: Runtime) -> Scrape:
    """What this process answers with: its figures, the kernel's and every module's."""
    figures = [*KERNEL_FIGURES, *(one for module in runtime.modules for one in module.metrics)]
    return Scrape(runtime.figures, runtime.database, figures, _build())


def _build() -> tuple[str, str, str]:
    try:
        own = version("balcao")
    except PackageNotFoundError:
        own = "checkout"
    return own, platform.python_version(), newest_revision()


@router.get(
    "/metrics",
    dependencies=[Depends(Public("answers to METRICS_TOKEN, or without one to this machine only"))],
    response_class=Response,
)
async def metrics(request: Request, runtime: Installation) -> Response:
    """Every figure of the installation, in Prometheus' text format; 404 for whoever may not read it."""
    if not may_read(request, runtime.settings):
        raise NotFoundError
    scrape: Scrape = request.app.state.scrape
    return Response(
        await scrape.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"cache-control": "no-store"}
    )


def may_read(request: Request, settings: Settings) -> bool:
    """Whether who asks is told: the bearer of METRICS_TOKEN, or without one this machine. A refusal is in the security log."""
    token = settings.metrics_token.get_secret_value()
    allowed = _knows(request.headers, token) if token else _is_neighbour(request)
    if not allowed:
        security_log.warning("metrics_refused", client=request.client.host if request.client else "")
    return allowed


def _knows(headers: Mapping[str, str], token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    return same and scheme.lower() == "bearer"


def _is_neighbour(request: Request) -> bool:
    """Asked from this machine, by its own name, and not passed on by a proxy that runs here."""
    peer = request.client.host if request.client else ""
    host = request.headers.get("host", "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    passed_on = any(header in request.headers for header in _PASSED_ON)
    return peer in _LOOPBACK and name in _LOOPBACK_HOSTS and not passed_on
