"""The life of a service's parts: in order up, watched, in order down.

Up: what must be in the database, relay, loops, consumers, then requests. Down: no more requests,
consumers finish their batch, loops their tick, the relay what they said, then the connections.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol

import structlog
from fastapi import FastAPI

from services.chassis.base import Chassis
from services.chassis.broker.producer import open_producer
from services.chassis.broker.topic_admin import missing_topics
from services.chassis.crash import INSIDE_DRAIN, crash_point
from services.chassis.http.idempotency_store import forget_old_keys
from services.chassis.relay.relay import Relay
from services.chassis.running.loops import Loop

log = structlog.get_logger(__name__)

_TOPICS_EVERY_S = 3.0
_TOPICS_GOOD_FOR_S = 60.0
"""Once all topics are there, they are asked for this seldom. Seconds."""
_FORGET_EVERY_S = 3600.0


class Running(Protocol):
    """Something with a life of its own: the relay, a consumer."""

    async def run(self) -> None:
        """Until stopped. Ending before that ends the process."""
        ...

    async def stop(self) -> None:
        """Finish what was begun, take no more; returns when that is done."""
        ...

    def trouble(self) -> str | None:
        """Why it can't work now, None while it can. For readiness."""
        ...

    def stalled(self) -> str | None:
        """Why it counts as dead, None while it lives. For liveness."""
        ...


class Lifespan:
    """Runs the parts of one service inside the application's lifespan."""

    def __init__(
        self,
        chassis: Chassis,
        *,
        consumers: Sequence[Running],
        loops: Sequence[Loop],
        topics: Sequence[str],
        on_start: Sequence[Callable[[], Awaitable[None]]],
        on_death: Callable[[], None],
    ) -> None:
        """`topics` must be there for readiness; `on_death` ends the process."""
        self.died: str | None = None
        """Which part died, and of what."""
        self._chassis = chassis
        self._on_start = on_start
        self._on_death = on_death
        self._topics = topics
        self._missing: list[str] | None = None
        self._looked_at = 0.0
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        settings = chassis.settings
        self._relay = Relay(
            settings.database_url,
            partial(open_producer, settings),
            name=chassis.name,
            metrics=chassis.metrics,
            batch=settings.relay_batch,
            safety_poll_s=settings.relay_safety_poll_s,
        )
        self._consumers = {f"consumer {number}": one for number, one in enumerate(consumers, 1)}
        self._loops = [
            *loops,
            Loop("topics", self._look_for_topics, every_s=_TOPICS_EVERY_S),
            Loop("idempotency keys", self._forget_old_keys, every_s=_FORGET_EVERY_S),
        ]
        self._watch()

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Everything runs while the block does."""
        begun = time.monotonic()
        try:
            for hook in self._on_start:
                await hook()
            self._start()
            log.info("started", seconds=round(time.monotonic() - begun, 3))
            yield
        finally:
            await self._stop()

    # ---- up

    def _watch(self) -> None:
        health = self._chassis.health
        health.require("database", self._database_answers)
        health.require("topics", self._topics_exist)
        for name, part in {"relay": self._relay, **self._consumers}.items():
            health.require(name, partial(_trouble, part))
            health.watch(name, part.stalled)

    def _start(self) -> None:
        self._run("relay", self._relay.run())
        chassis = self._chassis
        for loop in self._loops:
            running = loop.run(clock=chassis.clock, health=chassis.health, metrics=chassis.metrics)
            self._run(f"loop {loop.name}", running)
        for name, consumer in self._consumers.items():
            self._run(name, consumer.run())

    def _run(self, name: str, part: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(part, name=name)
        task.add_done_callback(partial(self._ended, name))
        self._tasks[name] = task

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (self._stopping and task.exception() is None):
            return
        log.critical("a part of the service died", part=name, exc_info=task.exception())
        if self.died is None:
            self.died = f"{name}: {task.exception()!r}"
            self._on_death()

    # ---- down

    async def _stop(self) -> None:
        self._stopping = True
        log.info("draining")
        try:
            async with asyncio.timeout(self._chassis.settings.drain_timeout_s / 2):
                await self._drain()
        except TimeoutError:
            log.warning("not everything was finished in time; what is open is done again later")
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._chassis.database.close()
        log.info("stopped")

    async def _drain(self) -> None:
        await asyncio.gather(*(self._stop_part(name, c) for name, c in self._consumers.items()))
        crash_point(INSIDE_DRAIN)
        for loop in self._loops:
            loop.stop()
        if ticking := [task for name, task in self._tasks.items() if name.startswith("loop ")]:
            await asyncio.wait(ticking)
        await self._stop_part("relay", self._relay)

    async def _stop_part(self, name: str, part: Running) -> None:
        if name in self._tasks:  # else it was never started, and nothing would say it ended
            await part.stop()

    # ---- what is asked again and again

    async def _database_answers(self) -> str | None:
        await self._chassis.database.ping()
        return None

    async def _topics_exist(self) -> str | None:
        if self._missing is None:
            return "not known yet"
        return f"missing: {', '.join(self._missing)}" if self._missing else None

    async def _look_for_topics(self) -> None:
        if self._missing == [] and time.monotonic() - self._looked_at < _TOPICS_GOOD_FOR_S:
            return
        self._missing = await missing_topics(self._chassis.settings, self._topics)
        self._looked_at = time.monotonic()

    async def _forget_old_keys(self) -> None:
        days = self._chassis.settings.idempotency_keep_days
        await forget_old_keys(self._chassis.database, days)


async def _trouble(part: Running) -> str | None:
    return part.trouble()
