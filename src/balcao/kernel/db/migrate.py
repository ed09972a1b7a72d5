"""Bringing the database to the schema of this code."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import psycopg

SchemaState = Literal["same", "older", "newer", "unknown"]
MIGRATIONS = Path(__file__).resolve().parents[4] / "migrations"


def newest_revision() -> str:
    """The revision this code needs, read from the file names (`0001_initial.py` is 0001)."""
    return max(known_revisions())


def known_revisions() -> set[str]:
    """Every revision this code can bring a database to, or find one at."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")}


def database_revision(database_url: str) -> str | None:
    """The revision of the database, or None when it has never been migrated."""
    with psycopg.connect(database_url) as connection:
        if connection.execute("select to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("select version_num from alembic_version").fetchone()
        return None if row is None else str(row[0])


def schema_state(revision: str | None) -> SchemaState:
    """How a database at this revision stands to this code.

    `newer` is fine to work on: a migration only adds what the release before it can do without, so that both run at the
    same time; what it makes superfluous goes in the release after. `older` and `unknown` (no number) are not.
    """
    newest = newest_revision()
    if revision == newest:
        return "same"
    if revision is None or revision in known_revisions():
        return "older"
    return "newer" if revision.isdigit() and int(revision) > int(newest) else "unknown"


def migrate(database_url: str) -> bool:
    """Applies what is missing; True when something was. A database already current, or newer, costs one query."""
    if schema_state(database_revision(database_url)) in {"same", "newer"}:
        return False
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")
    return True
