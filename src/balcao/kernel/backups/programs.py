"""PostgreSQL's own programs, run as children: the ones of the embedded server's wheel, for outside servers as well."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from balcao.kernel.backups.errors import BackupImpossibleError
from balcao.kernel.db.embedded import binaries

NEWEST_SERVER: Final = 18
_LOOK_EVERY_SECONDS: Final = 0.05
_LAST_WORDS: Final = 1500


class ProgramFailedError(Exception):
    """A program ended with an error; the text is the last of what it said, without the address or the password."""


class StoppedError(Exception):
    """Somebody asked for an end; what was begun is put away."""


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """How a program reaches a database: everything but the password as an argument, the password in its environment."""

    conninfo: str
    password: str

    @classmethod
    def to(cls, database_url: str) -> Line:
        """The line to the database of an address."""
        parts = {name: str(value) for name, value in conninfo_to_dict(database_url).items()}
        if not parts.get("host") and not parts.get("hostaddr"):
            parts |= _found_by_us(database_url)
        password = parts.pop("password", "")
        return cls(make_conninfo("", **parts), password)

    def environment(self) -> dict[str, str]:
        """What the program finds in its environment: nothing of ours but the password and the way to libraries."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PGSSLROOTCERT") if name in os.environ}
        return {**kept, "LC_ALL": "C", "PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "15"}


def _found_by_us(database_url: str) -> dict[str, str]:
    """Where an address without a host leads us. The programs were built elsewhere and look for the socket in another
    folder, and they do not see the variables (PGHOST) that we go by."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        info = connection.info
        return {"host": info.host, "port": str(info.port), "user": info.user}


def run_program(
    name: str, line: Line, arguments: Sequence[str], *, stop: threading.Event | None = None
) -> None:
    """Runs `pg_dump`, `pg_restore` or `pg_receivewal` to its end. Raises ProgramFailedError, or StoppedError on `stop`."""
    command = [str(binaries() / name), f"--dbname={line.conninfo}", "--no-password", *arguments]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=line.environment(), umask=0o077
        )
        try:
            _wait(child, stop)
        except BaseException:
            child.kill()
            child.wait()
            raise
        if child.returncode != 0:
            said.seek(0)
            words = said.read().decode(errors="replace")[-_LAST_WORDS:]
            raise ProgramFailedError(f"{name}: {_without(words, line)}".strip())


def _wait(child: subprocess.Popen[bytes], stop: threading.Event | None) -> None:
    while child.poll() is None:
        if stop is not None and stop.is_set():
            raise StoppedError
        time.sleep(_LOOK_EVERY_SECONDS)


def _without(words: str, line: Line) -> str:
    for private in (line.password, line.conninfo):
        if private:
            words = words.replace(private, "***")
    return words


def need_server(major: int) -> None:
    """BackupImpossibleError when the server is newer than the programs that came with us."""
    if major > NEWEST_SERVER:
        raise BackupImpossibleError(
            f"the server is PostgreSQL {major}, and the programs that came with Balcão are of {NEWEST_SERVER}."
        )
