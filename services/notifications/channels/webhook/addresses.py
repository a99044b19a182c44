"""Which network addresses a webhook may go to.

A subscriber names a URL and this service fetches it from inside the network: without a guard that
is a way to every machine that trusts its neighbours (server-side request forgery, OWASP SSRF).
The guard judges the address that is connected to, not the name: `guarded_network.py` resolves,
judges every answer, and connects to what was judged.
"""

import re
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_SPECIAL: tuple[Network, ...] = (
    ip_network("168.63.129.16/32"),  # metadata of a large cloud, on an address that looks public
    ip_network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    ip_network("64:ff9b:1::/48"),  # NAT64 of a local network, RFC 8215
    ip_network("fec0::/10"),  # site-local, RFC 3879
    ip_network("::/96"),  # "IPv4-compatible", RFC 4291, long deprecated
)


class ForbiddenAddressError(Exception):
    """The address lies inside a network, or nowhere; the message names the kind."""


def why_forbidden(address: Address, also: Sequence[Network] = ()) -> str | None:
    """Why a webhook may not go to this address; None when it may.

    `also` are networks that the operator closes as well, e.g. the public addresses of the city's
    own machines. IPv6 forms that carry an IPv4 address are judged by it as well.
    """
    for judged in _unwrapped(address):
        if reason := _kind(judged):
            return reason
        if any(judged in network for network in also):
            return "closed by the operator"
    return None


def literal(host: str) -> Address | None:
    """The address that a host is written as, None for a name.

    Takes only the canonical spellings. Others (`2130706433`, `0x7f.1`, `127.1`) are names to us,
    and names have rules of their own: `why_no_host` refuses them, and the resolver's answer is
    judged in any case.
    """
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")  # RFC 1035, RFC 1123
_INNER_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
"""Networks of containers give names with underscores."""
_LONGEST_NAME = 253


def why_no_host(host: str, *, internal_is_allowed: bool) -> str | None:
    """Why a name can't be that of a receiver; None when it can. Says nothing about DNS."""
    name = host.removesuffix(".")
    labels = name.split(".")
    allowed = _INNER_LABEL if internal_is_allowed else _LABEL
    if len(name) > _LONGEST_NAME or not all(allowed.fullmatch(label) for label in labels):
        return "not a host name"
    top = labels[-1].lower()
    if top.isdigit() or top.startswith("0x"):
        return "an IP address in an unusual spelling"
    if not internal_is_allowed and (len(labels) == 1 or top in _INNER):
        return "a name inside a network"
    return None


# RFC 6761, 6762, 8375 (home.arpa falls under .arpa), and what private networks are given.
_INNER = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa"}
)


def _unwrapped(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return [address]
    inner: list[Address] = []
    if address.ipv4_mapped:  # ::ffff:127.0.0.1 is 127.0.0.1 to the kernel
        return [address.ipv4_mapped]
    if address.sixtofour:
        inner.append(address.sixtofour)
    if address.teredo:
        inner += address.teredo
    if address in _NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return [address, *inner]


def _kind(address: Address) -> str | None:
    kinds = (
        ("unspecified", address.is_unspecified),
        ("loopback", address.is_loopback),
        ("link-local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("private", address.is_private),
        ("reserved", address.is_reserved and address not in _NAT64),
        ("special", any(address in network for network in _SPECIAL)),
        # What the address registries list as not reachable from everywhere, e.g. 100.64.0.0/10.
        ("not global", not address.is_global and address not in _NAT64),
    )
    return next((name for name, applies in kinds if applies), None)
