"""Continuous archiving of the embedded server: every change is on a second disk a moment after its commit.

PostgreSQL's own `pg_receivewal` follows the server through a replication slot, so nothing is missed while neither runs;
the slot may hold back eight gigabytes, then the server lets go and a new base backup is made. `pg_basebackup` makes one
at the first start and each week. What is finished is encrypted to the age keys and goes to the bucket, as backups do; for
that the current segment is closed every five minutes. `kernel/backups/moments.py` goes back to a moment.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final, LiteralString

import orjson
import psycopg
import structlog

from balcao.kernel.backups.archive import FOLDER, Archive, alone, note_caught_up
from balcao.kernel.backups.archive_copy import ArchiveCopy, copy_of, prune_copies
from balcao.kernel.backups.bucket import BucketUnavailableError
from balcao.kernel.backups.chains import Base, is_broken
from balcao.kernel.backups.errors import BackupDamagedError, BackupImpossibleError
from balcao.kernel.backups.programs import Line, ProgramFailedError, StoppedError, run_program
from balcao.kernel.backups.sealing import check_recipients
from balcao.kernel.backups.shelf import PARTIAL
from balcao.kernel.backups.site import Site
from balcao.kernel.db.embedded import binaries

SLOT: Final = "balcao_continuous"
BASE_EVERY: Final = timedelta(days=7)
REACH: Final = timedelta(days=14)
_SLOT_HOLDS: Final = "8GB"
_LOOK_EVERY_SECONDS: Final = 1.0
_TIDY_EVERY_SECONDS: Final = 30.0
_LONGEST_PAUSE_SECONDS: Final = 60.0
_CLOSE_EVERY_SECONDS: Final = 300.0
_LIST_EVERY_SECONDS: Final = 3600.0
_SEGMENT_BYTES: Final = "select setting::bigint from pg_settings where name = 'wal_segment_size'"
_COMMITTED: Final = "select pg_current_wal_flush_lsn() - '0/0'"
_RECEIVED: Final = """
select coalesce(max(flush_lsn - '0/0'), 0) from pg_stat_replication where application_name = 'pg_receivewal'
"""
_START: Final = re.compile(rb"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")
log = structlog.get_logger("balcao.backups")


def archive_of(site: Site) -> Archive:
    """Where the running server of a site is archived continuously."""
    number = _number(site, "select system_identifier from pg_control_system()")
    return Archive(site.shelf.folder / FOLDER / f"server_{number}")


def archive_continuously(site: Site, stop: threading.Event) -> None:
    """Archives until `stop`. A server that goes away is waited for, a bucket as well. BackupRunningError when another
    does it already; BackupImpossibleError when a key to encrypt to is none."""
    check_recipients(site.recipients)
    with alone(site.shelf.folder / FOLDER):
        archive = archive_of(site)
        archive.make()
        archive.sweep()
        _bound(site)
        pause = _LOOK_EVERY_SECONDS
        while not stop.is_set():
            began = time.monotonic()
            try:
                _follow(site, archive, stop)
            except (ProgramFailedError, BackupDamagedError, psycopg.OperationalError) as error:
                log.warning("archiving_interrupted", error=type(error).__name__, detail=str(error)[-300:])
            except StoppedError:
                break
            pause = (
                _LOOK_EVERY_SECONDS
                if time.monotonic() - began > 60
                else min(pause * 2, _LONGEST_PAUSE_SECONDS)
            )
            stop.wait(pause)


def _bound(site: Site) -> None:
    """A bound on what the slot may hold back: a forgotten archiver must not fill the server's disk."""
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        connection.execute(f"alter system set max_slot_wal_keep_size = '{_SLOT_HOLDS}'".encode())
        connection.execute("select pg_reload_conf()")


