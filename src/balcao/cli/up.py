"""`balcao up`: from nothing to a running shop, with one command."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import os
import socket
import threading
from collections.abc import Generator
from pathlib import Path

import structlog
import typer

from balcao.cli.instance import Instance, InstanceBusyError, fail, load_settings
from balcao.cli.signals import end_if_asked, ends_quietly, undisturbed
from balcao.kernel.db.server_account import DatabaseServerError

LOOK_AFTER_SECONDS = 1.0
IMPORTS_WITHIN_SECONDS = 20.0


def run_up(*, port: int, data: Path | None, host: str, fresh: bool) -> None:
    """Starts database, migrations, demo data, API, pages and worker in this process, until Ctrl-C."""
    os.environ.setdefault("DEFAULT_TENANT", "padaria")
    os.environ.setdefault("API_BASE_URL", f"http://localhost:{port}")
    with ends_quietly():
        instance = _claim(data, fresh=fresh)
        _need_free(host, port)
        # The database takes about as long to start as Python takes to read the program: do both at once.
        warm_up = threading.Thread(target=_import_application, daemon=True)
        warm_up.start()
        try:
            url = instance.database_url()
            warm_up.join()
            end_if_asked()
            with _kept_alive(instance):
                _prepare_and_serve(instance, url, host, port)
        finally:
            with undisturbed():
                instance.stop()
                # Python must not end while a thread loads a library: the loader's lock would never be given back.
                warm_up.join(IMPORTS_WITHIN_SECONDS)


def _claim(data: Path | None, *, fresh: bool) -> Instance:
    instance = Instance(load_settings(data_dir=data))
    if instance.settings.env != "development":
        fail("`up` is for development. In staging and production run `migrate`, `serve` and `worker`.")
    try:
        instance.lock()
    except InstanceBusyError:
        fail(f"Another Balcão is running on {instance.folder}. Stop it, or use --data for a second instance.")
    if fresh:
        instance.forget()
        instance.settings = load_settings(data_dir=data)  # with a new secret
    return instance


def _prepare_and_serve(instance: Instance, url: str, host: str, port: int) -> None:
    from balcao.cli.seed import seed_demo
    from balcao.cli.serve import serve_app
    from balcao.kernel.db.migrate import migrate
    from balcao.registry import build_runtime
    from balcao.web_app import web_app

    migrate(url)
    asyncio.run(seed_demo(instance.settings, url))
    runtime = build_runtime(instance.settings, url)
    end_if_asked()
    _say_hello(port)
    serve_app(web_app(runtime, with_worker=True), host=host, port=port)


@contextlib.contextmanager
def _kept_alive(instance: Instance) -> Generator[None]:
    """Starts the embedded server again when it dies under us; the program's connections come back by themselves."""
    done = threading.Event()
    log = structlog.get_logger("balcao.up")

    def watch() -> None:
        while not done.wait(LOOK_AFTER_SECONDS):
            if instance.postgres.is_alive():
                continue
            log.warning("database_server_died")
            try:
                instance.postgres.start()
                log.warning("database_server_started_again")
            except DatabaseServerError as error:
                log.exception("database_server_not_started", error=str(error))

    watcher = threading.Thread(target=watch, daemon=True)
    if instance.is_embedded:
        watcher.start()
    try:
        yield
    finally:
        done.set()
        if watcher.is_alive():
            watcher.join()


def _import_application() -> None:
    for name in ("balcao.cli.seed", "balcao.cli.serve", "balcao.web_app"):
        importlib.import_module(name)


def _need_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            fail(f"{port} is not a port. Ports go from 1 to 65535.")
        except PermissionError:
            fail(f"This user may not listen on port {port}. Use --port with a number above 1023.")
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                fail(f"Port {port} is taken. Use --port to choose another.")
            fail(f"Balcão cannot listen on {host}: {error.strerror}. Use --host to choose another address.")


def _say_hello(port: int) -> None:
    base = f"http://localhost:{port}"
    typer.echo(
        f"""
Balcão is open.

  Shop      {base}/loja/padaria
  Panel     {base}/painel
  API docs  {base}/docs

  Sign in   dona@padaria.example (owner)   balcao@padaria.example (attendant)
            dona@cantina.example (the other business)   central@balcao.example (platform)
  Password  balcao-demo

Ctrl-C stops everything.
"""
    )
