"""Names of the systems before that stay valid: several secrets, the algorithm, the session's life, the passing files."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from pydantic import ValidationError

from balcao.cli.config_check.unread import unread
from balcao.cli.instance import use_temp_dir
from balcao.kernel.identity.tokens import SessionClaims, SigningKeys, read_session, sign_session
from balcao.kernel.settings import Settings
from balcao.kernel.tenant_secrets import seal, sealing_keys_of, unseal

A, B, C = ("kR7vQ2mZpT9wLcX4" * 4, "nBfY6hJdG8sAeU3iVo1K" * 2, "Wz5tM0qPxC9rLgH2yE7D" * 2)
WHO = SessionClaims(UUID(int=1), UUID(int=2), UUID(int=3), "owner")


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTH_SECRET", "AUTH_SECRET_PREVIOUS", "AUTH_SECRETS", "AUTH_ALGORITHM", "ENV", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)


def settings_of(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def keys_of(settings: Settings) -> SigningKeys:
    """As the composition root makes them."""
    return SigningKeys(
        settings.auth_secret.get_secret_value(), settings.former_secrets, algorithm=settings.auth_algorithm
    )


def token_of(keys: SigningKeys) -> str:
    now = datetime.now(UTC)
    return sign_session(WHO, keys, issued=now, expires=now + timedelta(minutes=5))


def test_former_secrets_go_on_verifying_and_opening_in_their_order() -> None:
    settings = settings_of(auth_secret=A, auth_secret_previous=B, auth_secrets=f"{C}, {B} ,")
    assert settings.former_secrets == (B, C)
    old, older = settings_of(auth_secret=B), settings_of(auth_secret=C)
    sealed = seal(sealing_keys_of(older), UUID(int=2), "x", "segredo")
    assert unseal(sealing_keys_of(settings), UUID(int=2), "x", sealed) == "segredo"
    for former in (old, older):
        assert read_session(token_of(keys_of(former)), keys_of(settings)) == WHO
        assert read_session(token_of(keys_of(settings)), keys_of(former)) is None


def test_a_list_alone_signs_with_its_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_SECRETS", f"{A},{B}")
    settings = Settings(_env_file=None, env="staging", trusted_hosts="a.example")
    assert settings.auth_secret.get_secret_value() == A
    assert settings.former_secrets == (B,)
    assert A not in repr(settings) and B not in repr(settings)


@pytest.mark.parametrize("secrets", ["short", f"{A},short"])
def test_each_of_the_list_is_long(secrets: str) -> None:
    with pytest.raises(ValidationError, match="32 characters or more"):
        settings_of(auth_secret=A, auth_secrets=secrets)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_algorithm_signs_and_changing_it_signs_nobody_out(algorithm: str) -> None:
    keys = keys_of(settings_of(auth_secret=A, auth_algorithm=algorithm))
    token = token_of(keys)
    assert jwt.get_unverified_header(token)["alg"] == algorithm
    for other in ("HS256", "HS384", "HS512"):
        assert read_session(token, keys_of(settings_of(auth_secret=A, auth_algorithm=other))) == WHO


@pytest.mark.parametrize("algorithm", ["none", "RS256", "hs256"])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    with pytest.raises(ValidationError):
        settings_of(auth_secret=A, auth_algorithm=algorithm)
    claims = {"sub": str(WHO.user_id), "tenant_id": str(WHO.tenant_id), "sid": str(WHO.session_id)}
    unsigned = jwt.encode({**claims, "exp": datetime.now(UTC) + timedelta(1)}, None, algorithm="none")  # type: ignore[arg-type]
    assert read_session(unsigned, SigningKeys(A)) is None


@pytest.mark.parametrize(("algorithm", "least"), [("HS384", 48), ("HS512", 64)])
def test_a_longer_hash_wants_a_longer_secret(algorithm: str, least: int) -> None:
    assert settings_of(auth_secret="k" * least, auth_algorithm=algorithm).auth_algorithm == algorithm
    with pytest.raises(ValidationError, match=f"{least} characters"):
        settings_of(auth_secret="k" * (least - 1), auth_algorithm=algorithm)


def test_the_former_name_of_the_sessions_life_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCESS_TOKEN_EXPIRE_MINUTES", "30")
    assert Settings(_env_file=None).admin_session_expire_minutes == 30
    monkeypatch.setenv("ADMIN_SESSION_EXPIRE_MINUTES", "45")
    assert Settings(_env_file=None).admin_session_expire_minutes == 45


def test_passing_files_lie_where_they_are_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", "/tmp")  # noqa: S108 - put back by the fixture
    use_temp_dir(tmp_path / "passing" / "files")
    with tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent == tmp_path / "passing" / "files"
    assert os.environ["TMPDIR"] == str(tmp_path / "passing" / "files")


def test_what_nothing_reads_is_told_with_what_was_meant() -> None:
    told = {
        item.subject: item.params.get("other", item.text.partition(":")[0])
        for item in unread(
            ["AUTH_SECRT", "database_uri", "BACKUP_FOO", "BALCAO_FOO", "ORDER_TRACKING_SECRET", "TELEGRAM_TOKEN", "PATH",
             "HOSTNAME", "POSTGRES_PASSWORD", "AWS_PROFILE", "OTEL_LOG_LEVEL", "AUTH_SECRETS", "BALCAO_STARTED_IN", "BALCAO_VENV"]
        )
    }  # fmt: skip
    unread_text = "is set, but this version does not read it."
    assert told == {
        "AUTH_SECRT": "AUTH_SECRET",
        "DATABASE_URI": "DATABASE_URL",
        "BACKUP_FOO": unread_text,
        "BALCAO_FOO": unread_text,
        "ORDER_TRACKING_SECRET": "is not needed",
        "TELEGRAM_TOKEN": unread_text,
    }
