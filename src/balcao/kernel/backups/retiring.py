"""Cleaning up: backups whose time is over, here and in the bucket, and databases that restores put aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from balcao.kernel.backups.catalogue import kept_of
from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError
from balcao.kernel.backups.manifest import Manifest
from balcao.kernel.backups.media_copies import forget_media
from balcao.kernel.backups.retention import Kept, doomed
from balcao.kernel.backups.server import drop_database, one_at_a_time, outdated_databases, retired_databases
from balcao.kernel.backups.site import Site

KEEP_FORMER_DATABASE = timedelta(days=7)
log = structlog.get_logger("balcao.backups")


@dataclass(frozen=True, slots=True)
class Retired:
    """What a clean-up removed, or would."""

    local: list[str] = field(default_factory=list[str])
    bucket: list[str] = field(default_factory=list[str])
    databases: list[str] = field(default_factory=list[str])

    def document(self) -> dict[str, object]:
        """The report as it is kept and answered."""
        return {"local": self.local, "bucket": self.bucket, "databases": self.databases}


def clean_up(site: Site, *, dry_run: bool = False) -> Retired:
    """Removes what is too old, or only says what that is. A backup whose manifest is unreadable is left to a person."""
    with one_at_a_time(site.database_url):
        now = site.clock()
        found = Retired(
            doomed(_kept(site.shelf.names(), site.shelf.manifest), now, site.keep),
            doomed(_kept(site.bucket.names(), site.bucket.manifest), now, site.keep) if site.bucket else [],
            outdated_databases(retired_databases(site.database_url), now, KEEP_FORMER_DATABASE),
        )
        if dry_run:
            return found
        for name in found.local:
            site.shelf.remove(name)
        for name in found.bucket:
            assert site.bucket is not None, "they were found in it"
            site.bucket.remove(name)
        for name in found.databases:
            drop_database(site.database_url, name)
        forget_media(site)
    log.info("backups_cleaned", **found.document())
    return found


def _kept(names: list[str], manifest: Callable[[str], Manifest]) -> list[Kept]:
    found: list[Kept] = []
    for name in names:
        try:
            found.append(kept_of(manifest(name)))
        except (BackupDamagedError, BackupNotFoundError):
            log.warning("manifest_unreadable", name=name)
    return found
