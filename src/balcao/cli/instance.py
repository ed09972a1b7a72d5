"""A local instance: the folder that holds its database, files and secrets."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any, NoReturn

import typer
from pydantic import SecretStr, ValidationError

from balcao.cli.signals import ends_quietly, undisturbed
from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.db.preflight import database_problem, plain_url
from balcao.kernel.db.server_account import DatabaseServerError
from balcao.kernel.settings import Settings

MARK = "balcao-instance.json"
# All that an instance puts into its folder; --fresh removes these and nothing else.
CONTENTS = ("postgres", "postgres.new", "postgres.lock", "postgres.users", "media", "secrets.json")


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
        """Address of the instance's database, started when it is ours. Ends the program when there is none to use."""
        if not self.is_embedded:
            url = plain_url(self.settings.database_url)
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
        if not mark.exists() and {path.name for path in folder.iterdir()} <= {*CONTENTS, "instance.lock"}:
            mark.write_text(json.dumps({"what": "the data of a Balcão instance"}) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"Balcão cannot keep its data in {folder}: {error.strerror}. Choose another folder with --data.")


def load_settings(**overrides: Any) -> Settings:
    """Settings of the environment; a development instance makes and keeps its own secrets in the data folder."""
    known = {name: value for name, value in overrides.items() if value is not None}
    settings = _read_settings(known)
    if settings.env != "development" or settings.auth_secret.get_secret_value():
        return settings
    return _read_settings({**known, "auth_secret": SecretStr(_kept_secret(settings.data_dir))})


def _read_settings(overrides: dict[str, Any]) -> Settings:
    try:
        return Settings(**overrides)
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
