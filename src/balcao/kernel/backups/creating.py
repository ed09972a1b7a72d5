"""Making a backup: one snapshot, dumped, counted in that snapshot, hashed, encrypted if wished, and copied away."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import structlog

from balcao.kernel.backups.errors import BackupImpossibleError
from balcao.kernel.backups.look import count_rows, count_walled, eyes_of, revision_of
from balcao.kernel.backups.manifest import Kind, Manifest, moment_of, name_of
from balcao.kernel.backups.media_copies import copy_media
from balcao.kernel.backups.media_list import write_media
from balcao.kernel.backups.models import LEFT_OUT
from balcao.kernel.backups.programs import Line, need_server, run_program
from balcao.kernel.backups.sealing import check_recipients, encrypt
from balcao.kernel.backups.server import connected, one_at_a_time
from balcao.kernel.backups.shelf import MEDIA, Shelf, digest
from balcao.kernel.backups.site import Site
from balcao.kernel.backups.verifying import restored_beside

COMPRESSION = "gzip:5"
log = structlog.get_logger("balcao.backups")


@dataclass(frozen=True, slots=True)
class _Dump:
    """What was true in the snapshot that was dumped."""

    tables: dict[str, int]
    walled: int
    revision: str
    server_major: int


def create_backup(
    site: Site,
    kind: Kind,
    *,
    name: str = "",
    verify: bool = False,
    stop: threading.Event | None = None,
) -> Manifest:
    """Makes a backup and answers its manifest; with `verify` it was restored once before it counts as verified.

    It is called by the present moment, or `name` when somebody was told that already.

    The verification reads the dump before encryption, so that it needs no private key on this machine. Raises
    BackupRunningError, BackupImpossibleError, BackupDamagedError, ProgramFailedError, StoppedError.
    """
    with one_at_a_time(site.database_url):
        site.shelf.sweep()
        return create_while_locked(site, kind, name=name, verify=verify, stop=stop)


def create_while_locked(
    site: Site,
    kind: Kind,
    *,
    name: str = "",
    verify: bool = False,
    stop: threading.Event | None = None,
) -> Manifest:
    """The same for a caller that holds the lock of backups already."""
    check_recipients(site.recipients)
    site.shelf.make()
    created_at = site.clock()
    name = free_name(site, moment_of(name) if name else created_at)
    plain = site.shelf.partial(f"{name}.dump")
    try:
        dumped = _dump(site, plain, stop)
        media = site.shelf.partial(name + MEDIA)
        files = site.media()
        listed = write_media(media, files)
        copy_media(site, files)
        manifest = Manifest(
            name=name, kind=kind, created_at=created_at, finished_at=created_at, server_major=dumped.server_major,
            revision=dumped.revision, size_bytes=plain.stat().st_size, sha256=(plain_hash := digest(plain)),
            plain_bytes=plain.stat().st_size, plain_sha256=plain_hash, tables=dumped.tables, walled=dumped.walled,
            media=listed, key_mark=site.key_mark,
        )  # fmt: skip
        if verify:
            with restored_beside(site, manifest, plain, stop=stop):
                manifest = manifest.model_copy(update={"verified_at": site.clock()})
        manifest = _put_away(site, manifest, plain, media)
    finally:
        for suffix in (".dump", ".dump.age", MEDIA):
            site.shelf.partial(name + suffix)  # takes away what is left
    log.info(
        "backup_made", name=name, kind=kind, bytes=manifest.size_bytes, rows=manifest.rows, verified=verify
    )
    return manifest


def free_name(site: Site, moment: datetime) -> str:
    """The name of the moment, or of the first second after it that is free."""
    taken = set(site.shelf.names())
    while name_of(moment) in taken:
        moment += timedelta(seconds=1)
    return name_of(moment)


def _dump(site: Site, target: Path, stop: threading.Event | None) -> _Dump:
    with connected(site.database_url) as connection:
        eyes = eyes_of(connection)
        need_server(eyes.server_major)
        connection.execute("begin isolation level repeatable read read only")
        revision = revision_of(connection)
        if revision is None:
            raise BackupImpossibleError("the database is empty; run ./balcao migrate first.")
        _need_room(site.shelf, connection)
        snapshot = connection.execute("select pg_export_snapshot()").fetchone()
        assert snapshot is not None, "the function answers or raises"
        arguments = [
            "--format=custom", f"--compress={COMPRESSION}", f"--file={target}", f"--snapshot={snapshot[0]}",
            "--schema=public", *(f"--exclude-table-data=public.{table}" for table in LEFT_OUT),
        ]  # fmt: skip
        if not eyes.sees_by_itself:
            arguments.append("--enable-row-security")
        run_program("pg_dump", Line.to(site.database_url), arguments, stop=stop)
        dumped = _Dump(count_rows(connection), count_walled(connection), revision, eyes.server_major)
        connection.execute("rollback")
        return dumped


def _need_room(shelf: Shelf, connection: psycopg.Connection) -> None:
    """A dump is smaller than the database; with its encrypted copy beside it, about as large at the worst."""
    row = connection.execute("select pg_database_size(current_database())").fetchone()
    needed, free = int(row[0]) if row else 0, shutil.disk_usage(shelf.folder).free
    if free < needed:
        raise BackupImpossibleError(
            f"{free // 1_000_000} MB are free where backups lie, and {needed // 1_000_000} MB may be needed."
        )


def _put_away(site: Site, manifest: Manifest, plain: Path, media: Path) -> Manifest:
    shelf = site.shelf
    if site.recipients:
        sealed = shelf.partial(f"{manifest.name}.dump.age")
        encrypt(plain, sealed, site.recipients)
        manifest = manifest.model_copy(
            update={
                "recipients": site.recipients, "size_bytes": sealed.stat().st_size, "sha256": digest(sealed),
            }
        )  # fmt: skip
        shelf.settle(sealed)
    else:
        shelf.settle(plain)
    shelf.settle(media)
    manifest = manifest.model_copy(update={"finished_at": site.clock()})
    shelf.write_manifest(manifest)
    if site.bucket is not None:
        site.bucket.send(shelf, manifest)
    return manifest
