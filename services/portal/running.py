"""What runs while pages are served: the fetch of the provider's keys, and the connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog
from fastapi import FastAPI

from services.chassis.observability.health import Health
from services.portal.api import ServicesOverHttp
from services.portal.login.provider import Provider

log = structlog.get_logger(__name__)


class PortalLifespan:
    """Starts it and ends it."""

    def __init__(
        self,
        provider: Provider,
        services: ServicesOverHttp,
        health: Health,
        on_death: Callable[[], None],
    ) -> None:
        """`on_death` ends the process."""
        self.died: str | None = None
        self.refused: str | None = None
        self._provider = provider
        self._services = services
        self._on_death = on_death
        health.watch(provider.keys)

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Everything runs while the block does."""
        keys = self._provider.keys
        task = asyncio.create_task(keys.run(), name=keys.name)
        task.add_done_callback(self._ended)
        log.info("started")
        try:
            yield
        finally:
            task.remove_done_callback(self._ended)
            await keys.stop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._services.close()
            await self._provider.close()
            log.info("stopped")

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        log.critical("a part of the portal died", part=task.get_name(), exc_info=task.exception())
        self.died = f"{task.get_name()}: {task.exception()!r}"
        self._on_death()
