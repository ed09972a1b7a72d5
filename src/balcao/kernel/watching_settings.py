"""The settings of backups, and of what tells how the installation does: figures, traces, the log."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from balcao.kernel.database_settings import DatabaseSettings


class BackupSettings(DatabaseSettings):
    """When backups are made, where they lie, and for how long."""

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
        description="age public keys that backups and the continuous archive are encrypted to, separated by commas. "
        "Empty: not encrypted.",
        json_schema_extra={"source": "age-keygen -o key.txt prints it; key.txt stays off this machine."},
    )
    backup_identity_file: Path | None = Field(
        None, description="File with the age private key. Needed only while an encrypted backup is read."
    )
    backup_s3_bucket: str = Field(
        "",
        description="Bucket that gets a copy of each backup and of the continuous archive. "
        "Empty: S3_BUCKET when files live in S3, else none.",
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


class WatchingSettings(BackupSettings):
    """Who may read the figures, where errors and traces go, and the log."""

    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Opens GET /metrics, as a bearer token. Empty: only this machine reads it, everybody else gets 404.",
        json_schema_extra={"source": 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'},
    )
    sentry_dsn: SecretStr = Field(
        SecretStr(""),
        description="Where unexpected errors are sent, without personal data. Empty: nowhere. Needs requirements-tracing.lock.",
        json_schema_extra={"source": "Your Sentry project, under client keys, as “DSN”."},
    )
    otel_exporter_otlp_endpoint: str = Field(
        "",
        description="OTLP/HTTP collector of traces, as http://host:4318. Empty: nothing is traced. Needs requirements-tracing.lock.",
        pattern=r"^(https?://.+)?$",
        json_schema_extra={"source": "The OpenTelemetry collector, Tempo or Jaeger you run; port 4318."},
    )
    otel_service_name: str = Field(
        "balcao", description="Name of this installation among all whose traces the collector gets."
    )
    otel_traces_sampler_arg: float = Field(
        1.0, ge=0, le=1, description="Share of requests that are traced, from 0 to 1."
    )
    tls_certificate_file: Path | None = Field(
        None, description="Certificate of the proxy in front (PEM), read to tell at /metrics when it ends."
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="console (coloured) or json. Outside development json unless it is set."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_file: Path | None = Field(
        None, description="File the log goes to instead of standard output. Several processes may share it."
    )
    log_file_bytes: int = Field(
        50_000_000, ge=10_000, description="Size at which LOG_FILE starts anew, in bytes."
    )
    log_files_kept: int = Field(
        5, ge=0, le=100, description="Former files of LOG_FILE that stay, as name.1, name.2 …"
    )
    log_sampling: str = Field(
        "",
        description="Shares of frequent events to keep, such as request=0.1: all or no line of one request. Warnings always stay.",
    )

    @field_validator("log_sampling")
    @classmethod
    def _shares(cls, value: str) -> str:
        sampling_rates(value)
        return value


def sampling_rates(text: str) -> dict[str, float]:
    """The shares of LOG_SAMPLING by event. ValueError for anything that is no `event=share` with a share of 0 to 1."""
    rates: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        event, is_there, share = part.partition("=")
        if not is_there or not event.strip() or not 0 <= float(share) <= 1:
            raise ValueError("write it like request=0.1")
        rates[event.strip()] = float(share)
    return rates
