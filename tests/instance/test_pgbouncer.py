"""PgBouncer in transaction mode between the program and PostgreSQL: no session state, no prepared statement is left behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from balcao.cli.bench.chaos_mail import MailSink
from balcao.cli.bench.servers import free_port
from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.db.server_account import server_account
from tests.instance.several import (
    Several,
    eventually,
    goods,
    listening,
    order,
    owner,
    price_seen,
    raise_price,
)

PROGRAM = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs pgbouncer")
# Two connections for everybody: whatever one transaction left behind, the next one of somebody else would meet.
INI = """
[databases]
balcao = host='{socket}' dbname=balcao user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 200
admin_users = postgres
server_reset_query =
logfile = {folder}/pgbouncer.log
"""


@dataclass
class Pooler:
    """A running PgBouncer; `url` is the program's way through it."""

    url: str
    admin: str

    def transactions(self) -> int:
        """How many transactions went through it."""
        with psycopg.connect(self.admin, autocommit=True, prepare_threshold=None) as connection:
            cursor = psycopg.ClientCursor(connection, row_factory=dict_row)
            rows = cursor.execute("show stats_totals").fetchall()
        return sum(int(row["xact_count"]) for row in rows if row["database"] == "balcao")


@pytest.fixture
def database(make_copy: Callable[[str], Path]) -> Iterator[tuple[Path, str]]:
    data = make_copy("data")
    server = EmbeddedPostgres(data / "postgres")
    server.start()
    yield data, server.database_url()
    server.stop()


@pytest.fixture
def pooler(database: tuple[Path, str], tmp_path: Path) -> Iterator[Pooler]:
    data, url = database
    [socket] = parse_qs(urlsplit(url).query)["host"]
    folder, port = data.parent / "pooler", free_port()
    folder.mkdir(mode=0o755)
    account = server_account(data / "postgres", Path(str(PROGRAM)))
    account.give(folder)
    (folder / "pgbouncer.ini").write_text(INI.format(socket=socket, port=port, folder=folder))
    with (tmp_path / "pgbouncer.out").open("wb") as log:
        process = account.launch([str(PROGRAM), str(folder / "pgbouncer.ini")], log)
    address = f"postgresql://postgres@127.0.0.1:{port}"
    try:
        assert eventually(lambda: _connects(f"{address}/balcao")), (tmp_path / "pgbouncer.out").read_text()
        yield Pooler(f"{address}/balcao", f"{address}/pgbouncer")
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def test_everything_works_through_it(database: tuple[Path, str], pooler: Pooler, tmp_path: Path) -> None:
    data, direct = database
    through = {"DATABASE_POOLER": "transaction", "DATABASE_DIRECT_URL": direct, "DATABASE_POOL_SIZE": "16"}
    several = Several(tmp_path, data, pooler.url, through)
    try:
        with MailSink() as sink:
            one, other = several.serve(), several.serve()
            several.work(**sink.environment())
            several.wait()
            _everything(several, sink, one, other, direct)
        assert pooler.transactions() > 100
        assert "Traceback" not in several.said()
    finally:
        several.stop()


def _everything(several: Several, sink: MailSink, one: str, other: str, direct: str) -> None:
    boss = owner(one)
    store, product = goods(one)
    # Every statement of these pages runs more often than the driver would wait before it prepares one.
    for base in (one, other) * 4:
        assert httpx.get(f"{base}/loja/carga-0001", timeout=20).status_code == 200
        assert boss.get("/painel/pedidos/lista").status_code == 200
    with listening(owner(other)) as heard:
        for number in range(12):
            order((one, other)[number % 2], store, product, email=f"compra{number}@cliente.example")
        assert eventually(lambda: "order.placed" in heard), heard
    assert eventually(lambda: len(sink.recipients) == 12), several.said()
    price = raise_price(boss, product)
    assert eventually(lambda: price_seen(other, product) == price)
    with psycopg.connect(direct) as connection:
        left = connection.execute(
            "select count(*) from pg_stat_activity where state like 'idle in %'"
        ).fetchone()
    assert left == (0,)


def test_without_a_direct_address_it_says_so(database: tuple[Path, str], pooler: Pooler) -> None:
    from tests.instance.program import balcao, environment

    env = environment(DATABASE_URL=pooler.url, DATABASE_POOLER="transaction", BALCAO_DATA=str(database[0]))
    said = balcao("migrate", env=env)
    assert said.returncode == 1
    assert "DATABASE_DIRECT_URL" in said.stderr
