"""What is missing or unsafe, told from the settings alone. Pure: nothing is asked, nothing is opened."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from balcao.cli.config_check.findings import Finding, fine, stop, unsafe, warn
from balcao.cli.config_check.unread import unread
from balcao.kernel.observability.redaction import scrub
from balcao.kernel.secrets.source_settings import BOOTSTRAP_SECRETS
from balcao.kernel.settings import (
    Environment,
    Settings,
    missing_secrets,
    plain,
    secret_settings,
    variables_of,
    weak_secrets,
)
from balcao.kernel.web.middleware_address import UNIX_PEER

SAME_FROM: Final = 8
PAIRS: Final = (
    ("ghl_client_id", "ghl_client_secret"),
    ("s3_access_key_id", "s3_secret_access_key"),
    ("backup_s3_access_key_id", "backup_s3_secret_access_key"),
    ("smtp_username", "smtp_password"),
    ("aws_access_key_id", "aws_secret_access_key"),
    ("vault_role_id", "vault_secret_id"),
)
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def judge(settings: Settings, env: Environment, variables: Collection[str] = ()) -> list[Finding]:
    """Everything the settings say about themselves in this environment. `variables` are the names set outside."""
    rules = (
        _secrets,
        _same_secrets,
        _missing,
        _pairs,
        _base_url,
        _hosts,
        _proxies,
        _cors,
        _switches,
        _mail,
        _lines,
    )
    found = [finding for rule in rules for finding in rule(settings, env)]
    return [*found, *unread(variables)]


def _variable(name: str) -> str:
    return variables_of(name, Settings.model_fields[name])[0]


def _values(settings: Settings) -> dict[str, str]:
    """Every secret that is set, by variable; addresses with passwords are no secrets in whole."""
    names = [*secret_settings().values(), *sorted(BOOTSTRAP_SECRETS)]
    found = {_variable(name): plain(getattr(settings, name)) for name in names}
    return {name: value for name, value in found.items() if value and not name.endswith("_URL")}


def _secrets(settings: Settings, env: Environment) -> Iterator[Finding]:
    for variable, weakness in weak_secrets(settings):
        if weakness == "known":
            yield unsafe(env, variable, "looks like the secret of an example. Make one of your own.")
        elif weakness:
            yield unsafe(env, variable, "is too easy to guess: it repeats few characters.")
        else:
            yield fine(variable, "is long enough and unlike any example.")
    if settings.secrets_provider != "local" and settings.secrets_env_fallback and env == "production":
        yield warn(
            "SECRETS_ENV_FALLBACK", "lets the environment answer for secrets. Best empty in production."
        )
    for name in ("vault_addr", "azure_vault_url", "aws_endpoint_url_secrets_manager"):
        if _is_open(urlsplit(str(getattr(settings, name)))):
            yield unsafe(env, _variable(name), "must be https: secrets would travel readable.")


def _same_secrets(settings: Settings, env: Environment) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, value in _values(settings).items():
        if len(value) < SAME_FROM:
            continue
        if value in first:
            yield unsafe(env, name, "has the same value as {other}. Each secret needs one of its own.", other=first[value])  # fmt: skip
        first.setdefault(value, name)


def _missing(settings: Settings, env: Environment) -> Iterator[Finding]:
    for name in missing_secrets(settings):
        if name == "auth_secret" and env == "development":
            yield fine("AUTH_SECRET", "is made and kept by the development instance itself.")
        elif name == "auth_secret":
            yield stop("AUTH_SECRET", "is missing. Sessions are signed with it.")
    if settings.storage_backend == "s3" and not settings.s3_bucket:
        yield stop("S3_BUCKET", "is missing: STORAGE_BACKEND=s3 needs it.")
    if settings.email_provider == "smtp" and not settings.smtp_host:
        yield stop("SMTP_HOST", "is missing: EMAIL_PROVIDER=smtp needs it.")


def _pairs(settings: Settings, _env: Environment) -> Iterator[Finding]:
    for one, other in PAIRS:
        has = [bool(plain(getattr(settings, name))) for name in (one, other)]
        if has[0] != has[1]:
            there, gone = (one, other) if has[0] else (other, one)
            yield stop(_variable(gone), "is missing: it goes with {other}.", other=_variable(there))


def _base_url(settings: Settings, env: Environment) -> Iterator[Finding]:
    parts = urlsplit(settings.api_base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        yield stop("API_BASE_URL", "is no address. It looks like https://loja.example.com.")
        return
    if env != "development" and is_this_machine(parts.hostname):
        yield unsafe(env, "API_BASE_URL", "names this machine. Links in messages would lead nobody here.")
    if parts.scheme == "https":
        yield fine("API_BASE_URL", "is https.")
    elif env == "production":
        yield stop("API_BASE_URL", "must be https: cookies and links would travel readable.")
    elif env == "staging":
        yield warn("API_BASE_URL", "is not https. Production refuses it.")


def _hosts(settings: Settings, env: Environment) -> Iterator[Finding]:
    hosts = settings.listed(settings.trusted_hosts)
    if "*" in hosts or not hosts:
        if env != "development":
            yield stop("TRUSTED_HOSTS", "must name the hosts served, separated by commas.")
        return
    own = urlsplit(settings.api_base_url).hostname or ""
    if not any(host == own or (host.startswith("*.") and own.endswith(host[1:])) for host in hosts):
        yield unsafe(env, "TRUSTED_HOSTS", "does not name {host}, the host of API_BASE_URL.", host=own)
    else:
        yield fine("TRUSTED_HOSTS", "names the host of API_BASE_URL.")


def _proxies(settings: Settings, env: Environment) -> Iterator[Finding]:
    listed = settings.listed(settings.trusted_proxies)
    for text in listed:
        if text == UNIX_PEER:
            continue  # a local socket: its folder says who comes that way
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            yield stop("TRUSTED_PROXIES", "holds something that is no network: {given}.", given=scrub(text))
            continue
        if network.prefixlen == 0:
            yield unsafe(env, "TRUSTED_PROXIES", "believes everybody: any visitor could claim any address.")
    if not listed and env != "development":
        yield warn("TRUSTED_PROXIES", "is empty. Behind a proxy all visitors would share one address and its limits.")  # fmt: skip


def _cors(settings: Settings, env: Environment) -> Iterator[Finding]:
    for origin in settings.listed(settings.cors_origins):
        parts = urlsplit(origin)
        if origin == "*":
            yield unsafe(env, "CORS_ORIGINS", "must not be *: any page could use the API.")
        elif not _is_origin(origin, parts):
            yield stop("CORS_ORIGINS", "holds something that is no origin: {given}.", given=scrub(origin))
        elif env == "production" and _is_open(parts):
            yield warn("CORS_ORIGINS", "lets a page without https use the API: {given}.", given=scrub(origin))


def _switches(settings: Settings, env: Environment) -> Iterator[Finding]:
    if settings.debug and env != "development":
        yield stop("DEBUG", "must be off.")
    if settings.log_level.upper() not in LOG_LEVELS:
        yield stop("LOG_LEVEL", "must be DEBUG, INFO, WARNING or ERROR.")
    if settings.rate_limit_scale > 10 and env != "development":
        yield unsafe(env, "RATE_LIMIT_SCALE", "lifts every limit; it is for load tests.")
    if not settings.database_url and env != "development":
        yield warn("DATABASE_URL", "is empty: the embedded server is used, on this machine only.")
    if not urlsplit(settings.ghl_base_url).hostname or _is_open(urlsplit(settings.ghl_base_url)):
        yield stop("GHL_BASE_URL", "must be an https address: tokens of businesses are sent there.")


def _mail(settings: Settings, env: Environment) -> Iterator[Finding]:
    if settings.email_provider == "mailbox" and env != "development":
        yield warn("EMAIL_PROVIDER", "is mailbox: no e-mail leaves this machine.")
    if settings.email_provider == "smtp" and settings.smtp_security == "none" and not is_this_machine(settings.smtp_host):  # fmt: skip
        yield stop("SMTP_SECURITY", "must be starttls or tls for a server on another machine.")
    domain = settings.email_from.rpartition("@")[2]
    if env != "development" and settings.email_provider == "smtp" and (not domain or is_this_machine(domain)):
        yield warn("EMAIL_FROM", "is no address that others can answer to.")


def _lines(settings: Settings, env: Environment) -> Iterator[Finding]:
    """Lines to other machines that anybody between could read."""
    for name in ("redis_url", "rate_limit_redis_url"):
        parts = urlsplit(str(getattr(settings, name)))
        if parts.scheme == "redis" and not is_this_machine(parts.hostname or "") and env == "production":
            yield warn(_variable(name), "is not encrypted. Use rediss:// unless the network is your own.")
    if settings.storage_backend == "s3" and _is_open(urlsplit(settings.s3_endpoint)):
        yield unsafe(env, "S3_ENDPOINT", "must be https: files and keys would travel readable.")


def _is_origin(text: str, parts: SplitResult) -> bool:
    """Scheme and host and nothing else, as browsers write it."""
    plain_host = bool(parts.hostname) and parts.username is None
    return plain_host and parts.scheme in {"http", "https"} and text == f"{parts.scheme}://{parts.netloc}"


def _is_open(parts: SplitResult) -> bool:
    return parts.scheme == "http" and not is_this_machine(parts.hostname or "")


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine itself; no host is too."""
    if host in {"localhost", ""} or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
