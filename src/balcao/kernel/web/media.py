"""GET /media: public files, kept for good by every cache on the way because an address never changes its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from balcao.kernel.errors import NotFoundError
from balcao.kernel.files.blobs import RangeInvalidError
from balcao.kernel.files.media import MediaDirectory, MediaFile, parse_range
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import Installation, Public

FOR_GOOD = "public, max-age=31536000, immutable"
router = APIRouter(include_in_schema=False)


def _directory(request: Request, runtime: Runtime) -> MediaDirectory:
    known = getattr(request.app.state, "media", None)
    if known is None:
        known = request.app.state.media = MediaDirectory(runtime.transactions, runtime.tenants)
    return known


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise NotFoundError from None


@router.api_route(
    "/media/{tenant_id}/{file_id}/{variant}",
    methods=["GET", "HEAD"],
    dependencies=[Depends(Public("pictures of the shop"))],
)
async def media(
    request: Request, tenant_id: str, file_id: str, variant: str, runtime: Installation
) -> Response:
    """One size of a public picture; whole, in part (Range), or the news that it is still the same (304)."""
    file = await _directory(request, runtime).find(_uuid(tenant_id), _uuid(file_id), variant)
    etag = f'"{file_id}-{variant}"'
    headers = {"etag": etag, "cache-control": FOR_GOOD, "accept-ranges": "bytes"}
    if _holds(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    asked = _asked_range(request.headers, etag, file)
    if request.method == "HEAD":
        return Response(media_type=file.content_type, headers={**headers, "content-length": str(file.size)})
    if asked is None:
        return await _stream(runtime, file, headers, 0, file.size, 200)
    start, stop = asked
    if start >= stop:
        raise RangeInvalidError(headers={"content-range": f"bytes */{file.size}"})
    return await _stream(
        runtime, file, {**headers, "content-range": f"bytes {start}-{stop - 1}/{file.size}"}, start, stop, 206
    )


def _holds(header: str, etag: str) -> bool:
    return any(part.strip().removeprefix("W/") in {etag, "*"} for part in header.split(","))


def _asked_range(headers: Mapping[str, str], etag: str, file: MediaFile) -> tuple[int, int] | None:
    condition = headers.get("if-range")
    if "range" not in headers or (condition is not None and condition != etag):
        return None
    return parse_range(headers["range"], file.size)


async def _stream(
    runtime: Runtime, file: MediaFile, headers: Mapping[str, str], start: int, stop: int, status: int
) -> Response:
    blob = await runtime.blobs.open(file.key, start=start, stop=stop if status == 206 else None)
    length = {"content-length": str(blob.stop - blob.start)}
    return StreamingResponse(blob.chunks, status, {**headers, **length}, media_type=file.content_type)
