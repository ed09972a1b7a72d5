"""The copy of the continuous archive in the bucket, under `continuous/`, with the same names as in the folder.

What was sent is noted nowhere: the bucket's own list tells. A file is there whole or not at all, so an archiver that was
killed at any point goes on with the first one that is not there, and sends none twice. Of a base backup the note goes last.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from balcao.kernel.backups.archive import FOLDER, Archive
from balcao.kernel.backups.bucket import Bucket
from balcao.kernel.backups.chains import (
    BASE,
    NOTE,
    SERVER,
    Base,
    Piece,
    is_former,
    outlived,
    piece_of,
    read_base,
)
from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError
from balcao.kernel.backups.programs import StoppedError

log = structlog.get_logger("balcao.backups")


class ArchiveCopy:
    """What the bucket has of one server's archive; `there` is its list, names and sizes in bytes."""

    def __init__(self, bucket: Bucket, server: str, there: dict[str, int]) -> None:
        self._bucket = bucket
        self.server = server
        self._there = there
        self._notes: dict[str, Base] = {}

    def bases(self) -> list[Base]:
        """Base backups that are whole, oldest first. BucketUnavailableError."""
        found: list[Base] = []
        for path in sorted(self._there):
            name, _, file_name = path.partition("/")
            if file_name == NOTE and BASE.fullmatch(name) and (base := self._base(name)) is not None:
                found.append(base)
        return sorted(found, key=lambda base: base.finished_at)

    def pieces(self) -> list[Piece]:
        """Segments and notes on timelines, in the order of the log."""
        names = sorted(path.removeprefix("wal/") for path in self._there if path.startswith("wal/"))
        return [piece for name in names if (piece := piece_of(name)) is not None]

    def newest_change(self) -> datetime | None:
        """When the newest change there was made."""
        return max((piece.reached_at for piece in self.pieces()), default=None)

    def send(self, archive: Archive, stop: threading.Event) -> int:
        """Copies what is not there yet, in order; answers how many files that were.

        Without a base backup segments are worth nothing, so the first one goes before them. BucketUnavailableError,
        BackupDamagedError, StoppedError.
        """
        has_base = bool(self.bases())
        sent = 0 if has_base else self._send_bases(archive, stop)
        known = {piece.name for piece in self.pieces()}
        for piece in sorted(archive.pieces(), key=lambda one: (not one.is_history, one.name)):
            if piece.name not in known:
                sent += self._send(f"wal/{piece.file_name}", archive.wal / piece.file_name, stop)
        return sent + (self._send_bases(archive, stop) if has_base else 0)

    def prune(self, keep: timedelta, now: datetime) -> list[str]:
        """Removes what no moment within `keep` needs, and what a cut-off removal left; answers the names."""
        pieces = [piece for piece in self.pieces() if not piece.is_history]
        bases, segments = outlived(self.bases(), [piece.name for piece in pieces], keep, now)
        for base in bases:
            self._remove(f"{base.name}/{NOTE}")  # from now on it is none
        without_note = {
            name
            for path in self._there
            if BASE.fullmatch(name := path.partition("/")[0]) and f"{name}/{NOTE}" not in self._there
        }
        for path in [path for path in self._there if path.partition("/")[0] in without_note]:
            self._remove(path)
        gone = set(segments)
        for piece in pieces:
            if piece.name in gone:
                self._remove(f"wal/{piece.file_name}")
        return [base.name for base in bases] + segments

    def forget(self) -> None:
        """Removes all of it, notes first."""
        for path in sorted(self._there, key=lambda path: (not path.endswith(NOTE), path)):
            self._remove(path)

    def get_bytes(self, path: str) -> bytes:
        """The content of a file. BackupDamagedError when it is gone."""
        try:
            return self._bucket.get_bytes(self._key(path))
        except BackupNotFoundError:
            raise BackupDamagedError(f"{path} is missing in the bucket") from None

    def get_file(self, path: str, target: Path) -> None:
        """Writes a file to a path. BackupDamagedError when it is gone."""
        try:
            self._bucket.get_file(self._key(path), target)
        except BackupNotFoundError:
            raise BackupDamagedError(f"{path} is missing in the bucket") from None

    def _send_bases(self, archive: Archive, stop: threading.Event) -> int:
        sent = 0
        for base in archive.bases():
            folder = archive.folder / base.name
            if f"{base.name}/{NOTE}" not in self._there:
                for name in (*base.files, NOTE):
                    sent += self._send(f"{base.name}/{name}", folder / name, stop)
        return sent

    def _send(self, path: str, source: Path, stop: threading.Event) -> int:
        if stop.is_set():
            raise StoppedError
        size = source.stat().st_size
        if self._there.get(path) == size:
            return 0
        self._bucket.put_file(self._key(path), source)
        self._there[path] = size
        return 1

    def _remove(self, path: str) -> None:
        self._bucket.remove_file(self._key(path))
        self._there.pop(path, None)

    def _base(self, name: str) -> Base | None:
        if name not in self._notes:
            try:
                self._notes[name] = read_base(name, self.get_bytes(f"{name}/{NOTE}"))
            except BackupDamagedError:
                log.warning("archive_note_unreadable", name=name)
                return None
        return self._notes[name]

    def _key(self, path: str) -> str:
        return f"{FOLDER}/{self.server}/{path}"


def copies_in(bucket: Bucket) -> dict[str, ArchiveCopy]:
    """The copies of every server's archive, by server. BucketUnavailableError."""
    found: dict[str, dict[str, int]] = {}
    for path, size in bucket.sizes(FOLDER).items():
        server, _, rest = path.partition("/")
        if SERVER.fullmatch(server):
            found.setdefault(server, {})[rest] = size
    return {server: ArchiveCopy(bucket, server, there) for server, there in found.items()}


def copy_of(bucket: Bucket, server: str) -> ArchiveCopy:
    """The copy of a server's archive, empty when nothing was sent yet. BucketUnavailableError."""
    return ArchiveCopy(bucket, server, bucket.sizes(f"{FOLDER}/{server}"))


def prune_copies(bucket: Bucket, own: ArchiveCopy, keep: timedelta, now: datetime) -> list[str]:
    """Removes what no moment within `keep` needs, and former servers from which nothing came for so long."""
    gone = own.prune(keep, now)
    bases = own.bases()
    for other in copies_in(bucket).values():
        if other.server != own.server and is_former(other.bases(), other.newest_change(), bases, now - keep):
            other.forget()
            gone.append(other.server)
    return gone
