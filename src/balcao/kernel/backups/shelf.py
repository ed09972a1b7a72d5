"""The folder of backups: a file with the data, its manifest, and the list of media, each there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError
from balcao.kernel.backups.manifest import Manifest, checked_name, read_manifest

MANIFEST: Final = ".json"
MEDIA: Final = ".media.jsonl.gz"
PARTIAL: Final = ".partial"


class Shelf:
    """A folder that only we may enter. Names become paths here and nowhere else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Makes the folder."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, file_name: str) -> Path:
        """Where a file of this name lies. It must stay in the folder, and may be no link to elsewhere."""
        path = self.folder / file_name
        if path.parent != self.folder or path.is_symlink():
            raise BackupNotFoundError
        return path

    def partial(self, file_name: str) -> Path:
        """Where a file is made before it is moved into place; what an earlier try left there goes."""
        path = self.path(file_name + PARTIAL)
        path.unlink(missing_ok=True)
        return path

    def settle(self, partial: Path) -> Path:
        """Brings a finished file to the disk and then to its name, in one step."""
        target = partial.with_name(partial.name.removesuffix(PARTIAL))
        partial.chmod(0o600)
        sync(partial)
        partial.rename(target)
        sync(self.folder)
        return target

    def names(self) -> list[str]:
        """Backups with a manifest, oldest first."""
        return sorted(self._names()) if self.folder.is_dir() else []

    def _names(self) -> Iterator[str]:
        for path in self.folder.glob(f"backup_*{MANIFEST}"):
            try:
                name = checked_name(path.name.removesuffix(MANIFEST))
            except BackupNotFoundError:
                continue
            if not path.is_symlink() and path.is_file():
                yield name

    def manifest(self, name: str) -> Manifest:
        """The manifest of a backup. BackupNotFoundError, BackupDamagedError."""
        path = self.path(checked_name(name) + MANIFEST)
        if not path.is_file():
            raise BackupNotFoundError
        return read_manifest(name, path.read_bytes())

    def write_manifest(self, manifest: Manifest) -> Path:
        """Puts the manifest beside the file; from then on the backup exists."""
        partial = self.partial(manifest.name + MANIFEST)
        partial.write_text(manifest.text(), encoding="utf-8")
        return self.settle(partial)

    def data(self, manifest: Manifest) -> Path:
        """The file with the data, whole and unchanged. BackupDamagedError otherwise."""
        path = self.path(manifest.file_name)
        if not path.is_file():
            raise BackupDamagedError("the file is missing")
        check_file(path, manifest.size_bytes, manifest.sha256)
        return path

    def has_data(self, manifest: Manifest) -> bool:
        """Whether the file with the data is here, of whatever content."""
        return self.path(manifest.file_name).is_file()

    def remove(self, name: str) -> None:
        """Takes a backup away, its manifest first, so that no half of one is ever listed."""
        for suffix in (MANIFEST, ".dump", ".dump.age", MEDIA):
            self.path(checked_name(name) + suffix).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Takes away what a killed backup left half made. The caller holds the lock of backups."""
        for path in self.folder.glob(f"backup_*{PARTIAL}"):
            if stat.S_ISREG(path.lstat().st_mode):
                path.unlink()


def check_file(path: Path, size: int, sha256: str) -> None:
    """BackupDamagedError unless the file has this size and hash."""
    found = path.stat().st_size
    if found != size:
        raise BackupDamagedError(f"{found} instead of {size} bytes")
    if digest(path) != sha256:
        raise BackupDamagedError("its SHA-256 is another")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Returns when the file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
