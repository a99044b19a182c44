"""Connections to receivers, kept for reuse. Each serves one call at a time.

There is no pool to wait for: how many calls are under way the sender decides. So a call that is cut
off can leak nothing, and nothing here can be taken for a fault of the receiver.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore

_KEPT_S = 15.0
"""How long an idle connection is kept. Seconds."""
_MOST_KEPT = 64
"""Idle connections at once, over all receivers; the oldest are closed first."""


class ReceiverConnections:
    """Opens connections, and keeps those that are idle and well for the next call."""

    def __init__(self, context: ssl.SSLContext, network: httpcore.AsyncNetworkBackend) -> None:
        self._context = context
        self._network = network
        self._idle: list[tuple[httpcore.Origin, httpcore.AsyncHTTPConnection]] = []

    @asynccontextmanager
    async def connection(
        self, origin: httpcore.Origin, *, new: bool = False
    ) -> AsyncIterator[tuple[httpcore.AsyncHTTPConnection, bool]]:
        """A connection for one call, and whether it was used before. `new`: no used one."""
        kept = None if new else await self._kept(origin)
        connection = kept or httpcore.AsyncHTTPConnection(
            origin,
            ssl_context=self._context,
            keepalive_expiry=_KEPT_S,
            network_backend=self._network,
        )
        try:
            yield connection, kept is not None
        finally:
            if connection.is_idle() and not connection.is_closed():
                self._idle.append((origin, connection))
                await self._close_some()
            else:
                await asyncio.shield(connection.aclose())

    async def close(self) -> None:
        """Close what is kept."""
        while self._idle:
            await self._idle.pop()[1].aclose()

    async def _kept(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection | None:
        """The one that was used last, if the receiver has not closed it."""
        for place in range(len(self._idle) - 1, -1, -1):
            if self._idle[place][0] == origin:
                connection = self._idle.pop(place)[1]
                if not connection.has_expired():
                    return connection
                await connection.aclose()
                return None
        return None

    async def _close_some(self) -> None:
        gone = [one for one in self._idle if one[1].has_expired()]
        gone += self._idle[: max(0, len(self._idle) - len(gone) - _MOST_KEPT)]
        self._idle = [one for one in self._idle if one not in gone]
        for _, connection in gone:
            await connection.aclose()
