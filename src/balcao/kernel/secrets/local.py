"""Secrets of this machine: the environment, then `.env`, then files of the data folder that only we may read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from balcao.kernel.secrets.port import (
    Secret,
    SecretForbiddenError,
    SecretMissingError,
    SecretUnavailableError,
)

FOLDER: Final = "secrets"
LONGEST_FILE: Final = 64 * 1024
PREVIOUS: Final = "_PREVIOUS"


class LocalSecrets:
    """`folder/NAME` holds one value each, mode 0600; the environment comes first, `.env` second and never over it.

    A file's version is the moment it was last changed, so that replacing it is a rotation without a restart. The value
    before the current one has a name of its own, NAME_PREVIOUS.
    """

    def __init__(
        self,
        folder: Path,
        *,
        env_file: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._env_file = env_file
        self._environment = os.environ if environment is None else environment

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return "local"

    def get(self, name: str) -> Secret:
        """The current value. Raises SecretMissingError; SecretForbiddenError for a file that others may read."""
        for place, values in (("environment", self._environment), (".env", self._from_file())):
            if value := values.get(name):
                return Secret(name, value, place, datetime.now(UTC))
        return self._kept(name)

    def previous(self, name: str) -> Secret | None:
        """The value of NAME_PREVIOUS."""
        try:
            return self.get(name + PREVIOUS)
        except SecretMissingError:
            return None

    def close(self) -> None:
        """Nothing is held."""

    def _from_file(self) -> Mapping[str, str]:
        if self._env_file is None or not self._env_file.is_file():
            return {}
        return {key.upper(): value for key, value in dotenv_values(self._env_file).items() if value}

    def _kept(self, name: str) -> Secret:
        if not name.isidentifier():
            raise SecretMissingError(name, "missing")
        try:
            # One open file for looking and reading: what is read is what was looked at. No link leads elsewhere.
            descriptor = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise SecretMissingError(name, "missing") from None
        except PermissionError:
            raise SecretForbiddenError(name, "forbidden") from None
        except OSError:
            raise SecretUnavailableError(name, "unreadable") from None
        try:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077:
                raise SecretForbiddenError(name, "open_to_others")
            raw = os.read(descriptor, LONGEST_FILE)
        finally:
            os.close(descriptor)
        try:
            value = raw.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise SecretUnavailableError(name, "unreadable") from None
        if not value:
            raise SecretMissingError(name, "missing")
        return Secret(name, value, str(state.st_mtime_ns), datetime.now(UTC))
