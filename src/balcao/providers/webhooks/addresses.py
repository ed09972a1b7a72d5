"""Which addresses a program may be sent to by a stranger's wish: public ones only. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Ways of writing an IPv4 address inside an IPv6 one besides the mapped form: NAT64 (RFC 6052), the translated one
# (RFC 2765) and the old compatible one.
_EMBEDDING: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
# What of IPv6 is handed out to the public (IANA, IPv6 Address Space); all the rest is reserved or stays at home.
_PUBLIC_IPV6: Final = ipaddress.IPv6Network("2000::/3")
# Addresses that answer for nobody of the public network, whatever the tables of a Python release say: the special-purpose
# registries of IANA (RFC 6890), and 168.63.129.16, at which Azure's machines reach the server that hands them secrets.
_NEVER: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "168.63.129.16/32", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip


def networks_of(names: Sequence[str]) -> tuple[Network, ...]:
    """Networks written as CIDR. Raises ValueError for a text that is none."""
    return tuple(ipaddress.ip_network(name) for name in names)


def may_be_told(text: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether a webhook may go to the address: it is public, or in one of the `allowed` networks."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(address)
    if any(inner in network for network in allowed if network.version == inner.version):
        return True
    if inner.version == 6 and inner not in _PUBLIC_IPV6:
        return False
    return inner.is_global and not any(inner in bad for bad in _NEVER if bad.version == inner.version)


def _inner(address: Address) -> Address:
    """The IPv4 address an IPv6 address stands for, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if int(address) > 1 and any(address in network for network in _EMBEDDING):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
