"""NOTIFY from other replicas: deliveries are due that were not made here."""

from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from services.chassis.clock import Clock
from services.chassis.observability.health import Health
from services.chassis.observability.metrics import Metrics
from services.chassis.running.loops import Loop
from services.chassis.storage.database import Transaction

CHANNEL = "thidua_deliveries"
"""NOTIFY channel that wakes the senders of one database."""

_PROBE_S = 30.0
"""How often the connection is asked whether it still lives: nobody tells a listener."""


async def announce(tx: Transaction) -> None:
    """Wake the senders of all replicas when this transaction commits."""
    await tx.execute("SELECT pg_notify($1, '')", CHANNEL)


class Wakeup(Loop):
    """Listens on a connection of its own, and looks after it.

    What is missed while it is broken costs latency only: senders also look by themselves.
    """

    def __init__(self, url: str, wake: Sequence[Callable[[], None]]) -> None:
        """`wake`: whom to tell."""
        super().__init__("wakeup", self._look_after, every_s=_PROBE_S)
        self._url = url
        self._told = tuple(wake)
        self._connection: Any = None

    async def run(self, *, clock: Clock, health: Health, metrics: Metrics) -> None:
        """Until stopped."""
        try:
            await super().run(clock=clock, health=health, metrics=metrics)
        finally:
            if self._connection is not None:
                self._connection.terminate()

    async def _look_after(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.execute("SELECT 1")
            return
        self._connection = await asyncpg.connect(self._url, timeout=10, command_timeout=10)
        self._connection.add_termination_listener(lambda *_: self.wake())
        await self._connection.add_listener(CHANNEL, self._heard)
        self._heard()  # what was said while nobody listened

    def _heard(self, *_: object) -> None:
        for wake in self._told:
            wake()
