"""Every setting of the installation, read once from the environment and frozen.

The flat names are those of the systems this product replaces, so an existing `.env` keeps working. Secrets are
`SecretStr`: `repr`, logs and pages show `***`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo

from balcao.kernel.secrets.source_settings import (
    BOOTSTRAP_SECRETS,
    SECRET_MIN_LENGTH,
    SecretSourceSettings,
)

Environment = Literal["development", "staging", "production"]


class Settings(SecretSourceSettings):
    """Settings of one process. Built once, in the composition root, and handed down. Where their secrets are read, the
    base class says."""

    app_name: str = Field("Balcão", description="Name of the installation, on its first page.")
    env: Environment = Field(
        "development",
        description="Where this runs. Outside development, unsafe or missing settings stop the start.",
    )
    debug: bool = Field(False, description="Opens GET /debug/db. Refused in production.")
    api_base_url: str = Field(
        "http://localhost:8000",
        description="Public address of the installation, used in links that leave it.",
    )
    database_url: str = Field(
        "",
        repr=False,
        description="postgresql://… of an outside server (15 or newer). Empty: the embedded server is used.",
        json_schema_extra={
            "source": "Your database server; the role must own the database and need not be a superuser."
        },
    )
    database_pool_size: int = Field(
        16, ge=1, le=200, description="Connections one process keeps open, made when first needed."
    )
    database_pool_overflow: int = Field(
        0,
        ge=0,
        le=200,
        description="Connections allowed above the pool. Each is made for one request and closed, which is slow.",
    )
    database_statement_timeout_ms: int = Field(
        15_000, ge=100, description="Longest a request's statement may run, in milliseconds."
    )
    cache_bytes: int = Field(
        64 * 1024 * 1024,
        ge=0,
        description="Memory one process gives to ready answers, in bytes. 0 keeps none and makes each anew.",
    )
    redis_url: str = Field(
        "",
        repr=False,
        description="redis://… that shares cache and rate limits between processes. Optional: nothing is lost without.",
        json_schema_extra={
            "source": "Your Redis, with maxmemory and an eviction policy; nothing in it is kept."
        },
    )
    rate_limit_redis_url: str = Field(
        "",
        repr=False,
        description="Another Redis for the rate limits only. Empty: REDIS_URL, or memory of the process.",
    )

    auth_secret: SecretStr = Field(
        SecretStr(""),
        description="Signs session tokens and links. 32 characters or more. Development makes its own.",
        json_schema_extra={"source": 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'},
    )
    auth_secret_previous: SecretStr = Field(
        SecretStr(""),
        description="Former AUTH_SECRET, still accepted while sessions signed with it live.",
        json_schema_extra={"source": "The value AUTH_SECRET had before it was changed."},
    )
    admin_session_expire_minutes: int = Field(
        480, ge=5, description="Life of a panel session, in minutes. Never under 5."
    )
    order_tracking_days: int = Field(30, ge=1, le=365, description="Days a buyer's tracking link works.")

    default_tenant: str = Field("", description="Tenant (slug) of requests that name none. Empty: 404.")
    trusted_hosts: str = Field(
        "*", description="Host names served, separated by commas. * serves any, in development only."
    )
    trusted_proxies: str = Field(
        "",
        description="Networks whose X-Forwarded-* headers are believed (CIDR, commas). Empty: nobody's.",
        json_schema_extra={"source": "The addresses of your reverse proxy or load balancer."},
    )
    cors_origins: str = Field(
        "",
        validation_alias=AliasChoices("cors_origins", "cors_allowed_origins"),
        description="Origins allowed to call the API from a browser, separated by commas.",
    )
    rate_limit_scale: float = Field(1.0, gt=0, description="Multiplies every rate limit; for load tests.")

    storage_backend: Literal["local", "s3"] = Field("local", description="Where files live: local or s3.")
    media_root: Path | None = Field(
        None, description="Folder of local files. Empty: media/ in the data folder."
    )
    s3_endpoint: str = Field(
        "",
        description="Address of an S3-compatible store. Empty: AWS.",
        json_schema_extra={"source": "The console of the storage provider, as “endpoint”."},
    )
    s3_bucket: str = Field(
        "",
        validation_alias=AliasChoices("s3_bucket", "aws_s3_bucket"),
        description="Bucket of STORAGE_BACKEND=s3.",
    )
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    s3_access_key_id: str = Field(
        "",
        description="Access key of the bucket.",
        json_schema_extra={
            "source": "An access key of the provider that may read, write and delete in this bucket only."
        },
    )
    s3_secret_access_key: SecretStr = Field(
        SecretStr(""),
        description="Secret key of the bucket.",
        json_schema_extra={"source": "Shown once, together with the access key."},
    )
    upload_max_bytes: int = Field(5_000_000, description="Largest picture accepted, in bytes.")

    import_source_days: int = Field(
        30, description="Days an uploaded spreadsheet is kept for running the import again."
    )
    import_results_days: int = Field(90, description="Days the results of an import can be downloaded.")

    backup_enabled: bool = Field(
        True, description="Makes a verified backup every night, and warns when there was none for 26 hours."
    )
    backup_dir: Path | None = Field(
        None, description="Folder of backups. Empty: backups/ in the data folder. Better another disk."
    )
    backup_retention_days: int = Field(
        30, ge=1, description="Days a backup is kept. The newest verified one stays whatever its age."
    )
    backup_recipients: str = Field(
        "",
        description="age public keys that backups are encrypted to, separated by commas. Empty: not encrypted.",
        json_schema_extra={"source": "age-keygen -o key.txt prints it; key.txt stays off this machine."},
    )
    backup_identity_file: Path | None = Field(
        None, description="File with the age private key. Needed only while an encrypted backup is read."
    )
    backup_s3_bucket: str = Field(
        "",
        description="Bucket that gets a copy of each backup. Empty: S3_BUCKET when files live in S3, else none.",
    )
    backup_s3_prefix: str = Field(
        "backups",
        description="Beginning of the names of backups in the bucket.",
        pattern=r"^[a-z0-9][\w./-]*$",
    )
    backup_s3_endpoint: str = Field("", description="As S3_ENDPOINT, for BACKUP_S3_BUCKET.")
    backup_s3_region: str = Field("us-east-1", description="As S3_REGION, for BACKUP_S3_BUCKET.")
    backup_s3_access_key_id: str = Field(
        "",
        description="Access key of BACKUP_S3_BUCKET.",
        json_schema_extra={"source": "Best an account of its own, in a bucket with object lock."},
    )
    backup_s3_secret_access_key: SecretStr = Field(
        SecretStr(""),
        description="Secret key of BACKUP_S3_BUCKET.",
        json_schema_extra={"source": "Shown once, together with the access key."},
    )

    email_provider: Literal["mailbox", "smtp"] = Field(
        "mailbox", description="mailbox keeps mail inside the product; smtp sends it."
    )
    smtp_host: str = Field(
        "",
        description="Server of EMAIL_PROVIDER=smtp.",
        json_schema_extra={"source": "The mail provider's page on SMTP, as are port, account and password."},
    )
    smtp_port: int = Field(587, description="Port of SMTP_HOST: 587 (STARTTLS) or 465 (TLS).")
    smtp_username: str = Field("", description="Account at SMTP_HOST, when it wants one.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password of SMTP_USERNAME.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the line to SMTP_HOST is protected; none only inside one machine."
    )
    email_from: str = Field(
        "balcao@localhost",
        description="Sender address of outgoing mail.",
        json_schema_extra={"source": "An address whose domain lets the SMTP server send for it (SPF, DKIM)."},
    )
    email_from_name: str = Field("Balcão", description="Sender name of outgoing mail.")

    places_provider: Literal["embedded", "viacep"] = Field(
        "embedded", description="Who answers CEP questions: the bundled table or viacep.com.br."
    )
    ghl_base_url: str = Field(
        "https://services.leadconnectorhq.com",
        description="Address of GoHighLevel's API. Never taken from what a tenant types.",
    )
    ghl_api_version: str = Field(
        "2021-07-28", description="Version header of GoHighLevel's API.", pattern=r"^[\w.-]{1,20}$"
    )
    ghl_client_id: str = Field(
        "",
        description="Client id of your GoHighLevel app. Empty: businesses connect with a private token of theirs.",
        json_schema_extra={
            "source": "The developer marketplace of GoHighLevel, under the app's client keys."
        },
    )
    ghl_client_secret: SecretStr = Field(
        SecretStr(""),
        description="Client secret of GHL_CLIENT_ID.",
        json_schema_extra={"source": "Shown once, together with the client id."},
    )
    ghl_consent_url: str = Field(
        "https://marketplace.gohighlevel.com/v2/oauth/chooselocation",
        description="Page where an account's owner allows the app; white-label agencies have their own.",
        pattern=r"^https://",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Opens GET /metrics, as a bearer token. Empty: only this machine reads it, everybody else gets 404.",
        json_schema_extra={"source": 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'},
    )
    log_format: Literal["console", "json"] = Field("console", description="console (coloured) or json.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("auth_secret", "auth_secret_previous")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and len(text) < SECRET_MIN_LENGTH:
            raise ValueError(f"a secret needs {SECRET_MIN_LENGTH} characters or more")
        return value

    @model_validator(mode="after")
    def _safe_for_environment(self) -> Self:
        if self.env == "development":
            return self
        problems: list[str] = []
        if not self.auth_secret.get_secret_value():
            problems.append("AUTH_SECRET is missing")
        if self.debug:
            problems.append("DEBUG must be off")
        if self.trusted_hosts.strip() == "*":
            problems.append("TRUSTED_HOSTS must name the hosts served")
        if "*" in self.cors_origins:
            problems.append("CORS_ORIGINS must not be *")
        if self.env == "production" and not self.api_base_url.startswith("https://"):
            problems.append("API_BASE_URL must be https")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def secure_cookies(self) -> bool:
        """Cookies carry Secure unless the base address is plain http."""
        return self.api_base_url.startswith("https://")

    @property
    def media_path(self) -> Path:
        """Folder of local files."""
        return self.media_root or self.data_dir / "media"

    @property
    def backup_path(self) -> Path:
        """Folder of backups."""
        return self.backup_dir or self.data_dir / "backups"

    def listed(self, value: str) -> list[str]:
        """Splits a comma-separated setting into its parts."""
        return [part.strip() for part in value.split(",") if part.strip()]


def variables_of(name: str, field: FieldInfo) -> list[str]:
    """The names a setting has in the environment; the first is the one to use."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice).upper() for choice in alias.choices]
    return [str(alias or name).upper()]


def secret_settings() -> dict[str, str]:
    """Settings that come from SECRETS_PROVIDER, by variable: all secret texts, and addresses that carry a password."""
    return {
        variables_of(name, field)[0]: name
        for name, field in Settings.model_fields.items()
        if name not in BOOTSTRAP_SECRETS and (field.annotation is SecretStr or not field.repr)
    }


def missing_secrets(settings: Settings) -> list[str]:
    """Secrets, by setting, that other settings call for and that are empty."""
    wanted = {
        "auth_secret": True,
        "s3_secret_access_key": settings.storage_backend == "s3" and bool(settings.s3_access_key_id),
        "smtp_password": settings.email_provider == "smtp" and bool(settings.smtp_username),
        "ghl_client_secret": bool(settings.ghl_client_id),
    }
    return [name for name, is_wanted in wanted.items() if is_wanted and not plain(getattr(settings, name))]


def plain(value: SecretStr | str) -> str:
    """The text of a setting, secret or not."""
    return value.get_secret_value() if isinstance(value, SecretStr) else value
