"""A PostgreSQL of somebody else's: the account is an owner and nothing more, as managed servers give it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from balcao.kernel.db.embedded import EmbeddedPostgres
from tests.instance.program import Program, balcao, environment, start

PASSWORD = "segredo-que-nao-se-mostra"


class Server:
    """A server with accounts and databases made to order."""

    def __init__(self, embedded: EmbeddedPostgres) -> None:
        self.admin = embedded.database_url("postgres")

    def owner(self, name: str, *, rights: str = "") -> str:
        """A login without any power save `rights`, owner of an empty database; answers its address."""
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(
                f"create role {name} login nosuperuser nobypassrls {rights} password '{PASSWORD}'"
            )  # type: ignore[arg-type]
            connection.execute(f"create database {name} owner {name}")  # type: ignore[arg-type]
        return self.admin.replace("postgres@/postgres", f"{name}:{quote(PASSWORD)}@/{name}")

    def run(self, database: str, statements: str) -> None:
        with psycopg.connect(
            self.admin.replace("/postgres?", f"/{database}?"), autocommit=True
        ) as connection:
            connection.execute(statements)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server(workshop: Path) -> Iterator[Server]:
    embedded = EmbeddedPostgres(workshop / "theirs" / "postgres", durable=False)
    embedded.start()
    yield Server(embedded)
    embedded.stop()
    shutil.rmtree(workshop / "theirs", ignore_errors=True)


def test_up_on_an_owner_that_may_make_roles(server: Server, tmp_path: Path, keep: list[Program]) -> None:
    url = server.owner("dona", rights="createrole")
    # The managed address of another program's `.env`, driver and all.
    env = environment(DATABASE_URL=url.replace("postgresql://", "postgresql+asyncpg://"))
    program = start(tmp_path / "data", tmp_path / "log", env=env)
    keep.append(program)
    assert b"Vila Mariana" in program.get("/loja/padaria")
    assert b'"status":"ok"' in program.get("/health")
    assert not (program.data / "postgres").exists()
    assert program.stop() == 0
    assert PASSWORD not in program.log
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from tenants").fetchone() == (3,)


def test_without_the_right_to_make_roles_it_names_the_sql_and_works_after_it(
    server: Server, tmp_path: Path
) -> None:
    url = server.owner("caseira")
    env = environment(DATABASE_URL=url)
    data = str(tmp_path / "data")
    refused = balcao("migrate", "--data", data, env=env)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    statements = [line.strip() for line in refused.stderr.splitlines() if line.endswith(";")]
    assert 'grant "balcao_app" to "caseira";' in statements
    assert 'grant "balcao_platform" to "caseira";' in statements
    server.run("caseira", " ".join(statements))
    done = balcao("migrate", "--data", data, env=env)
    assert (done.returncode, done.stdout.strip()) == (0, "migrated"), done.stderr
    again = balcao("migrate", "--data", data, env=env)
    assert again.stdout.strip() == "already current"
    assert PASSWORD not in refused.stderr + done.stderr + done.stdout


def test_a_database_of_another_program_is_left_alone(server: Server, tmp_path: Path) -> None:
    url = server.owner("vizinha", rights="createrole")
    server.run("vizinha", "create table public.orders (id int)")
    said = balcao("migrate", "--data", str(tmp_path / "data"), env=environment(DATABASE_URL=url))
    assert said.returncode == 1
    assert "tables of another program (orders)" in said.stderr


def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path) -> None:
    env = environment(DATABASE_URL=f"postgresql://dona:{PASSWORD}@127.0.0.1:1/loja")
    said = balcao("migrate", "--data", str(tmp_path / "data"), env=env)
    assert said.returncode == 1
    assert "postgresql://dona:***@127.0.0.1:1/loja cannot be used" in said.stderr
    assert PASSWORD not in said.stderr
    assert "Traceback" not in said.stderr
