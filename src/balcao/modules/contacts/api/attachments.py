"""Files as answers: a safe name (RFC 6266), nothing kept by caches, and errors told before the first byte leaves."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.responses import StreamingResponse


async def attachment(filename: str, content_type: str, chunks: AsyncIterator[bytes]) -> StreamingResponse:
    """The file as a download. What the first piece raises is raised here, while it can still become an answer."""
    first = await anext(chunks, b"")
    headers = {
        "content-disposition": content_disposition(filename),
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
    }
    return StreamingResponse(_after(first, chunks), media_type=content_type, headers=headers)


def content_disposition(filename: str) -> str:
    """The header: a name of plain letters for old programs, the real one for all others."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = "".join(mark if mark.isalnum() or mark in "-_. " else "_" for mark in plain).strip() or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
