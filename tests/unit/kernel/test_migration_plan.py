"""Which migrations take something from the release that serves, and how a schema stands to the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from balcao.kernel.db.migrate import known_revisions, newest_revision, schema_state
from balcao.kernel.db.migration_plan import contractions, pending

HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n    {}\n\n\ndef downgrade():\n    op.drop_table('x')\n"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("op.create_table('x', sa.Column('id', sa.Integer(), nullable=False))", []),
        ("op.add_column('x', sa.Column('y', sa.Integer()))", []),
        ("op.add_column('x', sa.Column('y', sa.Integer(), nullable=False, server_default='0'))", []),
        (
            "op.add_column('x', sa.Column('y', sa.Integer(), nullable=False))",
            ["line 6: add_column that must be filled"],
        ),
        ("op.alter_column('x', 'y', nullable=True)", []),
        ("op.alter_column('x', 'y', nullable=False)", ["line 6: alter_column"]),
        ("op.alter_column('x', 'y', new_column_name='z')", ["line 6: alter_column"]),
        ("op.drop_column('x', 'y')", ["line 6: drop_column"]),
        ("op.drop_index('ix')", []),
        ("op.execute('ALTER TABLE x  RENAME  TO y')", ["line 6: rename to"]),
        ("op.execute('alter table x alter column y type bigint')", ["line 6: alter column y type"]),
        ("op.execute('alter table x drop constraint c')", []),
    ],
)
def test_what_takes_away_is_named(tmp_path: Path, statement: str, found: list[str]) -> None:
    path = tmp_path / "0009_x.py"
    path.write_text(HEAD.format(statement))
    assert contractions(path) == found


def test_the_migrations_so_far_only_add() -> None:
    """A new one that does not needs a release in between: deploy.sh asks for --allow-contract."""
    assert {path.name: contractions(path) for path in pending("0001")} == {
        path.name: [] for path in pending("0001")
    }


def test_what_is_pending_comes_in_order() -> None:
    assert [path.name[:4] for path in pending(None)] == sorted(known_revisions())
    assert pending(newest_revision()) == []


@pytest.mark.parametrize(
    ("revision", "state"),
    [
        (None, "older"),
        ("0001", "older"),
        (newest_revision(), "same"),
        ("9999", "newer"),
        ("0000", "unknown"),
        ("a1b2", "unknown"),
    ],
)
def test_how_a_schema_stands_to_the_program(revision: str | None, state: str) -> None:
    assert schema_state(revision) == state
