"""Requests that do not belong here: for a host we do not serve, or sent by another site in a visitor's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
# A page of another site cannot set these without asking first (CORS), so a request that carries one is no forgery.
# Other kinds of Authorization can be: a browser adds what a proxy asked for (Basic, Negotiate) to every request by itself.
_KEY: Final = b"x-api-key"
_BEARER: Final = b"bearer "


class HostRule:
    """Which hosts are served: names, `*.name` for all below a name, `*` for any.

    `is_known` is asked about other names, such as the domains of tenants; its answer must be quick.
    """

    def __init__(self, patterns: Iterable[str], is_known: Callable[[str], bool] | None = None) -> None:
        names = [pattern.lower() for pattern in patterns]
        self._any = "*" in names
        self._exact = frozenset(name for name in names if not name.startswith("*"))
        self._suffixes = tuple(name[1:] for name in names if name.startswith("*."))
        self._is_known = is_known
        self._is_listed: Callable[[str], bool] = lru_cache(1024)(self._match)

    def accepts(self, host: str) -> bool:
        """Whether a Host header, in lower case and with or without a port, is one of ours."""
        if self._is_listed(host):
            return True
        return self._is_known is not None and is_well_formed(host) and self._is_known(name_of(host))

    def _match(self, host: str) -> bool:
        if not is_well_formed(host):
            return False
        name = name_of(host)
        return self._any or name in self._exact or (bool(self._suffixes) and name.endswith(self._suffixes))


def name_of(host: str) -> str:
    """A host without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def is_well_formed(host: str) -> bool:
    """Whether a Host header could be a host at all; an empty one is not."""
    return 0 < len(host) <= 255 and host.isascii() and not any(mark in host for mark in "/@\\?# \t,;\"'<>")


def is_cross_origin(
    method: str,
    headers: Mapping[bytes, bytes],
    scheme: str,
    host: str,
    trusted: frozenset[bytes] = frozenset(),
) -> bool:
    """Whether a browser may be sending this unsafe request with its cookies on behalf of another site.

    Proof that it is not: Sec-Fetch-Site `same-origin` or `none`; without that header, an Origin equal to the address
    asked. `trusted` origins pass. Requests without a cookie, or with credentials of their own, are programs.
    """
    if method in SAFE_METHODS or b"cookie" not in headers or _is_deliberate(headers):
        return False
    origin = headers.get(b"origin")
    if origin is not None and origin in trusted:
        return False
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in {b"same-origin", b"none"}
    return origin is None or not is_own_origin(origin, scheme, host)


def _is_deliberate(headers: Mapping[bytes, bytes]) -> bool:
    return _KEY in headers or headers.get(b"authorization", b"")[: len(_BEARER)].lower() == _BEARER


def is_own_origin(origin: bytes, scheme: str, host: str) -> bool:
    """Whether an Origin header names the address asked, default ports written or not."""
    default = _DEFAULT_PORTS.get(scheme, "")
    stated = origin.decode("latin-1").lower()
    return stated.removesuffix(default) == f"{scheme}://{host.removesuffix(default)}"
