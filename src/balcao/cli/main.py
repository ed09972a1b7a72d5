"""The command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from balcao.cli.backup_commands import backup_app, restore
from balcao.cli.collector import start_quickly
from balcao.cli.database_commands import database_app
from balcao.cli.job_commands import jobs_app
from balcao.cli.options import Data, from_where_started

app = typer.Typer(
    help="Balcão: one program that runs a Brazilian small business online.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(backup_app, name="backup")
app.add_typer(jobs_app, name="jobs")
app.add_typer(database_app, name="db")
app.command("restore")(restore)


def _share_figures(data: Path | None) -> None:
    """Several processes tell their figures as one. Before the rest of the program is read, for it begins counting then."""
    from balcao.cli.instance import load_settings
    from balcao.kernel.observability.shared_folder import share_figures

    share_figures(load_settings(data_dir=data).data_dir)


Port = Annotated[int, typer.Option("--port", help="Port to listen on.")]


@app.command()
def up(
    port: Port = 8000,
    data: Data = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget the database, files and secrets of the data folder first.")
    ] = False,
) -> None:
    """Run everything on this machine, with demo shops."""
    start_quickly()
    from balcao.cli.up import run_up

    run_up(port=port, data=data, host=host, fresh=fresh)


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option("--port", help="Port to listen on; 8000 when there is no --uds.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "0.0.0.0",  # noqa: S104
    uds: Annotated[
        Path | None,
        typer.Option(
            "--uds", help="Local socket to listen at, for a reverse proxy.", callback=from_where_started
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that serve.")] = 1,
    drain: Annotated[
        float | None,
        typer.Option(
            min=0, help="Seconds to go on answering, unready, after SIGTERM; DRAIN_SECONDS by default."
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Serve pages and API; workers run beside it."""
    start_quickly()
    _share_figures(data)
    from balcao.cli.serve import Door, run_serve

    door = Door(host, 8000 if port is None and uds is None else port, uds)
    run_serve(door, workers=workers, data=data, drain=drain)


@app.command()
def worker(
    concurrency: Annotated[int, typer.Option(min=1, help="Jobs worked on at once.")] = 4,
    only: Annotated[
        Literal["all", "quick", "bulk"],
        typer.Option("--only", help="Take quick jobs or long ones only, for workers of their own."),
    ] = "all",
    metrics_port: Annotated[
        int | None, typer.Option("--metrics-port", help="Port that tells /metrics; none by default.")
    ] = None,
    metrics_host: Annotated[str, typer.Option("--metrics-host", help="Address of that port.")] = "127.0.0.1",
    data: Data = None,
) -> None:
    """Work on the jobs of the queue."""
    start_quickly()
    _share_figures(data)
    from balcao.cli.serve import run_worker_process

    run_worker_process(
        concurrency=concurrency, only=only, data=data, metrics_host=metrics_host, metrics_port=metrics_port
    )


