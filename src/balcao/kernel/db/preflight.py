"""Looks at an outside database before anything is changed in it, and says in words and SQL what is missing.

Managed servers give neither a superuser nor BYPASSRLS, and some not even CREATEROLE: then their administrator runs the
statements this names, once.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import class_row
from sqlalchemy.engine import make_url

from balcao.kernel.db.migrate import known_revisions
from balcao.kernel.db.row_security import APP_ROLE, PLATFORM_ROLE

OLDEST_SERVER = 15
# Any of these without our own mark belongs to another program.
TELLING_TABLES = ("tenants", "users", "orders", "stores", "procrastinate_jobs")

_STATE = """
select current_setting('server_version_num')::int / 10000 as major, current_user as name,
  current_setting('server_encoding') as encoding, r.rolsuper as is_super, r.rolcreaterole as makes_roles,
  has_schema_privilege('public', 'create') as may_create, to_regclass('public.alembic_version') is not null as marked,
  (select array_agg(t) from unnest(%(tables)s::text[]) as t where to_regclass('public.' || t) is not null) as taken
from pg_roles r where r.rolname = current_user
"""
_ROLES = """
select rolname, pg_has_role(oid, %(verb)s) or pg_has_role(oid, 'member with admin option')
from pg_roles where rolname = any(%(roles)s)
"""


@dataclass(frozen=True, slots=True)
class _State:
    major: int
    name: str
    encoding: str
    is_super: bool
    makes_roles: bool
    may_create: bool
    marked: bool
    taken: list[str] | None


def plain_url(database_url: str) -> str:
    """The address as libpq reads it: `postgresql+asyncpg://…` and `postgres://…` mean the same server."""
    scheme, separator, rest = database_url.partition("://")
    known = scheme.partition("+")[0] in {"postgres", "postgresql"}
    return f"postgresql{separator}{rest}" if known else database_url


def without_password(database_url: str) -> str:
    """The address as it may be shown."""
    return make_url(database_url).render_as_string(hide_password=True)


def database_problem(database_url: str) -> str | None:
    """Why this program cannot work on the database, in words for people; None when it can. Never shows a password."""
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            return _problem(connection)
    except psycopg.Error as error:
        return f"The database {without_password(database_url)} cannot be used: {str(error).strip()}"


def _problem(connection: psycopg.Connection) -> str | None:
    with connection.cursor(row_factory=class_row(_State)) as cursor:
        state = cursor.execute(_STATE, {"tables": list(TELLING_TABLES)}).fetchone()
    assert state is not None
    if state.major < OLDEST_SERVER:
        return f"PostgreSQL {OLDEST_SERVER} or newer is needed; the server of DATABASE_URL is {state.major}."
    if state.encoding != "UTF8":
        return (
            f"The database is encoded in {state.encoding}. Create it with: create database … encoding 'UTF8'"
        )
    return _foreign(connection, state) or _rights(connection, state)


def _foreign(connection: psycopg.Connection, state: _State) -> str | None:
    if not state.marked:
        names = ", ".join(state.taken or ())
        return (
            f"The database holds tables of another program ({names}). Give Balcão an empty one."
            if names
            else None
        )
    row = connection.execute("select version_num from public.alembic_version").fetchone()
    if row is None or row[0] in known_revisions():
        return None
    return (
        f"The database is at revision {row[0]}, which this version does not know: it was made by a newer version or by "
        "another program."
    )


def _rights(connection: psycopg.Connection, state: _State) -> str | None:
    me, needed = sql.Identifier(state.name), list[sql.Composed]()
    # From 16 on being a member and being allowed to SET ROLE are two things.
    verb = "set" if state.major >= 16 else "member"
    roles = [APP_ROLE, PLATFORM_ROLE]
    known: dict[str, bool] = dict(connection.execute(_ROLES, {"verb": verb, "roles": roles}).fetchall())
    for role in roles:
        name = sql.Identifier(role)
        if role not in known and not (state.is_super or state.makes_roles):
            needed.append(sql.SQL("create role {} nologin;").format(name))
        gives = state.is_super or (state.makes_roles and (state.major < 16 or role not in known))
        if not (known.get(role) or gives):
            needed.append(sql.SQL("grant {} to {};").format(name, me))
    if not state.may_create:
        needed.append(sql.SQL("grant usage, create on schema public to {};").format(me))
    if not needed:
        return None
    lines = "\n".join(f"  {statement.as_string(connection)}" for statement in needed)
    return f"The account of DATABASE_URL lacks rights. Have an administrator run this in the database, once:\n\n{lines}"
