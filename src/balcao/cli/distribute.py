"""`balcao db distribute`: the tables onto the nodes of a Citus cluster, or what that would take."""

from __future__ import annotations

from pathlib import Path

import psycopg
import typer

from balcao.cli.instance import fail, load_settings, running
from balcao.kernel.db.distribution import (
    Schema,
    kinds_of,
    placed_tables,
    plan_of,
    read_schema,
    schema_problems,
)
from balcao.kernel.db.migrate import database_revision, schema_state
from balcao.registry import all_metadata

NO_CITUS = (
    "This database has no Citus, so there is nothing to distribute to. On a server that has it, the administrator runs "
    "`create extension citus;` in this database and adds the nodes; then come back. One server needs none of this."
)
NOT_ALL_SEEN = (
    "Rows would be left behind: this account does not see them through row security. Give DATABASE_DIRECT_URL of an "
    "account that is a superuser or has BYPASSRLS, for this command only."
)
TRIGGERS = (
    "Note: {tables} carry triggers. They run on the node where the row is; Citus calls that unsafe because it cannot see "
    "what they touch. Ours write the audit trail of the same business, which lies on the same node."
)


def run_distribute(*, data: Path | None, sure: bool) -> None:
    """Prints the plan; with `sure` carries it out, statement by statement. What is placed already is left alone."""
    all_metadata()  # every module's tables are known now
    with running(load_settings(data_dir=data)) as url, psycopg.connect(url, autocommit=True) as connection:
        if schema_state(database_revision(url)) != "same":
            fail("The database is not at this version's schema. Run `balcao migrate` first.")
        if connection.execute("select 1 from pg_extension where extname = 'citus'").fetchone() is None:
            fail(NO_CITUS)
        _distribute(connection, sure=sure)


def _distribute(connection: psycopg.Connection, *, sure: bool) -> None:
    schema = read_schema(connection)
    kinds = kinds_of(schema.tables)
    problems = schema_problems(schema, kinds)
    if problems:
        fail("The schema cannot be distributed:\n" + "\n".join(f"  {one}" for one in problems))
    try:
        plan = plan_of(connection.info.dbname, schema, kinds, placed_tables(connection))
    except ValueError as error:
        fail(f"{error}. Nothing was changed.")
    if not plan:
        typer.echo("Everything is placed: nothing to do.")
        return
    if schema.triggers:
        typer.echo(TRIGGERS.format(tables=_some(schema)))
    for statement in plan:
        typer.echo(f"{statement.as_string(connection)};")
    if not sure:
        typer.echo("Nothing was changed. Add --yes to do it.")
        return
    if connection.execute(_SEES_ALL).fetchone() != (True,):
        fail(NOT_ALL_SEEN)
    for statement in plan:
        connection.execute(statement)
    typer.echo(
        f"Done: {len(plan)} statements. The coordinator's old copies go with truncate_local_data_after_distributing_table."
    )


_SEES_ALL = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"


def _some(schema: Schema) -> str:
    shown = ", ".join(schema.triggers[:3])
    return shown if len(schema.triggers) <= 3 else f"{shown} and {len(schema.triggers) - 3} more tables"
