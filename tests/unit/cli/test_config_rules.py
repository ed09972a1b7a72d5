"""What the settings say about themselves, by environment."""

from __future__ import annotations

import ast
import secrets
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from balcao.cli.config_check import command, rules
from balcao.cli.config_check.command import LOCALE, line_of, translator_of
from balcao.cli.config_check.findings import Finding, stop
from balcao.cli.config_check.rules import is_this_machine, judge
from balcao.kernel.i18n import Catalogues
from balcao.kernel.secrets.source_settings import BOOTSTRAP_SECRETS
from balcao.kernel.settings import Environment, Settings, secret_settings

GOOD = "kE9vQ2xTz7LmR4wYb8NcJ1sHf6GdPa3UoXi0"
OTHER = "Zp5BtM8qWn2CrK7yVj4LxD9eSg1HfTa6UoXi"
SAFE: dict[str, Any] = {
    "auth_secret": GOOD,
    "api_base_url": "https://loja.example.com.br",
    "trusted_hosts": "loja.example.com.br",
    "trusted_proxies": "10.0.0.0/8",
    "database_url": "postgresql://balcao:pw@localhost/balcao",
    "email_provider": "smtp",
    "smtp_host": "smtp.example.com.br",
    "email_from": "loja@example.com.br",
}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*Settings.model_fields, "balcao_data", "cors_allowed_origins", "aws_s3_bucket"]:
        monkeypatch.delenv(name.upper(), raising=False)


def settings_of(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def told(env: Environment, **values: Any) -> set[tuple[str, str]]:
    """Level and subject of everything that is not in order."""
    found = judge(settings_of(**{**SAFE, **values}), env)
    return {(item.level, item.subject) for item in found if item.level != "fine"}


@pytest.mark.parametrize("env", ["development", "staging", "production"])
def test_safe_settings_have_nothing_said_against_them(env: Environment) -> None:
    assert told(env) == set()


def test_development_needs_nothing() -> None:
    found = judge(settings_of(), "development")
    assert [item for item in found if item.level != "fine"] == []


CASES: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    ({"auth_secret": ""}, "AUTH_SECRET", {"staging": "stop", "production": "stop"}),
    ({"auth_secret": "x" * 40}, "AUTH_SECRET", {"development": "warn", "staging": "stop", "production": "stop"}),
    ({"auth_secret": "ChangeMe-" + GOOD}, "AUTH_SECRET", {"development": "warn", "production": "stop"}),
    ({"auth_secret_previous": GOOD}, "AUTH_SECRET_PREVIOUS", {"development": "warn", "production": "stop"}),
    ({"smtp_username": "a", "smtp_password": GOOD}, "SMTP_PASSWORD", {"production": "stop"}),
    ({"smtp_username": "a"}, "SMTP_PASSWORD", {"development": "stop", "production": "stop"}),
    ({"smtp_password": OTHER}, "SMTP_USERNAME", {"production": "stop"}),
    ({"ghl_client_id": "a"}, "GHL_CLIENT_SECRET", {"development": "stop", "production": "stop"}),
    ({"ghl_client_secret": OTHER}, "GHL_CLIENT_ID", {"production": "stop"}),
    ({"ghl_base_url": "http://elsewhere.example"}, "GHL_BASE_URL", {"development": "stop"}),
    ({"ghl_base_url": "nothing"}, "GHL_BASE_URL", {"production": "stop"}),
    ({"storage_backend": "s3"}, "S3_BUCKET", {"production": "stop"}),
    ({"storage_backend": "s3", "s3_bucket": "b", "s3_endpoint": "http://s3.example"}, "S3_ENDPOINT",
     {"development": "warn", "production": "stop"}),
    ({"smtp_host": ""}, "SMTP_HOST", {"production": "stop"}),
    ({"smtp_security": "none"}, "SMTP_SECURITY", {"production": "stop"}),
    ({"email_provider": "mailbox"}, "EMAIL_PROVIDER", {"staging": "warn", "production": "warn"}),
    ({"email_from": "balcao@localhost"}, "EMAIL_FROM", {"production": "warn"}),
    ({"api_base_url": "http://loja.example.com.br"}, "API_BASE_URL", {"staging": "warn", "production": "stop"}),
    ({"api_base_url": "https://127.0.0.1:8000", "trusted_hosts": "127.0.0.1"}, "API_BASE_URL", {"production": "stop"}),
    ({"api_base_url": "loja"}, "API_BASE_URL", {"development": "stop", "production": "stop"}),
    ({"trusted_hosts": "*"}, "TRUSTED_HOSTS", {"staging": "stop", "production": "stop"}),
    ({"trusted_hosts": "other.example"}, "TRUSTED_HOSTS", {"development": "warn", "production": "stop"}),
    ({"trusted_proxies": ""}, "TRUSTED_PROXIES", {"production": "warn"}),
    ({"trusted_proxies": "0.0.0.0/0"}, "TRUSTED_PROXIES", {"development": "warn", "production": "stop"}),
    ({"trusted_proxies": "::/0"}, "TRUSTED_PROXIES", {"production": "stop"}),
    ({"trusted_proxies": "nginx"}, "TRUSTED_PROXIES", {"development": "stop", "production": "stop"}),
    ({"cors_origins": "*"}, "CORS_ORIGINS", {"development": "warn", "staging": "stop", "production": "stop"}),
    ({"cors_origins": "https://a.example/path"}, "CORS_ORIGINS", {"production": "stop"}),
    ({"cors_origins": "a.example"}, "CORS_ORIGINS", {"development": "stop"}),
    ({"cors_origins": "http://a.example"}, "CORS_ORIGINS", {"production": "warn"}),
    ({"debug": True}, "DEBUG", {"staging": "stop", "production": "stop"}),
    ({"log_level": "LOUD"}, "LOG_LEVEL", {"development": "stop"}),
    ({"rate_limit_scale": 1000}, "RATE_LIMIT_SCALE", {"production": "stop"}),
    ({"database_url": ""}, "DATABASE_URL", {"staging": "warn", "production": "warn"}),
    ({"redis_url": "redis://cache.example"}, "REDIS_URL", {"production": "warn"}),
    ({"vault_addr": "http://vault.example"}, "VAULT_ADDR", {"development": "warn", "production": "stop"}),
    ({"vault_role_id": "r"}, "VAULT_SECRET_ID", {"production": "stop"}),
    ({"secrets_provider": "aws", "secrets_env_fallback": "A"}, "SECRETS_ENV_FALLBACK", {"production": "warn"}),
]  # fmt: skip


