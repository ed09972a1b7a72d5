"""The commands `balcao backup …` and `balcao restore`. Light: what they do is read when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from balcao.cli.options import Data, from_where_started

backup_app = typer.Typer(help="Backups of the whole installation.")
Folder = Annotated[
    Path | None,
    typer.Option(
        "--from", help="Folder with the backups; BACKUP_DIR by default.", callback=from_where_started
    ),
]
Name = Annotated[str, typer.Argument(help="Name of the backup; the newest verified one by default.")]
Sure = Annotated[bool, typer.Option("--yes", help="Ask nothing.")]
Unsafe = Annotated[
    bool, typer.Option("--no-safety-backup", help="Make no backup of the present database first.")
]


@backup_app.callback(invoke_without_command=True)
def backups(
    context: typer.Context,
    continuous: Annotated[
        bool,
        typer.Option(
            "--continuous",
            help="Copy every change of the embedded server as it happens, to the bucket as well, until stopped.",
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Backups of the whole installation."""
    if continuous and context.invoked_subcommand is None:
        from balcao.cli.backup_moments import run_continuous

        run_continuous(data=data)
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@backup_app.command("moment")
def moment(
    at: Annotated[
        str,
        typer.Argument(
            help="RFC 3339, such as 2026-01-31T14:05:00-03:00; without it, what can be reached is said. `newest` works."
        ),
    ] = "",
    data: Data = None,
) -> None:
    """Make a backup of what the installation held at a moment, out of what --continuous copied, here or to the bucket."""
    from balcao.cli.backup_moments import run_moment

    run_moment(data=data, at=at)


@backup_app.command("create")
def create(
    verify: Annotated[bool, typer.Option(help="Restore it once, to be sure of it.")] = True, data: Data = None
) -> None:
    """Make a backup."""
    from balcao.cli.backup import run_create

    run_create(data=data, verify=verify)


@backup_app.command("list")
def list_all(folder: Folder = None, data: Data = None) -> None:
    """List the backups, here and in the bucket."""
    from balcao.cli.backup import run_list

    run_list(data=data, folder=folder)


@backup_app.command("verify")
def verify(name: Name = "", folder: Folder = None, data: Data = None) -> None:
    """Verify a backup by restoring it into a database of its own."""
    from balcao.cli.backup import run_verify

    run_verify(data=data, folder=folder, name=name)


@backup_app.command("cleanup")
def cleanup(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    data: Data = None,
) -> None:
    """Remove backups and former databases whose time is over."""
    from balcao.cli.backup import run_cleanup

    run_cleanup(data=data, dry_run=dry_run)


@backup_app.command("restore")
def restore(
    name: Name = "",
    folder: Folder = None,
    sure: Sure = False,
    unsafe: Unsafe = False,
    run: Annotated[str, typer.Option("--run", hidden=True)] = "",
    data: Data = None,
) -> None:
    """Replace the database by a backup. Everybody gets 503 meanwhile; if it fails, nothing was changed."""
    from balcao.cli.backup import run_restore

    run_restore(
        data=data,
        folder=folder,
        name=name,
        sure=sure,
        safety_backup=not unsafe,
        run=UUID(run) if run else None,
    )
