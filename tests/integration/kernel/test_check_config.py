"""`balcao check-config` against a real database, Redis, mail server and source of secrets, right and wrong."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from balcao.cli.config_check import command, looking
from balcao.cli.config_check.command import run_check_config
from balcao.kernel.settings import Environment, Settings
from tests.contracts.fake_secret_servers import ROLE_ID, SECRET_ID, FakeVault
from tests.instance.program import balcao, environment

GOOD = "kE9vQ2xTz7LmR4wYb8NcJ1sHf6GdPa3UoXi0"
CANARY = "Canary7Qx" + GOOD
Check = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place to stand in, with nothing set."""
    for name in [*Settings.model_fields, "balcao_data", "cors_allowed_origins", "aws_s3_bucket"]:
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def check(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    def run(
        *, env: Environment | None = None, online: bool = False, quiet: bool = True, **variables: str
    ) -> tuple[int, list[str]]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = run_check_config(data=folder / "data", env=env, online=online, quiet=quiet)
        return code, [line.strip() for line in capsys.readouterr().out.splitlines()]

    return run


@pytest.fixture
def production(database_url: str) -> dict[str, str]:
    return {
        "ENV": "production", "AUTH_SECRET": GOOD, "API_BASE_URL": "https://loja.example.com.br",
        "TRUSTED_HOSTS": "loja.example.com.br", "TRUSTED_PROXIES": "10.0.0.1", "DATABASE_URL": database_url,
        "EMAIL_PROVIDER": "smtp", "SMTP_HOST": "smtp.example.com.br", "EMAIL_FROM": "loja@example.com.br",
    }  # fmt: skip


def test_a_safe_production_is_in_order(check: Check, production: dict[str, str]) -> None:
    code, lines = check(quiet=False, **production)
    assert (code, lines[0], lines[-1]) == (0, "Settings of Balcão for production:", "All in order.")
    assert any("leads to PostgreSQL" in line for line in lines)
    assert any("at this version's schema" in line for line in lines)


def test_it_speaks_portuguese(check: Check, production: dict[str, str]) -> None:
    code, lines = check(**production | {"LANG": "pt_BR.UTF-8", "TRUSTED_HOSTS": "*", "DEBUG": "true"})
    assert code == 2
    assert lines == [
        "Configuração do Balcão para produção:",
        "✗ TRUSTED_HOSTS deve listar os hosts atendidos, separados por vírgulas.",
        "✗ DEBUG deve estar desligado.",
        "2 itens precisam mudar para poder iniciar.",
    ]


def test_what_is_only_to_be_known_has_a_code_of_its_own(check: Check, production: dict[str, str]) -> None:
    code, lines = check(**production | {"TRUSTED_PROXIES": ""})
    assert (code, lines[-1]) == (1, "It can start. 1 thing to know.")


def test_another_environment_may_be_asked_about(check: Check) -> None:
    assert check()[0] == 0
    code, lines = check(env="production")
    assert code == 2
    assert lines[0] == "Settings of Balcão for production:"


def test_every_wrong_value_is_told_at_once_and_none_is_shown(check: Check, folder: Path) -> None:
    code, lines = check(
        ENV="canary", AUTH_SECRET="canary-short", DATABASE_POOL_SIZE="canary", STORAGE_BACKEND="canary",
        REDIS_URL="redis://:canary@127.0.0.1:9/0", CORS_ORIGINS="https://user:canary@a.example",
        DATABASE_URL="postgresql://canary:canary@127.0.0.1:9/canary?connect_timeout=2", SECRETS_PREFIX="ca nary",
    )  # fmt: skip
    text = "\n".join(lines)
    assert code == 2
    for name in ("ENV", "AUTH_SECRET", "DATABASE_POOL_SIZE", "STORAGE_BACKEND", "REDIS_URL", "CORS_ORIGINS", "DATABASE_URL", "SECRETS_PREFIX"):  # fmt: skip
        assert re.search(rf"^✗ {name} ", text, re.MULTILINE), name
    shown = text.replace("postgresql://canary:***@127.0.0.1:9/canary", "")
    assert "canary" not in shown.replace('user "canary"', "")
    assert not (folder / "data").exists()


def test_a_database_that_is_empty_or_of_another_version_is_told(
    check: Check, production: dict[str, str], database_url: str
) -> None:
    name = "balcao_unmigrated"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}")  # type: ignore[arg-type]
        connection.execute(f"create database {name}")  # type: ignore[arg-type]
    url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    code, lines = check(**production | {"DATABASE_URL": url})
    assert code == 2
    assert "✗ DATABASE_URL leads to an empty database. Run: balcao migrate" in lines
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table alembic_version (version_num text)")
        connection.execute("insert into alembic_version values ('0001')")
    assert any("schema 0001; this version needs" in line for line in check()[1])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("update alembic_version set version_num = 'ffff'")
    assert any("which this version does not know" in line for line in check()[1])


