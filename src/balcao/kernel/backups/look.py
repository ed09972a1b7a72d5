"""Looking into a database: what is in it, whether it is whole, and whether this account sees all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from balcao.kernel.backups.errors import BackupImpossibleError
from balcao.kernel.backups.models import LEFT_OUT
from balcao.kernel.db.row_security import PLATFORM_ROLE

_TABLES = (
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') "
    "and relname <> all(%s) order by relname"
)
_WALLED = "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and relforcerowsecurity"
_EYES = (
    "select r.rolsuper or r.rolbypassrls, "
    "coalesce((select pg_has_role(o.oid, 'usage') from pg_roles o where o.rolname = %s), false), "
    "current_setting('server_version_num')::int / 10000 from pg_roles r where r.rolname = current_user"
)
_FAULTS = """
select 'constraint ' || conname || ' is not validated' from pg_constraint
  where connamespace = 'public'::regnamespace and not convalidated
union all
select 'index ' || c.relname || ' is not valid' from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relnamespace = 'public'::regnamespace and not i.indisvalid
"""
_SEQUENCES = """
select c.relname, a.attname, pg_get_serial_sequence(format('public.%I', c.relname), a.attname)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and pg_get_serial_sequence(format('public.%I', c.relname), a.attname) is not null
"""


@dataclass(frozen=True, slots=True)
class Eyes:
    """How the account sees rows behind the walls: by its own power, or through the platform's door."""

    sees_by_itself: bool
    server_major: int


def eyes_of(connection: psycopg.Connection) -> Eyes:
    """BackupImpossibleError when rows would be invisible to the account: a backup without them would look whole."""
    row = connection.execute(_EYES, (PLATFORM_ROLE,)).fetchone()
    assert row is not None, "there is a current user"
    sees, through_door, major = row
    if not (sees or through_door):
        raise BackupImpossibleError(
            f"the account does not see all rows. Have an administrator run: "
            f"grant {PLATFORM_ROLE} to {connection.info.user} with inherit true;"
        )
    return Eyes(bool(sees), int(major))


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table a backup holds."""
    counts: dict[str, int] = {}
    for (table,) in connection.execute(_TABLES, (list(LEFT_OUT),)).fetchall():
        query = sql.SQL("select count(*) from public.{}").format(sql.Identifier(table))
        row = connection.execute(query).fetchone()
        counts[table] = int(row[0]) if row else 0
    return counts


def count_walled(connection: psycopg.Connection) -> int:
    """Tables under forced row security."""
    row = connection.execute(_WALLED).fetchone()
    return int(row[0]) if row else 0


def revision_of(connection: psycopg.Connection) -> str | None:
    """The schema's revision; None for a database without our tables."""
    if connection.execute("select to_regclass('public.alembic_version')").fetchone() == (None,):
        return None
    row = connection.execute("select version_num from public.alembic_version").fetchone()
    return None if row is None else str(row[0])


def faults_of(connection: psycopg.Connection) -> list[str]:
    """What is wrong with a restored database by itself: unchecked constraints, broken indexes, sequences left behind."""
    found = [str(row[0]) for row in connection.execute(_FAULTS).fetchall()]
    for table, column, sequence in connection.execute(_SEQUENCES).fetchall():
        query = sql.SQL(
            "select coalesce((select max({column}) from public.{table}), 0) > (select last_value from {sequence})"
        ).format(
            column=sql.Identifier(column),
            table=sql.Identifier(table),
            sequence=_qualified(str(sequence).split(".")),
        )
        if connection.execute(query).fetchone() == (True,):
            found.append(f"sequence {sequence} is behind its table")
    return found


def _qualified(parts: Sequence[str]) -> sql.Identifier:
    return sql.Identifier(*(part.strip('"') for part in parts))
