"""Free TCP ports on 127.0.0.1."""

import random
import socket
import sys
from pathlib import Path

_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 15_000
_handed_out: set[int] = set()
_claimed: dict[int, socket.socket] = {}
"""Ports that this process holds, and the socket whose name says so to the others."""


def free_port() -> int:
    """A port nothing listens on, and that this process has not handed out before.

    It lies below the range the kernel takes outgoing ports from. A client that keeps calling a
    dead server on a port inside that range can end up connected to itself, and the server that
    comes back then finds its own address in use.

    Raises OSError when two hundred tries find none.
    """
    upper = _first_ephemeral_port()
    for _ in range(200):
        port = random.randrange(_LOWEST, upper)  # noqa: S311 - a port is no secret
        if port in _handed_out or not _can_listen(port):
            continue
        _handed_out.add(port)
        return port
    raise OSError(f"no free port between {_LOWEST} and {upper} on 127.0.0.1")


def claim(port: int) -> bool:
    """Whether this process may serve on a port that others like: no other stack has claimed it, and
    nothing listens there. It holds the port until it ends.

    Looked at alone, a port is free to two stacks that start together: both took it, and the one
    that was slower spoke to the services of the other. The claim is a name in Linux's abstract
    namespace, which only one process can have and which goes with it; elsewhere there is none.
    """
    if port not in _claimed:
        name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            if sys.platform == "linux":
                name.bind(f"\0thidua-port-{port}")
        except OSError:
            name.close()
            return False
        _claimed[port] = name
    return not is_listening(port)


def _first_ephemeral_port() -> int:
    try:
        first = int(_EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError):
        first = 32_768
    return first if first > _LOWEST + 1_000 else 65_536


def _can_listen(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """Whether something accepts TCP connections on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
