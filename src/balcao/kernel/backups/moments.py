"""Going back to a moment: a server of its own is brought there from the archive, and what it holds becomes an ordinary
backup. The ordinary restore then does the rest, with everything it checks and puts in order."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
import structlog

from balcao.kernel.backups.archive import FOLDER
from balcao.kernel.backups.creating import create_backup
from balcao.kernel.backups.errors import BackupImpossibleError
from balcao.kernel.backups.manifest import Manifest
from balcao.kernel.backups.media_copies import copied_media
from balcao.kernel.backups.programs import StoppedError
from balcao.kernel.backups.reaching import (
    Reach,
    check_key,
    lay_out_base,
    lay_out_segments,
    reach_for,
    reaches_of,
)
from balcao.kernel.backups.site import Site
from balcao.kernel.db.embedded import EmbeddedPostgres, binaries
from balcao.kernel.db.server_account import DatabaseServerError, ServerAccount, server_account

_PROMOTED_WITHIN_SECONDS: Final = 3600.0
_OUT_OF_REACH: Final = "recovery ended before configured recovery target was reached"
log = structlog.get_logger("balcao.backups")


def backup_of_moment(site: Site, moment: datetime | None, *, stop: threading.Event | None = None) -> Manifest:
    """Makes a backup of what the installation held at a moment (aware; None: the newest there is) and verifies it.

    The folder is asked first, then the bucket, so an empty machine will do. Nothing of the running installation changes.
    BackupImpossibleError says which moments can be reached; BackupKeyMissingError comes before anything is written;
    BackupDamagedError when a segment was changed or is missing.
    """
    reach = reach_for(reaches_of(site), moment)
    check_key(site, reach)
    shelf = site.shelf.folder / FOLDER
    shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    _need_room(shelf, reach)
    with tempfile.TemporaryDirectory(prefix="moment_", dir=shelf) as scratch:
        folder = Path(scratch)
        account = server_account(folder / "postgres", binaries())
        _lay_out(site, reach, folder, moment)
        _hand_over(folder, account)
        server = EmbeddedPostgres(folder / "postgres")
        try:
            _bring(server, stop)
            made = create_backup(
                _then(site, reach, server.database_url(site.database)), "moment", verify=True, stop=stop
            )
        finally:
            server.stop()
    log.info("moment_recovered", moment=moment.isoformat() if moment else "newest", name=made.name)
    return made


def _then(site: Site, reach: Reach, database_url: str) -> Site:
    """The site as it was: what the archive encrypted stays encrypted, and stored files of which a copy is kept count."""
    return replace(
        site,
        database_url=database_url,
        recipients=site.recipients or reach.base.recipients,
        copied_media=tuple(copied_media(site)),
    )


def _need_room(folder: Path, reach: Reach) -> None:
    needed, free = reach.base.database_bytes * 2, shutil.disk_usage(folder).free
    if free < needed:
        raise BackupImpossibleError(
            f"{free // 1_000_000} MB are free where backups lie, and {needed // 1_000_000} MB may be needed."
        )


def _lay_out(site: Site, reach: Reach, folder: Path, moment: datetime | None) -> None:
    cluster = lay_out_base(site, reach, folder)
    lay_out_segments(site, reach, folder / "wal")
    wanted = f"recovery_target_time = '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'\n" if moment else ""
    with (cluster / "postgresql.auto.conf").open("a", encoding="utf-8") as handle:
        handle.write(
            f'restore_command = \'cp "{folder / "wal"}/%f" "%p"\'\n{wanted}'
            "recovery_target_action = 'promote'\nrecovery_target_timeline = 'latest'\nfsync = off\n"
        )
    (cluster / "recovery.signal").touch()


def _hand_over(folder: Path, account: ServerAccount) -> None:
    for path in (folder, *folder.rglob("*")):
        account.give(path)
        path.chmod(0o700 if path.is_dir() else 0o600)


def _bring(server: EmbeddedPostgres, stop: threading.Event | None) -> None:
    """Starts the server and waits until it reached the moment."""
    try:
        server.start()
        with psycopg.connect(server.database_url("postgres"), autocommit=True) as connection:
            ends = time.monotonic() + _PROMOTED_WITHIN_SECONDS
            while True:
                row = connection.execute("select pg_is_in_recovery()").fetchone()
                if row is not None and not row[0]:
                    return
                if stop is not None and stop.is_set():
                    raise StoppedError
                if time.monotonic() > ends:
                    raise BackupImpossibleError("the archive could not be played back within an hour.")
                time.sleep(0.1)
    except (DatabaseServerError, psycopg.OperationalError) as error:
        words = server.last_words()
        if _OUT_OF_REACH in words:
            raise BackupImpossibleError(
                "nothing was changed so late; the newest moment can be reached."
            ) from error
        log.warning("moment_not_reached", words=words[-1500:])
        raise BackupImpossibleError("the archive could not be played back; the log says more.") from error
