"""Opening the chosen source, and reading from it, once, what the settings need."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from balcao.kernel.secrets.cache import SecretCache
from balcao.kernel.secrets.local import FOLDER, LocalSecrets
from balcao.kernel.secrets.port import (
    SecretError,
    SecretMissingError,
    SecretSource,
    SecretUnavailableError,
)
from balcao.kernel.secrets.source_settings import SECRET_MIN_LENGTH, SecretSourceSettings

AUTH: Final = "AUTH_SECRET"
AUTH_PREVIOUS: Final = "AUTH_SECRET_PREVIOUS"


class SecretsNotLoadedError(Exception):
    """Secrets that the program cannot start without. `errors` says which and why, without any value."""

    def __init__(self, errors: list[SecretError]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


def open_secrets(settings: SecretSourceSettings, *, env_file: Path | None = Path(".env")) -> SecretCache:
    """The secrets of the chosen source, behind a cache. Nothing is asked yet.

    Raises ValueError, naming the setting, when the source lacks its address.
    """
    local = LocalSecrets(settings.data_dir / FOLDER, env_file=env_file)
    if settings.secrets_provider == "local":
        return SecretCache(local)
    allowed = [name.strip().upper() for name in settings.secrets_env_fallback.split(",") if name.strip()]
    fallback = {name: value for name in allowed if (value := _of_environment(local, name))}
    return SecretCache(_outside(settings), fallback=fallback)


def load_secrets(
    cache: SecretCache, names: Iterable[str], *, in_environment: Container[str] = ()
) -> dict[str, str]:
    """Values by name, empty for those the source does not have. AUTH_SECRET it must have, and so it must what is set in
    the environment without being on the allow-list: to pass over a DATABASE_URL would open another database.

    AUTH_SECRET_PREVIOUS is the version of AUTH_SECRET before the current one, so that turning the secret over in its
    source is all there is to a rotation. Raises SecretsNotLoadedError.
    """
    found: dict[str, str] = {}
    errors: list[SecretError] = []
    for name in sorted({*names} - {AUTH_PREVIOUS}, key=lambda name: (name != AUTH, name)):
        try:
            found[name] = cache.get(name).reveal()
        except SecretMissingError as error:
            found[name] = ""
            if name in in_environment:
                errors.append(SecretMissingError(name, "only_in_environment"))
            elif name == AUTH:
                errors.append(error)
        except SecretError as error:
            errors.append(error)
            if isinstance(error, SecretUnavailableError):
                break  # the rest would wait for the same silence, each as long
    if errors:
        raise SecretsNotLoadedError(errors)
    return found | {AUTH_PREVIOUS: _former(cache, found.get(AUTH, ""))}


def load_local(cache: SecretCache, names: Iterable[str]) -> dict[str, str]:
    """Values that this machine has, by name; the others are left to the defaults. Raises SecretsNotLoadedError."""
    found: dict[str, str] = {}
    errors: list[SecretError] = []
    for name in names:
        try:
            found[name] = cache.source.get(name).reveal()
        except SecretMissingError:
            continue
        except SecretError as error:
            errors.append(error)
    if errors:
        raise SecretsNotLoadedError(errors)
    return found


def _former(cache: SecretCache, current: str) -> str:
    secret = cache.previous(AUTH)
    if secret is None:
        try:
            secret = cache.get(AUTH_PREVIOUS)
        except SecretError:
            return ""
    # A first version that was only tried out is no key anybody signed with.
    value = secret.reveal()
    return value if value != current and len(value) >= SECRET_MIN_LENGTH else ""


def _of_environment(local: LocalSecrets, name: str) -> str:
    try:
        return local.get(name).reveal()
    except SecretError:
        return ""


def _outside(settings: SecretSourceSettings) -> SecretSource:
    if settings.secrets_provider == "aws":
        return _aws(settings)
    return _vault(settings) if settings.secrets_provider == "vault" else _azure(settings)


# Imported when chosen: most installations have none of the three, and the client is a tenth of a start.
def _aws(settings: SecretSourceSettings) -> SecretSource:
    from balcao.kernel.secrets.aws import AwsSecrets
    from balcao.kernel.secrets.aws_keys import AwsCredentials, AwsWorkload
    from balcao.kernel.secrets.http import Line
    from balcao.kernel.secrets.sigv4 import AwsKeys

    line, own = Line(), None
    if settings.aws_access_key_id:
        own = AwsKeys(
            settings.aws_access_key_id,
            settings.aws_secret_access_key.get_secret_value(),
            settings.aws_session_token.get_secret_value(),
        )
    workload = AwsWorkload.of(os.environ, settings.aws_region)
    return AwsSecrets(
        AwsCredentials(line, workload, own),
        region=settings.aws_region,
        endpoint=settings.aws_endpoint_url_secrets_manager,
        prefix=_before_name(settings, "/"),
        line=line,
    )


def _vault(settings: SecretSourceSettings) -> SecretSource:
    from balcao.kernel.secrets.http import Line, read_token
    from balcao.kernel.secrets.vault import VaultLogin, VaultSecrets

    if not settings.vault_addr:
        raise ValueError("VAULT_ADDR")
    role = settings.vault_kubernetes_role
    login = VaultLogin(
        token=settings.vault_token.get_secret_value(),
        role_id=settings.vault_role_id,
        secret_id=settings.vault_secret_id.get_secret_value(),
        jwt=(lambda: read_token(AUTH, settings.vault_jwt_file)) if role else None,
        jwt_role=role,
    )
    return VaultSecrets(
        settings.vault_addr,
        login,
        mount=settings.vault_mount,
        prefix=settings.secrets_prefix,
        namespace=settings.vault_namespace,
        line=Line(authorities=settings.vault_cacert),
    )


def _azure(settings: SecretSourceSettings) -> SecretSource:
    from balcao.kernel.secrets.azure import AzureLogin, AzureSecrets

    if not settings.azure_vault_url:
        raise ValueError("AZURE_VAULT_URL")
    login = AzureLogin(
        tenant_id=settings.azure_tenant_id,
        client_id=settings.azure_client_id,
        client_secret=settings.azure_client_secret.get_secret_value(),
        federated_token_file=settings.azure_federated_token_file,
        authority=settings.azure_authority_host,
        audience=_audience(settings.azure_vault_url),
    )
    return AzureSecrets(settings.azure_vault_url, login, prefix=_before_name(settings, "-"))


def _audience(vault_url: str) -> str:
    """Whom the token is for: the cloud's vaults, public or sovereign (vault.azure.net, vault.azure.cn …)."""
    cloud = (urlsplit(vault_url).hostname or "").partition(".")[2]
    return f"https://{cloud}" if cloud.startswith("vault.") else "https://vault.azure.net"


def _before_name(settings: SecretSourceSettings, mark: str) -> str:
    prefix = settings.secrets_prefix.strip(mark)
    return prefix + mark if prefix else ""
