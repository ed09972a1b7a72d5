"""The schema can be distributed by tenant: every table has its place, and every key of a tenant's table its tenant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from balcao.kernel.db.distribution import Reference, Schema, kinds_of, read_schema, schema_problems
from balcao.kernel.db.migrate import migrate
from balcao.registry import all_metadata
from tests.instance.program import balcao, environment

# What Citus answers with, as far as the command asks: its catalogue, and functions that note what was asked of them.
FAKE = """
set allow_system_table_mods = on;
insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
  values (99999, 'citus', 10, 2200, false, 'fake');
create schema citus_fake;
create table citus_fake.pg_dist_partition (logicalrelid regclass primary key, partmethod "char" not null, repmodel "char" not null,
  partkey text, near text);
create function citus_fake.column_to_column_name(regclass, text) returns text language sql as 'select $2';
create function citus_fake.create_reference_table(t text) returns void language sql as
  $$ insert into citus_fake.pg_dist_partition values (t::regclass, 'n', 't') $$;
create function citus_fake.create_distributed_table(t text, c text, colocate_with text) returns void language plpgsql as $$
begin
  if exists (select from pg_constraint k where k.conrelid = t::regclass and k.contype = 'f' and k.confrelid <> k.conrelid
             and not exists (select from citus_fake.pg_dist_partition p where p.logicalrelid = k.confrelid)) then
    raise 'a referenced table is not placed yet';
  end if;
  insert into citus_fake.pg_dist_partition values (t::regclass, 'h', 's', c, colocate_with);
end $$;
"""


@pytest.fixture
def citus(database_url: str) -> Iterator[str]:
    """A migrated database that says it has Citus."""
    name = "balcao_spread"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        connection.execute("alter database balcao_spread set search_path = public, citus_fake")
    url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    migrate(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FAKE)  # type: ignore[arg-type]
    yield url
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _schema(url: str) -> Schema:
    all_metadata()
    with psycopg.connect(url) as connection:
        return read_schema(connection)


def test_every_table_has_its_place_and_every_key_its_tenant(database_url: str) -> None:
    schema = _schema(database_url)
    kinds = kinds_of(schema.tables)
    assert schema_problems(schema, kinds) == []
    assert {kinds["orders"], kinds["stock_items"], kinds["users"]} == {"distributed"}
    assert {kinds["tenants"], kinds["plans"]} == {"reference"}
    assert {kinds["procrastinate_jobs"], kinds["alembic_version"]} == {"local"}
    assert list(kinds.values()).count("distributed") > 40


def test_what_could_not_be_distributed_is_named(database_url: str) -> None:
    schema = _schema(database_url)
    wrong = replace(
        schema,
        tables=(*schema.tables, "stray"),
        keys=(*schema.keys, ("orders", "uq_orders_code", ("code",))),
        references=(
            *schema.references,
            Reference("fk_a", "orders", "stores", "a", ("store_id",), ("id",)),
            Reference("fk_b", "orders", "stores", "n", ("tenant_id", "store_id"), ("tenant_id", "id")),
            Reference("fk_c", "orders", "procrastinate_jobs", "a", ("job_id",), ("id",)),
            Reference("fk_d", "tenants", "orders", "a", ("order_id",), ("id",)),
        ),
    )
    assert schema_problems(wrong, kinds_of(wrong.tables)) == [
        "stray: nobody said where it belongs",
        "orders: the key uq_orders_code does not contain tenant_id",
        "orders: the foreign key fk_a does not join tenant_id with tenant_id",
        "orders: the foreign key fk_b would empty tenant_id when what it points to goes",
        "orders: the foreign key fk_c points to procrastinate_jobs, which stays with the coordinator",
        "tenants: the foreign key fk_d points to orders, which is distributed",
    ]


def test_without_the_extension_it_says_so(database_url: str, tmp_path: Path) -> None:
    said = balcao("db", "distribute", "--yes", env=_environment(database_url, tmp_path))
    assert said.returncode == 1
    assert "no Citus" in said.stderr


def test_the_plan_is_printed_then_done_and_then_there_is_nothing_left(citus: str, tmp_path: Path) -> None:
    env = _environment(citus, tmp_path)
    planned = balcao("db", "distribute", env=env)
    assert planned.returncode == 0, planned.stderr
    assert "Nothing was changed" in planned.stdout
    assert "alter database \"balcao_spread\" set citus.propagate_set_commands = 'local';" in planned.stdout
    assert "select create_reference_table('tenants');" in planned.stdout
    assert _placed(citus) == {}
    _place(citus, "select create_reference_table('plans')")  # one that was stopped half-way
    done = balcao("db", "distribute", "--yes", env=env)
    assert done.returncode == 0, done.stderr
    assert _placed(citus) == {
        table: kind for table, kind in kinds_of(_schema(citus).tables).items() if kind != "local"
    }
    again = balcao("db", "distribute", "--yes", env=env)
    assert again.stdout.strip() == "Everything is placed: nothing to do."


def test_all_tables_of_a_tenant_lie_together(citus: str, tmp_path: Path) -> None:
    assert balcao("db", "distribute", "--yes", env=_environment(citus, tmp_path)).returncode == 0
    with psycopg.connect(citus) as connection:
        rows = connection.execute(
            "select near, count(*) from pg_dist_partition where partmethod = 'h' group by near"
        ).fetchall()
    near = dict(rows)
    assert near.pop("none") == 1
    assert len(near) == 1, "all others beside the first"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("select create_reference_table('orders')", "orders is reference already"),
        ("insert into pg_dist_partition values ('orders', 'h', 's', 'store_id')", "by store_id"),
    ],
)
def test_what_was_placed_otherwise_is_refused(citus: str, tmp_path: Path, statement: str, words: str) -> None:
    _place(citus, statement)
    before = _placed(citus)
    said = balcao("db", "distribute", "--yes", env=_environment(citus, tmp_path))
    assert said.returncode == 1
    assert words in said.stderr
    assert _placed(citus) == before


def _environment(url: str, folder: Path) -> dict[str, str]:
    return environment(DATABASE_URL=url, BALCAO_DATA=str(folder))


def _place(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _placed(url: str) -> dict[str, str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select logicalrelid::text, partmethod::text from pg_dist_partition"
        ).fetchall()
    return {table: "distributed" if method == "h" else "reference" for table, method in rows}