def test_a_login_without_rights_is_told_what_to_run(
    check: Check, production: dict[str, str], database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("drop role if exists balcao_powerless")
        connection.execute("create role balcao_powerless login")
    parts = urlsplit(database_url)
    url = parts._replace(
        netloc="balcao_powerless@" + parts.netloc.rpartition("@")[2], path="/postgres"
    ).geturl()
    code, lines = check(**production | {"DATABASE_URL": url})
    assert code == 2
    assert [line for line in lines if "grant " in line and "balcao_powerless" in line] != [], lines


def test_a_clock_that_differs_is_told(
    check: Check, production: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    for ahead, code, level in ((10, 1, "!"), (100, 2, "✗")):
        monkeypatch.setattr(looking.time, "time", lambda ahead=ahead: real() + ahead)
        found, lines = check(**production)
        assert found == code
        assert any(
            line.startswith(f"{level} DATABASE_URL leads to a machine whose clock differs") for line in lines
        )


def test_too_many_connections_are_told(check: Check, production: dict[str, str]) -> None:
    code, lines = check(**production | {"DATABASE_POOL_SIZE": "200"})
    assert code == 1
    assert any(line.startswith("! DATABASE_POOL_SIZE asks for 200") for line in lines)


def test_the_embedded_server_is_looked_at_and_left_as_it_was(state_folder: Path) -> None:
    folder = state_folder / "looked-at"  # where another account than root may go too
    env = environment(BALCAO_DATA=str(folder / "own"))
    assert balcao("migrate", env=env).returncode == 0
    told = balcao("check-config", env=env)
    assert (told.returncode, told.stdout.splitlines()[-1]) == (0, "All in order."), told.stdout
    assert "at this version's schema" in told.stdout
    assert not (folder / "own" / "postgres" / "postmaster.pid").exists()
    (folder / "own" / "secrets.json").chmod(0o644)
    assert balcao("check-config", "--quiet", env=env).returncode == 1


def test_folders_that_cannot_be_written_and_full_disks_are_told(
    check: Check, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "FREE_FLOOR_BYTES", 1 << 60)
    code, lines = check(MEDIA_ROOT="/proc/nowhere")
    assert code == 2
    assert any(line.startswith("✗ MEDIA_ROOT cannot be written to") for line in lines)
    assert any(line.startswith("✗ BALCAO_DATA lies on a disk with") for line in lines)
    monkeypatch.setattr(looking, "FREE_FLOOR_BYTES", 1)
    monkeypatch.setattr(looking, "ENOUGH_BYTES", 1 << 60)
    assert any(
        line.startswith("! BALCAO_DATA lies on a disk with only") for line in check(MEDIA_ROOT=str(folder))[1]
    )


def test_a_store_of_files_that_is_not_there_is_told(check: Check) -> None:
    code, lines = check(
        STORAGE_BACKEND="s3", S3_BUCKET="b", S3_ENDPOINT="http://127.0.0.1:9", S3_ACCESS_KEY_ID="a",
        S3_SECRET_ACCESS_KEY="canary-canary",
    )  # fmt: skip
    assert code == 2
    assert any(line.startswith("✗ S3_BUCKET does not take files") for line in lines)


def test_files_with_secrets_are_ours_alone(check: Check, folder: Path) -> None:
    env_file = folder / ".env"
    env_file.write_text("SGP_TOKEN=canary\n")
    env_file.chmod(0o644)
    code, lines = check()
    assert code == 1
    assert "! .env can be read by others on this machine. Give it mode 600." in lines
    assert "! SGP_TOKEN is set, but this version does not read it." in lines
    env_file.chmod(0o600)
    env_file.write_text(f"AUTH_SECRET={GOOD}\n")
    assert check()[0] == 0


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed; Redis is an optional part")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--requirepass", CANARY]
    process = subprocess.Popen([*line, "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
    url = f"redis://:{CANARY}@127.0.0.1:{port}/0"
    with Redis.from_url(url) as client:
        for _ in range(200):
            try:
                client.ping()
                break
            except RedisError:
                time.sleep(0.02)
    yield url
    process.kill()
    process.wait()


def test_redis_answers_refuses_or_forgets_nothing(check: Check, redis_url: str) -> None:
    code, lines = check(REDIS_URL=redis_url, quiet=False)
    assert "✓ REDIS_URL answers." in lines
    assert code == 1
    assert any("forgets nothing when it is full" in line for line in lines)
    with Redis.from_url(redis_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    assert check()[0] == 0
    code, lines = check(REDIS_URL=redis_url.replace(CANARY, "canary-wrong"))
    assert code == 2
    assert lines[1] == "✗ REDIS_URL leads to a Redis that does not answer (AuthenticationError)."


class MailServer:
    """Greets, refuses every password, takes no mail."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.heard: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            with line, line.makefile("rwb", buffering=0) as stream:
                stream.write(b"220 mail.example\r\n")
                for said in stream:
                    self.heard.append(said)
                    verb = said.split()[0].upper()
                    answers = {b"EHLO": b"250-mail.example\r\n250 AUTH PLAIN\r\n", b"AUTH": b"535 canary\r\n", b"NOOP": b"250 ok\r\n"}  # fmt: skip
                    stream.write(answers.get(verb, b"221 bye\r\n"))
                    if verb == b"QUIT":
                        break


def test_the_mail_server_is_asked_only_online_and_sent_nothing(check: Check) -> None:
    server = MailServer()
    mail = {"EMAIL_PROVIDER": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_SECURITY": "none"}  # fmt: skip
    assert check(**mail)[0] == 0
    assert server.heard == []
    assert "✓ SMTP_HOST lets us in." in check(online=True, quiet=False)[1]
    code, lines = check(online=True, SMTP_USERNAME="loja", SMTP_PASSWORD=CANARY)
    assert (code, lines[1]) == (2, "✗ SMTP_PASSWORD is refused by the mail server.")
    code, lines = check(online=True, SMTP_SECURITY="tls", SMTP_PORT="9")
    assert (code, lines[1].partition("(")[0]) == (2, "✗ SMTP_HOST does not let us in ")
    assert b"MAIL" not in b"".join(server.heard).upper()
    server.socket.close()


def test_secrets_are_looked_for_where_they_are(check: Check, production: dict[str, str]) -> None:
    vault = FakeVault()
    del production["AUTH_SECRET"], production["DATABASE_URL"]
    production |= {
        "SECRETS_PROVIDER": "vault", "VAULT_ADDR": vault.url, "VAULT_ROLE_ID": ROLE_ID, "VAULT_SECRET_ID": SECRET_ID,
    }  # fmt: skip
    try:
        code, lines = check(**production)
        assert code == 2
        assert "✗ AUTH_SECRET is not in the source of secrets." in lines
        vault.put("AUTH_SECRET", CANARY)
        vault.put("DATABASE_URL", os.environ.get("NOT_SET", "postgresql://x:canary@127.0.0.1:9/x"))
        code, lines = check()
        assert not any(line.startswith("✗ AUTH_SECRET") for line in lines)
        assert any(
            line.startswith("✗ DATABASE_URL leads to a database that cannot be used") for line in lines
        )
        assert "canary" not in "\n".join(lines).lower()
        vault.sealed = True
        assert "✗ AUTH_SECRET cannot be read: the vault is sealed." in check()[1]
        vault.sealed = False
        _, lines = check(VAULT_SECRET_ID="canary")
        assert "✗ AUTH_SECRET cannot be read: the source of secrets refuses the credentials." in lines
        assert "✗ VAULT_ADDR is missing: SECRETS_PROVIDER=vault needs it." in check(VAULT_ADDR="")[1]
        _, lines = check(VAULT_ADDR=vault.url, VAULT_CACERT="/nowhere.pem")
        assert "✗ VAULT_CACERT names a file of certificates that cannot be read." in lines
    finally:
        vault.stop()


def test_the_command_ends_with_the_code(folder: Path) -> None:
    told = balcao("check-config", "--env", "production", "--data", str(folder / "none"), env=environment())
    assert told.returncode == 2
    assert "AUTH_SECRET is missing" in told.stdout
    assert command.CODES["stop"] == 2
