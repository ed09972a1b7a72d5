"""Which moments can be reached, through which chain, and laying out what is needed: from the folder, or the bucket."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from balcao.kernel.backups.archive import FOLDER, Archive, archives_in
from balcao.kernel.backups.archive_copy import ArchiveCopy, copies_in
from balcao.kernel.backups.bucket import BucketUnavailableError
from balcao.kernel.backups.chains import CONTENT, Base, Piece, is_broken, unbroken
from balcao.kernel.backups.errors import BackupDamagedError, BackupImpossibleError
from balcao.kernel.backups.sealing import decrypt, identities, unseal
from balcao.kernel.backups.shelf import check_file
from balcao.kernel.backups.site import Site

_BLOCK = 1 << 16
_ZEROS = bytes(_BLOCK)
log = structlog.get_logger("balcao.backups")


@dataclass(frozen=True, slots=True)
class Reach:
    """A base backup and the moments it leads to: from when it was whole until `until`. `gap`: later changes are there,
    and some before them are missing."""

    archive: Archive | None
    copy: ArchiveCopy | None
    base: Base
    until: datetime
    gap: bool

    def pieces(self) -> list[Piece]:
        """Packed segments since the base backup and notes on timelines: the folder's, and what only the bucket has."""
        found: dict[str, Piece] = {}
        for source in (self.copy, self.archive):
            found |= {piece.name: piece for piece in source.pieces()} if source is not None else {}
        return sorted(
            (one for one in found.values() if one.is_history or one.name[8:] >= self.base.first_segment[8:]),
            key=lambda one: one.name,
        )


def reaches_of(site: Site) -> list[Reach]:
    """Every base backup with what it leads to, oldest first. A bucket that does not answer is left out, with a line in
    the log, if there is anything here; else BucketUnavailableError."""
    archives = {one.server: one for one in archives_in(site.shelf.folder / FOLDER)}
    copies: dict[str, ArchiveCopy] = {}
    found: list[Reach] = []
    try:
        copies = copies_in(site.bucket) if site.bucket is not None else {}
        for server in {*archives, *copies}:
            found += _reaches(archives.get(server), copies.get(server))
    except BucketUnavailableError:
        log.warning("bucket_unavailable")
        found = [reach for one in archives.values() for reach in _reaches(one, None)]
        if not found:
            raise
    return sorted(found, key=lambda reach: reach.base.finished_at)


def _reaches(archive: Archive | None, copy: ArchiveCopy | None) -> list[Reach]:
    arrived = archive.spooled_times() if archive is not None else {}
    bases: dict[str, Base] = {}
    for source in (copy, archive):
        if source is not None:
            arrived |= {piece.name: piece.reached_at for piece in source.pieces() if not piece.is_history}
            bases |= {base.name: base for base in source.bases()}
    return [
        Reach(
            archive,
            copy,
            base,
            max(base.finished_at, *(arrived[name] for name in unbroken(base, arrived)), base.finished_at),
            is_broken(base, arrived),
        )
        for base in bases.values()
    ]


def reach_for(reaches: list[Reach], moment: datetime | None) -> Reach:
    """The newest base backup from which a moment can be reached (None: the newest moment). BackupImpossibleError tells
    what can be; BackupDamagedError when changes before the newest ones are missing."""
    if not reaches:
        raise BackupImpossibleError(
            "nothing was archived here yet; `balcao backup --continuous` does it while it runs."
        )
    if moment is None:
        newest = max(reaches, key=lambda reach: (reach.until, reach.base.finished_at))
        if newest.gap:
            raise BackupDamagedError(
                f"changes after {newest.until:%Y-%m-%d %H:%M:%S} UTC are missing; moments before can be reached"
            )
        return newest
    fitting = [reach for reach in reaches if reach.base.finished_at <= moment <= reach.until]
    if not fitting:
        spans = ", ".join(
            f"from {begin:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S}" for begin, end in spans_of(reaches)
        )
        raise BackupImpossibleError(f"the archive reaches {spans} UTC.")
    return fitting[-1]


def spans_of(reaches: list[Reach]) -> list[tuple[datetime, datetime]]:
    """The spans of time that can be reached, those that touch joined, oldest first."""
    spans: list[tuple[datetime, datetime]] = []
    for reach in sorted(reaches, key=lambda one: one.base.finished_at):
        begin, end = reach.base.finished_at, reach.until
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((begin, end))
    return spans


