"""Secrets of a vault run the program and are found nowhere outside it: no page, document, log line, error or repr."""

from __future__ import annotations

import io
import traceback
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from balcao.cli.instance import load_settings
from balcao.kernel.observability.logging import configure_logging
from balcao.kernel.settings import Settings, plain, secret_settings
from balcao.registry import build_runtime
from balcao.web_app import web_app
from tests.contracts.fake_secret_servers import ROLE_ID, SECRET_ID, FakeVault

FORMER = "canary-of-former-auth-9f3kQ2xTz7LmR4wYb8Nc"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeVault]:
    for name in [*Settings.model_fields, "balcao_data", "cors_allowed_origins", "aws_s3_bucket"]:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    server = FakeVault()
    variables = {"SECRETS_PROVIDER": "vault", "VAULT_ADDR": server.url, "VAULT_ROLE_ID": ROLE_ID, "VAULT_SECRET_ID": SECRET_ID}  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    yield server
    server.stop()


@pytest.fixture
def heard() -> Iterator[io.BytesIO]:
    """Everything any logger of the process says, down to the last detail."""
    stream = io.BytesIO()
    writer = configure_logging("json", "DEBUG", stream=stream, cache=False)
    yield stream
    writer.close()
    configure_logging("json", "WARNING", cache=False)


async def test_no_secret_leaves_the_process(
    vault: FakeVault, heard: io.BytesIO, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault.put("AUTH_SECRET", FORMER)
    for variable in secret_settings():
        vault.put(variable, f"canary-of-{variable.lower()}-" + "kE9vQ2xTz7LmR4wYb8NcJ1sHf6")
    for variable in ("REDIS_URL", "RATE_LIMIT_REDIS_URL"):
        vault.values[variable] = [f"redis://:canary-of-{variable.lower()}@127.0.0.1:9/0"]
    for variable in ("DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_READ_URL"):
        vault.values[variable] = [database_url.replace("postgres@", "postgres:canary-of-database@")]
    settings = load_settings(data_dir=tmp_path / "data")
    # They are the vault's, so what follows would show them if anything did.
    assert plain(settings.auth_secret).startswith("canary-of-auth_secret-")
    assert plain(settings.auth_secret_previous) == FORMER
    assert plain(settings.smtp_password).startswith("canary-of-smtp_password-")
    assert "canary" in settings.redis_url
    assert "canary" in settings.database_url
    shown = [repr(settings), str(settings), repr(load_settings)]

    runtime = build_runtime(settings, settings.database_url)
    app = web_app(runtime)

    @app.get("/breaks")
    async def breaks() -> None:
        auth_secret = plain(settings.auth_secret)
        raise RuntimeError(f"{len(auth_secret)} characters")

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        for path in ("/", "/painel", "/docs", "/openapi.json", "/health", "/metrics", "/debug/db", "/not/there", "/breaks"):  # fmt: skip
            answer = await client.get(path)
            shown += [answer.text, str(answer.headers)]
        for body in ({"email": "a@b.example", "password": "x"}, {"auth_secret": 1}):
            answer = await client.post(
                "/api/v1/auth/login", json=body, headers={"Authorization": "Bearer nobody"}
            )
            shown += [answer.text, str(answer.headers)]
    assert "openapi" in "".join(shown)
    shown += [repr(runtime.settings), repr(runtime.keys), repr(runtime.providers), repr(runtime.cache)]
    try:
        Settings(_env_file=None, auth_secret="canary-short", log_level=plain(settings.auth_secret), rate_limit_scale=FORMER)  # type: ignore[arg-type]  # fmt: skip
    except ValueError as error:
        shown += [str(error), repr(error), "".join(traceback.format_exception(error))]
    await runtime.close()

    structlog.get_logger("balcao").info("end")
    structlog.get_config()["logger_factory"]("balcao").info.__self__.flush()
    told = heard.getvalue().decode()
    assert "secret_access" in told
    assert "RuntimeError" in told
    output = capsys.readouterr()
    everything = "\n".join([*shown, told, output.out, output.err])
    assert [line[:300] for line in everything.splitlines() if "canary-of-" in line] == []


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        load_settings()
    assert end.value.code == 1
    return capsys.readouterr().err


def test_a_start_without_its_secrets_is_refused_by_name(
    vault: FakeVault, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "AUTH_SECRET: missing" in refusal(capsys)
    vault.put("AUTH_SECRET", "canary" * 8)
    assert plain(load_settings().auth_secret) == "canary" * 8
    monkeypatch.setenv("DATABASE_URL", "postgresql://x:canary@db.example/x")
    assert "DATABASE_URL: only_in_environment" in (told := refusal(capsys))
    assert "canary" not in told
    monkeypatch.setenv("SECRETS_ENV_FALLBACK", "DATABASE_URL")
    assert load_settings().database_url == "postgresql://x:canary@db.example/x"
    monkeypatch.setenv("GHL_CLIENT_ID", "app-1")
    assert "that vault does not have: GHL_CLIENT_SECRET" in refusal(capsys)
    vault.forbid("AUTH_SECRET")
    assert "AUTH_SECRET: forbidden" in refusal(capsys)
    monkeypatch.setenv("VAULT_ADDR", "")
    assert "needs VAULT_ADDR" in refusal(capsys)


def test_turning_a_secret_over_keeps_the_former_one(vault: FakeVault) -> None:
    """Two versions of one secret are the two keys of a rotation."""
    vault.put("AUTH_SECRET", "first-" * 8)
    assert plain(load_settings().auth_secret_previous) == ""
    vault.put("AUTH_SECRET", "second-" * 8)
    settings = load_settings()
    assert (plain(settings.auth_secret), plain(settings.auth_secret_previous)) == (
        "second-" * 8,
        "first-" * 8,
    )


def test_files_of_the_data_folder_are_secrets_too(
    vault: FakeVault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRETS_PROVIDER", "local")
    folder = tmp_path / "data" / "secrets"
    folder.mkdir(parents=True)
    monkeypatch.setenv("BALCAO_DATA", str(tmp_path / "data"))
    path = folder / "SMTP_PASSWORD"
    path.write_text("of-a-file\n")
    path.chmod(0o600)
    assert plain(load_settings().smtp_password) == "of-a-file"
    monkeypatch.setenv("SMTP_PASSWORD", "of-the-environment")
    assert plain(load_settings().smtp_password) == "of-the-environment"
    monkeypatch.delenv("SMTP_PASSWORD")
    path.chmod(0o644)
    assert "SMTP_PASSWORD: open_to_others" in refusal(capsys)
    assert vault.questions == []
