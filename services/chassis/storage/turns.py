"""Whose turn it is to get a connection: clients take turns, so that no burst holds up others.

Without it the first come is the first served, and one client that sends five hundred reports at
once lets everybody else wait for all of them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from enum import Enum

from services.chassis.fair_queue import FairQueue, FullError


class Own(Enum):
    """Clients that are no caller of a token. No strings: those are subjects of tokens."""

    SERVICE = "the service: consumers, loops, what it was started with"
    INTAKE = "commands of many callers in one transaction"
    ANYONE = "requests without a token, whoever sends them"


CLIENT: ContextVar[str | Own] = ContextVar("client", default=Own.SERVICE)
"""For whom the present task works: the subject of a request's token, or one of our own."""

LONGEST_WAIT_S = 10.0
"""For a turn; then the work fails as in an outage, and may be repeated."""

_MOST_WAITING = 1_000
"""Tasks that wait; more of one client fail at once, as in an outage."""


class Turns:
    """As many turns at once as there are places."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: FairQueue[asyncio.Future[None]] = FairQueue(_MOST_WAITING)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place and hold it. Raises TimeoutError when the wait is too long."""
        if self._free:
            self._free -= 1
        else:
            await self._wait()
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        client = CLIENT.get()
        try:
            displaced = self._waiting.add(client, turn)
        except FullError:
            raise _too_many() from None
        if displaced is not None and not displaced.done():
            displaced.set_exception(_too_many())
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                await turn
        except BaseException:
            self._waiting.discard(client, turn)
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._pass_on()  # given to a task that was cancelled meanwhile
            raise

    def _pass_on(self) -> None:
        while waiting := self._waiting.take(1):
            if not waiting[0].done():  # else it went away
                waiting[0].set_result(None)
                return
        self._free += 1


def _too_many() -> TimeoutError:
    return TimeoutError("too much work of this client waits for the database")
