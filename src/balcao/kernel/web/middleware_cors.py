"""Which pages of other sites may call the API from a browser (CORS)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from balcao.kernel.web.headers import RawHeaders

METHODS: Final = b"GET, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS: Final = (
    b"Accept-Language, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Api-Key, X-Request-Id, "
    b"X-Tenant, X-Tenant-Id, X-Tracking-Token"
)
EXPOSED: Final = b"ETag, Idempotent-Replayed, Retry-After, X-Request-Id"
MAX_AGE: Final = b"600"


class Cors:
    """The origins allowed, `*` for any. With `credentials` their cookies count too, and `*` is refused.

    Raises ValueError for `*` with credentials and for an origin that is not scheme://host.
    """

    def __init__(self, origins: Iterable[str] = (), *, credentials: bool = False) -> None:
        names = [origin.rstrip("/").lower() for origin in origins]
        if "*" in names and credentials:
            raise ValueError("any origin with credentials would hand every session to every site")
        if bad := [name for name in names if name != "*" and not name.startswith(("http://", "https://"))]:
            raise ValueError(f"not an origin: {', '.join(bad)}")
        self._any = "*" in names
        self._origins = frozenset(name.encode() for name in names)
        self.is_on = bool(names)
        self.with_cookies: frozenset[bytes] = self._origins if credentials else frozenset()
        self._credentials = [(b"access-control-allow-credentials", b"true")] if credentials else []

    def is_preflight(self, method: str, headers: Mapping[bytes, bytes]) -> bool:
        """Whether a browser asks for permission before the real request."""
        return (
            method == "OPTIONS"
            and self.is_on
            and b"origin" in headers
            and b"access-control-request-method" in headers
        )

    def preflight_headers(self, origin: bytes) -> RawHeaders:
        """The answer to a preflight; for a foreign origin it grants nothing."""
        granted = self.response_headers(origin)
        if len(granted) > 1:
            granted += [
                (b"access-control-allow-methods", METHODS),
                (b"access-control-allow-headers", REQUEST_HEADERS),
                (b"access-control-max-age", MAX_AGE),
            ]
        return granted

    def response_headers(self, origin: bytes) -> RawHeaders:
        """What a response to this origin carries besides its own headers."""
        if self._any:
            return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", EXPOSED)]
        vary = (b"vary", b"Origin")
        if origin.lower() not in self._origins:
            return [vary]
        return [
            vary,
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", EXPOSED),
            *self._credentials,
        ]
