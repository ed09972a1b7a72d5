"""The command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Balcão: one program that runs a Brazilian small business online.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
Data = Annotated[Path | None, typer.Option("--data", help="Folder with all state of the instance.")]
Port = Annotated[int, typer.Option("--port", help="Port to listen on.")]


@app.command()
def up(
    port: Port = 8000,
    data: Data = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget everything in the data folder first.")
    ] = False,
) -> None:
    """Run everything here: database, pages, API and worker, with a demo business."""
    from balcao.cli.up import run_up

    run_up(port=port, data=data, host=host, fresh=fresh)


@app.command()
def serve(port: Port = 8000, host: str = "0.0.0.0", workers: int = 1, data: Data = None) -> None:  # noqa: S104
    """Serve pages and API only; run workers beside it with `balcao worker`."""
    from balcao.cli.serve import run_serve

    run_serve(port=port, host=host, workers=workers, data=data)


@app.command()
def worker(concurrency: int = 4, data: Data = None) -> None:
    """Run a job worker."""
    from balcao.cli.serve import run_worker_process

    run_worker_process(concurrency=concurrency, data=data)


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to the schema of this version."""
    from balcao.cli.instance import Instance, load_settings
    from balcao.kernel.db.migrate import migrate as apply

    url = Instance(load_settings(data_dir=data)).database_url()
    typer.echo("migrated" if apply(url) else "already current")


@app.command()
def seed(
    scale: Annotated[int, typer.Option("--scale", help="Synthetic tenants to make.")] = 0,
    orders: Annotated[int, typer.Option("--orders", help="Orders of each synthetic tenant.")] = 200,
    data: Data = None,
) -> None:
    """Load the demo businesses, or with --scale synthetic tenants with orders for load work."""
    from balcao.cli.seed import run_seed

    run_seed(scale=scale, orders=orders, data=data)


@app.command()
def check() -> None:
    """Lint, format, types and import contracts."""
    from balcao.cli.checks import run_checks

    raise typer.Exit(1 if run_checks() else 0)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Every check and every test. Arguments go to pytest and then only the tests run."""
    from balcao.cli.checks import run_checks, run_tests

    failed_checks = 0 if context.args else run_checks()
    raise typer.Exit(run_tests(context.args) or (1 if failed_checks else 0))
