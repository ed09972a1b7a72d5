"""Files of the interface: served with a hash in their address, cached for a year, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli  # pyright: ignore[reportMissingTypeStubs]
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
PREFIX = "/static/"
FOREVER = b"public, max-age=31536000, immutable"
BRIEFLY = b"public, max-age=300"
NEVER = b"no-store"
SMALL_BYTES = 64 * 1024
COMPRESSIBLE = (".css", ".js", ".svg", ".json", ".webmanifest", ".txt")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file in memory, with its compressed forms."""

    body: bytes
    forms: dict[bytes, bytes]
    content_type: bytes
    etag: bytes


@lru_cache(maxsize=512)
def static_file(name: str) -> StaticFile | None:
    """The file under static/, or None for a name that leads nowhere or out of the folder."""
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC.resolve()) or not path.is_file():
        return None
    body = path.read_bytes()
    forms: dict[bytes, bytes] = {}
    if path.suffix in COMPRESSIBLE and len(body) > 512:
        quality = (
            11 if len(body) <= SMALL_BYTES else 9
        )  # the last step is slow: a tenth of a second for htmx, once
        packed: bytes = brotli.compress(body, quality=quality)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        forms = {b"br": packed, b"gzip": gzip.compress(body, 8, mtime=0)}
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return StaticFile(body, forms, f"{kind}{charset}".encode(), f'"{_digest(body)}"'.encode())


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


@lru_cache(maxsize=512)
def static_url(name: str) -> str:
    """Address of a file under static/, with the hash that lets it be cached for ever."""
    path = STATIC / name
    digest = _digest(path.read_bytes()) if path.is_file() else "missing"
    return f"{PREFIX}{name}?v={digest}"


def _negotiated(file: StaticFile, accepted: bytes) -> tuple[bytes, bytes | None]:
    for coding in (b"br", b"gzip"):
        if coding in accepted and coding in file.forms:
            return file.forms[coding], coding
    return file.body, None


def _kept(name: str, file: StaticFile, query: bytes) -> bytes:
    """How long the answer may be kept. While two releases serve side by side, one is asked for a file of the other: what
    it has under that name must not stay under the other's address."""
    if query.startswith(b"v="):
        return FOREVER if query == b"v=" + file.etag.strip(b'"') else NEVER
    return FOREVER if name.startswith("fonts/") else BRIEFLY


async def serve_static(scope: Scope, _receive: Receive, send: Send) -> None:
    """The ASGI application mounted at /static."""
    name = scope["path"].removeprefix(PREFIX)
    file = static_file(name) if scope["method"] in {"GET", "HEAD"} else None
    if file is None:
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = dict(scope["headers"])
    cache = _kept(name, file, scope["query_string"])
    common = [(b"etag", file.etag), (b"cache-control", cache), (b"vary", b"accept-encoding")]
    if headers.get(b"if-none-match") == file.etag:
        await send({"type": "http.response.start", "status": 304, "headers": common})
        await send({"type": "http.response.body", "body": b""})
        return
    body, coding = _negotiated(file, headers.get(b"accept-encoding", b""))
    common += [(b"content-type", file.content_type), (b"content-length", str(len(body)).encode())]
    if coding:
        common.append((b"content-encoding", coding))
    await send({"type": "http.response.start", "status": 200, "headers": common})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
