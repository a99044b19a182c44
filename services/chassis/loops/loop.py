"""Background loops: each tick returns when the next one is due; watched, and stopped in order."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from services.chassis.clock import Clock
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import LOOP_FAILURES
from services.chassis.retry import TransientError, backoff, first_of, is_transient

log = structlog.get_logger(__name__)

AT_ONCE = 0.0
"""What a tick returns when there is more to do."""

Tick = Callable[[], Awaitable[float | None]]
"""One piece of work. Returns the seconds until it wants to be called again, None for the loop's
own `every_s`, which is also the longest pause."""

_SHORTEST_RETRY_S = 1.0
"""Between failures: a loop that is woken all the time does not hammer a database that is away."""

_LOG_EVERY_S = 30.0
"""Of failures in a row only so many are logged; all are counted."""

_DEGRADED_AFTER = 3
"""Failures in a row: one or two are an ordinary hiccup, and already counted."""


class Loop:
    """Calls `tick` until it is stopped.

    A tick that fails in passing (the database is away) is repeated after a growing pause; any other
    failure ends the loop, and with it the process, whose exit names the reason. A service may add
    to what passes: a tick raises a `TransientError`.
    """

    def __init__(
        self,
        name: str,
        tick: Tick,
        *,
        every_s: float,
        limit_s: float = 120,
        retry_s: float = 0.4,
        longest_retry_s: float = 10.0,
        finish: Callable[[], Awaitable[None]] | None = None,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`every_s`: the longest pause between two ticks. Seconds.

        `limit_s`: the longest time of one tick; after it the process counts as dead.
        `retry_s`, `longest_retry_s`: the pause after a first failure, and the longest after many.
        `finish` runs after the last tick of a loop that was stopped, to complete what is under way;
        where it fails in passing, the rest is left to the next start.
        `close` runs at the end of the loop, whatever ended it.
        """
        self.name = f"loop {name}"
        self._label = name
        self._tick = tick
        self._every_s = every_s
        self._limit_s = limit_s + every_s
        self._retry_s = retry_s
        self._longest_retry_s = longest_retry_s
        self._finish = finish
        self._close = close
        self._woken = asyncio.Event()
        self.stopping = asyncio.Event()
        """Set once it is to end: a pause inside a tick can be cut short by it."""
        self._ended: asyncio.Event | None = None
        self._progress_at = time.monotonic()
        self._failures = 0
        self._error = ""
        self._logged_at = 0.0

    def wake(self) -> None:
        """Tick now, or once more if a tick is running. Cheap; fit for `tx.on_commit`."""
        self._woken.set()

    async def stop(self) -> None:
        """End after the present tick; returns when the loop has ended."""
        self.stopping.set()
        self._woken.set()
        if self._ended is not None:
            await self._ended.wait()

    def degraded(self) -> str | None:
        """Why the loop gets nothing done, None while it does."""
        return self.trouble() if self._failures >= _DEGRADED_AFTER else None

    def trouble(self) -> str | None:
        """What failed last, also after a single failure; None once a tick succeeded.

        Errors by their kind only: /health/ready is open to all, and a text may carry addresses.
        """
        if not self._failures:
            return None
        often = "once" if self._failures == 1 else f"{self._failures} times in a row"
        return f"failed {often}: {self._error}"

    def stalled(self) -> str | None:
        """Why the loop counts as dead, None while it makes progress or tries to."""
        age = time.monotonic() - self._progress_at
        if self._ended is None or age <= self._limit_s:
            return None
        return f"no progress for {age:.0f} s, limit {self._limit_s:.0f} s"

    async def run(self, *, clock: Clock, metrics: Metrics) -> None:
        """Tick until stopped. Raises what a tick raises, unless it may pass."""
        ended = self._ended = asyncio.Event()
        self._progress_at = time.monotonic()
        metrics.count(LOOP_FAILURES, 0, loop=self._label)
        try:
            while not self.stopping.is_set():
                self._woken.clear()
                pause = await self._tick_once(clock, metrics)
                self._progress_at = time.monotonic()
                if self.stopping.is_set():
                    break
                await first_of(self._woken, pause)
            if self._finish is not None:
                try:
                    await self._finish()
                except Exception as error:
                    self._note(error, metrics)
        finally:
            try:
                if self._close is not None:
                    await self._close()
            finally:
                ended.set()

    async def _tick_once(self, clock: Clock, metrics: Metrics) -> float:
        """One tick; the pause after it. Seconds."""
        try:
            await clock.refresh()
            wanted = await self._tick()
        except Exception as error:
            self._note(error, metrics)
            pause = backoff(self._failures, base_s=self._retry_s, longest_s=self._longest_retry_s)
            at_least = min(pause, backoff(1, base_s=_SHORTEST_RETRY_S))
            await first_of(self.stopping, at_least)
            return pause - at_least
        if self._failures:
            log.info("loop has recovered", loop=self._label, failures=self._failures)
        self._failures = 0
        return self._every_s if wanted is None else min(max(wanted, 0.0), self._every_s)

    def _note(self, error: Exception, metrics: Metrics) -> None:
        """Count and log a failure that passes; raises any other."""
        if not is_transient(error):
            raise error
        self._failures += 1
        cause = error.__cause__ if isinstance(error, TransientError) else None
        self._error = type(cause or error).__name__
        metrics.count(LOOP_FAILURES, loop=self._label)
        now = time.monotonic()
        if self._failures == 1 or now - self._logged_at >= _LOG_EVERY_S:
            self._logged_at = now
            log.warning("loop failed", loop=self._label, error=repr(error), failures=self._failures)
