"""The folder of continuous archiving: base backups, and the server's log of changes since, segment by segment.

`base_YYYYMMDD_HHMMSS/` holds base.tar.gz, pg_wal.tar.gz and PostgreSQL's own manifest; `wal/` the segments, the finished
ones compressed, the newest as it grows (`.partial`).
"""

from __future__ import annotations

import fcntl
import gzip
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from balcao.kernel.backups.errors import BackupImpossibleError, BackupRunningError
from balcao.kernel.backups.shelf import PARTIAL, sync

_SEGMENT: Final = re.compile(r"[0-9A-F]{24}", re.ASCII)
_HISTORY: Final = re.compile(r"[0-9A-F]{8}\.history", re.ASCII)
_BASE: Final = re.compile(r"base_(\d{8}_\d{6})", re.ASCII)
_BYTES_AT_ONCE: Final = 1 << 20
PACKED: Final = ".gz"


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup. `finished_at` is when it was whole: moments from then on can be reached through it."""

    folder: Path
    finished_at: datetime
    first_segment: str


class Archive:
    """The folder `continuous` where backups lie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wal = folder / "wal"

    def make(self) -> None:
        """Makes the folders; only we may enter them."""
        self.wal.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    @contextmanager
    def alone(self) -> Generator[None]:
        """Keeps the folder to one archiver. BackupRunningError when there is one."""
        self.make()
        with (self.folder / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupRunningError from None
            yield

    def bases(self) -> list[Base]:
        """Base backups that are whole, oldest first."""
        found = (self._base(path) for path in self.folder.glob("base_*") if _BASE.fullmatch(path.name))
        return sorted((base for base in found if base is not None), key=lambda base: base.finished_at)

    def new_base(self, moment: datetime) -> Path:
        """Where a base backup is made before `settle_base`; what an earlier try left goes."""
        path = self.folder / f"base_{moment:%Y%m%d_%H%M%S}{PARTIAL}"
        for left in self.folder.glob(f"base_*{PARTIAL}"):
            shutil.rmtree(left)
        return path

    def settle_base(self, partial: Path, first_segment: str, finished_at: datetime) -> Base:
        """Gives a finished base backup its name, in one step."""
        note = partial / "balcao"
        note.write_text(f"{first_segment}\n{finished_at.isoformat()}\n", encoding="ascii")
        sync(note)
        target = partial.with_name(partial.name.removesuffix(PARTIAL))
        partial.rename(target)
        sync(self.folder)
        return Base(target, finished_at, first_segment)

    def newest_change(self) -> datetime | None:
        """When the newest change arrived here; nothing later can be reached."""
        times = [path.stat().st_mtime for path in self._segments()]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def mend(self, segment_bytes: int) -> None:
        """Fills up a segment whose receiver was killed while it made room in it; the receiver itself would refuse it."""
        for path in self.wal.glob(f"*{PARTIAL}"):
            if 0 < path.stat().st_size < segment_bytes:
                os.truncate(path, segment_bytes)

    def pack(self) -> int:
        """Compresses finished segments, each there whole or not at all; answers how many."""
        packed = 0
        for path in sorted(self.wal.iterdir()):
            if not _SEGMENT.fullmatch(path.name):
                continue
            making = path.with_name(path.name + PACKED + ".tmp")
            with path.open("rb") as source, gzip.open(making, "wb", compresslevel=5) as target:
                shutil.copyfileobj(source, target, _BYTES_AT_ONCE)
            shutil.copystat(path, making)  # the time tells how far the archive reaches
            sync(making)
            making.rename(path.with_name(path.name + PACKED))
            path.unlink()
            packed += 1
        if packed:
            sync(self.wal)
        return packed

    def prune(self, keep: timedelta, now: datetime) -> list[str]:
        """Removes base backups that no moment within `keep` needs, and the segments before the oldest kept one."""
        bases = self.bases()
        reaching = [base for base in bases if base.finished_at <= now - keep]
        kept = bases[bases.index(reaching[-1]) :] if reaching else bases
        gone = [base for base in bases if base not in kept]
        for base in gone:
            shutil.rmtree(base.folder)
        names = [base.folder.name for base in gone]
        if kept:
            for path in self._segments():
                if path.name[:24] < kept[0].first_segment and not _HISTORY.fullmatch(path.name):
                    path.unlink()
                    names.append(path.name)
        return names

    def unpack(self, base: Base, target: Path) -> None:
        """Lays the segments since a base backup out as the server reads them. The growing one comes as far as it is."""
        target.mkdir(mode=0o700)
        for path in self._segments():
            name = path.name.partition(".")[0] if not _HISTORY.fullmatch(path.name) else path.name
            if name < base.first_segment and not _HISTORY.fullmatch(path.name):
                continue
            with _opened(path) as source, (target / name).open("wb") as copy:
                shutil.copyfileobj(source, copy, _BYTES_AT_ONCE)

    def _segments(self) -> list[Path]:
        """Segments and timeline notes; of one that is there twice (cut off while packing) the packed one."""
        found: dict[str, Path] = {}
        for path in sorted(self.wal.iterdir()) if self.wal.is_dir() else ():
            name = path.name
            if _HISTORY.fullmatch(name):
                found[name] = path
            elif _SEGMENT.fullmatch(name[:24]) and name[24:] in {"", PACKED, PARTIAL}:
                known = found.get(name[:24])
                if known is None or name[24:] == PACKED or known.name.endswith(PARTIAL):
                    found[name[:24]] = path
        return list(found.values())

    def _base(self, path: Path) -> Base | None:
        try:
            segment, finished = (path / "balcao").read_text(encoding="ascii").splitlines()
            return Base(path, datetime.fromisoformat(finished), segment)
        except (OSError, ValueError):
            return None  # not ours, or of a try that was cut off


@contextmanager
def _opened(path: Path) -> Generator[BinaryIO | gzip.GzipFile]:
    with path.open("rb") as raw:
        yield gzip.GzipFile(fileobj=raw) if path.name.endswith(PACKED) else raw


def base_for(archive: Archive, moment: datetime | None) -> Base:
    """The newest base backup from which a moment can be reached; BackupImpossibleError tells what can be."""
    bases, newest = archive.bases(), archive.newest_change()
    if not bases or newest is None:
        raise BackupImpossibleError(
            "nothing was archived here yet; `balcao backup --continuous` does it while it runs."
        )
    fitting = [base for base in bases if moment is None or base.finished_at <= moment]
    if not fitting or (moment is not None and moment > newest):
        raise BackupImpossibleError(
            f"the archive reaches from {bases[0].finished_at:%Y-%m-%d %H:%M:%S} to {newest:%Y-%m-%d %H:%M:%S} UTC."
        )
    return fitting[-1]
