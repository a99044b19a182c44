"""Free TCP ports on 127.0.0.1."""

import random
import socket
from pathlib import Path

_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 15_000
_handed_out: set[int] = set()


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
