"""What a start refuses, and what an environment's old names still mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from balcao.kernel.settings import Settings

SECRET = "kR7vQ2mZpT9wLcX4nBfY6hJdG8sAeU3i"
SAFE: dict[str, Any] = {
    "env": "production",
    "auth_secret": SECRET,
    "trusted_hosts": "loja.example",
    "api_base_url": "https://loja.example",
}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("BALCAO_DATA", "CORS_ALLOWED_ORIGINS", "AWS_S3_BUCKET"):
        monkeypatch.delenv(name, raising=False)


def _settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def test_development_starts_with_nothing() -> None:
    settings = _settings()
    assert (settings.env, settings.secure_cookies) == ("development", False)
    assert settings.media_path == Path(".balcao/media")


def test_production_starts_when_it_is_safe() -> None:
    settings = _settings(**SAFE)
    assert settings.secure_cookies is True
    assert _settings(**{**SAFE, "env": "staging", "api_base_url": "http://10.0.0.5"}).secure_cookies is False


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"auth_secret": ""}, "AUTH_SECRET is missing"),
        ({"auth_secret": "changeme" * 4 + "-1234567890"}, "AUTH_SECRET looks like the secret of an example"),
        ({"auth_secret": "ab" * 20}, "AUTH_SECRET is too easy to guess"),
        ({"auth_secret_previous": "your-" + SECRET}, "AUTH_SECRET_PREVIOUS looks like"),
        ({"auth_secrets": f"{SECRET},example{SECRET}"}, "AUTH_SECRETS looks like"),
        ({"debug": True}, "DEBUG must be off"),
        ({"trusted_hosts": " * "}, "TRUSTED_HOSTS must name"),
        ({"cors_origins": "*"}, "CORS_ORIGINS must not be"),
        ({"api_base_url": "http://loja.example"}, "API_BASE_URL must be https"),
    ],
)
def test_production_refuses_what_is_unsafe(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _settings(**{**SAFE, **wrong})


def test_everything_unsafe_is_said_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        _settings(env="production", debug=True)
    text = str(refused.value)
    assert all(name in text for name in ("AUTH_SECRET", "DEBUG", "TRUSTED_HOSTS", "API_BASE_URL"))


@pytest.mark.parametrize("name", ["auth_secret", "auth_secret_previous"])
def test_a_short_secret_is_refused_and_not_shown(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _settings(**{name: "curto"})
    assert "curto" not in str(refused.value)


def test_a_refused_start_shows_no_secret() -> None:
    with pytest.raises(ValidationError) as refused:
        _settings(**{**SAFE, "debug": True, "smtp_password": "senha-do-correio"})
    assert (SECRET in str(refused.value), "senha-do-correio" in str(refused.value)) == (False, False)


def test_a_secret_does_not_show_in_its_settings() -> None:
    settings = _settings(**SAFE, smtp_password="senha-do-correio")
    assert SECRET not in repr(settings)
    assert "senha-do-correio" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "field", "value"),
    [
        ("CORS_ALLOWED_ORIGINS", "cors_origins", "https://a.example"),
        ("CORS_ORIGINS", "cors_origins", "https://b.example"),
        ("AWS_S3_BUCKET", "s3_bucket", "fotos"),
        ("S3_BUCKET", "s3_bucket", "retratos"),
        ("DATABASE_URL", "database_url", "postgresql://x"),
    ],
)
def test_the_names_of_the_former_systems_work(
    monkeypatch: pytest.MonkeyPatch, variable: str, field: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert getattr(_settings(), field) == value


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        _settings().debug = True  # type: ignore[misc]


def test_lists_are_split_and_trimmed() -> None:
    settings = _settings(trusted_hosts=" a.example, ,b.example ,")
    assert settings.listed(settings.trusted_hosts) == ["a.example", "b.example"]


def test_files_may_lie_elsewhere() -> None:
    assert _settings(media_root=Path("/var/fotos")).media_path == Path("/var/fotos")


def test_production_closes_the_api_pages_unless_told() -> None:
    assert (_settings().docs_are_open, _settings(**SAFE).docs_are_open) == (True, False)
    assert (_settings(**SAFE, api_docs="open").docs_are_open, _settings(api_docs="closed").docs_are_open) == (
        True,
        False,
    )


def test_the_log_is_json_outside_development_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (_settings().log_format, _settings(**SAFE).log_format) == ("console", "json")
    assert _settings(**SAFE, log_format="console").log_format == "console"
    for name, value in SAFE.items():
        monkeypatch.setenv(name.upper(), value)
    assert _settings().log_format == "json"
    monkeypatch.setenv("LOG_FORMAT", "console")
    assert _settings().log_format == "console"
