"""A local instance: the folder that holds its database, files and secrets."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO, Any

from pydantic import SecretStr

from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.settings import Settings


class InstanceBusyError(Exception):
    """Another process serves this data folder."""


class Instance:
    """One data folder. `lock()` keeps it to one `up`; `database_url()` starts the embedded server when none is set."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.data_dir
        self.folder.mkdir(parents=True, exist_ok=True)
        self.postgres = EmbeddedPostgres(self.folder / "postgres")
        self._lock: IO[str] | None = None

    def lock(self) -> None:
        """Claims the folder until the process ends, however it ends. Raises InstanceBusyError."""
        handle = (self.folder / "instance.lock").open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InstanceBusyError(str(self.folder)) from error
        self._lock = handle

    @property
    def is_embedded(self) -> bool:
        """True when the program brings its own PostgreSQL."""
        return not self.settings.database_url

    def database_url(self) -> str:
        """Address of the instance's database, started when it is ours."""
        if not self.is_embedded:
            return self.settings.database_url
        self.postgres.start()
        return self.postgres.database_url()

    def stop(self) -> None:
        """Stops the embedded server."""
        if self.is_embedded:
            self.postgres.stop()


def load_settings(**overrides: Any) -> Settings:
    """Settings of the environment; a development instance makes and keeps its own secrets in the data folder."""
    known = {name: value for name, value in overrides.items() if value is not None}
    settings = Settings(**known)
    if settings.env != "development" or settings.auth_secret.get_secret_value():
        return settings
    return Settings(**known, auth_secret=SecretStr(_kept_secret(settings.data_dir)))


def _kept_secret(folder: Path) -> str:
    path = folder / "secrets.json"
    if path.exists():
        return str(json.loads(path.read_text(encoding="utf-8"))["auth_secret"])
    folder.mkdir(parents=True, exist_ok=True)
    value = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump({"auth_secret": value}, handle)
    return value
