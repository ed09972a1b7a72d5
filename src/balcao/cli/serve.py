"""Serving requests and working on jobs, each in processes of their own or together."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import uvicorn

from balcao.cli.collector import settle
from balcao.cli.instance import Instance, fail, load_settings, running
from balcao.kernel.db.migrate import database_revision, newest_revision
from balcao.kernel.observability.logging import configure_logging
from balcao.kernel.settings import Settings
from balcao.registry import build_runtime
from balcao.web_app import web_app

STOP_WITHIN_SECONDS = 20


def uvicorn_options() -> dict[str, Any]:
    """How every server of ours runs: uvloop, httptools, no banner, no second access log."""
    return {
        "loop": "uvloop",
        "http": "httptools",
        "ws": "none",
        "access_log": False,
        "server_header": False,
        "date_header": True,
        "proxy_headers": False,
        "log_config": None,
        "timeout_keep_alive": 30,
        "timeout_graceful_shutdown": STOP_WITHIN_SECONDS,
        "backlog": 2048,
    }


def start_logging(settings: Settings) -> None:
    """Log lines as the settings say."""
    configure_logging(settings.log_format, settings.log_level)


def serve_app(app: Any, *, host: str, port: int) -> None:
    """Serves one application in this process until a signal. Open event streams are cut after two seconds."""
    start_logging(app.state.runtime.settings)
    settle()
    options = uvicorn_options()
    options["timeout_graceful_shutdown"] = 2
    uvicorn.run(app, host=host, port=port, **options)


def make_app() -> Any:
    """The application factory for several server processes; the data folder comes through the environment."""
    settings = load_settings()
    start_logging(settings)
    app = web_app(build_runtime(settings, Instance(settings).database_url()))
    settle()
    return app


def run_serve(*, port: int, host: str, workers: int, data: Path | None) -> None:
    """Serves with several processes. The database must be migrated."""
    _hand_down(data)
    settings = load_settings()
    with running(settings) as url:
        need_schema(url)
        uvicorn.run(
            "balcao.cli.serve:make_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            **uvicorn_options(),
        )


def run_worker_process(*, concurrency: int, data: Path | None) -> None:
    """Works on jobs until a signal."""
    from balcao.worker import work

    _hand_down(data)
    settings = load_settings()
    start_logging(settings)
    with running(settings) as url:
        need_schema(url)
        runtime = build_runtime(settings, url)
        settle()
        asyncio.run(work(runtime, concurrency=concurrency))


def need_schema(url: str) -> None:
    """Ends the program when the database is not at this version's schema."""
    if database_revision(url) != newest_revision():
        fail("The database is not at this version's schema. Run `balcao migrate` first.")


def _hand_down(data: Path | None) -> None:
    if data is not None:
        os.environ["BALCAO_DATA"] = str(data)
