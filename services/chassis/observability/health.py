"""Liveness is progress, not presence; readiness is what the service needs, asked now."""

import asyncio
import time
from collections.abc import Awaitable, Callable

LiveCheck = Callable[[], str | None]
"""None while it makes progress, else why not. Must not wait."""

ReadyCheck = Callable[[], Awaitable[str | None]]
"""None when ready, else what is missing. May raise: that is not ready."""

_CHECK_TIMEOUT_S = 3.0
"""Longest wait for one readiness check; probes usually give up after 5 s."""


class Progress:
    """The heart of one loop: beats when something was finished, or when there was nothing to do."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._last = time.monotonic()

    def beat(self) -> None:
        """Progress was made."""
        self._last = time.monotonic()

    def stalled(self) -> str | None:
        """Why it counts as dead, None while it lives."""
        age = time.monotonic() - self._last
        if age <= self._limit_s:
            return None
        return f"no progress for {age:.0f} s, limit {self._limit_s:.0f} s"


class Health:
    """All checks of one process."""

    def __init__(self) -> None:
        self._live: dict[str, LiveCheck] = {}
        self._ready: dict[str, ReadyCheck] = {}

    def progress(self, name: str, limit_s: float) -> Progress:
        """A new heart, watched: the process is not live when its last beat is older than that."""
        progress = Progress(limit_s)
        self.watch(name, progress.stalled)
        return progress

    def watch(self, name: str, check: LiveCheck) -> None:
        """Not live while `check` gives a reason: the orchestrator will restart the process."""
        self._live[name] = check

    def require(self, name: str, check: ReadyCheck) -> None:
        """Not ready while `check` gives a reason: no requests are sent here."""
        self._ready[name] = check

    def live(self) -> dict[str, str]:
        """What stands still, by name; empty when the process lives."""
        found = {name: check() for name, check in self._live.items()}
        return {name: reason for name, reason in found.items() if reason}

    async def ready(self) -> dict[str, str]:
        """What is missing, by name; empty when ready. Checks run side by side."""
        reasons = await asyncio.gather(*(self._ask(check) for check in self._ready.values()))
        return {name: why for name, why in zip(self._ready, reasons, strict=True) if why}

    @staticmethod
    async def _ask(check: ReadyCheck) -> str | None:
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT_S):
                return await check()
        except Exception as error:
            # Without its message: these pages are open, and messages may carry addresses.
            return f"failed: {type(error).__name__}"
