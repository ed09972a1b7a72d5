"""A local instance: the folder that holds its database, files and secrets."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar

import typer
from pydantic import SecretStr, ValidationError

from balcao.cli.signals import ends_quietly, undisturbed
from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.db.preflight import database_problem, plain_url
from balcao.kernel.db.server_account import DatabaseServerError
from balcao.kernel.observability.outward import outward_problem
from balcao.kernel.secrets.loading import (
    SecretsNotLoadedError,
    load_local,
    load_secrets,
    open_secrets,
)
from balcao.kernel.secrets.source_settings import SecretSourceSettings
from balcao.kernel.settings import Settings, missing_secrets, secret_settings

_Kind = TypeVar("_Kind", bound=SecretSourceSettings)
MARK = "balcao-instance.json"
# All that an instance puts into its folder; --fresh removes these and nothing else.
CONTENTS = (
    "postgres",
    "postgres.new",
    "postgres.lock",
    "postgres.users",
    "media",
    "metrics",
    "secrets",
    "secrets.json",
)


class InstanceBusyError(Exception):
    """Another process serves this data folder."""


class Instance:
    """One data folder. `lock()` keeps it to one `up`; `database_url()` starts the embedded server when none is set."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.data_dir
        _make_folder(self.folder)
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
        """Address of the instance's database, started when it is ours. Ends the program when there is none to use.

        It leads past a pooler: what migrates, backs up or listens needs a session of its own.
        """
        if not self.is_embedded:
            url = plain_url(self.settings.database_direct_url or self.settings.database_url)
            problem = database_problem(url)
            if problem is not None:
                fail(problem)
            return url
        try:
            self.postgres.start()
            return self.postgres.database_url()
        except DatabaseServerError as error:
            fail(str(error))

    def stop(self) -> None:
        """Stops the embedded server, unless another process of this instance uses it."""
        if self.is_embedded:
            self.postgres.stop()

    def forget(self) -> None:
        """Removes everything an instance keeps in its folder. The caller holds the lock."""
        if not (self.folder / MARK).is_file():
            fail(
                f"{self.folder} carries no mark of Balcão ({MARK}), so --fresh leaves it alone. Remove it by hand."
            )
        if not self.is_embedded:
            fail(
                "--fresh forgets the embedded database, and DATABASE_URL names another. Empty that one by hand."
            )
        self.postgres.stop_orphan()
        for name in CONTENTS:
            path = self.folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def running(settings: Settings) -> Generator[str]:
    """The address of the instance's database for the length of a command, stopped afterwards when nobody else uses it."""
    instance = Instance(settings)
    with ends_quietly():
        try:
            yield instance.database_url()
        finally:
            with undisturbed():
                instance.stop()


def fail(message: str) -> NoReturn:
    """Ends the program with a sentence for people instead of a traceback."""
    typer.echo(message, err=True)
    raise SystemExit(1)


def _make_folder(folder: Path) -> None:
    """Makes the folder; an empty one, or one an instance lived in before, gets the mark."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / MARK
        if not mark.exists() and {path.name for path in folder.iterdir()} <= {
            *CONTENTS,
            "instance.lock",
            "backups",
        }:
            mark.write_text(json.dumps({"what": "the data of a Balcão instance"}) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"Balcão cannot keep its data in {folder}: {error.strerror}. Choose another folder with --data.")


def load_settings(**overrides: Any) -> Settings:
    """Settings of the environment; a development instance makes and keeps its own secrets in the data folder."""
    known = {name: value for name, value in overrides.items() if value is not None}
    known = secrets_of_source(known) | known
    settings = _read_settings(known)
    if settings.secrets_provider != "local" and (missing := missing_secrets(settings)):
        names = ", ".join(name.upper() for name in missing)
        fail(f"The settings call for secrets that {settings.secrets_provider} does not have: {names}")
    problem = outward_problem(settings)
    if problem is not None:
        fail(problem)
    if settings.env != "development" or settings.auth_secret.get_secret_value():
        return settings
    return _read_settings({**known, "auth_secret": SecretStr(_kept_secret(settings.data_dir))})


def secrets_of_source(known: dict[str, Any]) -> dict[str, Any]:
    """The secrets of SECRETS_PROVIDER by setting, read once. Ends the program when one that is needed cannot be had."""
    source = _validated(SecretSourceSettings, known)
    by_variable = secret_settings()
    try:
        cache = open_secrets(source)
        found = (
            load_local(cache, by_variable)
            if source.secrets_provider == "local"
            else load_secrets(cache, by_variable, in_environment=os.environ)
        )
        cache.close()
    except SecretsNotLoadedError as error:
        problems = "\n".join(f"  {item.name}: {item.kind}" for item in error.errors)
        fail(f"Secrets could not be read from {source.secrets_provider}:\n{problems}")
    except ValueError as error:
        fail(f"SECRETS_PROVIDER={source.secrets_provider} needs {error}.")
    return {by_variable[variable]: value for variable, value in found.items()}


def _read_settings(overrides: dict[str, Any]) -> Settings:
    settings = _validated(Settings, overrides)
    if settings.temp_dir is not None:
        use_temp_dir(settings.temp_dir)
    return settings


def use_temp_dir(folder: Path) -> None:
    """Passing files of this process and of the programs it starts lie in the folder from now on."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"TEMP_DIR cannot be used: {error.strerror}")
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder.absolute())


def _validated(kind: type[_Kind], overrides: dict[str, Any]) -> _Kind:
    try:
        return kind(**overrides)
    except ValidationError as error:
        # Names and reasons only: what was given may be a secret, or hold one.
        problems = [
            f"  {'.'.join(map(str, problem['loc'])).upper() or 'settings'}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        fail("The settings cannot be used:\n" + "\n".join(problems))


def _kept_secret(folder: Path) -> str:
    """The instance's own secret, made at the first start. It appears whole or not at all, and once."""
    path = folder / "secrets.json"
    if not path.exists():
        _make_folder(folder)
        draft = folder / f"secrets.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            json.dump({"auth_secret": secrets.token_urlsafe(48)}, handle)
        with contextlib.suppress(FileExistsError):  # another process was faster: its secret stands
            path.hardlink_to(draft)
        draft.unlink()
    return str(json.loads(path.read_text(encoding="utf-8"))["auth_secret"])
