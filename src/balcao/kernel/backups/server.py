"""What is done with whole databases: a fresh one beside the live one, the exchange of their names, and their end."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from balcao.kernel.backups.errors import BackupImpossibleError, BackupNotFoundError, BackupRunningError
from balcao.kernel.backups.manifest import moment_of, stamp_of

LOCK_KEY: Final = 0x62616C63616F  # "balcao": one backup, verification or restore of a database at a time
_NEIGHBOURS: Final = ("postgres", "template1")
_LONGEST_BASE: Final = 38  # of the 63 bytes of a name, with room for what is added
_OLD: Final = re.compile(r".+_old_(\d{8}_\d{6})", re.ASCII)

_LOOK = """
select pg_encoding_to_char(d.encoding) as encoding, d.datcollate, d.datctype, d.datlocprovider::text as provider,
  to_jsonb(d) ->> case when current_setting('server_version_num')::int >= 170000 then 'datlocale' else 'daticulocale' end
    as locale,
  pg_get_userbyid(d.datdba) as owner, d.datconnlimit
from pg_database d where d.datname = %s
"""
_GRANTS = """
select format('revoke all on database %%I from public', %(fresh)s::text) from pg_database where datname = %(live)s and datacl is not null
union all
select format('grant %%s on database %%I to %%s', a.privilege_type, %(fresh)s::text,
  case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
from pg_database d, aclexplode(d.datacl) a where d.datname = %(live)s and a.grantee <> d.datdba
union all
select format('alter database %%I set %%I to %%s', %(fresh)s::text, split_part(c, '=', 1),
  case when split_part(c, '=', 1) in ('search_path', 'session_preload_libraries', 'local_preload_libraries')
    then substr(c, strpos(c, '=') + 1) else quote_literal(substr(c, strpos(c, '=') + 1)) end)
from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) c
where d.datname = %(live)s and s.setrole = 0
"""


def database_of(url: str) -> str:
    """The name of the database an address leads to."""
    parts = conninfo_to_dict(url)
    return str(parts.get("dbname") or parts.get("user") or "")


def sibling(url: str, database: str) -> str:
    """The address of another database of the same server."""
    parts = urlsplit(url)
    # geturl() would lose the two slashes where no host is named (postgresql:///balcao).
    return f"{parts.scheme}://{parts.netloc}/{quote(database)}{f'?{parts.query}' if parts.query else ''}"


def name_beside(live: str, what: str, moment: datetime) -> str:
    """The name of a database made beside the live one: `balcao_restore_20260131_033000`."""
    return f"{live[:_LONGEST_BASE]}_{what}_{stamp_of(moment)}"


def free_name_beside(url: str, what: str, moment: datetime) -> str:
    """The same of a live database's address, of the first second from `moment` on that no database is called by."""
    live = database_of(url)
    with connected(url) as connection:
        while True:
            name = name_beside(live, what, moment)
            query = "select from pg_database where datname = %s"
            if connection.execute(query, (name,)).fetchone() is None:
                return name
            moment += timedelta(seconds=1)


@contextlib.contextmanager
def connected(url: str) -> Generator[psycopg.Connection]:
    """A connection without time limits, each statement a transaction of its own."""
    with contextlib.closing(psycopg.connect(url, autocommit=True, connect_timeout=15)) as connection:
        connection.execute("set statement_timeout = 0")
        connection.execute("set idle_in_transaction_session_timeout = 0")
        yield connection


@contextlib.contextmanager
def beside(url: str) -> Generator[psycopg.Connection]:
    """A connection to the server that is in none of the databases to be exchanged."""
    live, last = database_of(url), None
    for neighbour in _NEIGHBOURS:
        if neighbour == live:
            continue
        try:
            connection = psycopg.connect(
                sibling(url, neighbour), autocommit=True, connect_timeout=15,
                client_encoding="utf8",  # a server made without a locale keeps its own databases in SQL_ASCII
            )  # fmt: skip
        except psycopg.OperationalError as error:
            last = error
            continue
        with contextlib.closing(connection):
            yield connection
        return
    raise BackupImpossibleError(
        "the account may not connect to the server's database “postgres”, from where databases are made."
    ) from last


