"""The folder of continuous archiving: base backups of one server, and its log of changes since, segment by segment.

`continuous/server_NUMBER/` holds `base_YYYYMMDD_HHMMSS/` (base.tar.gz, pg_wal.tar.gz, PostgreSQL's own manifest, and a
note), `wal/` with the finished segments, compressed and encrypted as backups are, and `spool/` with what PostgreSQL's
receiver writes just now, as it is. Only we may enter any of it.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from balcao.kernel.backups.chains import (
    BASE,
    CONTENT,
    HISTORY,
    NOTE,
    SEGMENT,
    SERVER,
    Base,
    BaseFile,
    Piece,
    is_former,
    outlived,
    piece_name,
    piece_of,
    read_base,
)
from balcao.kernel.backups.errors import BackupDamagedError, BackupRunningError
from balcao.kernel.backups.manifest import stamp_of
from balcao.kernel.backups.sealing import encrypt, seal_bytes
from balcao.kernel.backups.shelf import PARTIAL, digest, sync

FOLDER = "continuous"
_CAUGHT_UP = "caught_up"
_LEVEL = 5


class Archive:
    """The folder of one server in the folder `continuous` where backups lie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wal = folder / "wal"
        self.spool = folder / "spool"

    @property
    def server(self) -> str:
        """Which server's it is: `server_` and the number PostgreSQL gave it when it was made."""
        return self.folder.name

    def make(self) -> None:
        """Makes the folders; only we may enter them."""
        for folder in (self.folder.parent, self.folder, self.wal, self.spool):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)

    def sweep(self) -> None:
        """Takes away what a killed archiver left half made. The caller is the only archiver."""
        for left in self.folder.glob(f"base_*{PARTIAL}"):
            shutil.rmtree(left)
        for left in self.wal.glob(f"*{PARTIAL}"):
            left.unlink()

    def bases(self) -> list[Base]:
        """Base backups that are whole, oldest first."""
        found = (self._base(path) for path in self.folder.glob("base_*") if BASE.fullmatch(path.name))
        return sorted((base for base in found if base is not None), key=lambda base: base.finished_at)

    def new_base(self, moment: datetime) -> Path:
        """Where a base backup is made before `settle_base`; what an earlier try left goes."""
        for left in self.folder.glob(f"base_*{PARTIAL}"):
            shutil.rmtree(left)
        return self.folder / f"base_{stamp_of(moment)}{PARTIAL}"

    def settle_base(self, partial: Path, base: Base) -> Base:
        """Encrypts a finished base backup if that is wished, and gives it its name, in one step."""
        files: dict[str, BaseFile] = {}
        for name in CONTENT:
            path = partial / name
            if base.recipients:
                encrypt(path, sealed := partial / base.stored(name), base.recipients)
                path.unlink()
                path = sealed
            path.chmod(0o600)
            sync(path)
            files[path.name] = BaseFile(size_bytes=path.stat().st_size, sha256=digest(path))
        settled = base.model_copy(update={"files": files})
        note = partial / NOTE
        note.write_text(settled.model_dump_json(indent=1), encoding="utf-8")
        note.chmod(0o600)
        sync(note)
        sync(partial)
        partial.rename(self.folder / base.name)
        sync(self.folder)
        return settled

    def mend(self, segment_bytes: int) -> None:
        """Fills up a segment whose receiver was killed while it made room in it; the receiver itself would refuse it."""
        for path in self.spool.glob(f"*{PARTIAL}"):
            if 0 < path.stat().st_size < segment_bytes:
                os.truncate(path, segment_bytes)

    def close_spool(self, segment_bytes: int, recipients: Sequence[str]) -> None:
        """Packs all of the spool, the unfinished segment as well, because nothing of it will ever come."""
        self.mend(segment_bytes)
        for path in self.spool.glob(f"*{PARTIAL}"):
            if path.stat().st_size:
                path.rename(path.with_name(path.name.removesuffix(PARTIAL)))
            else:
                path.unlink()
        self.pack(recipients)

    def pack(self, recipients: Sequence[str]) -> int:
        """Moves finished segments out of the spool, compressed and encrypted, each whole or not at all; answers how many."""
        known, packed = {piece.name for piece in self.pieces()}, 0
        for path in sorted(self.spool.iterdir()):
            if not (SEGMENT.fullmatch(path.name) or HISTORY.fullmatch(path.name)):
                continue
            if path.name not in known:  # else one that was cut off after this
                self._pack(path, recipients)
                packed += 1
            path.unlink()
        return packed

    def _pack(self, path: Path, recipients: Sequence[str]) -> None:
        reached_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        target = self.wal / piece_name(path.name, reached_at, sealed=bool(recipients))
        making = target.with_name(target.name + PARTIAL)
        making.touch(mode=0o600)
        making.write_bytes(seal_bytes(gzip.compress(path.read_bytes(), _LEVEL, mtime=0), recipients))
        sync(making)
        making.rename(target)
        sync(self.wal)

    def pieces(self) -> list[Piece]:
        """Packed segments and notes on timelines, in the order of the log."""
        files = sorted(path.name for path in self.wal.iterdir()) if self.wal.is_dir() else []
        return [piece for file_name in files if (piece := piece_of(file_name)) is not None]

    def spooled(self) -> dict[str, Path]:
        """Segments that are not packed yet, by name: the newest one as far as it was written, and finished ones."""
        found: dict[str, Path] = {}
        for path in sorted(self.spool.iterdir()) if self.spool.is_dir() else ():
            name = path.name.removesuffix(PARTIAL)
            if SEGMENT.fullmatch(name) or HISTORY.fullmatch(path.name):
                found.setdefault(name, path)  # the finished one comes before its .partial
        return found

    def spooled_times(self) -> dict[str, datetime]:
        """When the newest change of each segment in the spool arrived."""
        found: dict[str, datetime] = {}
        for name, path in self.spooled().items():
            with suppress(FileNotFoundError):  # finished or packed just now
                if SEGMENT.fullmatch(name):
                    found[name] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return found

    def segments(self) -> set[str]:
        """Names of all segments that are here, packed or not."""
        return {*self.spooled_times(), *(piece.name for piece in self.pieces() if not piece.is_history)}

    def newest_change(self) -> datetime | None:
        """When the newest change arrived here."""
        times = [*self.spooled_times().values(), *(piece.reached_at for piece in self.pieces())]
        return max(times, default=None)

    def prune(self, keep: timedelta, now: datetime) -> list[str]:
        """Removes what no moment within `keep` needs; answers the names."""
        pieces = [piece for piece in self.pieces() if not piece.is_history]
        bases, segments = outlived(self.bases(), [piece.name for piece in pieces], keep, now)
        for base in bases:
            (self.folder / base.name / NOTE).unlink()  # from now on it is none
            shutil.rmtree(self.folder / base.name)
        gone = set(segments)
        for piece in pieces:
            if piece.name in gone:
                (self.wal / piece.file_name).unlink()
        return [base.name for base in bases] + segments

    def prune_former(self, keep: timedelta, now: datetime) -> list[str]:
        """Removes the folders of former servers from which nothing came for so long; answers the names."""
        own, gone = self.bases(), list[str]()
        for other in archives_in(self.folder.parent):
            if other.server != self.server and is_former(
                other.bases(), other.newest_change(), own, now - keep
            ):
                shutil.rmtree(other.folder)
                gone.append(other.server)
        return gone

    def _base(self, path: Path) -> Base | None:
        try:
            return read_base(path.name, (path / NOTE).read_bytes())
        except (OSError, BackupDamagedError):
            return None  # not ours, or of a try that was cut off


def archives_in(folder: Path) -> list[Archive]:
    """The archives of every server in a folder `continuous`."""
    found = sorted(folder.glob("server_*")) if folder.is_dir() else []
    return [Archive(path) for path in found if SERVER.fullmatch(path.name) and path.is_dir()]


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Keeps a folder `continuous` to one archiver. BackupRunningError when there is one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRunningError from None
        yield


def note_caught_up(folder: Path, moment: datetime) -> None:
    """Notes that all that was committed until then is archived, and what is finished is in the bucket, if there is one."""
    making = folder / (_CAUGHT_UP + PARTIAL)
    making.write_text(moment.isoformat(), encoding="ascii")
    making.rename(folder / _CAUGHT_UP)


def archive_caught_up(backups: Path) -> float:
    """What was noted last, in seconds since 1970; 0 where nothing is archived continuously."""
    with suppress(OSError, ValueError):
        text = (backups / FOLDER / _CAUGHT_UP).read_text(encoding="ascii")
        return datetime.fromisoformat(text).timestamp()
    return 0.0
