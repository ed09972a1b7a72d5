"""`balcao up`: from nothing to a running shop, with one command."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import socket
import sys
import threading
from pathlib import Path

import typer

from balcao.cli.instance import Instance, InstanceBusyError, load_settings


def run_up(*, port: int, data: Path | None, host: str, fresh: bool) -> None:
    """Starts database, migrations, demo data, API, pages and worker in this process, until Ctrl-C."""
    os.environ.setdefault("DEFAULT_TENANT", "padaria")
    os.environ.setdefault("API_BASE_URL", f"http://localhost:{port}")
    settings = load_settings(data_dir=data)
    if fresh:
        _forget(settings.data_dir)
        settings = load_settings(data_dir=data)
    if settings.env != "development":
        _fail("`up` is for development. In staging and production run `migrate`, `serve` and `worker`.")
    instance = Instance(settings)
    try:
        instance.lock()
    except InstanceBusyError:
        _fail(
            f"Another Balcão is running on {instance.folder}. Stop it, or use --data for a second instance."
        )
    if not _is_free(host, port):
        _fail(f"Port {port} is taken. Use --port to choose another.")
    # The database takes about as long to start as Python takes to read the program: do both at once.
    warm_up = threading.Thread(target=_import_application, daemon=True)
    warm_up.start()
    try:
        url = instance.database_url()
        warm_up.join()
        _prepare_and_serve(instance, url, host, port)
    finally:
        instance.stop()


def _prepare_and_serve(instance: Instance, url: str, host: str, port: int) -> None:
    from balcao.cli.seed import seed_demo
    from balcao.cli.serve import serve_app
    from balcao.kernel.db.migrate import migrate
    from balcao.registry import build_runtime
    from balcao.web_app import web_app

    migrate(url)
    asyncio.run(seed_demo(instance.settings, url))
    runtime = build_runtime(instance.settings, url)
    _say_hello(port)
    serve_app(web_app(runtime, with_worker=True), host=host, port=port)


def _import_application() -> None:
    for name in ("balcao.cli.seed", "balcao.cli.serve", "balcao.web_app"):
        importlib.import_module(name)


def _forget(folder: Path) -> None:
    instance = Instance(load_settings(data_dir=folder))
    try:
        instance.lock()
    except InstanceBusyError:
        _fail(f"Another Balcão is running on {folder}. Stop it before --fresh.")
    if instance.is_embedded and (folder / "postgres" / "postmaster.pid").exists():
        instance.postgres.start()
        instance.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _fail(message: str) -> None:
    typer.echo(message, err=True)
    sys.exit(1)


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
