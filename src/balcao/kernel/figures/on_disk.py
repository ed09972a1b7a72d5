"""Moments that lie in files: until when the certificate in front is good, how old the newest good backup is, and until
when the continuous archive has everything."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509

from balcao.kernel.observability.series import gauge

LOOK_SECONDS: Final = 300.0
CERTIFICATE_ENDS = gauge(
    "certificate_ends_seconds",
    "When the certificate of TLS_CERTIFICATE_FILE ends; 0 when there is none to read.",
    "seconds since 1970",
    joined="livemax",
)
BACKUP_VERIFIED = gauge(
    "backup_newest_verified_seconds",
    "Of when the data of the newest verified backup is; 0 when there is none in the folder of backups.",
    "seconds since 1970",
    joined="livemax",
)
ARCHIVE_CAUGHT_UP = gauge(
    "backup_archive_caught_up_seconds",
    "Until when everything committed is in the continuous archive, and sent to the bucket if there is one; 0 without one.",
    "seconds since 1970",
    joined="livemax",
)
log = structlog.get_logger("balcao.metrics")


def _no_archive() -> float:
    return 0.0


class DiskFigures:
    """Looks into the files every five minutes. `newest_backup` and `caught_up` answer seconds since 1970, or 0."""

    def __init__(
        self,
        newest_backup: Callable[[], float],
        certificate: Path | None,
        caught_up: Callable[[], float] = _no_archive,
    ) -> None:
        self._newest_backup, self._certificate, self._caught_up = newest_backup, certificate, caught_up
        self._due = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return time.monotonic() >= self._due

    def look(self) -> None:
        """Reads the files. Blocks, so it is for a thread; what cannot be read is told as 0, with a line in the log."""
        self._due = time.monotonic() + LOOK_SECONDS
        CERTIFICATE_ENDS.set(certificate_end(self._certificate) if self._certificate is not None else 0.0)
        ARCHIVE_CAUGHT_UP.set(self._caught_up())
        try:
            BACKUP_VERIFIED.set(self._newest_backup())
        except (OSError, ValueError) as error:
            BACKUP_VERIFIED.set(0.0)
            log.warning("backups_not_read", error=type(error).__name__)


def certificate_end(path: Path) -> float:
    """When the first certificate of a PEM file ends, in seconds since 1970; 0 for a file that has none to read."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.timestamp()
    except (OSError, ValueError) as error:
        log.warning("certificate_not_read", error=type(error).__name__)
        return 0.0
