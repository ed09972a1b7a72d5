"""Pictures at their public address: stored once, served for good, and nothing else comes out of that door."""

from __future__ import annotations

import io

import httpx
from PIL import Image

from balcao.kernel.actor import SYSTEM
from balcao.kernel.files.models import File
from balcao.kernel.files.pictures import store_picture
from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Runtime
from balcao.kernel.work import UnitOfWork
from tests.factories.shops import Shop


def photo(width: int = 900, colour: str = "#b5442e") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, width * 3 // 4), colour).save(out, "PNG")
    return out.getvalue()


async def keep(runtime: Runtime, shop: Shop, data: bytes, *, is_public: bool = True) -> File:
    async def use(_uow: UnitOfWork, file: File) -> File:
        file.is_public = is_public
        return file

    return await store_picture(
        runtime.transactions, runtime.blobs, shop.tenant, SYSTEM, data, "products", use, max_bytes=5_000_000
    )


async def test_every_size_is_served_and_kept_for_good(
    runtime: Runtime, shop: Shop, client: httpx.AsyncClient
) -> None:
    file = await keep(runtime, shop, photo())
    assert [row["width"] for row in file.renditions] == [200, 400, 800]
    for row in file.renditions:
        answer = await client.get(f"/media/{shop.tenant.id}/{file.id}/w{row['width']}.webp")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]
        assert len(answer.content) == row["bytes"]
        assert Image.open(io.BytesIO(answer.content)).size == (row["width"], row["height"])


async def test_known_etag_saves_the_bytes_and_a_range_sends_only_its_own(
    runtime: Runtime, shop: Shop, client: httpx.AsyncClient
) -> None:
    file = await keep(runtime, shop, photo())
    url = f"/media/{shop.tenant.id}/{file.id}/w400.webp"
    whole = await client.get(url)
    again = await client.get(url, headers={"if-none-match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = await client.get(url, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    beyond = await client.get(url, headers={"range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416


async def test_the_finer_points_of_http_hold(runtime: Runtime, shop: Shop, client: httpx.AsyncClient) -> None:
    file = await keep(runtime, shop, photo(colour="#d43a57"))
    url = f"/media/{shop.tenant.id}/{file.id}/w400.webp"
    whole = await client.get(url)
    size, etag = len(whole.content), whole.headers["etag"]
    head = await client.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))
    assert head.headers["etag"] == etag
    tail = await client.get(url, headers={"range": "bytes=-7"})
    assert (tail.status_code, tail.content) == (206, whole.content[-7:])
    cut = await client.get(url, headers={"range": f"bytes={size - 3}-{size + 50}"})
    assert cut.headers["content-range"] == f"bytes {size - 3}-{size - 1}/{size}"
    stale = await client.get(url, headers={"range": "bytes=0-3", "if-range": '"other"'})
    assert (stale.status_code, len(stale.content)) == (200, size)
    fresh = await client.get(url, headers={"range": "bytes=0-3", "if-range": etag})
    assert (fresh.status_code, len(fresh.content)) == (206, 4)
    for ignored in ("bytes=0-1,4-5", "bytes=5-2", "items=0-1", "bytes=-", "bytes=a-b"):
        assert (await client.get(url, headers={"range": ignored})).status_code == 200, ignored
    for outside in (f"bytes={size}-", "bytes=-0"):
        refused = await client.get(url, headers={"range": outside})
        assert (refused.status_code, refused.headers["content-range"]) == (416, f"bytes */{size}")


async def test_same_bytes_are_kept_once_per_business(runtime: Runtime, shop: Shop, other_shop: Shop) -> None:
    first = await keep(runtime, shop, photo(colour="#1f4fd8"))
    second = await keep(runtime, shop, photo(colour="#1f4fd8"))
    elsewhere = await keep(runtime, other_shop, photo(colour="#1f4fd8"))
    assert first.id == second.id
    assert elsewhere.id != first.id
    stored = [info async for info in runtime.blobs.list(shop.tenant.id, "products")]
    assert len(stored) == len(first.renditions)


async def test_everything_else_is_not_found(
    runtime: Runtime, shop: Shop, other_shop: Shop, client: httpx.AsyncClient
) -> None:
    file = await keep(runtime, shop, photo())
    private = await keep(runtime, shop, photo(colour="#227a4b"), is_public=False)
    for path in (
        f"{shop.tenant.id}/{file.id}/w999.webp",
        f"{shop.tenant.id}/{file.id}/..%2Fw400.webp",
        f"{shop.tenant.id}/{new_id()}/w400.webp",
        f"{other_shop.tenant.id}/{file.id}/w400.webp",
        f"{shop.tenant.id}/{private.id}/w400.webp",
        "nobody/nothing/w400.webp",
    ):
        answer = await client.get(f"/media/{path}")
        assert answer.status_code == 404, path
