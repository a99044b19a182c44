"""Resolves names of receivers; a name server that does not answer delays only its own names.

The system's resolver blocks a thread for as long as it waits, and the threads of an event loop are
few and shared: by the database, the mail relay, every other receiver. So each look-up has a thread
of its own, of a bounded number; a name is looked up once at a time, whoever asks for it; and who
asks waits for a bounded time. A look-up that is over that time keeps its thread until the system
gives up, and who asks for the same name meanwhile is refused at once.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from services.notifications.channels.webhook.addresses import Address, literal

MOST_LOOKUPS = 64
"""Threads at once. One costs some 100 kB while it waits."""

MOST_ADDRESSES = 64
"""A name with more is no receiver's; each of them would have to be judged."""

Lookup = Callable[[str], Sequence[str]]
"""Blocks until it has the addresses of a name, as text. Raises OSError, UnicodeError."""


class NameNotResolvedError(Exception):
    """The name has no usable address now; the message says why."""


class ResolverBusyError(NameNotResolvedError):
    """Too many look-ups wait: no fault of this name."""


def system_lookup(host: str) -> list[str]:
    """Ask the system, hosts file and search domains included."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


@dataclass(slots=True)
class _Pending:
    found: asyncio.Future[Sequence[str]]
    since: float


class Resolver:
    """Looks up names, each in a thread of its own."""

    def __init__(
        self, *, timeout_s: float, lookup: Lookup = system_lookup, most: int = MOST_LOOKUPS
    ) -> None:
        """`timeout_s`: the longest that one who asks waits. Seconds."""
        self._timeout_s = timeout_s
        self._lookup = lookup
        self._most = most
        self._pending: dict[str, _Pending] = {}

    async def addresses(self, host: str) -> list[Address]:
        """All addresses of a host, each once. Raises NameNotResolvedError."""
        if address := literal(host):
            return [address]
        pending = self._pending.get(host)
        if pending is None:
            if len(self._pending) >= self._most:
                raise ResolverBusyError("too many names are being looked up")
            pending = self._begin(host)
        left = pending.since + self._timeout_s - time.monotonic()
        try:
            async with asyncio.timeout(max(left, 0)):
                return _parsed(await asyncio.shield(pending.found))
        except TimeoutError:
            raise NameNotResolvedError("its name servers do not answer") from None
        except Exception as error:  # whatever the system's resolver can't do
            raise NameNotResolvedError(
                f"its name has no address: {type(error).__name__}"
            ) from error

    def _begin(self, host: str) -> _Pending:
        loop = asyncio.get_running_loop()
        pending = self._pending[host] = _Pending(loop.create_future(), time.monotonic())

        def finish(result: Sequence[str] | BaseException) -> None:
            del self._pending[host]
            if isinstance(result, BaseException):
                pending.found.set_exception(result)
                pending.found.exception()  # who asked may have gone: that is no stray error
            else:
                pending.found.set_result(result)

        def run() -> None:
            result: Sequence[str] | BaseException
            try:
                result = self._lookup(host)
            except Exception as error:
                result = error
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(finish, result)

        # A daemon: a process that stops does not wait for a name server.
        try:
            threading.Thread(target=run, name="look-up", daemon=True).start()
        except RuntimeError:  # the system gives us no further thread
            del self._pending[host]
            raise ResolverBusyError("the system has no thread for a look-up") from None
        return pending


def _parsed(found: Sequence[str]) -> list[Address]:
    """The addresses; ValueError for none, too many, or something else than addresses."""
    if not 0 < len(found) <= MOST_ADDRESSES * 2:  # the system may list one twice
        raise ValueError(f"{len(found)} addresses")
    # A scope (fe80::1%eth0) is cut off: only link-local addresses have one.
    parsed = list(dict.fromkeys(ip_address(text.partition("%")[0]) for text in found))
    if len(parsed) > MOST_ADDRESSES:
        raise ValueError(f"{len(parsed)} addresses")
    return parsed
