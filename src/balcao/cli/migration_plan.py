"""`balcao migrate --plan`: what a migration would do, before it does it."""

from __future__ import annotations

from pathlib import Path

import typer

from balcao.cli.instance import load_settings, running
from balcao.kernel.db.migrate import database_revision, schema_state
from balcao.kernel.db.migration_plan import contractions, pending

NOTHING_TO_FEAR = 0
NOT_OUR_SCHEMA = 2
TAKES_AWAY = 3


def show_plan(data: Path | None) -> int:
    """Prints what is pending. Exit code 0: nothing, or it only adds; 2: a schema of nobody; 3: it takes away what the
    release that serves may still use. An empty database has nothing to take away."""
    with running(load_settings(data_dir=data)) as url:
        revision = database_revision(url)
    match schema_state(revision):
        case "same":
            typer.echo(f"Nothing to do: the database is at {revision}.")
            return NOTHING_TO_FEAR
        case "newer":
            typer.echo(
                f"Nothing to do: the database is at {revision}, newer than this program. It works on it."
            )
            return NOTHING_TO_FEAR
        case "unknown":
            typer.echo(f"The database is at {revision}, which no version of Balcão has.", err=True)
            return NOT_OUR_SCHEMA
        case "older":
            return _tell_pending(revision)


def _tell_pending(revision: str | None) -> int:
    code = NOTHING_TO_FEAR
    for path in pending(revision):
        taken = contractions(path) if revision is not None else []
        typer.echo(f"{path.stem}: {'takes away: ' + '; '.join(taken) if taken else 'only adds'}")
        code = TAKES_AWAY if taken else code
    return code
