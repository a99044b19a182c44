"""Three questions about a process: is it alive, can it serve HTTP, and what works worse than it is
meant to.

*live*: everything that the process promised to do makes progress. If not, restart it.
*ready*: HTTP can be served. If not, send it no requests.
*degraded*: it serves, and something is not as it is to be: the broker is away, a consumer lags or
stopped. An alert reports it to people; no orchestrator acts on it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from typing import Protocol

from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import DEGRADED, STALLED

Check = Callable[[], str | None]
"""None while all is well, else the reason. Must neither wait nor raise."""

Saying = Callable[[], str]
"""What there is to know about the service while all is well. Must neither wait nor raise."""

ReadyCheck = Callable[[], Awaitable[str | None]]
"""None when ready, else what is missing. May raise: that is not ready."""

_CHECK_TIMEOUT_S = 3.0
"""Longest wait for one readiness check; probes usually give up after 5 s."""

_READY_FOR_S = 1.0
"""So old an answer about readiness may be: whoever asks, and however often, it is one look."""


class Watched(Protocol):
    """A part of the process that reports whether it works."""

    @property
    def name(self) -> str:
        """As in the answers of `/health/…` and the label `part` of the metrics."""

    def degraded(self) -> str | None:
        """Why it can't do its work now, None while it can."""

    def stalled(self) -> str | None:
        """Why it counts as dead, None while it makes progress or waits for what is away."""


class Health:
    """All checks of one process."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._ready: dict[str, ReadyCheck] = {}
        self._degraded: dict[str, Check] = {}
        self._stalled: dict[str, Check] = {}
        self._about: dict[str, Saying] = {}
        self._look: asyncio.Task[dict[str, str]] | None = None
        self._looked_at = 0.0

    def require(self, name: str, check: ReadyCheck) -> None:
        """Not ready while `check` gives a reason: no requests are sent here."""
        self._ready[name] = check
        self._look = None

    def report(self, name: str, check: Check) -> None:
        """Degraded while `check` gives a reason."""
        self._degraded[name] = check
        self._metrics.set_from(DEGRADED, lambda: check() is not None, part=name)

    def tell(self, name: str, saying: Saying) -> None:
        """Whoever asks whether the service is ready is told this too; it is no complaint."""
        self._about[name] = saying

    def watch(self, part: Watched) -> None:
        """Degraded while the part says so; not live while it is stalled."""
        self.report(part.name, part.degraded)
        self._stalled[part.name] = part.stalled
        self._metrics.set_from(STALLED, lambda: part.stalled() is not None, part=part.name)

    def live(self) -> dict[str, str]:
        """What makes no progress, by name; empty when the process lives."""
        return _reasons(self._stalled)

    def degraded(self) -> dict[str, str]:
        """What works worse than it is meant to, by name."""
        return _reasons(self._degraded)

    def about(self) -> dict[str, str]:
        """What there is to know besides, by name."""
        return {name: saying() for name, saying in self._about.items()}

    async def ready(self) -> dict[str, str]:
        """What is missing to serve HTTP, by name; empty when ready."""
        now = time.monotonic()
        look = self._look
        if look is None or (look.done() and now - self._looked_at >= _READY_FOR_S):
            # In a context of its own: it is the service's work, not that of who happened to ask.
            look = self._look = asyncio.create_task(self._look_for_all(), context=Context())
            self._looked_at = now
        return await asyncio.shield(look)

    async def _look_for_all(self) -> dict[str, str]:
        """Checks run side by side."""
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


def _reasons(checks: Mapping[str, Check]) -> dict[str, str]:
    found = {name: check() for name, check in checks.items()}
    return {name: reason for name, reason in found.items() if reason}