@app.command()
def migrate(
    plan: Annotated[
        bool,
        typer.Option(
            "--plan",
            help="Only say what is pending. Exit code 3: it takes away what the serving release may use.",
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Bring the database to this version's schema."""
    if plan:
        from balcao.cli.migration_plan import show_plan

        raise typer.Exit(show_plan(data))
    from balcao.cli.instance import load_settings, running
    from balcao.kernel.db.migrate import migrate as apply

    with running(load_settings(data_dir=data)) as url:
        typer.echo("migrated" if apply(url) else "already current")


@app.command("check-config")
def check_config(
    env: Annotated[
        Literal["development", "staging", "production"] | None,
        typer.Option("--env", help="Judge for this environment; ENV by default."),
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Also sign in to the mail server. Nothing is sent.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only what is missing or unsafe.")] = False,
    before_migrating: Annotated[
        bool, typer.Option("--before-migrating", help="An older schema is in order: it is migrated next.")
    ] = False,
    data: Data = None,
) -> None:
    """Say what is missing or unsafe in the settings. Exit code 0: nothing; 1: something to know; 2: it must change."""
    from balcao.cli.config_check.command import run_check_config

    raise typer.Exit(
        run_check_config(data=data, env=env, online=online, quiet=quiet, before_migrating=before_migrating)
    )


@app.command()
def seed(
    scale: Annotated[int, typer.Option("--scale", min=0, max=9999, help="Invented businesses to make.")] = 0,
    orders: Annotated[int, typer.Option("--orders", min=0, help="Orders of each invented business.")] = 200,
    lot: Annotated[int, typer.Option("--seed", help="The same number makes the same businesses.")] = 1,
    data: Data = None,
    sure: Annotated[bool, typer.Option("--yes", help="Also in staging and production.")] = False,
) -> None:
    """Load the demo shops, or many invented ones."""
    from balcao.cli.seed import run_seed

    run_seed(scale=scale, orders=orders, seed=lot, data=data, sure=sure)


@app.command()
def found(
    email: Annotated[str, typer.Option("--email", help="Whom the installation belongs to.")],
    name: Annotated[str, typer.Option("--name", help="Their name.")] = "Central",
    data: Data = None,
) -> None:
    """Make the first person of a new installation; the password is asked for."""
    from balcao.cli.found import run_found

    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    run_found(email=email, name=name, password=password, data=data)


@app.command()
def reseal(data: Data = None) -> None:
    """Seal what businesses entrusted to us under the present AUTH_SECRET; then a former one may be removed."""
    from balcao.cli.reseal import run_reseal

    run_reseal(data=data)


@app.command()
def check() -> None:
    """Lint, format, types and import contracts."""
    from balcao.cli.checks import run_checks

    raise typer.Exit(1 if run_checks() else 0)


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def every_test(
    context: typer.Context,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Measure which lines and branches ran, and print the rest.")
    ] = False,
) -> None:
    """Every check and every test; arguments go to pytest."""
    from balcao.cli.checks import run_checks, run_tests

    failed_checks = 0 if context.args else run_checks()
    raise typer.Exit(run_tests(context.args, coverage=coverage) or (1 if failed_checks else 0))


@app.command()
def bench(
    only: Annotated[
        str,
        typer.Argument(
            help="Part of a scenario's name; all of the shop by default. contacts: the importer. deploy: releases. "
            "chaos: everything is killed at random. drill: a disaster, and the restore. "
            "mutants: faults put into the pure rules, which the tests have to notice."
        ),
    ] = "",
    rounds: Annotated[int, typer.Option(help="Rounds; every one runs all scenarios in turn.")] = 5,
    seconds: Annotated[float, typer.Option(help="Length of one scenario in one round.")] = 4.0,
    rows: Annotated[
        int, typer.Option(help="Rows of the lists that the importer is measured with.")
    ] = 200_000,
    rate: Annotated[float, typer.Option(help="Requests per second while releases change (deploy).")] = 200.0,
    watch: Annotated[float, typer.Option(help="Seconds deploy.sh watches a new release (deploy).")] = 20.0,
    minutes: Annotated[
        float, typer.Option(help="How long people shop while things are killed (chaos).")
    ] = 3.0,
    orders: Annotated[
        int, typer.Option(min=1, help="Orders there are before the disaster (drill).")
    ] = 100_000,
    file: Annotated[
        str, typer.Option(help="Part of a file's path; all the pure rules by default (mutants).")
    ] = "",
    data: Data = None,
) -> None:
    """Measure the shop under load, or the importer of contacts, beside controls."""
    if only == "mutants":
        from balcao.cli.bench.mutants import run_mutants_bench

        run_mutants_bench(part=file)
        return
    if only == "contacts":
        from balcao.cli.bench.contacts import run_contacts_bench

        run_contacts_bench(rounds=rounds, rows=rows, data=data)
        return
    if only == "chaos":
        from balcao.cli.bench.chaos import run_chaos_bench

        run_chaos_bench(minutes=minutes)
        return
    if only == "drill":
        from balcao.cli.bench.drill import run_drill_bench

        run_drill_bench(orders=orders)
        return
    if only == "deploy":
        from balcao.cli.bench.deploy import run_deploy_bench

        run_deploy_bench(per_second=rate, watch=watch)
    from balcao.cli.bench.command import run_bench

    run_bench(rounds=rounds, seconds=seconds, only=only, data=data)


@app.command()
def reference(
    check: Annotated[bool, typer.Option("--check", help="Only compare; fail when a page is stale.")] = False,
) -> None:
    """Write docs/reference, .env.example and the Python client from the code, and say which change of the API may break programs outside."""
    from balcao.cli.reference.book import broken_promises, stale, write

    for change in broken_promises():
        typer.echo(change)
    names = stale(app) if check else write(app)
    for name in names:
        typer.echo(f"stale: {name}" if check else f"written: {name}")
    raise typer.Exit(1 if check and names else 0)


@app.command()
def screenshots(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the pictures.", callback=from_where_started)
    ] = Path("screenshots"),
    pages: Annotated[
        str, typer.Option("--pages", help="Parts of page names, with commas; all by default.")
    ] = "",
    url: Annotated[
        str, typer.Option("--url", help="A running demo; one of its own is started otherwise.")
    ] = "",
) -> None:
    """Take pictures of the main pages, light and dark."""
    from balcao.cli.screenshots import run_screenshots

    run_screenshots(out=out, wanted=[part for part in pages.split(",") if part], url=url.rstrip("/"))
