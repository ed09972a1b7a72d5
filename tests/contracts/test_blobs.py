"""One suite for every place files can live: a folder, and an S3-compatible store spoken to over its real protocol.

The S3 half needs `moto_server` on the PATH or moto in the environment; the disk-full test a machine that may mount tmpfs.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import obstore
import pytest

from balcao.kernel.errors import NotFoundError
from balcao.kernel.files.blobs import (
    Blob,
    BlobStore,
    DiskFullError,
    RangeInvalidError,
    StorageUnavailableError,
    blob_key,
    local_blobs,
    parse_key,
    s3_blobs,
)

# Named, not random: the ids stand in the names of tests, which all processes must agree on.
TENANT, OTHER = UUID(int=0x8BF16293), UUID(int=0xAD1E3E8B)
BUCKET = "balcao-test"


def moto_command() -> list[str] | None:
    if found := shutil.which("moto_server"):
        return [found]
    return [sys.executable, "-m", "moto.server"] if importlib.util.find_spec("moto") else None


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    command = moto_command()
    if command is None:
        pytest.skip("no local S3 server (moto) is installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*command, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    endpoint = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            request = urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT")
            urllib.request.urlopen(request, timeout=5).close()
            break
        except OSError:
            time.sleep(0.1)
    yield endpoint
    process.kill()
    process.wait()


@pytest.fixture(params=["local", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "local":
        return local_blobs(tmp_path / "media")
    endpoint = request.getfixturevalue("s3_endpoint")
    return s3_blobs(
        BUCKET, region="us-east-1", endpoint=endpoint, access_key_id="test", secret_access_key="test"
    )


async def content(blob: Blob) -> bytes:
    return b"".join([chunk async for chunk in blob.chunks])


def key(tenant: UUID = TENANT, area: str = "products", variant: str = "w400.webp"):
    return blob_key(tenant, area, uuid4(), variant)


async def test_what_is_put_comes_back(blobs: BlobStore) -> None:
    name = key()
    await blobs.put(name, b"picture", "image/webp")
    blob = await blobs.open(name)
    assert await content(blob) == b"picture"
    assert (blob.info.size, blob.start, blob.stop, blob.content_type) == (7, 0, 7, "image/webp")
    assert await blobs.read(name) == b"picture"
    info = await blobs.info(name)
    assert info.key == name and info.size == 7 and info.etag and info.modified_at.tzinfo is not None


async def test_a_put_replaces_the_whole(blobs: BlobStore) -> None:
    name = key()
    await blobs.put(name, b"a long first version", "text/plain")
    await blobs.put(name, b"short", "text/plain")
    assert await blobs.read(name) == b"short"


async def test_a_large_stream_goes_in_and_out_in_pieces(blobs: BlobStore) -> None:
    piece, name = os.urandom(1_000_000), key(variant="lesson.mp4")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield piece

    await blobs.put(name, pieces(), "video/mp4")
    blob = await blobs.open(name)
    sizes = [len(chunk) async for chunk in blob.chunks]
    assert sum(sizes) == 12_000_000
    assert len(sizes) > 1
    assert await blobs.read(name) == piece * 12


async def test_large_bytes_are_stored_whole(blobs: BlobStore) -> None:
    name, data = key(), os.urandom(6_000_000)
    await blobs.put(name, data, "application/octet-stream")
    assert await blobs.read(name) == data


async def test_a_stream_that_breaks_leaves_what_was_there(blobs: BlobStore) -> None:
    fresh, existing = key(), key()
    await blobs.put(existing, b"before", "text/plain")

    async def breaking() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000
        raise RuntimeError("the sender left")

    for name in (fresh, existing):
        with pytest.raises(RuntimeError, match="the sender left"):
            await blobs.put(name, breaking(), "text/plain")
    assert not await blobs.exists(fresh)
    assert await blobs.read(existing) == b"before"


@pytest.mark.parametrize(
    ("start", "stop", "expected"), [(0, 3, b"012"), (3, 5, b"34"), (7, None, b"789"), (8, 99, b"89")]
)
async def test_a_part_can_be_asked_for(
    blobs: BlobStore, start: int, stop: int | None, expected: bytes
) -> None:
    name = key()
    await blobs.put(name, b"0123456789", "text/plain")
    blob = await blobs.open(name, start=start, stop=stop)
    assert await content(blob) == expected
    assert (blob.start, blob.stop, blob.info.size) == (start, start + len(expected), 10)


@pytest.mark.parametrize(("start", "stop"), [(10, None), (5, 5), (6, 5), (-1, 5)])
async def test_a_part_outside_the_file_is_refused(blobs: BlobStore, start: int, stop: int | None) -> None:
    name = key()
    await blobs.put(name, b"0123456789", "text/plain")
    with pytest.raises(RangeInvalidError):
        await blobs.open(name, start=start, stop=stop)


async def test_what_is_not_there_is_not_found(blobs: BlobStore) -> None:
    name = key()
    for reading in (blobs.open(name), blobs.read(name), blobs.info(name), blobs.open(name, start=1)):
        with pytest.raises(NotFoundError):
            await reading
    assert not await blobs.exists(name)


async def test_deleting_twice_is_fine(blobs: BlobStore) -> None:
    name = key()
    await blobs.put(name, b"x", "text/plain")
    assert await blobs.exists(name)
    await blobs.delete(name)
    await blobs.delete(name)
    assert not await blobs.exists(name)


async def test_a_list_holds_one_tenant_and_one_area(blobs: BlobStore) -> None:
    tenant, other = uuid4(), uuid4()
    products = {key(tenant) for _ in range(3)}
    books = {key(tenant, "books")}
    for name in products | books | {key(other), key(tenant, "products_old")}:
        await blobs.put(name, b"x", "text/plain")
    assert {info.key async for info in blobs.list(tenant, "products")} == products
    listed = {info.key async for info in blobs.list(tenant)}
    assert products | books < listed
    assert len(listed) == 5
    assert [info async for info in blobs.list(uuid4())] == []


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "../../etc/passwd",
        f"{TENANT}/products/../x/y",
        f"{TENANT}/products/{OTHER}/..",
        f"{TENANT}/Products/{OTHER}/a",
        f"{TENANT}/products/{OTHER}/.hidden",
        f"{TENANT}/products/{OTHER}/a/b",
        f"{TENANT}/products/{OTHER}/a\n",
        f"/{TENANT}/products/{OTHER}/a",
        f"{TENANT}/products/{OTHER}/a..b",
        f"{TENANT}/products/{OTHER}/é",
    ],
)
def test_only_keys_made_from_ids_are_keys(path: str) -> None:
    with pytest.raises(ValueError, match="not the key"):
        parse_key(path)


def test_a_key_is_made_of_its_parts() -> None:
    file_id = uuid4()
    made = blob_key(TENANT, "products", file_id, "w400.webp")
    assert made == f"{TENANT}/products/{file_id}/w400.webp" == parse_key(made)
    with pytest.raises(ValueError, match="not the key"):
        blob_key(TENANT, "../x", file_id, "a")


async def test_a_store_that_is_down_says_so(s3_endpoint: str) -> None:
    wrong = s3_blobs(
        "no-such-bucket", region="us-east-1", endpoint=s3_endpoint, access_key_id="a", secret_access_key="b"
    )
    with pytest.raises(StorageUnavailableError):
        await wrong.put(key(), b"x", "text/plain")


async def test_the_floor_of_free_room_is_kept(tmp_path: Path) -> None:
    blobs, name = local_blobs(tmp_path, free_floor=2**62), key()
    with pytest.raises(DiskFullError):
        await blobs.put(name, b"x", "text/plain")
    assert not await blobs.exists(name)
    free = blobs.free_bytes()
    assert free is not None and free > 0


async def test_a_type_is_known_by_the_name_on_a_local_disk(tmp_path: Path) -> None:
    blobs, name = local_blobs(tmp_path), key(variant="original")
    await blobs.put(name, b"x", "image/webp")
    assert (await blobs.open(name)).content_type == "application/octet-stream"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_refuses_and_loses_nothing(tiny_disk: Path) -> None:
    blobs, kept = local_blobs(tiny_disk, free_floor=0), key()
    await blobs.put(kept, b"kept" * 1000, "text/plain")

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1_000_000

    for name in (key(), kept):
        with pytest.raises(DiskFullError):
            await blobs.put(name, endless(), "text/plain")
    assert await blobs.read(kept) == b"kept" * 1000
    assert [info.key async for info in blobs.list(TENANT)] == [kept]
    await blobs.put(key(), b"there is room again", "text/plain")


async def test_a_quota_refused_by_the_store_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_args: object, **_options: object) -> None:
        raise obstore.exceptions.GenericError("Generic S3 error: XMinioStorageFull: no room")

    monkeypatch.setattr(obstore, "put_async", refuse)
    with pytest.raises(DiskFullError):
        await local_blobs(tmp_path).put(key(), b"x", "text/plain")
