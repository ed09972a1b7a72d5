"""Continuous archiving of the embedded server: every change is on a second disk a moment after its commit.

PostgreSQL's own `pg_receivewal` follows the server through a replication slot, so nothing is missed while neither runs;
the slot may hold back eight gigabytes, then the server lets go and a new base backup is made. `pg_basebackup` makes one
at the first start and each week. `kernel/backups/moments.py` goes back to a moment.
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
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final, LiteralString

import orjson
import psycopg
import structlog

from balcao.kernel.backups.archive import Archive, Base
from balcao.kernel.backups.errors import BackupDamagedError, BackupImpossibleError
from balcao.kernel.backups.programs import Line, ProgramFailedError, StoppedError, run_program
from balcao.kernel.backups.site import Site
from balcao.kernel.db.embedded import binaries

SLOT: Final = "balcao_continuous"
BASE_EVERY: Final = timedelta(days=7)
REACH: Final = timedelta(days=14)
_SLOT_HOLDS: Final = "8GB"
_LOOK_EVERY_SECONDS: Final = 1.0
_TIDY_EVERY_SECONDS: Final = 30.0
_LONGEST_PAUSE_SECONDS: Final = 60.0
_START: Final = re.compile(rb"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")
log = structlog.get_logger("balcao.backups")


def archive_of(site: Site) -> Archive:
    """Where a site archives continuously."""
    return Archive(site.shelf.folder / "continuous")


def archive_continuously(site: Site, stop: threading.Event) -> None:
    """Archives until `stop`. A server that goes away is waited for. BackupRunningError when another does it already;
    BackupImpossibleError when backups are to be encrypted, for these are not."""
    if site.recipients:
        raise BackupImpossibleError(
            "BACKUP_RECIPIENTS asks for encryption, which continuous archiving does not offer; pgBackRest does."
        )
    archive = archive_of(site)
    with archive.alone():
        _prepare(site)
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


def _prepare(site: Site) -> None:
    """The slot, and a bound on what it may hold back: a forgotten archiver must not fill the server's disk."""
    run_program(
        "pg_receivewal", Line.to(site.database_url), ["--create-slot", "--if-not-exists", f"--slot={SLOT}"]
    )
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        connection.execute(f"alter system set max_slot_wal_keep_size = '{_SLOT_HOLDS}'".encode())
        connection.execute("select pg_reload_conf()")
        lost = connection.execute(
            "select 1 from pg_replication_slots where slot_name = %s and wal_status = 'lost'", (SLOT,)
        ).fetchone()
        if lost:
            connection.execute("select pg_drop_replication_slot(%s)", (SLOT,))
            connection.execute("select pg_create_physical_replication_slot(%s, true)", (SLOT,))
            log.warning("archiving_gap", why="the server let go of changes nobody fetched")


def _follow(site: Site, archive: Archive, stop: threading.Event) -> None:
    """Receives until the receiver ends by itself (ProgramFailedError) or `stop`."""
    archive.mend(_number(site, "select setting::bigint from pg_settings where name = 'wal_segment_size'"))
    with tempfile.TemporaryFile() as said:
        receiver = _receiver(Line.to(site.database_url), archive.wal, said)
        try:
            tidied = -_TIDY_EVERY_SECONDS
            while not stop.is_set():
                if receiver.poll() is not None:
                    said.seek(0)
                    raise ProgramFailedError(said.read().decode(errors="replace")[-300:].strip())
                if time.monotonic() - tidied >= _TIDY_EVERY_SECONDS:
                    _tidy(site, archive, stop)
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


def _tidy(site: Site, archive: Archive, stop: threading.Event) -> None:
    bases, now = archive.bases(), site.clock()
    if not bases or bases[-1].finished_at < now - BASE_EVERY or _has_gap(archive, bases[-1]):
        base = make_base(site, archive, stop)
        log.info("base_backup_made", folder=base.folder.name)
    archive.pack()
    for name in archive.prune(REACH, now):
        log.info("archive_pruned", name=name)


def _has_gap(archive: Archive, base: Base) -> bool:
    """Whether the segment a base backup begins with never arrived, though later ones did."""
    names = {path.name[:24] for path in archive.wal.iterdir()}
    return bool(names) and base.first_segment not in names and min(names) > base.first_segment


def make_base(site: Site, archive: Archive, stop: threading.Event | None = None) -> Base:
    """A base backup of the whole server, verified against PostgreSQL's own manifest before it counts."""
    partial = archive.new_base(site.clock())
    size = _number(site, "select sum(pg_database_size(oid))::bigint from pg_database")
    free = shutil.disk_usage(archive.folder).free
    if free < size:
        raise BackupImpossibleError(
            f"{free // 1_000_000} MB are free where backups lie, and {size // 1_000_000} MB may be needed."
        )
    arguments = [
        f"--pgdata={partial}", "--format=tar", "--gzip", "--compress=5", "--checkpoint=fast", "--wal-method=stream",
        "--manifest-checksums=SHA256", "--label=balcao",
    ]  # fmt: skip
    run_program("pg_basebackup", Line.to(site.database_url), arguments, stop=stop)
    _check_base(partial)
    return archive.settle_base(partial, _first_segment(partial), site.clock())


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
