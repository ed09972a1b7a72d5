"""Restoring: a verified copy beside the live database, brought in order, then given its name in one step.

Whatever fails before that step leaves the live database as it was. The former one is kept beside for some days.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from balcao.kernel.backups.creating import create_while_locked
from balcao.kernel.backups.errors import BackupDamagedError
from balcao.kernel.backups.look import revision_of
from balcao.kernel.backups.maintenance import open_again, shut
from balcao.kernel.backups.manifest import Manifest
from balcao.kernel.backups.media_copies import bring_media
from balcao.kernel.backups.media_list import missing_media, read_media
from balcao.kernel.backups.reconciling import carry_runs, reconcile
from balcao.kernel.backups.server import connected, exchange, free_name_beside, one_at_a_time, sibling
from balcao.kernel.backups.shared_cache import forget_shared_cache
from balcao.kernel.backups.shelf import MEDIA
from balcao.kernel.backups.site import Site
from balcao.kernel.backups.verifying import opened, restored_beside
from balcao.kernel.db.migrate import migrate

DRAIN_WITHIN_SECONDS = 20.0
_RUNNING = "select count(*) from procrastinate_jobs where status = 'doing'"
log = structlog.get_logger("balcao.backups")


@dataclass(slots=True)
class Restored:
    """What a restore did. `seconds` by step; `changed` rows by step of the reconciliation.

    `lost_seconds` is how much of the live database's time is gone: from the backup's moment to the exchange.
    """

    name: str
    rows: int
    former_database: str = ""
    safety_backup: str = ""
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    changed: dict[str, int] = field(default_factory=dict[str, int])
    lost_seconds: int = 0
    media_brought: int = 0
    media_missing: int = 0
    other_secret: bool = False

    def document(self) -> dict[str, object]:
        """The report as it is kept and answered."""
        return {
            "name": self.name, "rows": self.rows, "former_database": self.former_database,
            "safety_backup": self.safety_backup, "changed": self.changed, "lost_seconds": self.lost_seconds,
            "media_brought": self.media_brought, "media_missing": self.media_missing, "other_secret": self.other_secret,
            "seconds": {step: round(seconds, 2) for step, seconds in self.seconds.items()},
        }  # fmt: skip


class _Watch:
    """Times the steps of a restore and tells them."""

    def __init__(self, report: Restored, tell: Callable[[str], None]) -> None:
        self._report, self._tell = report, tell
        self._step, self._began = "", time.monotonic()

    def step(self, name: str) -> None:
        """The former step ended and this one begins; "" ends the last."""
        now = time.monotonic()
        if self._step:
            self._report.seconds[self._step] = now - self._began
        self._step, self._began = name, now
        if name:
            log.info("restore_step", step=name)
            self._tell(name)


def restore_backup(
    site: Site,
    name: str,
    *,
    safety_backup: bool = True,
    stop: threading.Event | None = None,
    tell: Callable[[str], None] = lambda _step: None,
) -> Restored:
    """Replaces the live database by the backup; before that makes one of the live database, if it holds anything.

    Raises BackupNotFoundError, BackupDamagedError, BackupKeyMissingError, BackupImpossibleError, BackupRunningError,
    ProgramFailedError, StoppedError; then the live database is as it was, and open.
    """
    with one_at_a_time(site.database_url):
        manifest = site.bring(name)
        report = Restored(name, manifest.rows, other_secret=manifest.key_mark != site.key_mark)
        watch = _Watch(report, tell)
        watch.step("check")
        with opened(site, manifest) as plain:
            try:
                if _has_data(site):
                    watch.step("shut")
                    shut(site.database_url, f"restoring {name}")
                    _drain(site)
                    if safety_backup:
                        watch.step("safety_backup")
                        report.safety_backup = create_while_locked(site, "before_restore", stop=stop).name
                watch.step("restore")
                with restored_beside(site, manifest, plain, what="restore", stop=stop) as fresh:
                    _go_live(site, manifest, fresh, report, watch)
            finally:
                open_again(site.database_url)
        watch.step("media")
        missing = _missing(site, manifest)
        report.media_brought = bring_media(site, missing)
        report.media_missing = len(missing) - report.media_brought
        watch.step("")
    log.warning("restored", **report.document())
    return report


def _go_live(site: Site, manifest: Manifest, fresh: str, report: Restored, watch: _Watch) -> None:
    watch.step("reconcile")
    fresh_url = sibling(site.database_url, fresh)
    migrate(fresh_url)
    report.changed = reconcile(fresh_url, site.after_restore)
    carry_runs(site.database_url, fresh_url)
    watch.step("exchange")
    report.former_database = free_name_beside(site.database_url, "old", site.clock())
    exchange(site.database_url, fresh, report.former_database)
    forget_shared_cache(site.redis_url)
    report.lost_seconds = int((site.clock() - manifest.created_at).total_seconds())


def _has_data(site: Site) -> bool:
    with connected(site.database_url) as connection:
        return revision_of(connection) is not None


def _drain(site: Site) -> None:
    """Waits for jobs under way; whatever takes longer is cut off and done again from the backup's state."""
    ends = time.monotonic() + DRAIN_WITHIN_SECONDS
    with connected(site.database_url) as connection:
        while connection.execute(_RUNNING).fetchone() != (0,) and time.monotonic() < ends:
            time.sleep(0.2)


def _missing(site: Site, manifest: Manifest) -> list[str]:
    """Files the backup knew and nobody has any more. The list itself may be missing: that costs a warning only."""
    try:
        listed = read_media(site.shelf.path(manifest.name + MEDIA), manifest.media)
        return missing_media(listed, site.media())
    except BackupDamagedError:
        log.warning("media_list_missing", name=manifest.name)
        return []
