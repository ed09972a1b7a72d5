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
# Addresses that answer for nobody of the public network, whatever the tables of a Python release say.
_NEVER: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
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
