"""One call of the API before it is sent: its address, what it carries, and whether it may be sent twice."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote
from uuid import UUID, uuid4

Id = str | UUID
"""An id as it came in an answer, or as a UUID."""
Moment = str | date
"""A date or a time with its zone, as RFC 3339 or as a value (`datetime` is a `date`)."""
Upload = Path | bytes | IO[bytes] | tuple[str, bytes | IO[bytes]]
"""A file to send: where it is, its bytes, an open file, or its name with one of the last two."""


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """What to send. `idempotency_key` makes a write repeatable: the API answers it once."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict[str, Any])
    headers: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    body: Any = None
    form: Mapping[str, Any] | None = None
    idempotency_key: str | None = None

    @property
    def may_repeat(self) -> bool:
        """Whether sending it again cannot do anything twice."""
        return self.method == "GET" or self.idempotency_key is not None

    def params(self) -> list[tuple[str, str | int | float | bool | None]]:
        """The query; what is None is not sent, a list is sent value by value."""
        return [
            (name, written(one))
            for name, value in self.query.items()
            if value is not None
            for one in (cast("list[Any]", value) if isinstance(value, list) else [value])
        ]

    def sent_headers(self) -> dict[str, str]:
        """Headers of this call alone."""
        found = {name: value for name, value in self.headers.items() if value is not None}
        if self.idempotency_key is not None:
            found["Idempotency-Key"] = self.idempotency_key
        if self.body is not None:
            found["Content-Type"] = "application/json"
        return found

    def content(self) -> bytes | None:
        """The JSON of the body."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, allow_nan=False).encode()

    def fields(self) -> dict[str, str]:
        """The plain fields of a form."""
        form = self.form or {}
        return {name: written(value) for name, value in form.items() if _is_plain(value)}

    def files(self) -> list[tuple[str, tuple[str, bytes | IO[bytes]]]]:
        """The files of a form. Files this opens are read into memory at once, so nothing stays open."""
        form = self.form or {}
        return [
            (name, _named(value))
            for name, value in form.items()
            if not _is_plain(value) and value is not None
        ]


def filled(path: str, parts: tuple[object, ...]) -> str:
    """The path with its `{}` replaced, each part quoted. Raises ValueError for a part that would lead elsewhere."""
    texts = [written(part) for part in parts]
    if any(text in {"", ".", ".."} for text in texts):
        raise ValueError(f"{path} needs an id in each place")
    return path.format(*(quote(text, safe="") for text in texts))


def written(value: object) -> str:
    """A value as it stands in an address or a form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def new_key() -> str:
    """A fresh idempotency key."""
    return str(uuid4())


def signed(body: Any, secret: str) -> tuple[bytes, dict[str, str | None]]:
    """The bytes of a billing message and the headers that prove who sends it (HMAC-SHA-256 of `timestamp.body`)."""
    content = json.dumps(body, ensure_ascii=False).encode()
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + content, hashlib.sha256).hexdigest()
    return content, {"X-Timestamp": stamp, "X-Signature": signature}


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool | date | UUID)


def _named(upload: Any) -> tuple[str, bytes | IO[bytes]]:
    if isinstance(upload, tuple):
        return cast("tuple[str, bytes | IO[bytes]]", upload)
    if isinstance(upload, Path):
        return upload.name, upload.read_bytes()
    name = getattr(cast("object", upload), "name", None)
    return (Path(name).name if isinstance(name, str) and name else "file"), cast("bytes | IO[bytes]", upload)
