"""The backups there are, here and in the bucket, as lists show them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog

from balcao.kernel.backups.bucket import BucketUnavailableError
from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError
from balcao.kernel.backups.manifest import Manifest, moment_of
from balcao.kernel.backups.retention import Kept, newest_verified
from balcao.kernel.backups.shelf import Shelf
from balcao.kernel.backups.site import Site

Location = Literal["local", "bucket", "both"]
log = structlog.get_logger("balcao.backups")


@dataclass(frozen=True, slots=True)
class Listed:
    """A backup in a list; without a manifest when that is unreadable."""

    name: str
    created_at: datetime
    location: Location
    manifest: Manifest | None


def list_backups(site: Site) -> list[Listed]:
    """Every backup, newest first. A bucket that does not answer is left out, with a line in the log."""
    local = {name for name in site.shelf.names() if _has_data(site, name)}
    remote: set[str] = set()
    if site.bucket is not None:
        try:
            remote = set(site.bucket.names())
        except BucketUnavailableError:
            log.warning("bucket_unavailable")
    return [
        Listed(
            name,
            moment_of(name),
            "both" if name in local and name in remote else "local" if name in local else "bucket",
            _manifest(site, name),
        )
        for name in sorted(local | remote, reverse=True)
    ]


def kept_of(manifest: Manifest) -> Kept:
    """A backup as the rules of retention see it."""
    return Kept(manifest.name, manifest.created_at, manifest.verified_at)


def newest_verified_here(shelf: Shelf) -> float:
    """Of when the newest verified backup of this folder is, in seconds since 1970; 0 when there is none."""
    readable: list[Kept] = []
    for name in shelf.names():
        with contextlib.suppress(BackupNotFoundError, BackupDamagedError):
            readable.append(kept_of(shelf.manifest(name)))
    newest = newest_verified(readable)
    return newest.created_at.timestamp() if newest is not None else 0.0


def kept_backups(site: Site) -> list[Kept]:
    """Every readable backup, as the rules of retention see it."""
    return [kept_of(one.manifest) for one in list_backups(site) if one.manifest is not None]


def _has_data(site: Site, name: str) -> bool:
    try:
        return site.shelf.has_data(site.shelf.manifest(name))
    except BackupDamagedError:
        return True
    except BackupNotFoundError:
        return False


def _manifest(site: Site, name: str) -> Manifest | None:
    try:
        return site.manifest(name)
    except (BackupDamagedError, BackupNotFoundError, BucketUnavailableError):
        return None
