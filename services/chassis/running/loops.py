"""Background loops: a tick at most every so often, sooner when woken, watched and stoppable."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.chassis.clock import Clock
from services.chassis.observability.health import Health
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import LOOP_FAILURES
from services.chassis.retry import is_transient

log = structlog.get_logger(__name__)

Tick = Callable[[], Awaitable[bool | None]]
"""One piece of work. True: there is more, come again at once."""

_LONGEST_PAUSE_S = 30.0
"""Between failures. Seconds."""


class Loop:
    """Calls `tick` again and again.

    A tick that fails in passing (the database is away) is tried again with growing pauses; any
    other failure ends the loop, and with it the process, whose exit names the reason.
    """

    def __init__(self, name: str, tick: Tick, *, every_s: float, limit_s: float = 120) -> None:
        """`every_s`: pause between ticks when nobody wakes it. Seconds.

        `limit_s`: longest time of one tick; after it the process counts as dead.
        """
        self.name = name
        self._tick = tick
        self._every_s = every_s
        self._limit_s = limit_s
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Tick now, or once more if a tick is running. Cheap; fit for `tx.on_commit`."""
        self._woken.set()

    def stop(self) -> None:
        """End after the present tick."""
        self._stopping = True
        self._woken.set()

    async def run(self, *, clock: Clock, health: Health, metrics: Metrics) -> None:
        """Until stopped. Raises what a tick raises, unless it passes."""
        progress = health.progress(f"loop {self.name}", self._limit_s + self._every_s)
        failures = 0
        while not self._stopping:
            self._woken.clear()
            pause: float = self._every_s
            try:
                await clock.refresh()
                if await self._tick():
                    self._woken.set()
                failures = 0
            except Exception as error:
                if not is_transient(error):
                    raise
                failures += 1
                pause = min(0.2 * 2**failures, _LONGEST_PAUSE_S)
                metrics.count(LOOP_FAILURES, loop=self.name)
                log.warning("loop failed", loop=self.name, error=repr(error), again_in_s=pause)
                await asyncio.sleep(min(pause, 1))  # also when it is being woken all the time
            progress.beat()
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
