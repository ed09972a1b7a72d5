"""What backups work with: the database, the places of backups, and the keys. Put together once from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from balcao.kernel.backups.bucket import Bucket, bucket_of
from balcao.kernel.backups.errors import BackupNotFoundError
from balcao.kernel.backups.manifest import Manifest, key_mark
from balcao.kernel.backups.media_list import MediaFile, media_of
from balcao.kernel.backups.server import connected, database_of
from balcao.kernel.backups.shelf import Shelf
from balcao.kernel.clock import Clock, system_clock
from balcao.kernel.files.blobs import BlobStore
from balcao.kernel.settings import Settings


@dataclass(frozen=True, slots=True, repr=False)
class Site:
    """One installation as its backups see it.

    `copies_media`: stored files are copied along, because they live on this machine only.
    `copied_media` are stored files that only copies are left of, on a machine that went back to a moment.
    `after_restore` names SQL that modules want run in a restored database before it goes live (see kernel/module.py).
    """

    database_url: str
    shelf: Shelf
    bucket: Bucket | None
    blobs: BlobStore
    recipients: tuple[str, ...]
    identity_file: Path | None
    key_mark: str
    copies_media: bool
    keep: timedelta
    after_restore: Mapping[str, str] = field(default_factory=dict[str, str])
    redis_url: str = ""
    copied_media: tuple[MediaFile, ...] = ()
    clock: Clock = system_clock

    @property
    def database(self) -> str:
        """Name of the live database."""
        return database_of(self.database_url)

    def media(self) -> list[MediaFile]:
        """Every stored file of every business. Must not be called where an event loop runs."""
        with connected(self.database_url) as connection:
            tenant_ids: list[UUID] = [
                row[0] for row in connection.execute("select id from tenants").fetchall()
            ]
        return sorted({**dict(self.copied_media), **dict(media_of(self.blobs, tenant_ids))}.items())

    def manifest(self, name: str) -> Manifest:
        """The manifest of a backup, here or in the bucket. BackupNotFoundError, BackupDamagedError."""
        try:
            return self.shelf.manifest(name)
        except BackupNotFoundError:
            if self.bucket is None:
                raise
        return self.bucket.manifest(name)

    def bring(self, name: str) -> Manifest:
        """The manifest of a backup whose file is here, fetched from the bucket when it was not."""
        manifest = self.manifest(name)
        if not self.shelf.has_data(manifest) and self.bucket is not None:
            return self.bucket.fetch(self.shelf, name)
        return manifest

    def keep_manifest(self, manifest: Manifest) -> None:
        """Writes a manifest that learned something, here and in the bucket if the backup is there."""
        if self.shelf.has_data(manifest):
            self.shelf.write_manifest(manifest)
        if self.bucket is not None and manifest.name in self.bucket.names():
            self.bucket.send_manifest(manifest)


def site_of(
    settings: Settings,
    database_url: str,
    blobs: BlobStore,
    *,
    after_restore: Mapping[str, str] | None = None,
    folder: Path | None = None,
    clock: Clock = system_clock,
) -> Site:
    """The site of an installation; `folder` overrides where its backups lie."""
    return Site(
        database_url=database_url,
        shelf=Shelf((folder or settings.backup_path).absolute()),
        bucket=bucket_of(settings),
        blobs=blobs,
        recipients=tuple(settings.listed(settings.backup_recipients)),
        identity_file=settings.backup_identity_file,
        key_mark=key_mark(settings.auth_secret.get_secret_value()),
        copies_media=settings.storage_backend == "local",
        keep=timedelta(days=settings.backup_retention_days),
        after_restore=dict(after_restore or {}),
        redis_url=settings.redis_url,
        clock=clock,
    )
