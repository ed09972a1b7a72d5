"""Where the bytes of files live: a folder of this machine, or any S3-compatible store, through obstore.

Keys are made from ids only, `tenant/area/file/variant`, never from what a person typed. A put is whole or not at all.
"""

from __future__ import annotations

import mimetypes
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NewType
from uuid import UUID

import obstore
from obstore.exceptions import BaseError, InvalidPathError
from obstore.store import LocalStore, S3Store

from balcao.kernel.errors import DomainError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Generator

    from obstore import GetOptions, GetResult

BlobKey = NewType("BlobKey", str)

CHUNK_BYTES: Final = 256 * 1024
PART_BYTES: Final = 5 * 1024 * 1024  # the smallest part S3 accepts
FREE_FLOOR_BYTES: Final = 64 * 1024 * 1024
DEFAULT_TYPE: Final = "application/octet-stream"
_KEY = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[a-z][a-z0-9_]{0,39}/[0-9a-f-]{36}/[a-z0-9][a-z0-9_.-]{0,59}"
)
_FULL_SIGNS: Final = (
    "StorageFull",
    "No space left on device",
    "QuotaExceeded",
    "Disk quota exceeded",
    "XMinioStorageFull",
)


class DiskFullError(DomainError):
    """There is no room for the file; nothing of it was kept."""

    status = 507
    code = "disk_full"
    title = "No room left."
    detail = "There is no room for more files right now."


class StorageUnavailableError(UnavailableError):
    """The store of files did not answer."""

    code = "storage_unavailable"
    title = "Files unavailable."
    detail = "Files are not available right now. Try again in a moment."


class RangeInvalidError(DomainError):
    """The range asked for lies outside the file."""

    status = 416
    code = "range_invalid"
    title = "Part not in the file."
    detail = "The part asked for is not in the file."


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """What the store knows about a blob."""

    key: BlobKey
    size: int
    modified_at: datetime
    etag: str | None


@dataclass(frozen=True, slots=True)
class Blob:
    """An open blob. Bytes `start` to `stop` (exclusive) of `info.size` come out of `chunks`, once."""

    info: BlobInfo
    content_type: str
    start: int
    stop: int
    chunks: AsyncIterator[bytes]


def blob_key(tenant_id: UUID, area: str, file_id: UUID, variant: str) -> BlobKey:
    """The key of a file: `area` is a word of the code such as "products", `variant` a name such as "w400.webp".

    Raises ValueError for anything that is not of that shape, so no path can be smuggled in.
    """
    return parse_key(f"{tenant_id}/{area}/{file_id}/{variant}")


def parse_key(text: str) -> BlobKey:
    """A key read from a row or a path. Raises ValueError when it is not one of ours."""
    if not _KEY.fullmatch(text) or ".." in text:
        raise ValueError("not the key of a file")
    return BlobKey(text)