@contextlib.contextmanager
def one_at_a_time(url: str) -> Generator[None]:
    """Holds the lock of backups. BackupRunningError when somebody else has it."""
    with connected(url) as connection:
        row = connection.execute("select pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone()
        if row != (True,):
            raise BackupRunningError
        try:
            yield
        finally:
            # Closing alone would leave it to the server's session to end, a moment later.
            with contextlib.suppress(psycopg.OperationalError):  # an exchange ended this line
                connection.execute("select pg_advisory_unlock(%s)", (LOCK_KEY,))


def make_database(url: str, name: str) -> str:
    """An empty database like the live one: encoding, locale, owner, rights, settings. Answers its address.

    BackupImpossibleError when the account may not make databases.
    """
    live = database_of(url)
    with beside(url) as server:
        found = _properties(server, live)
        statement = sql.SQL("create database {} template template0 encoding {} lc_collate {} lc_ctype {} {}")
        try:
            server.execute(
                statement.format(
                    sql.Identifier(name), sql.Literal(found["encoding"]), sql.Literal(found["datcollate"]),
                    sql.Literal(found["datctype"]), _provider(found),
                )
            )  # fmt: skip
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupImpossibleError(
                f"restoring and verifying need a second database, and the account may not make one. "
                f"Have an administrator run: alter role {server.info.user} createdb;"
            ) from error
        for (line,) in server.execute(_GRANTS, {"live": live, "fresh": name}).fetchall():
            server.execute(str(line).encode())
        if found["owner"] != server.info.user:
            server.execute(
                sql.SQL("alter database {} owner to {}").format(
                    sql.Identifier(name), sql.Identifier(found["owner"])
                )
            )
    return sibling(url, name)


def _properties(server: psycopg.Connection, live: str) -> dict[str, Any]:
    with server.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_LOOK, (live,)).fetchone()
    assert found is not None, "the live database is there, or nothing could be restored over it"
    return found


def _provider(found: dict[str, Any]) -> sql.Composable:
    match found["provider"]:
        case "i":
            return sql.SQL("locale_provider icu icu_locale {}").format(sql.Literal(found["locale"]))
        case "b":
            return sql.SQL("locale_provider builtin builtin_locale {}").format(sql.Literal(found["locale"]))
        case _:
            return sql.SQL("locale_provider libc")


def drop_database(url: str, name: str) -> None:
    """Removes a database of the server, whoever is in it; one that is not there is fine."""
    with beside(url) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def exchange(url: str, fresh: str, retired: str) -> None:
    """Gives `fresh` the live database's name and the live one the name `retired`, in one step or not at all."""
    live = database_of(url)
    with beside(url) as server:
        shut = sql.SQL("alter database {} allow_connections {}")
        server.execute(shut.format(sql.Identifier(live), sql.SQL("false")))
        try:
            _end_sessions(server, live, fresh)
            rename = sql.SQL("alter database {} rename to {}")
            with server.transaction():
                server.execute(rename.format(sql.Identifier(live), sql.Identifier(retired)))
                server.execute(rename.format(sql.Identifier(fresh), sql.Identifier(live)))
        except BaseException:
            server.execute(shut.format(sql.Identifier(live), sql.SQL("true")))
            raise
        # Nobody finds it by its name any more; a person may want to look at it before it goes.
        server.execute(shut.format(sql.Identifier(retired), sql.SQL("true")))


def _end_sessions(server: psycopg.Connection, *databases: str) -> None:
    server.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
        "where datname = any(%s) and pid <> pg_backend_pid() and backend_type = 'client backend'",
        (list(databases),),
    )


def retired_databases(url: str) -> dict[str, datetime]:
    """Databases that restores put aside, with the moment they did."""
    begins = f"{database_of(url)[:_LONGEST_BASE]}_old_"
    found: dict[str, datetime] = {}
    with beside(url) as server:
        for (name,) in server.execute("select datname from pg_database order by datname").fetchall():
            match = _OLD.fullmatch(name)
            if match is None or not name.startswith(begins):
                continue
            with contextlib.suppress(BackupNotFoundError):
                found[name] = moment_of(f"backup_{match[1]}")
    return found


def outdated_databases(retired: dict[str, datetime], now: datetime, keep: timedelta) -> list[str]:
    """Those put aside longer ago than `keep`."""
    return [name for name, moment in retired.items() if now - moment > keep]
