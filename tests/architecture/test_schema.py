"""The migrations make exactly what the models say, down to every check and every partial index."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from balcao.kernel.db.engine import sqlalchemy_url
from balcao.kernel.db.migrate import database_revision, migrate, newest_revision
from balcao.kernel.db.models import PlatformModel, TenantModel
from balcao.kernel.db.row_security import APP_ROLE
from balcao.registry import all_metadata

OURS = "c.relnamespace = 'public'::regnamespace and c.relname !~ '^(procrastinate_|alembic_)'"
UNREAD = {"billing_events"}
LOOKS = {
    "columns": (
        "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
        "pg_get_expr(d.adbin, d.adrelid) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 "
        "and not a.attisdropped left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum "
        f"where c.relkind = 'r' and {OURS}"
    ),
    "constraints": (
        "select c.relname, k.conname, pg_get_constraintdef(k.oid) from pg_constraint k "
        f"join pg_class c on c.oid = k.conrelid where k.contype <> 'n' and {OURS}"
    ),
    "indexes": (
        "select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid "
        f"where {OURS}"
    ),
}


def _look(url: str) -> dict[str, set[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        return {name: set(connection.execute(query).fetchall()) for name, query in LOOKS.items()}  # type: ignore[arg-type]


def _make(database_url: str, name: str) -> str:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return urlsplit(database_url)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="module")
def migrated_url(database_url: str) -> str:
    """An empty database that was migrated once."""
    url = _make(database_url, "balcao_migrated")
    assert database_revision(url) is None
    assert migrate(url) is True
    return url


def test_migrating_again_changes_nothing(migrated_url: str) -> None:
    assert database_revision(migrated_url) == newest_revision()
    assert migrate(migrated_url) is False


def test_alembic_finds_nothing_to_change(migrated_url: str) -> None:
    engine = create_engine(sqlalchemy_url(migrated_url), poolclass=NullPool)
    with engine.connect() as connection:
        options = {
            "compare_type": True,
            "include_name": lambda name, kind, _: (
                not (kind == "table" and str(name).startswith("procrastinate_"))
            ),
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, all_metadata()) == [], "the models and the migrations differ"


@pytest.mark.parametrize("what", sorted(LOOKS))
def test_the_migrations_make_what_the_models_say(database_url: str, migrated_url: str, what: str) -> None:
    modelled_url = _make(database_url, "balcao_modelled")
    engine = create_engine(sqlalchemy_url(modelled_url), poolclass=NullPool)
    all_metadata().create_all(engine)
    modelled, migrated = _look(modelled_url)[what], _look(migrated_url)[what]
    assert len(modelled) > 60
    assert {"only in the models": modelled - migrated, "only migrated": migrated - modelled} == {
        "only in the models": set(),
        "only migrated": set(),
    }


def test_the_program_may_not_write_the_platforms_tables(migrated_url: str) -> None:
    """The plain role reads tenants and plans, and writes them through the platform's door only. What billing sent is not
    even read: it names every business."""
    query = (
        "select bool_or(has_table_privilege(%(role)s, %(table)s::regclass, 'insert, update, delete')), "
        "bool_and(has_table_privilege(%(role)s, %(table)s::regclass, 'select'))"
    )
    with psycopg.connect(migrated_url) as connection:
        for model in PlatformModel.__subclasses__():
            values = {"role": APP_ROLE, "table": str(model.__tablename__)}
            assert connection.execute(query, values).fetchone() == (
                False,
                model.__tablename__ not in UNREAD,
            ), model.__tablename__
        for model in TenantModel.__subclasses__():
            values = {"role": APP_ROLE, "table": str(model.__tablename__)}
            assert connection.execute(query, values).fetchone() == (True, True), model.__tablename__