class BlobStore:
    """Files by key. Made by `local_blobs` or `s3_blobs`; safe to share between tasks."""

    def __init__(
        self, store: LocalStore | S3Store, *, folder: Path | None = None, free_floor: int = FREE_FLOOR_BYTES
    ) -> None:
        self._store = store
        self._folder = folder
        self._free_floor = free_floor
        self._keeps_types = folder is None

    async def put(self, key: BlobKey, data: bytes | AsyncIterator[bytes], content_type: str) -> None:
        """Stores the whole file under the key, in place of what was there; atomic.

        Raises DiskFullError when there is no room (nothing is kept) and StorageUnavailableError when the store is down.
        An error of the iterator comes through and leaves nothing behind.
        """
        self._check_room(len(data) if isinstance(data, bytes) else 0)
        attributes = {"Content-Type": content_type} if self._keeps_types else None
        whole = isinstance(data, bytes) and len(data) <= PART_BYTES
        try:
            with _translated(key):
                await obstore.put_async(
                    self._store,
                    key,
                    data,
                    attributes=attributes,
                    use_multipart=not whole,
                    chunk_size=PART_BYTES,
                )
        except NotFoundError as error:
            # It is the bucket that is missing: the caller's file cannot be.
            raise StorageUnavailableError from error

    async def open(self, key: BlobKey, *, start: int = 0, stop: int | None = None) -> Blob:
        """Opens a file, or its bytes from `start` up to `stop` (exclusive, cut to the file's end).

        Raises NotFoundError, RangeInvalidError, StorageUnavailableError.
        """
        options: GetOptions = {}
        if start or stop is not None:
            size = (await self.info(key)).size
            stop = size if stop is None else min(stop, size)
            if not 0 <= start < stop:
                raise RangeInvalidError(size=size)
            options["range"] = (start, stop)
        with _translated(key):
            result = await obstore.get_async(self._store, key, options=options)
        info = _info(key, result)
        content_type = result.attributes.get("Content-Type") or _type_of_name(key)
        first, last = result.range
        return Blob(info, str(content_type), first, last, _chunks(key, result))

    async def read(self, key: BlobKey) -> bytes:
        """The whole file; for files known to be small. Raises NotFoundError, StorageUnavailableError."""
        with _translated(key):
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())

    async def info(self, key: BlobKey) -> BlobInfo:
        """Size and age of a file. Raises NotFoundError, StorageUnavailableError."""
        with _translated(key):
            meta = await obstore.head_async(self._store, key)
        return BlobInfo(key, meta["size"], meta["last_modified"], meta["e_tag"])

    async def exists(self, key: BlobKey) -> bool:
        """Whether the file is there."""
        try:
            await self.info(key)
        except NotFoundError:
            return False
        return True

    async def delete(self, key: BlobKey) -> None:
        """Removes a file; one that is not there is fine."""
        try:
            with _translated(key):
                await obstore.delete_async(self._store, key)
        except NotFoundError:
            return

    async def list(self, tenant_id: UUID, area: str | None = None) -> AsyncIterator[BlobInfo]:
        """The files of a tenant, or of one of its areas, in no promised order. Foreign objects are passed over."""
        prefix = f"{tenant_id}/{area}" if area else str(tenant_id)
        stream = obstore.list(self._store, prefix=prefix)  # pyright: ignore[reportUnknownMemberType]
        with _translated(prefix):
            async for batch in stream:
                for meta in batch:
                    if _KEY.fullmatch(meta["path"]):
                        yield BlobInfo(
                            BlobKey(meta["path"]), meta["size"], meta["last_modified"], meta["e_tag"]
                        )

    def path_of(self, key: BlobKey) -> Path | None:
        """Where the file lies on this machine; None for S3, and for one that is not there."""
        path = None if self._folder is None else self._folder / key
        return path if path is not None and path.is_file() else None

    def free_bytes(self) -> int | None:
        """Room left on the disk of a local store; None for S3."""
        return None if self._folder is None else shutil.disk_usage(self._folder).free

    def _check_room(self, size: int) -> None:
        free = self.free_bytes()
        if free is not None and free - size < self._free_floor:
            raise DiskFullError


def local_blobs(folder: Path, *, free_floor: int = FREE_FLOOR_BYTES) -> BlobStore:
    """Files in a folder, made when missing. Puts are refused while less than `free_floor` bytes would stay free."""
    folder.mkdir(parents=True, exist_ok=True)
    return BlobStore(LocalStore(folder, automatic_cleanup=True), folder=folder, free_floor=free_floor)


def s3_blobs(
    bucket: str, *, region: str, endpoint: str = "", access_key_id: str = "", secret_access_key: str = ""
) -> BlobStore:
    """Files in an S3 bucket. Without `endpoint` it is AWS; without keys, the machine's own role."""
    options: dict[str, str] = {"region": region}
    if endpoint:
        options["endpoint"] = endpoint
    if access_key_id:
        options |= {"access_key_id": access_key_id, "secret_access_key": secret_access_key}
    store = S3Store(
        bucket,
        config=options,  # pyright: ignore[reportArgumentType] - a plain dict of the same names
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=120),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )
    return BlobStore(store)


def _info(key: BlobKey, result: GetResult) -> BlobInfo:
    meta = result.meta
    return BlobInfo(key, meta["size"], meta["last_modified"], meta["e_tag"])


async def _chunks(key: BlobKey, result: GetResult) -> AsyncIterator[bytes]:
    with _translated(key):
        async for chunk in result.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)


def _type_of_name(key: BlobKey) -> str:
    return mimetypes.guess_type(key)[0] or DEFAULT_TYPE


@contextmanager
def _translated(key: str) -> Generator[None]:
    """Errors of the store, said in our words."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError from error
    except InvalidPathError as error:
        raise ValueError(f"not the key of a file: {key}") from error
    except (BaseError, OSError) as error:
        if any(sign in str(error) for sign in _FULL_SIGNS):
            raise DiskFullError from error
        raise StorageUnavailableError from error
