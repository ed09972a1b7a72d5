"""The trail of changes holds what the models say, nobody edits it, and no table is forgotten."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import psycopg
import pytest

from balcao.kernel.db.audit_trail import TRIGGER, audited_tables
from balcao.kernel.db.models import Base
from balcao.kernel.db.row_security import APP_ROLE, PLATFORM_ROLE
from balcao.kernel.runtime import Runtime
from balcao.modules.admin.audit_fields import FIELDS, HIDDEN
from balcao.modules.admin.audit_words import ENTITIES, WEEKDAYS
from balcao.registry import all_metadata

# Tables that are not in the trail, each with where its changes stand instead.
_ORDERS = "order_events is the history of an order"
_STOCK = "stock_movements is the history of stock"
_CONTACTS = (
    "contact_activities and contact_changes are the history of a contact, the report that of an import"
)
_ITSELF = "each row is a record of something that happened, written by the program"
_PASSING = "the program's own, gone after a while"
NOT_IN_THE_TRAIL = {
    **dict.fromkeys(("orders", "order_lines", "order_events", "order_counters", "payments", "customers"), _ORDERS),
    **dict.fromkeys(("stock_items", "stock_days", "stock_movements"), _STOCK),
    **dict.fromkeys(
        (
            "contacts", "contact_activities", "contact_changes", "contact_consents", "contact_keys", "suppressions",
            "import_jobs", "import_corrections", "job_issues", "mapping_profiles", "ghl_pushes", "ghl_push_items",
        ),
        _CONTACTS,
    ),
    **dict.fromkeys(
        (
            "audit_entries", "billing_events", "messages", "webhook_messages", "webhook_deliveries", "webhook_tries",
            "backup_runs", "job_failures",
        ),
        _ITSELF,
    ),
    **dict.fromkeys(("carts", "quotes", "idempotency_keys", "processed_events", "maintenance"), _PASSING),
    "files": "the rows that show a file are in the trail",
}  # fmt: skip


@pytest.fixture(scope="module")
def connection(database_url: str):  # type: ignore[no-untyped-def]
    with psycopg.connect(database_url) as opened:
        yield opened


def test_the_triggers_are_exactly_what_the_models_say(connection: psycopg.Connection) -> None:
    query = (
        "select c.relname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid "
        "where t.tgname = %s and not t.tgisinternal and t.tgenabled = 'O'"
    )
    found: dict[str, tuple[str, ...]] = {}
    for table, definition in connection.execute(query, [TRIGGER]):
        assert "AFTER INSERT OR DELETE OR UPDATE" in definition
        assert "FOR EACH ROW" in definition
        arguments = re.search(r"audit_change\((.*)\)$", definition)
        assert arguments is not None
        found[table] = tuple(re.findall(r"'(\w+)'", arguments[1]))
    assert found == {table: tuple(masked) for table, masked in audited_tables().items()}
    assert len(found) > 20


def test_masked_columns_are_columns(connection: psycopg.Connection) -> None:
    tables = all_metadata().tables
    for table, masked in audited_tables().items():
        assert set(masked) <= set(tables[table].columns.keys()), table


def test_columns_that_sound_secret_are_masked() -> None:
    secret = re.compile(r"hash|sealed|token$|password|pix_key|document$|secret")
    for table, masked in audited_tables().items():
        sounding = {
            column.name for column in all_metadata().tables[table].columns if secret.search(column.name)
        }
        assert sounding <= set(masked), table


def test_the_programs_roles_add_and_read_and_no_more(connection: psycopg.Connection) -> None:
    query = (
        "select has_table_privilege(%(role)s, 'audit_entries', 'select'), "
        "has_table_privilege(%(role)s, 'audit_entries', 'insert'), "
        "has_table_privilege(%(role)s, 'audit_entries', 'update, delete, truncate, references, trigger') or "
        "has_any_column_privilege(%(role)s, 'audit_entries', 'update')"
    )
    for role in (APP_ROLE, PLATFORM_ROLE):
        assert connection.execute(query, {"role": role}).fetchone() == (True, True, False), role


def test_every_table_is_in_the_trail_or_is_named_with_a_reason() -> None:
    audited = set(audited_tables())
    tables = {mapper.local_table.name for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
    assert audited & NOT_IN_THE_TRAIL.keys() == set()
    assert sorted(tables - audited - NOT_IN_THE_TRAIL.keys()) == []
    assert sorted(NOT_IN_THE_TRAIL.keys() - tables) == [], "these tables are gone"


def test_every_table_and_column_has_words_in_portuguese(runtime: Runtime) -> None:
    known = runtime.catalogues.msgids("pt_BR")
    assert audited_tables().keys() <= ENTITIES.keys()
    tables = all_metadata().tables
    columns = {column.name for table in audited_tables() for column in tables[table].columns}
    assert columns <= FIELDS.keys() | HIDDEN
    assert FIELDS.keys() & HIDDEN == set()
    assert {*FIELDS.values(), *ENTITIES.values(), *WEEKDAYS} - known == set()


def test_no_code_of_ours_deletes_entries() -> None:
    source = Path(__file__).parents[2] / "src"
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(
                    r"(delete from|update|truncate)\s+audit_entries", node.value, re.IGNORECASE
                ), path
