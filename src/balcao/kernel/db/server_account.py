"""Under whose name the embedded PostgreSQL runs: ours, or, since it refuses root, an account of its own."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ACCOUNT = "pgserver"
FOREIGN = (
    "The data folder {folder} belongs to {owner}. Start as {owner}, or choose another folder with --data."
)


class DatabaseServerError(Exception):
    """The embedded server cannot be made or started; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """The user and group of the server's process; None when they are those of this process."""

    user: int | None
    group: int | None

    def launch(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Starts a program under this account, speaking English whatever the person's language is.

        In a session of its own: Ctrl-C is for Balcão, which then stops the server in order.
        """
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
            umask=0o077,
            start_new_session=True,
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
        )

    def give(self, path: Path) -> None:
        """Makes the account the owner of a file or folder."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


def server_account(folder: Path, programs: Path) -> ServerAccount:
    """The account for the cluster in `folder`, with the way to it and to the programs opened. DatabaseServerError."""
    owner = folder.stat().st_uid if folder.exists() else None
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise DatabaseServerError(FOREIGN.format(folder=folder.parent, owner=_name_of(owner)))
        return ServerAccount(None, None)
    entry = pwd.getpwuid(owner) if owner else _own_account()
    _let_through(folder, entry)
    _let_through(programs, entry)
    _let_read(programs.parent, entry)
    _let_read(programs.parents[1].with_name(f"{programs.parents[1].name}.libs"), entry)
    return ServerAccount(entry.pw_uid, entry.pw_gid)


def private_folder(cluster: Path, account: ServerAccount) -> Path:
    """A short folder for the socket of a cluster whose own path is too long; only the server and we may enter it."""
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
    owner = os.geteuid() if account.user is None else account.user
    path = Path(tempfile.gettempdir()) / f"balcao-{owner}-{digest}"
    if len(os.fsencode(path)) > 80:
        path = Path("/tmp") / path.name  # noqa: S108 - private, and its owner is checked below
    if not path.is_symlink() and not path.exists():
        path.mkdir(mode=0o700)
        account.give(path)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise DatabaseServerError(
            f"{path} is in the way: it is not a folder of the database server. Remove it."
        )
    path.chmod(0o700)
    return path


def _own_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise DatabaseServerError("PostgreSQL refuses to run as root. Start Balcão as another user.")
    command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    subprocess.run(command, check=False, capture_output=True)  # another process may have been faster
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError as error:
        raise DatabaseServerError(
            "PostgreSQL refuses to run as root, and no account could be made for it."
        ) from error


def _let_through(path: Path, entry: pwd.struct_passwd) -> None:
    """Opens the folders above a path for passing, not for looking."""
    for folder in path.resolve().parents:
        found = folder.stat()
        if not _may(found, entry, 0o1):
            folder.chmod(stat.S_IMODE(found.st_mode) | 0o001)


def _let_read(programs: Path, entry: pwd.struct_passwd) -> None:
    """Opens the server's programs when a strict umask closed them."""
    if not programs.is_dir() or _may(programs.stat(), entry, 0o5):
        return  # one umask made them all
    for path in _everything(programs):
        wanted = 0o005 if path.is_dir() or os.access(path, os.X_OK) else 0o004
        path.chmod(stat.S_IMODE(path.stat().st_mode) | wanted)


def _everything(folder: Path) -> Iterator[Path]:
    yield folder
    yield from (path for path in folder.rglob("*") if not path.is_symlink())


def _may(found: os.stat_result, entry: pwd.struct_passwd, bits: int) -> bool:
    mode = found.st_mode
    if found.st_uid == entry.pw_uid:
        return mode >> 6 & bits == bits
    if found.st_gid == entry.pw_gid:
        return mode >> 3 & bits == bits
    return mode & bits == bits


def _name_of(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid if uid is not None else 0).pw_name
    except KeyError:
        return f"user {uid}"
