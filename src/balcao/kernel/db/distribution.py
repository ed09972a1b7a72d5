"""Spreading the tables over the nodes of a Citus cluster: what goes where, and whether the schema lets it.

Tables of tenants are distributed by `tenant_id`, colocated, so that everything of one business lies on one node. Tables of
the installation are reference tables, whole on every node. Queue, backups and migrations stay with the coordinator.
Only documented functions and catalogues of Citus are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final, Literal

import psycopg
from psycopg import sql

from balcao.kernel.db.models import Base, TenantModel

Kind = Literal["distributed", "reference", "local"]
KEY: Final = "tenant_id"
# Of the installation, but about this one server: nothing of a tenant is ever joined with them.
STAYS: Final = frozenset({"job_failures", "maintenance", "backup_runs", "alembic_version"})
QUEUE: Final = "procrastinate_"

_TABLES = """
select relname::text from pg_class
where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition order by relname
"""
# Keys of all kinds with their columns: a unique index that is no constraint counts as well.
_KEYS = """
select t.relname::text, i.relname::text,
  array(select a.attname::text from unnest(x.indkey[0:x.indnkeyatts - 1]) k join pg_attribute a on a.attrelid = t.oid and a.attnum = k)
from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
where t.relnamespace = 'public'::regnamespace and (x.indisunique or x.indisexclusion)
"""
_REFERENCES = """
select c.conname::text, c.conrelid::regclass::text, c.confrelid::regclass::text, c.confdeltype::text,
  array(select a.attname::text from unnest(c.conkey) with ordinality k(n, place)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by k.place),
  array(select a.attname::text from unnest(c.confkey) with ordinality k(n, place)
    join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n order by k.place)
from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
"""
_TRIGGERS = """
select distinct tgrelid::regclass::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
where not tgisinternal and c.relnamespace = 'public'::regnamespace order by 1
"""
_PLACED = """
select logicalrelid::regclass::text, partmethod::text, repmodel::text,
  case when partmethod = 'h' then column_to_column_name(logicalrelid, partkey) end
from pg_dist_partition
"""


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key."""

    name: str
    table: str
    target: str
    on_delete: str
    columns: tuple[str, ...]
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """What the catalogue says: tables, unique keys as (table, name, columns), foreign keys, tables with triggers."""

    tables: tuple[str, ...]
    keys: tuple[tuple[str, str, tuple[str, ...]], ...]
    references: tuple[Reference, ...]
    triggers: tuple[str, ...]


def read_schema(connection: psycopg.Connection) -> Schema:
    """The schema of the database, from its catalogue."""
    return Schema(
        tables=tuple(row[0] for row in connection.execute(_TABLES).fetchall()),
        keys=tuple((row[0], row[1], tuple(row[2])) for row in connection.execute(_KEYS).fetchall()),
        references=tuple(
            Reference(row[0], row[1], row[2], row[3], tuple(row[4]), tuple(row[5]))
            for row in connection.execute(_REFERENCES).fetchall()
        ),
        triggers=tuple(row[0] for row in connection.execute(_TRIGGERS).fetchall()),
    )


def kinds_of(tables: Iterable[str]) -> dict[str, Kind]:
    """Where each table belongs. One the program does not know is left out."""
    known: dict[str, Kind] = {}
    for mapper in Base.registry.mappers:
        name = str(mapper.local_table.description)
        known[name] = "distributed" if issubclass(mapper.class_, TenantModel) else "reference"
    found: dict[str, Kind] = {}
    for table in tables:
        if table.startswith(QUEUE) or table in STAYS:
            found[table] = "local"
        elif table in known:
            found[table] = known[table]
    return found


def schema_problems(schema: Schema, kinds: Mapping[str, Kind]) -> list[str]:
    """What would keep the schema from being distributed, one sentence each."""
    told = [f"{table}: nobody said where it belongs" for table in schema.tables if table not in kinds]
    for table, key, columns in schema.keys:
        if kinds.get(table) == "distributed" and KEY not in columns:
            told.append(f"{table}: the key {key} does not contain {KEY}")
    for one in schema.references:
        told.extend(
            f"{one.table}: the foreign key {one.name} {words}" for words in _reference_problems(one, kinds)
        )
    return told


def _reference_problems(one: Reference, kinds: Mapping[str, Kind]) -> Iterable[str]:
    here, there = kinds.get(one.table), kinds.get(one.target)
    if here == "distributed" and there == "distributed":
        pairs = dict(zip(one.columns, one.target_columns, strict=True))
        if pairs.get(KEY) != KEY:
            yield f"does not join {KEY} with {KEY}"
        if one.on_delete in {"n", "d"}:
            yield f"would empty {KEY} when what it points to goes"
    elif here == "distributed" and there == "local":
        yield f"points to {one.target}, which stays with the coordinator"
    elif here != "distributed" and there == "distributed":
        yield f"points to {one.target}, which is distributed"


def placed_tables(connection: psycopg.Connection) -> dict[str, Kind]:
    """What Citus has placed already. ValueError for a table that is distributed by another column."""
    placed: dict[str, Kind] = {}
    for table, method, model, column in connection.execute(_PLACED).fetchall():
        if method == "h" and column != KEY:
            raise ValueError(f"{table} is distributed by {column}, not by {KEY}")
        placed[table] = "distributed" if method == "h" else "reference" if model == "t" else "local"
    return placed


def plan_of(
    database: str, schema: Schema, kinds: Mapping[str, Kind], placed: Mapping[str, Kind]
) -> list[sql.Composed]:
    """The statements that are left to run, in an order foreign keys allow. Nothing is left when all is placed.

    ValueError when a table was placed otherwise than it must be.
    """
    steps: list[sql.Composed] = []
    anchor = next(
        (table for table in _in_order(schema) if kinds[table] == placed.get(table) == "distributed"), None
    )
    for table in _in_order(schema):
        wanted, found = kinds[table], placed.get(table, "local")
        if wanted == found:
            continue
        if found != "local":
            raise ValueError(f"{table} is {found} already and must be {wanted}")
        if wanted == "reference":
            steps.append(sql.SQL("select create_reference_table({})").format(sql.Literal(table)))
            continue
        steps.append(_distribute(table, anchor))
        anchor = anchor or table
    return [*_settings(database, schema), *steps] if steps else []


def _distribute(table: str, anchor: str | None) -> sql.Composed:
    return sql.SQL("select create_distributed_table({}, {}, colocate_with => {})").format(
        sql.Literal(table), sql.Literal(KEY), sql.Literal(anchor or "none")
    )


def _settings(database: str, schema: Schema) -> list[sql.Composed]:
    name = sql.Identifier(database)
    # The tenant of a transaction is SET LOCAL on the coordinator; the nodes must hear of it.
    found = [sql.SQL("alter database {} set citus.propagate_set_commands = 'local'").format(name)]
    if schema.triggers:
        found.append(sql.SQL("alter database {} set citus.enable_unsafe_triggers = 'on'").format(name))
        found.append(sql.SQL("set citus.enable_unsafe_triggers = {}").format(sql.Literal("on")))
    return found


def _in_order(schema: Schema) -> Sequence[str]:
    """Tables after everything they point to."""
    graph: dict[str, set[str]] = {table: set() for table in schema.tables}
    for one in schema.references:
        if one.target != one.table:
            graph[one.table].add(one.target)
    return tuple(TopologicalSorter(graph).static_order())
