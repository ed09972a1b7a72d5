"""Verifying a backup: the file is what its manifest says, and a real restore of it has every row and no fault.

A listing of the archive proves nothing (`pg_restore --list` of a file cut in half ends well); only a restore does.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator
from pathlib import Path

import structlog

from balcao.kernel.backups.errors import BackupDamagedError, BackupImpossibleError
from balcao.kernel.backups.look import count_rows, count_walled, eyes_of, faults_of, revision_of
from balcao.kernel.backups.manifest import Manifest, differences
from balcao.kernel.backups.programs import Line, ProgramFailedError, need_server, run_program
from balcao.kernel.backups.sealing import decrypt
from balcao.kernel.backups.server import (
    connected,
    drop_database,
    make_database,
    name_beside,
    one_at_a_time,
)
from balcao.kernel.backups.shelf import check_file
from balcao.kernel.backups.site import Site
from balcao.kernel.db.migrate import known_revisions
from balcao.kernel.db.row_security import role_statements

RESTORE_JOBS = 2
_KNOWS_THE_TIMEOUT = 17  # the first PostgreSQL with transaction_timeout
log = structlog.get_logger("balcao.backups")


def verify_backup(site: Site, name: str, *, stop: threading.Event | None = None) -> Manifest:
    """Restores the backup into a database of its own, compares, drops it, and notes the moment in the manifest.

    Raises BackupNotFoundError, BackupDamagedError, BackupKeyMissingError, BackupImpossibleError, BackupRunningError.
    """
    with one_at_a_time(site.database_url):
        manifest = site.bring(name)
        with opened(site, manifest) as plain, restored_beside(site, manifest, plain, stop=stop):
            pass
        verified = manifest.model_copy(update={"verified_at": site.clock()})
        site.keep_manifest(verified)
    log.info("backup_verified", name=name, rows=manifest.rows)
    return verified


@contextlib.contextmanager
def opened(site: Site, manifest: Manifest) -> Generator[Path]:
    """The dump of a backup as PostgreSQL reads it: checked, and decrypted for as long as it is needed."""
    data = site.shelf.data(manifest)
    if not manifest.recipients:
        yield data
        return
    plain = site.shelf.partial(f"{manifest.name}.dump")
    plain.touch(mode=0o600)
    try:
        decrypt(data, plain, site.identity_file)
        check_file(plain, manifest.plain_bytes, manifest.plain_sha256)
        yield plain
    finally:
        plain.unlink(missing_ok=True)


@contextlib.contextmanager
def restored_beside(
    site: Site, manifest: Manifest, plain: Path, *, what: str = "verify", stop: threading.Event | None = None
) -> Generator[str]:
    """A verified copy of the backup in a database of its own, by its name; dropped at the end unless it was renamed.

    BackupDamagedError when anything is missing or broken in it.
    """
    if manifest.revision not in known_revisions():
        raise BackupImpossibleError(
            f"the backup is of schema {manifest.revision}, which this version of Balcão does not know."
        )
    name = name_beside(site.database, what, site.clock())
    drop_database(site.database_url, name)
    try:
        url = make_database(site.database_url, name)
        _fill(url, plain, stop)
        _compare(url, manifest)
        yield name
    finally:
        drop_database(site.database_url, name)


def _fill(url: str, plain: Path, stop: threading.Event | None) -> None:
    with connected(url) as connection:
        major = connection.info.server_version // 10_000
        need_server(major)
        for statement in role_statements():
            connection.execute(statement.encode())
        eyes = eyes_of(connection)
    arguments = [
        # The schema itself is there, and its rights were given above.
        "--schema=public",
        "--no-owner", "--no-tablespaces", "--no-security-labels", "--no-publications",
        "--no-subscriptions", str(plain),
    ]  # fmt: skip
    old = major < _KNOWS_THE_TIMEOUT
    if not old:
        arguments.insert(0, "--exit-on-error")
    if eyes.sees_by_itself:
        arguments.insert(0, f"--jobs={1 if old else RESTORE_JOBS}")
    else:
        # One after the other, as the archive has them: foreign keys before the walls, behind which an account that
        # does not see by itself finds no row to check them against.
        arguments.insert(0, "--enable-row-security")
    try:
        run_program("pg_restore", Line.to(url), arguments, stop=stop)
    except ProgramFailedError as error:
        if not (old and _only_the_timeout(str(error))):
            raise BackupDamagedError(str(error)) from error


def _only_the_timeout(words: str) -> bool:
    """Whether all that an older server refused is the setting it does not know: pg_restore sets it for every server."""
    return "Command was: SET transaction_timeout = 0;" in words and words.endswith(
        "errors ignored on restore: 1"
    )


def _compare(url: str, manifest: Manifest) -> None:
    with connected(url) as connection:
        eyes_of(connection)
        found = differences(
            manifest,
            tables=count_rows(connection),
            revision=revision_of(connection),
            walled=count_walled(connection),
        )
        found += faults_of(connection)
        if found:
            raise BackupDamagedError("; ".join(found[:20]))
        connection.execute("analyze")
