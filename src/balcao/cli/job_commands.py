"""The commands `balcao jobs …`. Light: what they do is read when they run."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from balcao.cli.options import Data

jobs_app = typer.Typer(help="Jobs of the queue.", no_args_is_help=True)
Numbers = Annotated[
    list[int] | None, typer.Argument(help="Numbers of jobs, as `balcao jobs list` shows them.")
]
Task = Annotated[str, typer.Option("--task", help="Only jobs of this task.")]
Tenant = Annotated[str, typer.Option("--tenant", help="Only jobs of this business (slug).")]


@jobs_app.command("list")
def list_all(
    status: Annotated[
        Literal["failed", "todo", "doing", "cancelled", "succeeded", "aborted", "all"],
        typer.Option("--status", help="Jobs in this state; failed are those given up."),
    ] = "failed",
    task: Task = "",
    tenant: Tenant = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many, the newest.")] = 50,
    data: Data = None,
) -> None:
    """List jobs: number, task, business, age, tries, last kind of error. Never what they are about."""
    from balcao.cli.jobs import run_list

    run_list(data=data, status="" if status == "all" else status, task=task, tenant=tenant, limit=limit)


@jobs_app.command("retry")
def retry(
    numbers: Numbers = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every failed job, or those of --task and --tenant.")
    ] = False,
    task: Task = "",
    tenant: Tenant = "",
    data: Data = None,
) -> None:
    """Run failed jobs again, now."""
    from balcao.cli.jobs import run_retry

    run_retry(data=data, numbers=numbers or [], every=every, task=task, tenant=tenant)


@jobs_app.command("cancel")
def cancel(numbers: Numbers = None, data: Data = None) -> None:
    """Take out waiting jobs, ask running ones to stop, forget failed ones."""
    from balcao.cli.jobs import run_cancel

    run_cancel(data=data, numbers=numbers or [])
