"""A database of its own with a shop in it, whose backups a test may make, break and restore."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from balcao.kernel.backups.server import database_of, sibling
from balcao.kernel.backups.site import Site, site_of
from balcao.kernel.db.migrate import migrate
from balcao.kernel.files.blobs import local_blobs
from balcao.kernel.settings import Settings
from balcao.registry import after_restore, build_runtime
from tests.factories.shops import Shop, make_shop


def fresh_database(server_url: str, name: str, *, owner: str | None = None) -> str:
    """An empty database of the test server."""
    with psycopg.connect(sibling(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        of = sql.SQL("owner {}").format(sql.Identifier(owner)) if owner else sql.SQL("")
        connection.execute(sql.SQL("create database {} {}").format(sql.Identifier(name), of))
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def make_site(settings: Settings, url: str, folder: Path, **changes: Any) -> Site:
    """The site of a database, with its own folder of backups and of media."""
    site = site_of(
        settings, url, local_blobs(folder / "media"), after_restore=after_restore(), folder=folder / "backups"
    )
    return replace(site, **changes)


def fill(settings: Settings, url: str) -> Shop:
    """Migrates the database and puts a shop into it."""
    migrate(url)

    async def work() -> Shop:
        runtime = build_runtime(settings, url)
        try:
            shop = await make_shop(runtime)
            await shop.add_product("Pão", 100, stock=5)
            return shop
        finally:
            await runtime.close()

    return asyncio.run(work())


def one(url: str, query: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """The first value of a query."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query, parameters).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None


def run(url: str, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
    """Runs a statement."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement, parameters)  # type: ignore[arg-type]


def fingerprint(url: str) -> dict[str, str]:
    """A digest of the content of every table a backup holds."""
    with psycopg.connect(url, autocommit=True) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' "
                "and relname not in ('backup_runs', 'maintenance') order by 1"
            )
        ]
        query = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from public.{} t"
        return {
            table: connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()[0]  # type: ignore[index]
            for table in tables
        }


def databases_beside(url: str) -> list[str]:
    """Names of databases that verifying or restoring left behind, and of those put aside."""
    live = database_of(url)
    with psycopg.connect(sibling(url, "postgres"), autocommit=True) as connection:
        rows = connection.execute(
            "select datname from pg_database where datname like %s order by 1", (f"{live}\\_%",)
        )
        return [row[0] for row in rows]
