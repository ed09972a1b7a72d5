"""Every setting of the installation, read once from the environment and frozen.

The flat names are those of the systems this product replaces, so an existing `.env` keeps working. Secrets are
`SecretStr`: `repr`, logs and pages show `***`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo

from balcao.kernel.secrets.source_settings import BOOTSTRAP_SECRETS, SECRET_MIN_LENGTH
from balcao.kernel.watching_settings import WatchingSettings

Environment = Literal["development", "staging", "production"]
# A key as long as the hash it feeds: RFC 7518, 3.2.
SIGNING_LENGTHS: Final = {"HS256": SECRET_MIN_LENGTH, "HS384": 48, "HS512": 64}
# Parts of secrets that are printed in documentation and examples everywhere.
KNOWN_WORDS: Final = (
    "changeme", "change-me", "change_me", "example", "default", "password", "senha", "secret", "troque", "insecure",
    "development", "tests-only", "your-", "xxxx", "123456", "abcdef", "qwerty",
)  # fmt: skip
WEAK: Final = {"known": "looks like the secret of an example", "repeats": "is too easy to guess"}
FEWEST_CHARACTERS: Final = 10  # different ones; 32 random characters of base64 have 25 on average


class Settings(WatchingSettings):
    """Settings of one process. Built once, in the composition root, and handed down. Where their secrets are read, where the
    database is, how backups are made and who watches, the base classes say."""

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
    auth_secrets: SecretStr = Field(
        SecretStr(""),
        description="Further former secrets, separated by commas. Without AUTH_SECRET the first of them signs.",
        json_schema_extra={"source": "Values AUTH_SECRET had before AUTH_SECRET_PREVIOUS."},
    )
    auth_algorithm: Literal["HS256", "HS384", "HS512"] = Field(
        "HS256",
        description="How sessions are signed. HS384 wants an AUTH_SECRET of 48 characters or more, HS512 one of 64.",
    )
    admin_session_expire_minutes: int = Field(
        480,
        ge=5,
        validation_alias=AliasChoices("admin_session_expire_minutes", "access_token_expire_minutes"),
        description="Life of a panel session, in minutes. Never under 5.",
    )
    billing_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Signs what the billing system tells (POST /billing/webhook/…). 32 characters or more. Empty: refused.",
        json_schema_extra={
            "source": "Made by you, and entered in the billing system's webhook settings too."
        },
    )
    billing_webhook_secrets: SecretStr = Field(
        SecretStr(""),
        description="Further accepted billing secrets, separated by commas, for changing one without a gap.",
        json_schema_extra={"source": "The value BILLING_WEBHOOK_SECRET had before it was changed."},
    )
    billing_webhook_legacy: bool = Field(
        False,
        description="Accepts billing messages whose signature covers the body alone: they can be replayed, so for a move only.",
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
    api_docs: Literal["", "open", "closed"] = Field(
        "",
        description="Who may read /docs, /redoc, /openapi.json and /postman.json: open or closed. Empty: closed in production.",
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=600,
        description="Seconds a server that is told to stop goes on answering, unready, before it shuts its door.",
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

    temp_dir: Path | None = Field(
        None, description="Folder of passing files, such as spreadsheets being read. Empty: the system's."
    )
    import_source_days: int = Field(
        30, description="Days an uploaded spreadsheet is kept for running the import again."
    )
    import_results_days: int = Field(90, description="Days the results of an import can be downloaded.")

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
    webhook_networks: str = Field(
        "",
        description="Private networks (CIDR, commas) that webhooks may be sent to as well. Empty: public addresses only.",
        json_schema_extra={
            "source": "The network of a program of yours that is to hear of events, such as 10.2.0.0/24."
        },
    )
    outside_places: int = Field(
        4, ge=2, le=64, description="Webhooks one worker sends at a time, for all businesses together."
    )
    outside_share: int = Field(
        2,
        ge=1,
        le=64,
        description="Webhooks of one business that are sent at a time, by all workers together; one per address.",
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
    whatsapp_base_url: str = Field(
        "https://graph.facebook.com",
        description="Address of Meta's Graph API, for WhatsApp. Never taken from what a tenant types.",
    )
    whatsapp_api_version: str = Field(
        "v23.0", description="Version of the Graph API, in its address.", pattern=r"^v\d{1,3}\.\d{1,2}$"
    )
    telegram_base_url: str = Field(
        "https://api.telegram.org",
        description="Address of Telegram's Bot API, or of a server of your own that speaks it.",
    )

    @field_validator("auth_secret", "auth_secret_previous")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and len(text) < SECRET_MIN_LENGTH:
            raise ValueError(f"a secret needs {SECRET_MIN_LENGTH} characters or more")
        return value

    @field_validator("billing_webhook_secret", "billing_webhook_secrets", "auth_secrets")
    @classmethod
    def _each_long_enough(cls, value: SecretStr) -> SecretStr:
        parts = [part.strip() for part in value.get_secret_value().split(",") if part.strip()]
        if any(len(part) < SECRET_MIN_LENGTH for part in parts):
            raise ValueError(f"a secret needs {SECRET_MIN_LENGTH} characters or more")
        return value

    @model_validator(mode="before")
    @classmethod
    def _first_secret_signs(cls, given: Any) -> Any:
        """AUTH_SECRETS alone is enough: its first part is what AUTH_SECRET would be."""
        values: dict[str, Any] = dict(given)
        name = next((key for key in values if key.lower() == "auth_secrets"), "")
        listed = [part.strip() for part in plain(values.get(name) or "").split(",") if part.strip()]
        signs = next((key for key in values if key.lower() == "auth_secret"), "auth_secret")
        if listed and not plain(values.get(signs) or ""):
            values |= {signs: SecretStr(listed[0]), name: SecretStr(",".join(listed[1:]))}
        return values

    @model_validator(mode="before")
    @classmethod
    def _machines_read_the_log(cls, given: Any) -> Any:
        """Outside development the log is JSON unless LOG_FORMAT says otherwise."""
        values: dict[str, Any] = dict(given)
        names = {key.lower(): key for key in values}
        if (
            "log_format" not in names
            and str(values.get(names.get("env", ""), "development")) != "development"
        ):
            values["log_format"] = "json"
        return values

    @model_validator(mode="after")
    def _long_enough_to_sign(self) -> Self:
        secret = self.auth_secret.get_secret_value()
        if secret and len(secret) < (wanted := SIGNING_LENGTHS[self.auth_algorithm]):
            raise ValueError(f"{self.auth_algorithm} needs an AUTH_SECRET of {wanted} characters or more")
        return self

    @model_validator(mode="after")
    def _safe_for_environment(self) -> Self:
        if self.env == "development":
            return self
        problems: list[str] = []
        if not self.auth_secret.get_secret_value():
            problems.append("AUTH_SECRET is missing")
        problems += [f"{name} {WEAK[kind]}" for name, kind in weak_secrets(self) if kind]
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
    def former_secrets(self) -> tuple[str, ...]:
        """Secrets that no longer sign or seal, and still verify and open; the newest first."""
        both = f"{plain(self.auth_secret_previous)},{plain(self.auth_secrets)}"
        return tuple(dict.fromkeys(self.listed(both)))

    @property
    def secure_cookies(self) -> bool:
        """Cookies carry Secure unless the base address is plain http."""
        return self.api_base_url.startswith("https://")

    @property
    def docs_are_open(self) -> bool:
        """Whether anybody may read how to speak to this installation's API."""
        return (self.api_docs or ("closed" if self.env == "production" else "open")) == "open"

    @property
    def media_path(self) -> Path:
        """Folder of local files."""
        return self.media_root or self.data_dir / "media"

    @property
    def backup_path(self) -> Path:
        """Folder of backups."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def billing_secrets(self) -> list[str]:
        """Every secret a billing message may be signed with."""
        both = (self.billing_webhook_secret, self.billing_webhook_secrets)
        return [part for secret in both for part in self.listed(secret.get_secret_value())]

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


def weak_secrets(settings: Settings) -> list[tuple[str, str]]:
    """Each secret that signs sessions, by variable, with why it can be guessed: a key of WEAK; empty for a good one."""
    signing = [(name, plain(getattr(settings, name))) for name in ("auth_secret", "auth_secret_previous")]
    signing += [("auth_secrets", part) for part in settings.listed(plain(settings.auth_secrets))]
    return [(name.upper(), _weakness(value)) for name, value in signing if value]


def _weakness(secret: str) -> str:
    if any(word in secret.lower() for word in KNOWN_WORDS):
        return "known"
    return "repeats" if len(set(secret)) < FEWEST_CHARACTERS else ""


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
