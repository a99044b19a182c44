"""NOTIFY from other processes: one connection of a process listens for all that want to be woken.

What is missed while it is broken costs latency only: whoever is woken also looks by itself.
"""

from collections.abc import Callable
from typing import Any

import asyncpg

from services.chassis.loops.loop import Loop

_PROBE_S = 30.0
"""How often the connection is asked whether it still works: one that listens does not notice by
itself. Seconds."""
_TIMEOUT_S = 10


class Listener:
    """Wakes who registered for a NOTIFY channel. `loop` is what the process runs."""

    def __init__(self, url: str, *, name: str) -> None:
        """`url` is the database's, `name` the service's. Nothing is connected yet."""
        self.loop = Loop("listener", self._tick, every_s=_PROBE_S, close=self._close)
        self._url = url
        self._name = name
        self._wakes: list[tuple[str, Callable[[], None]]] = []
        self._connection: Any = None

    def on(self, channel: str, wake: Callable[[], None]) -> None:
        """Call `wake` at each NOTIFY on the channel, and when some may have been missed.

        To be called before the loop runs.
        """
        self._wakes.append((channel, wake))

    async def _tick(self) -> None:
        if self._connection is None or self._connection.is_closed():
            await self._connect()
            return
        try:
            await self._connection.execute("SELECT 1")
        except BaseException:
            self._connection.terminate()
            raise

    async def _connect(self) -> None:
        self._connection = await asyncpg.connect(
            self._url,
            timeout=_TIMEOUT_S,
            command_timeout=_TIMEOUT_S,
            server_settings={"application_name": f"{self._name} listener"},
        )
        self._connection.add_termination_listener(lambda *_: self.loop.wake())
        for channel, wake in self._wakes:
            await self._connection.add_listener(channel, lambda *_, wake=wake: wake())
            wake()

    async def _close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
