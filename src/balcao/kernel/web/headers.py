"""The security headers of every response (platform.md 4), as bytes made once.

A route that sets one of them itself keeps its own: the API documents bring their own Content-Security-Policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

RawHeaders = list[tuple[bytes, bytes]]

HSTS_SECONDS: Final = 63_072_000  # two years, the least that the preload list takes
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "manifest-src 'self'; worker-src 'self'"
)
PERMISSIONS_POLICY: Final = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(self), geolocation=(self), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
)
_ALWAYS: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": PERMISSIONS_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers of one scheme: `https` brings HSTS and upgrade-insecure-requests."""

    def __init__(self, *, https: bool, policy: str = CONTENT_SECURITY_POLICY) -> None:
        texts = {
            "content-security-policy": f"{policy}; upgrade-insecure-requests" if https else policy,
            **_ALWAYS,
        }
        if https:
            texts["strict-transport-security"] = f"max-age={HSTS_SECONDS}; includeSubDomains"
        self.pairs: tuple[tuple[bytes, bytes], ...] = tuple(
            (name.encode(), text.encode()) for name, text in texts.items()
        )
        self._names = frozenset(name for name, _ in self.pairs)

    def added_to(self, headers: Sequence[tuple[bytes, bytes]], present: Mapping[bytes, bytes]) -> RawHeaders:
        """A new list: the response's own headers (`present` is the same by name), then ours that it lacks."""
        if self._names.isdisjoint(present):
            return [*headers, *self.pairs]
        return [*headers, *(pair for pair in self.pairs if pair[0] not in present)]


def by_name(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Request headers by lower-case name; repeated ones joined as HTTP says. A repeated Host becomes empty: refused."""
    found = dict(headers)
    if len(found) == len(headers):
        return found
    found.clear()
    for name, value in headers:
        if name not in found:
            found[name] = value
        elif name == b"host":
            found[name] = b""
        else:
            found[name] += (b"; " if name == b"cookie" else b", ") + value
    return found
