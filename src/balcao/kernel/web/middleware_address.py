"""Who is asking, and for which host: what the peer says, or what a proxy we trust says about its own peer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

UNIX_PEER: Final = "unix"
UNKNOWN: Final = "unknown"
_REMEMBERED: Final = 8192
_Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """An address in its three uses: `ip` for records, `key` to count by (IPv6: the /64), `masked` for the log."""

    ip: str
    key: str
    masked: str


class Proxies:
    """The networks whose X-Forwarded-* headers are believed; `unix` among them means a local socket.

    An empty list believes nobody, so a made-up X-Forwarded-For changes nothing.
    """

    def __init__(self, networks: Iterable[str] = ()) -> None:
        names = list(networks)
        self._unix = UNIX_PEER in names
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(name, strict=False) for name in names if name != UNIX_PEER
        )
        self._nobody = not names
        self.client_of: Callable[[str, bytes], ClientAddress] = lru_cache(_REMEMBERED)(self._client_of)
        self.trusts: Callable[[str], bool] = lru_cache(_REMEMBERED)(self._trusts)

    def _trusts(self, peer: str) -> bool:
        if self._nobody:
            return False
        address = _parsed(peer)
        return self._trusts_address(address) if address else self._unix and not peer

    def _trusts_address(self, address: _Address) -> bool:
        return any(address in network for network in self._networks)

    def _client_of(self, peer: str, forwarded_for: bytes) -> ClientAddress:
        """The peer; or, behind trusted proxies, the right-most address of X-Forwarded-For that is none of them."""
        found = _parsed(peer)
        if forwarded_for and self._trusts(peer):
            for part in reversed(forwarded_for.decode("latin-1").split(",")):
                address = _parsed(part.strip())
                if address is None:
                    break
                found = address
                if not self._trusts_address(address):
                    break
        return _described(found)

    def scheme_and_host(
        self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes], peer: str
    ) -> tuple[str, str]:
        """The scheme and host the caller used, the host in lower case with its port."""
        scheme, host = scope["scheme"], headers.get(b"host", b"")
        if not self._nobody and self.trusts(peer):
            proto = headers.get(b"x-forwarded-proto", b"").rpartition(b",")[2].strip().lower()
            if proto in {b"http", b"https"}:
                scheme = proto.decode()
            host = headers.get(b"x-forwarded-host", b"").rpartition(b",")[2].strip() or host
        return scheme, host.decode("latin-1").lower()


def peer_of(scope: Mapping[str, Any]) -> str:
    """The address at the other end of the connection; empty for a local socket."""
    client = scope.get("client")
    return client[0] or "" if client else ""


def _parsed(text: str) -> _Address | None:
    """An address with or without a port; IPv4 inside IPv6 counts as IPv4."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _described(address: _Address | None) -> ClientAddress:
    if address is None:
        return ClientAddress(UNKNOWN, UNKNOWN, UNKNOWN)
    ip = str(address)
    if isinstance(address, IPv4Address):
        return ClientAddress(ip, ip, str(ip_network((address, 24), strict=False).network_address))
    network = ip_network((address, 64), strict=False)
    return ClientAddress(ip, str(network), str(ip_network((address, 48), strict=False)))