@pytest.mark.parametrize(("values", "subject", "levels"), CASES)
def test_what_is_missing_or_unsafe_is_told(
    values: dict[str, Any], subject: str, levels: dict[str, str]
) -> None:
    for env, level in levels.items():
        assert (level, subject) in told(env, **values), env  # type: ignore[arg-type]


@pytest.mark.parametrize("hosts", ["*.example.com.br", "a.example, loja.example.com.br"])
def test_the_own_host_may_be_one_of_several_or_under_a_star(hosts: str) -> None:
    assert told("production", trusted_hosts=hosts) == set()


def test_an_outside_address_that_is_safe_is_not_told() -> None:
    assert told("production", cors_origins="https://a.example, https://b.example:8443", redis_url="rediss://c.example") == set()  # fmt: skip


def test_variables_of_the_systems_before_are_told_when_nothing_reads_them() -> None:
    found = judge(settings_of(**SAFE), "production", {"GEMINI_API_KEY", "WHATSAPP_TOKEN", "SMTP_HOST", "PATH", "auth_secret"})  # fmt: skip
    assert [item.subject for item in found if item.text.startswith("is set, but")] == ["GEMINI_API_KEY", "WHATSAPP_TOKEN"]  # fmt: skip


@pytest.mark.parametrize(("host", "own"), [
    ("localhost", True), ("a.localhost", True), ("127.8.8.8", True), ("::1", True), ("", True),
    ("10.0.0.1", False), ("example.com", False), ("localhost.example.com", False),
])  # fmt: skip
def test_this_machine(host: str, own: bool) -> None:
    assert is_this_machine(host) is own


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.sets(st.sampled_from(sorted([*secret_settings().values(), *BOOTSTRAP_SECRETS]))), st.sampled_from(["development", "staging", "production"]))  # fmt: skip
def test_no_secret_is_ever_in_a_finding(names: set[str], env: Environment) -> None:
    values = {name: f"canary-{number}-" + "x" * 40 for number, name in enumerate(sorted(names))}
    for found in judge(settings_of(**values), env):
        assert "canary" not in line_of(found, Catalogues([LOCALE]).translator("pt_BR"))


def test_secrets_made_as_the_documentation_says_are_good() -> None:
    for _ in range(200):
        assert told("production", auth_secret=secrets.token_urlsafe(48)) == set()


# Words


@pytest.mark.parametrize(("environment", "language"), [
    ({"LANG": "pt_BR.UTF-8"}, "pt_BR"), ({"LANG": "pt_PT"}, "pt_BR"), ({"LANG": "C.UTF-8"}, "en"), ({}, "en"),
    ({"LC_ALL": "en_US.UTF-8", "LANG": "pt_BR.UTF-8"}, "en"), ({"LC_ALL": "", "LC_MESSAGES": "pt_BR"}, "pt_BR"),
])  # fmt: skip
def test_the_language_is_the_terminals(environment: dict[str, str], language: str) -> None:
    assert translator_of(environment).language == language


def test_a_reason_with_braces_is_told_as_it_is() -> None:
    found = stop("DATABASE_URL", "leads to a database that cannot be used: {reason}", reason="{odd} %s")
    assert line_of(found, translator_of({})).endswith("used: {odd} %s")


PLACE_OF_TEXT = {"stop": 1, "warn": 1, "fine": 1, "unsafe": 2, "words": 0, "ngettext": 0}


def test_every_text_has_portuguese_and_every_portuguese_a_text() -> None:
    said = {"development", "staging", "production"}
    for path in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                place = PLACE_OF_TEXT.get(name, 9)
                if len(node.args) > place and isinstance(node.args[place], ast.Constant):
                    said.add(str(node.args[place].value))  # type: ignore[attr-defined]
    assert len(said) > 60
    assert said == Catalogues([command.LOCALE]).msgids("pt_BR")


def test_a_finding_is_a_value() -> None:
    assert stop("A", "b", n=1) == Finding("stop", "A", "b", {"n": 1})
