"""Runs migrations under an advisory lock, so that two starting processes do not race, and with a lock timeout, so that a
migration waits for traffic for seconds and then gives up instead of stopping it."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from balcao.kernel.db.engine import sqlalchemy_url
from balcao.registry import all_metadata

ADVISORY_LOCK = 7_220_541
url = sqlalchemy_url(context.config.attributes["database_url"])


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leaves the queue's own tables alone."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


engine = create_engine(url, poolclass=NullPool)
with engine.connect() as connection:
    connection.execute(text("set lock_timeout = '10s'"))
    connection.execute(text(f"select pg_advisory_lock({ADVISORY_LOCK})"))
    connection.commit()
    try:
        context.configure(
            connection=connection,
            target_metadata=all_metadata(),
            include_name=is_ours,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text(f"select pg_advisory_unlock({ADVISORY_LOCK})"))
        connection.commit()
