"""Serving requests and working on jobs, each in processes of their own or together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from balcao.cli.collector import settle
from balcao.cli.instance import Instance, fail, load_settings, running
from balcao.kernel.db.migrate import database_revision, schema_state
from balcao.kernel.job_runner import Part
from balcao.kernel.observability.log_file import RotatingFile
from balcao.kernel.observability.logging import configure_logging
from balcao.kernel.settings import Settings
from balcao.kernel.watching_settings import sampling_rates
from balcao.kernel.web.middleware_address import UNIX_PEER
from balcao.registry import build_runtime

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
    file = settings.log_file
    configure_logging(
        settings.log_format,
        settings.log_level,
        stream=RotatingFile(file, max_bytes=settings.log_file_bytes, keep=settings.log_files_kept)
        if file
        else None,
        sampling=sampling_rates(settings.log_sampling),
    )


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
    from balcao.web_app import web_app  # a worker needs no web framework

    app = web_app(build_runtime(settings, Instance(settings).database_url()))
    settle()
    return app


@dataclass(frozen=True, slots=True)
class Door:
    """Where a server listens: at a port, at a local socket (which the reverse proxy reads), or at both."""

    host: str
    port: int | None
    uds: Path | None


def run_serve(door: Door, *, workers: int, data: Path | None, drain: float | None) -> None:
    """Serves with several processes. The database must be migrated. `drain`: seconds, DRAIN_SECONDS by default."""
    _hand_down(data)
    if drain is not None:
        os.environ["DRAIN_SECONDS"] = str(drain)
    settings = load_settings()
    proxies = settings.listed(settings.trusted_proxies)
    if door.uds is not None and UNIX_PEER not in proxies:
        # Who may write to the socket is said by its folder's permissions; nobody else comes that way.
        os.environ["TRUSTED_PROXIES"] = ",".join([*proxies, UNIX_PEER])
    with running(settings) as url:
        need_schema(url)
        with _sockets(door) as sockets:
            _serve_at(sockets, workers)


def _serve_at(sockets: list[socket.socket], workers: int) -> None:
    app = "balcao.cli.serve:make_app"
    config = uvicorn.Config(app, factory=True, workers=workers, **uvicorn_options())
    if workers > 1:
        Multiprocess(config, sockets).run()
        return
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets)
    if not server.started:
        raise SystemExit(STARTUP_FAILURE)


@contextlib.contextmanager
def _sockets(door: Door) -> Generator[list[socket.socket]]:
    """The listening sockets. A local one that nobody answers at any more is replaced; ours is removed at the end."""
    found: list[socket.socket] = []
    with contextlib.ExitStack() as stack:
        if door.uds is not None:
            found.append(_local_socket(door.uds))
            stack.callback(_remove_own, door.uds, door.uds.stat().st_ino)
        if door.port is not None:
            found.append(uvicorn.Config("", host=door.host, port=door.port, log_config=None).bind_socket())
        yield found


def _local_socket(path: Path) -> socket.socket:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            path.unlink(missing_ok=True)
        except OSError as error:
            fail(f"Balcão cannot listen at {path}: {error.strerror}.")
        else:
            fail(f"Another server listens at {path}.")
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
    except OSError as error:
        fail(f"Balcão cannot listen at {path}: {error.strerror}.")
    path.chmod(0o666)  # the folder says who comes this far
    listener.set_inheritable(True)  # noqa: FBT003
    return listener


def _remove_own(path: Path, inode: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_ino == inode:
            path.unlink()


def run_worker_process(
    *, concurrency: int, only: Part, data: Path | None, metrics_host: str, metrics_port: int | None
) -> None:
    """Works on jobs (`only`: those of some queues) until a signal."""
    from balcao.worker import work

    _hand_down(data)
    settings = load_settings()
    start_logging(settings)
    with running(settings) as url:
        need_schema(url)
        runtime = build_runtime(settings, url)
        settle()
        told = partial(work, metrics_host=metrics_host, metrics_port=metrics_port)
        asyncio.run(told(runtime, concurrency=concurrency, only=only))


def need_schema(url: str) -> None:
    """Ends the program when the database is older than this version's schema. A newer one is fine."""
    match schema_state(database_revision(url)):
        case "older":
            fail("The database is not at this version's schema. Run `balcao migrate` first.")
        case "unknown":
            fail("The database is at a schema that no version of Balcão has. Is DATABASE_URL the right one?")
        case "same" | "newer":
            return


def _hand_down(data: Path | None) -> None:
    if data is not None:
        os.environ["BALCAO_DATA"] = str(data)