def _claim_slot(site: Site, archive: Archive) -> None:
    """Makes the slot; ends the receiver that a killed archiver left behind; begins anew where the server let go."""
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        found = connection.execute(
            "select active_pid, wal_status from pg_replication_slots where slot_name = %s", (SLOT,)
        ).fetchone()
        if found is None:
            connection.execute("select pg_create_physical_replication_slot(%s, true)", (SLOT,))
            return
        if found[0] is not None:
            connection.execute("select pg_terminate_backend(%s, 10000)", (found[0],))
        if found[1] == "lost":
            # Else the receiver would ask for what comes after it, which nobody has any more.
            archive.close_spool(_number(site, _SEGMENT_BYTES), site.recipients)
            connection.execute("select pg_drop_replication_slot(%s)", (SLOT,))
            connection.execute("select pg_create_physical_replication_slot(%s, true)", (SLOT,))
            log.warning("archiving_gap", why="the server let go of changes nobody fetched")


def _follow(site: Site, archive: Archive, stop: threading.Event) -> None:
    """Receives until the receiver ends by itself (ProgramFailedError) or `stop`."""
    _claim_slot(site, archive)
    archive.mend(_number(site, _SEGMENT_BYTES))
    with tempfile.TemporaryFile() as said:
        receiver = _receiver(Line.to(site.database_url), archive.spool, said)
        try:
            work, tidied = Tidying(site, archive, stop), -_TIDY_EVERY_SECONDS
            while not stop.is_set():
                if receiver.poll() is not None:
                    said.seek(0)
                    raise ProgramFailedError(said.read().decode(errors="replace")[-300:].strip())
                if time.monotonic() - tidied >= _TIDY_EVERY_SECONDS:
                    work.tidy()
                    tidied = time.monotonic()
                stop.wait(_LOOK_EVERY_SECONDS)
        finally:
            receiver.terminate()
            with suppress(subprocess.TimeoutExpired):
                receiver.wait(10)
            receiver.kill()
            receiver.wait()


def _receiver(line: Line, folder: Path, said: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [
        str(binaries() / "pg_receivewal"), f"--dbname={line.conninfo}", "--no-password", f"--slot={SLOT}",
        f"--directory={folder}", "--synchronous", "--status-interval=5", "--no-loop",
    ]  # fmt: skip
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=line.environment(), umask=0o077
    )


class Tidying:
    """What is done every half minute beside the receiver: base backups, packing, the copy in the bucket, and removal."""

    def __init__(self, site: Site, archive: Archive, stop: threading.Event) -> None:
        self._site, self._archive, self._stop = site, archive, stop
        self._copy: ArchiveCopy | None = None
        self._listed = self._closed = time.monotonic()
        self._committed: tuple[datetime, int] | None = None

    def tidy(self) -> None:
        """One round. What the bucket refuses is sent in a later one; the receiver goes on meanwhile."""
        site, archive, now = self._site, self._archive, self._site.clock()
        if _needs_base(site, archive, now):
            base = make_base(site, archive, self._stop)
            log.info("base_backup_made", folder=base.name, encrypted=bool(base.recipients))
        self._close_segment()
        archive.pack(site.recipients)
        for name in archive.prune(REACH, now) + archive.prune_former(REACH, now):
            log.info("archive_pruned", name=name)
        try:
            self._send(now)
        except (BucketUnavailableError, BackupDamagedError) as error:
            self._copy = None  # what arrived is asked for anew
            why = str(error.__cause__ or error)[:300]
            log.warning("archive_not_copied", error=type(error).__name__, detail=why)
            return
        self._note()

    def _close_segment(self) -> None:
        """A quiet shop fills a segment in hours; only a finished one goes to the bucket."""
        if self._site.bucket is None or time.monotonic() - self._closed < _CLOSE_EVERY_SECONDS:
            return
        self._closed = time.monotonic()
        with psycopg.connect(self._site.database_url, autocommit=True) as connection:
            connection.execute("select pg_switch_wal()")

    def _send(self, now: datetime) -> None:
        if self._site.bucket is None:
            return
        fresh = self._copy is None or time.monotonic() - self._listed >= _LIST_EVERY_SECONDS
        if self._copy is None or fresh:
            self._copy, self._listed = copy_of(self._site.bucket, self._archive.server), time.monotonic()
        sent = self._copy.send(self._archive, self._stop)
        if sent:
            log.info("archive_copied", files=sent)
        if fresh:
            for name in prune_copies(self._site.bucket, self._copy, REACH, now):
                log.info("archive_pruned", name=name, where="bucket")

    def _note(self) -> None:
        """The archive has caught up with what was committed when it was looked last, once the receiver has it."""
        if self._committed is not None and self._committed[1] <= _number(self._site, _RECEIVED):
            note_caught_up(self._archive.folder.parent, self._committed[0])
            self._committed = None
        if self._committed is None:
            self._committed = (self._site.clock(), _number(self._site, _COMMITTED))


