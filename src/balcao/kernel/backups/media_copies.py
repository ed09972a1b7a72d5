"""Copies of the stored files, where the backups are: each file once, however many backups list it.

Stored files never change under their key, so one that is there already is not looked at again. On the same disk a copy is
a second name of the same file and takes no room. With age keys set, copies are encrypted like the dumps. Files that live
in S3 are not copied: there, the bucket's own versions keep what was deleted.
"""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError
from balcao.kernel.backups.media_list import MediaFile, read_media
from balcao.kernel.backups.sealing import open_bytes, seal_bytes
from balcao.kernel.backups.shelf import MEDIA, PARTIAL
from balcao.kernel.backups.site import Site
from balcao.kernel.errors import NotFoundError
from balcao.kernel.files.blobs import BlobKey, parse_key

SEALED = ".age"


def copy_media(site: Site, files: Iterable[MediaFile]) -> int:
    """Copies what is not there yet, to the folder and to the bucket; answers how many files that were."""
    if not site.copies_media:
        return 0
    ending = SEALED if site.recipients else ""
    remote = site.bucket.media() if site.bucket is not None else None
    wanted = [
        key
        for key, _ in files
        if not (_folder(site) / (key + ending)).exists()
        or (remote is not None and key + ending not in remote)
    ]

    async def work() -> int:
        done = 0
        for key in wanted:
            with contextlib.suppress(NotFoundError):  # removed since it was listed
                content = await site.blobs.read(BlobKey(key))
                _keep(site, key, seal_bytes(content, site.recipients), ending, remote)
                done += 1
        return done

    return asyncio.run(work())


def copied_media(site: Site) -> list[MediaFile]:
    """Every file a copy is kept of, in the folder or the bucket. Of an encrypted one the size is unknown, told as 0."""
    found: dict[str, int] = {}
    if site.copies_media:
        found = site.bucket.sizes("media") if site.bucket is not None else {}
        found |= {
            path.relative_to(_folder(site)).as_posix(): path.stat().st_size for path in _local_copies(site)
        }
    return sorted(
        (name.removesuffix(SEALED), 0 if name.endswith(SEALED) else size) for name, size in found.items()
    )


def bring_media(site: Site, missing: Sequence[str]) -> int:
    """Puts files back that the storage lacks; answers how many could be had."""

    async def work() -> int:
        done = 0
        for key in missing:
            content = _find(site, parse_key(key))
            if content is not None:
                kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
                await site.blobs.put(parse_key(key), content, kind)
                done += 1
        return done

    return asyncio.run(work()) if missing else 0


def forget_media(site: Site) -> int:
    """Removes copies that no backup lists any more; none at all while one of the lists cannot be read."""
    try:
        known = set(_listed(site))
    except (BackupDamagedError, BackupNotFoundError):
        return 0
    doomed = [path for path in _local_copies(site) if _key_of(site, path) not in known]
    for path in doomed:
        path.unlink(missing_ok=True)
    gone = {_key_of(site, path) for path in doomed}
    if site.bucket is not None:
        for name in site.bucket.media():
            if name.removesuffix(SEALED) not in known:
                site.bucket.remove_media(name)
                gone.add(name.removesuffix(SEALED))
    return len(gone)


def _folder(site: Site) -> Path:
    return site.shelf.folder / "media"


def _keep(site: Site, key: str, content: bytes, ending: str, remote: set[str] | None) -> None:
    target = _folder(site) / (key + ending)
    if not target.exists():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source = site.blobs.path_of(BlobKey(key))
        if ending or source is None or not _linked(source, target):
            partial = target.with_name(target.name + PARTIAL)
            partial.write_bytes(content)
            partial.chmod(0o600)
            partial.rename(target)
    if remote is not None and site.bucket is not None and key + ending not in remote:
        site.bucket.put_media(key + ending, content)


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no second names
        return False
    return True


def _find(site: Site, key: str) -> bytes | None:
    for ending in ("", SEALED):
        path = _folder(site) / (key + ending)
        content = path.read_bytes() if path.is_file() else None
        if content is None and site.bucket is not None:
            content = site.bucket.get_media(key + ending)
        if content is not None:
            return open_bytes(content, site.identity_file) if ending else content
    return None


def _listed(site: Site) -> Iterator[str]:
    names = {*site.shelf.names(), *(site.bucket.names() if site.bucket is not None else ())}
    for name in sorted(names):
        manifest = site.manifest(name)
        path = site.shelf.path(name + MEDIA)
        if not path.is_file() and site.bucket is not None:
            path = site.bucket.fetch_media_list(site.shelf, name)
        yield from (key for key, _ in read_media(path, manifest.media))


def _local_copies(site: Site) -> list[Path]:
    return [path for path in _folder(site).rglob("*") if path.is_file() and not path.is_symlink()]


def _key_of(site: Site, path: Path) -> str:
    return path.relative_to(_folder(site)).as_posix().removesuffix(SEALED)
