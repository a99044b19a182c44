"""NOTIFY from other replicas: deliveries are due that were not made here."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import structlog

from services.chassis.database import Transaction

log = structlog.get_logger(__name__)

CHANNEL = "thidua_deliveries"
"""NOTIFY channel that wakes the senders of one database."""

_PROBE_S = 30.0
"""How often the connection is asked whether it still lives: nobody tells a listener."""


async def announce(tx: Transaction) -> None:
    """Wake the senders of all replicas when this transaction commits."""
    await tx.execute("SELECT pg_notify($1, '')", CHANNEL)


class Wakeup:
    """Listens on a connection of its own; connects again when it breaks.

    What is missed meanwhile costs latency only: senders also look by themselves.
    """

    name = "wakeup"

    def __init__(self, url: str, wake: Sequence[Callable[[], None]]) -> None:
        self._url = url
        self._wake = tuple(wake)
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until stopped."""
        failures = 0
        while not self._stopping.is_set():
            try:
                connection = await asyncpg.connect(self._url, timeout=10, command_timeout=10)
            except (OSError, asyncpg.PostgresError, TimeoutError) as error:
                failures += 1
                pause = min(0.2 * 2**failures, 10) * (0.5 + random.random() / 2)  # noqa: S311
                log.warning("cannot listen", error=repr(error), again_in_s=round(pause, 2))
                await self._rest(pause)
                continue
            failures = 0
            try:
                await self._listen(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listening was cut off", error=repr(error))
            finally:
                connection.terminate()

    async def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()

    async def _listen(self, connection: Any) -> None:
        await connection.add_listener(CHANNEL, self._heard)
        self._heard()  # what was said while nobody listened
        while not self._stopping.is_set():
            await self._rest(_PROBE_S)
            await connection.execute("SELECT 1")

    def _heard(self, *_: object) -> None:
        for wake in self._wake:
            wake()

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
