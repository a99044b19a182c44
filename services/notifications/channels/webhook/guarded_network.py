"""Connections to allowed addresses only: resolve, check every answer, connect to a checked one.

The name is resolved here, once a connection, and the socket is opened to the very address that was
judged: an answer that changes between check and use (DNS rebinding) has no chance. TLS still names
and verifies the host, as that happens above this layer.
"""

import asyncio
from collections.abc import Iterable, Sequence

import httpcore

from services.notifications.channels.webhook.addresses import (
    Address,
    ForbiddenAddressError,
    Network,
    why_forbidden,
)
from services.notifications.channels.webhook.answer_stream import AnswerStream
from services.notifications.channels.webhook.resolver import Resolver

_MOST_TRIED = 4
"""Addresses of one host that one attempt tries."""


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens TCP connections for httpcore; unless `allow_internal`, to public addresses only.

    No answer on them is endless (`answer_stream.py`).
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        allow_internal: bool,
        also_forbidden: Sequence[Network] = (),
    ) -> None:
        self._resolver = resolver
        self._allow_internal = allow_internal
        self._also_forbidden = tuple(also_forbidden)
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's addresses that answers.

        One forbidden answer refuses the host: a name that points to both sides is made to deceive.
        Raises ForbiddenAddressError, NameNotResolvedError, httpcore.ConnectError, ConnectTimeout.
        """
        addresses = await self._judged_addresses(host)
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses[:_MOST_TRIED]:
            try:
                stream = await self._network.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
                return AnswerStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("the host has no address")

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 - the signature is httpcore's
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - likewise
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - likewise
    ) -> httpcore.AsyncNetworkStream:
        """Never: a webhook goes over the network."""
        raise ForbiddenAddressError("a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """What httpcore waits with."""
        await asyncio.sleep(seconds)

    async def _judged_addresses(self, host: str) -> list[Address]:
        addresses = await self._resolver.addresses(host)
        if not self._allow_internal:
            for address in addresses:
                if reason := why_forbidden(address, self._also_forbidden):
                    raise ForbiddenAddressError(reason)
        return addresses
