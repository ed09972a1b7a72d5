"""Entry point of the web processes."""

from __future__ import annotations

from starlette.types import ASGIApp

from balcao.kernel.runtime import Runtime
from balcao.kernel.web.app import create_app


def web_app(runtime: Runtime, *, with_worker: bool = False) -> ASGIApp:
    """The application with everything in front of it."""
    return create_app(runtime, with_worker=with_worker)
