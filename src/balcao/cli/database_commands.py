"""The commands `balcao db …`. Light: what they do is read when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from balcao.cli.options import Data

database_app = typer.Typer(help="The database of the installation.", no_args_is_help=True)


@database_app.callback()
def _group() -> None:  # pyright: ignore[reportUnusedFunction]
    """Keeps `distribute` a command of a group while it is alone."""


@database_app.command("distribute")
def distribute(
    sure: Annotated[
        bool, typer.Option("--yes/--dry-run", help="Do it, or (by default) only print the plan.")
    ] = False,
    data: Data = None,
) -> None:
    """Distribute the tables over a Citus cluster, by tenant."""
    from balcao.cli.distribute import run_distribute

    run_distribute(data=data, sure=sure)