def check_key(site: Site, reach: Reach) -> None:
    """BackupKeyMissingError when the private key is needed and is not here, or is another one. Writes nothing."""
    if reach.base.recipients or any(piece.is_sealed for piece in reach.pieces()):
        identities(site.identity_file)
    if reach.base.recipients:
        unseal(_content(reach, f"{reach.base.name}/{reach.base.stored(CONTENT[-1])}"), site.identity_file)


def lay_out_base(site: Site, reach: Reach, folder: Path) -> Path:
    """Unpacks the base backup below a folder as a cluster; answers where. BackupDamagedError, BackupKeyMissingError."""
    cluster = folder / "postgres"
    cluster.mkdir(mode=0o700)
    for name, target in (("base.tar.gz", cluster), ("pg_wal.tar.gz", cluster / "pg_wal")):
        path = _base_file(site, reach, name, folder)
        try:
            with tarfile.open(path) as packed:
                # Not as an argument: Python before 3.11.4, which Debian 12 has, knows no filters.
                packed.extraction_filter = getattr(tarfile, "data_filter", None)
                packed.extractall(target)  # noqa: S202 - our own, compared with its note
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BackupDamagedError(f"{name} of {reach.base.name} cannot be read") from error
        if path.parent == folder:
            path.unlink()
    return cluster


def _base_file(site: Site, reach: Reach, name: str, folder: Path) -> Path:
    """The file as PostgreSQL wrote it; in `folder` unless it lies in the archive like this."""
    base, stored = reach.base, reach.base.stored(name)
    path = reach.archive.folder / base.name / stored if reach.archive is not None else folder / stored
    if not path.is_file():
        if reach.copy is None:
            raise BackupDamagedError(f"{stored} of {base.name} is missing")
        reach.copy.get_file(f"{base.name}/{stored}", path := folder / stored)
    check_file(path, base.files[stored].size_bytes, base.files[stored].sha256)
    if not base.recipients:
        return path
    plain = folder / name
    plain.touch(mode=0o600)
    decrypt(path, plain, site.identity_file)
    if path.parent == folder:
        path.unlink()
    return plain


def lay_out_segments(site: Site, reach: Reach, target: Path) -> None:
    """Lays the segments since the base backup out as the server reads them; the growing one comes as far as it is.

    BackupDamagedError, BackupKeyMissingError, BucketUnavailableError.
    """
    target.mkdir(mode=0o700)
    done: set[str] = set()
    while True:
        # The spool first: an archiver at work moves what is finished from there to the packed ones.
        vanished = _lay_out_spool(reach, target, done)
        for piece in reach.pieces():
            if piece.name not in done:
                _write_thin(target / piece.name, _unpacked(site, reach, piece))
                done.add(piece.name)
        if not vanished:
            return


def _lay_out_spool(reach: Reach, target: Path, done: set[str]) -> bool:
    """Answers whether something was moved on meanwhile."""
    vanished = False
    for name, path in reach.archive.spooled().items() if reach.archive is not None else ():
        if name not in done and name[8:] >= reach.base.first_segment[8:]:
            try:
                _write_thin(target / name, path.read_bytes())
            except FileNotFoundError:
                vanished = True
    return vanished


def _unpacked(site: Site, reach: Reach, piece: Piece) -> bytes:
    content = _content(reach, f"wal/{piece.file_name}")
    try:
        if piece.is_sealed:
            content = unseal(content, site.identity_file)
        content = gzip.decompress(content)
    except (BackupDamagedError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupDamagedError(f"segment {piece.name} was changed or cut off") from error
    if not piece.is_history and len(content) != reach.base.segment_bytes:
        raise BackupDamagedError(f"segment {piece.name} has {len(content)} bytes")
    return content


def _content(reach: Reach, path: str) -> bytes:
    if reach.archive is not None and (reach.archive.folder / path).is_file():
        return (reach.archive.folder / path).read_bytes()
    if reach.copy is None:
        raise BackupDamagedError(f"{path} is missing")
    return reach.copy.get_bytes(path)


def _write_thin(path: Path, content: bytes) -> None:
    """Writes a file with holes for zeros: a segment that was closed early is mostly those."""
    with path.open("wb") as out:
        for at in range(0, len(content), _BLOCK):
            if (block := content[at : at + _BLOCK]) != _ZEROS[: len(block)]:
                out.seek(at)
                out.write(block)
        out.truncate(len(content))
