"""The copy of the backups elsewhere: a bucket of any S3-compatible store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store

from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError
from balcao.kernel.backups.manifest import Manifest, checked_name, read_manifest
from balcao.kernel.backups.shelf import MANIFEST, MEDIA, Shelf, check_file
from balcao.kernel.errors import UnavailableError
from balcao.kernel.settings import Settings

PART_BYTES = 16 * 1024 * 1024


class BucketUnavailableError(UnavailableError):
    """The bucket did not answer, or refused."""

    code = "backup_bucket_unavailable"
    title = "Backup storage unavailable."
    detail = "The bucket of the backups is not available right now."


class Bucket:
    """Backups under a prefix of a store."""

    def __init__(self, store: ObjectStore, prefix: str) -> None:
        self._store = store
        self._prefix = prefix.strip("/")

    def names(self) -> list[str]:
        """Backups with a manifest, oldest first. BucketUnavailableError."""
        try:
            listed = obstore.list_with_delimiter(self._store, self._prefix)  # pyright: ignore[reportUnknownMemberType]
        except (BaseError, OSError) as error:
            raise BucketUnavailableError from error
        files = [meta["path"].rpartition("/")[2] for meta in listed["objects"]]
        return sorted(
            name for file in files if file.endswith(MANIFEST) for name in _named(file.removesuffix(MANIFEST))
        )

    def manifest(self, name: str) -> Manifest:
        """The manifest of a backup. BackupNotFoundError, BackupDamagedError, BucketUnavailableError."""
        return read_manifest(name, self._get(checked_name(name) + MANIFEST).bytes().to_bytes())

    def send(self, shelf: Shelf, manifest: Manifest) -> None:
        """Copies a backup: data and media list first, compared by what the store says it has, the manifest last."""
        for file_name in (manifest.file_name, manifest.name + MEDIA):
            self.put_file(file_name, shelf.path(file_name))
        self.send_manifest(manifest)

    def send_manifest(self, manifest: Manifest) -> None:
        """Puts the manifest there, or a newer one in its place."""
        self._put(manifest.name + MANIFEST, manifest.text().encode())

    def fetch(self, shelf: Shelf, name: str) -> Manifest:
        """Brings a backup to the shelf, checked. BackupNotFoundError, BackupDamagedError, BucketUnavailableError."""
        manifest = self.manifest(name)
        shelf.make()
        data = self._download(shelf, manifest.file_name)
        check_file(data, manifest.size_bytes, manifest.sha256)
        media = self._download(shelf, manifest.name + MEDIA)
        shelf.settle(data)
        shelf.settle(media)
        shelf.write_manifest(manifest)
        return manifest

    def remove(self, name: str) -> None:
        """Takes a backup away, its manifest first."""
        for suffix in (MANIFEST, ".dump", ".dump.age", MEDIA):
            self.remove_file(checked_name(name) + suffix)

    def fetch_media_list(self, shelf: Shelf, name: str) -> Path:
        """Brings the list of media of a backup. BackupNotFoundError, BucketUnavailableError."""
        shelf.make()
        return shelf.settle(self._download(shelf, checked_name(name) + MEDIA))

    def media(self) -> set[str]:
        """Keys of the copies of stored files. BucketUnavailableError."""
        return set(self.sizes("media"))

    def sizes(self, folder: str) -> dict[str, int]:
        """Names of the files below a folder, without it, and their sizes in bytes. BucketUnavailableError."""
        start = self._key(f"{folder}/")
        try:
            return {
                meta["path"].removeprefix(start): meta["size"]
                for batch in obstore.list(self._store, prefix=start)  # pyright: ignore[reportUnknownMemberType]
                for meta in batch
            }
        except (BaseError, OSError) as error:
            raise BucketUnavailableError from error

    def put_file(self, file_name: str, path: Path) -> None:
        """Copies a file there and compares sizes. A name has its whole content or none, whenever this is cut off."""
        self._put(file_name, path)
        if self._size(file_name) != path.stat().st_size:
            raise BackupDamagedError("the bucket holds another size than was sent")

    def get_bytes(self, file_name: str) -> bytes:
        """The content of a small file. BackupNotFoundError, BucketUnavailableError."""
        try:
            return self._get(file_name).bytes().to_bytes()
        except (BaseError, OSError) as error:
            raise BucketUnavailableError from error

    def get_file(self, file_name: str, target: Path) -> None:
        """Writes a file of the bucket to a path. BackupNotFoundError, BucketUnavailableError."""
        self._write(self._get(file_name), target)

    def remove_file(self, file_name: str) -> None:
        """Removes a file; one that is not there is fine."""
        try:
            obstore.delete(self._store, self._key(file_name))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise BucketUnavailableError from error

    def put_media(self, key: str, content: bytes) -> None:
        """Keeps a copy of a stored file."""
        self._put(f"media/{key}", content)

    def get_media(self, key: str) -> bytes | None:
        """The copy of a stored file, None when there is none."""
        try:
            return self._get(f"media/{key}").bytes().to_bytes()
        except BackupNotFoundError:
            return None

    def remove_media(self, key: str) -> None:
        """Removes the copy of a stored file."""
        self.remove_file(f"media/{key}")

    def _key(self, file_name: str) -> str:
        return f"{self._prefix}/{file_name}"

    def _put(self, file_name: str, content: Path | bytes) -> None:
        try:
            obstore.put(self._store, self._key(file_name), content, chunk_size=PART_BYTES)
        except (BaseError, OSError) as error:
            raise BucketUnavailableError from error

    def _get(self, file_name: str) -> Any:
        try:
            return obstore.get(self._store, self._key(file_name))
        except FileNotFoundError:
            raise BackupNotFoundError from None
        except (BaseError, OSError) as error:
            raise BucketUnavailableError from error

    def _size(self, file_name: str) -> int:
        try:
            return obstore.head(self._store, self._key(file_name))["size"]
        except (BaseError, OSError) as error:
            raise BucketUnavailableError from error

    def _download(self, shelf: Shelf, file_name: str) -> Path:
        partial = shelf.partial(file_name)
        self._write(self._get(file_name), partial)
        return partial

    def _write(self, result: Any, target: Path) -> None:
        try:
            with target.open("wb") as out:
                for chunk in result.stream(min_chunk_size=PART_BYTES):
                    out.write(chunk)
        except (BaseError, OSError) as error:
            target.unlink(missing_ok=True)
            raise BucketUnavailableError from error


def bucket_of(settings: Settings) -> Bucket | None:
    """The bucket the settings name: one of its own, else that of the files, else none."""
    if settings.backup_s3_bucket:
        store = _store(
            settings.backup_s3_bucket, settings.backup_s3_region, settings.backup_s3_endpoint,
            settings.backup_s3_access_key_id, settings.backup_s3_secret_access_key.get_secret_value(),
        )  # fmt: skip
    elif settings.storage_backend == "s3":
        store = _store(
            settings.s3_bucket, settings.s3_region, settings.s3_endpoint, settings.s3_access_key_id,
            settings.s3_secret_access_key.get_secret_value(),
        )  # fmt: skip
    else:
        return None
    return Bucket(store, settings.backup_s3_prefix)


def _store(bucket: str, region: str, endpoint: str, key_id: str, secret: str) -> S3Store:
    options: dict[str, str] = {"region": region}
    if endpoint:
        options["endpoint"] = endpoint
    if key_id:
        options |= {"access_key_id": key_id, "secret_access_key": secret}
    return S3Store(
        bucket,
        config=options,  # pyright: ignore[reportArgumentType] - a plain dict of the same names
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(minutes=10),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=60)},
    )


def _named(text: str) -> list[str]:
    try:
        return [checked_name(text)]
    except BackupNotFoundError:
        return []