def _needs_base(site: Site, archive: Archive, now: datetime) -> bool:
    """Weekly, after a gap, and when others than before shall be able to read it."""
    bases = archive.bases()
    return (
        not bases
        or bases[-1].finished_at < now - BASE_EVERY
        or bases[-1].recipients != site.recipients
        or is_broken(bases[-1], archive.segments())
    )


def make_base(site: Site, archive: Archive, stop: threading.Event | None = None) -> Base:
    """A base backup of the whole server, verified against PostgreSQL's own manifest before it counts, then encrypted."""
    size = _number(site, "select sum(pg_database_size(oid))::bigint from pg_database")
    free = shutil.disk_usage(archive.folder).free
    if free < size:
        raise BackupImpossibleError(
            f"{free // 1_000_000} MB are free where backups lie, and {size // 1_000_000} MB may be needed."
        )
    partial = archive.new_base(site.clock())
    arguments = [
        f"--pgdata={partial}", "--format=tar", "--gzip", "--compress=5", "--checkpoint=fast", "--wal-method=stream",
        "--manifest-checksums=SHA256", "--label=balcao",
    ]  # fmt: skip
    run_program("pg_basebackup", Line.to(site.database_url), arguments, stop=stop)
    _check_base(partial)
    base = Base(
        name=partial.name.removesuffix(PARTIAL),
        finished_at=site.clock(),
        first_segment=_first_segment(partial),
        segment_bytes=_number(site, _SEGMENT_BYTES),
        database_bytes=size,
        recipients=site.recipients,
    )
    return archive.settle_base(partial, base)


def _check_base(folder: Path) -> None:
    """Reads every packed file back and compares it with PostgreSQL's manifest: pg_verifybackup of version 18 does not
    survive reading this form."""
    manifest: dict[str, Any] = orjson.loads((folder / "backup_manifest").read_bytes())
    wanted = {file["Path"]: file["Checksum"] for file in manifest["Files"] if "Path" in file}
    with tarfile.open(folder / "base.tar.gz") as packed:
        for entry in packed:
            expected = wanted.pop(entry.name.removeprefix("./"), None)
            if expected is not None and _sha256(packed, entry) != expected:
                raise BackupDamagedError(f"{entry.name} is not what the server wrote")
    if wanted:
        raise BackupDamagedError(f"{len(wanted)} files of the base backup are missing")


def _sha256(packed: tarfile.TarFile, entry: tarfile.TarInfo) -> str:
    content, found = packed.extractfile(entry), hashlib.sha256()
    while content is not None and (piece := content.read(1 << 20)):
        found.update(piece)
    return found.hexdigest()


def _first_segment(folder: Path) -> str:
    with tarfile.open(folder / "base.tar.gz") as packed:
        label = packed.extractfile("backup_label")
        found = _START.search(label.read()) if label is not None else None
    if found is None:
        raise BackupDamagedError("the base backup has no label")
    return found[1].decode()


def _number(site: Site, query: LiteralString) -> int:
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
