"""The settings that say where the other settings' secrets are. Read alone, before the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_MIN_LENGTH = 32

SecretsProvider = Literal["local", "aws", "vault", "azure"]


class SecretSourceSettings(BaseSettings):
    """Which source, and how to come into it. Where a platform gives the program an identity, no credential is needed."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,  # the message of a refused start must not print a secret
    )

    data_dir: Path = Field(
        Path(".balcao"), alias="BALCAO_DATA", description="Folder with all state of a local instance."
    )
    secrets_provider: SecretsProvider = Field(
        "local",
        description="Where secrets are read: local (environment, .env, files of 0600 in secrets/ of the data "
        "folder), aws (Secrets Manager), vault (also OpenBao) or azure (Key Vault).",
    )
    secrets_env_fallback: str = Field(
        "",
        description="Secrets, with commas, that the environment may answer when SECRETS_PROVIDER has none or is away.",
    )
    secrets_prefix: str = Field(
        "balcao",
        description="What stands before a secret's name: balcao/NAME in aws and vault, balcao-NAME in azure.",
        pattern=r"^[A-Za-z0-9/_-]{0,100}$",
    )
    aws_region: str = Field("sa-east-1", description="Region of SECRETS_PROVIDER=aws.")
    aws_access_key_id: str = Field(
        "",
        description="Access key for Secrets Manager. Empty: the role of the task, pod or machine.",
        json_schema_extra={"source": "IAM, for a user that may call secretsmanager:GetSecretValue only."},
    )
    aws_secret_access_key: SecretStr = Field(SecretStr(""), description="Secret key of AWS_ACCESS_KEY_ID.")
    aws_session_token: SecretStr = Field(
        SecretStr(""), description="Session token, when AWS_ACCESS_KEY_ID is a temporary one."
    )
    aws_endpoint_url_secrets_manager: str = Field(
        "", description="Another address for Secrets Manager, such as a VPC endpoint. Empty: the region's."
    )
    vault_addr: str = Field(
        "",
        description="Address of Vault or OpenBao, as in https://vault.example.com:8200.",
    )
    vault_namespace: str = Field("", description="Namespace, where the server has them.")
    vault_mount: str = Field("secret", description="Path of the key/value engine (version 2).")
    vault_cacert: Path | None = Field(
        None,
        description="File with the authority that signed the server's certificate. Empty: the public ones.",
    )
    vault_token: SecretStr = Field(
        SecretStr(""), description="Token to come in with. Better: VAULT_ROLE_ID or VAULT_KUBERNETES_ROLE."
    )
    vault_role_id: str = Field(
        "",
        description="AppRole to come in with.",
        json_schema_extra={"source": "vault read auth/approle/role/balcao/role-id"},
    )
    vault_secret_id: SecretStr = Field(
        SecretStr(""),
        description="Secret id of VAULT_ROLE_ID.",
        json_schema_extra={"source": "vault write -f auth/approle/role/balcao/secret-id"},
    )
    vault_kubernetes_role: str = Field(
        "", description="Role to come in with as a pod of Kubernetes (auth/kubernetes)."
    )
    vault_jwt_file: Path = Field(
        Path("/var/run/secrets/kubernetes.io/serviceaccount/token"),
        description="Token file of VAULT_KUBERNETES_ROLE.",
    )
    azure_vault_url: str = Field(
        "", description="Address of the key vault, as in https://example.vault.azure.net."
    )
    azure_tenant_id: str = Field("", description="Directory (tenant) id of the app registration.")
    azure_client_id: str = Field(
        "", description="Application (client) id, or the id of a user-assigned identity."
    )
    azure_client_secret: SecretStr = Field(
        SecretStr(""),
        description="Client secret of AZURE_CLIENT_ID. Empty: the identity of the machine.",
        json_schema_extra={"source": "The app registration, under its certificates and secrets."},
    )
    azure_federated_token_file: Path | None = Field(
        None, description="Token file of a workload identity; AKS sets it by itself."
    )
    azure_authority_host: str = Field(
        "https://login.microsoftonline.com",
        description="Where Azure signs in; another one in sovereign clouds.",
    )


# What opens the source itself cannot lie in it.
BOOTSTRAP_SECRETS = frozenset(
    {"aws_secret_access_key", "aws_session_token", "vault_token", "vault_secret_id", "azure_client_secret"}
)
