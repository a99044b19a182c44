"""The parts of a service: started in order, watched while they run, stopped in the opposite order.

    listener, token keys -> relay -> loops -> consumers -> HTTP      up
    listener, token keys <- relay <- loops <- consumers <- HTTP      down

This is the only place that knows the order. Going down: no more requests (uvicorn), consumers
finish their batch, loops their tick and what is under way, the relay publishes what all of them
wrote, nobody listens any more, and the connections close.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from fastapi import FastAPI

from services.chassis.base import Chassis
from services.chassis.broker.producer import open_producer
from services.chassis.crash import INSIDE_DRAIN, crash_point
from services.chassis.http.idempotency_store import forget_old_keys
from services.chassis.loops.loop import Loop
from services.chassis.observability.health import Watched
from services.chassis.refused import RefusedAtStartError
from services.chassis.relay.relay import Relay
from services.chassis.retry import is_transient
from services.chassis.running.topics import TopicWatch
from services.chassis.storage.outbox import CHANNEL
from services.chassis.storage.schema import schema_behind

log = structlog.get_logger(__name__)

_FORGET_EVERY_S = 3600.0


class Part(Watched, Protocol):
    """What runs beside HTTP: the relay, a consumer, and, with its clock given, a loop."""

    async def run(self) -> None:
        """Until stopped. Ending before that ends the process."""

    async def stop(self) -> None:
        """Finish what was begun, take no more; returns when that is done."""


class GroupMember(Part, Protocol):
    """A part that reads for a consumer group."""

    async def require_own_group(self) -> None:
        """Raises RefusedAtStartError where the group is not this database's."""


class Lifespan:
    """Runs the parts of one service inside the application's lifespan."""

    def __init__(
        self,
        chassis: Chassis,
        *,
        authenticator: Sequence[Part] = (),
        consumers: Sequence[GroupMember],
        loops: Sequence[Loop],
        topics: Sequence[str],
        on_start: Sequence[Callable[[], Awaitable[None]]],
        on_death: Callable[[], None],
    ) -> None:
        """`authenticator`: its parts; `topics`: those it reads and writes; `on_death` ends the
        process."""
        self.died: str | None = None
        """Which part died, and of what."""
        self.refused: str | None = None
        """Why nothing may be done with this database, these topics or this group."""
        self._chassis = chassis
        self._on_start = on_start
        self._consumers = consumers
        self._on_death = on_death
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        settings = chassis.settings
        relay = Relay(
            settings.database_url,
            self._open_producer,
            name=chassis.name,
            metrics=chassis.metrics,
            batch=settings.relay_batch,
            safety_poll_s=settings.relay_safety_poll_s,
        )
        chassis.listener.on(CHANNEL, relay.wake)
        topic_watch = TopicWatch(settings, topics)
        forget = Loop("idempotency keys", self._forget_old_keys, every_s=_FORGET_EVERY_S)
        self._stages: Sequence[Sequence[Part | Loop]] = (
            [chassis.listener.loop, *authenticator],
            [relay],
            [*loops, topic_watch.loop, forget],
            consumers,
        )
        """In the order in which they start; each stage stops as a whole, the last one first."""
        names = [part.name for part in self._parts()]
        if len(set(names)) < len(names):
            raise ValueError(f"two parts of the service have one name: {', '.join(names)}")
        for part in self._parts():
            chassis.health.watch(part)
        chassis.health.report("topics", topic_watch.degraded)
        chassis.health.require("database", self._database_answers)

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Everything runs while the block does."""
        begun = time.monotonic()
        try:
            try:
                await self._look_where_it_is()
            except RefusedAtStartError as error:
                self._refuse(error)
                raise
            for part in self._parts():
                self._start(part)
            log.info("started", seconds=round(time.monotonic() - begun, 3))
            yield
        finally:
            await self._stop()

    # ---- up

    async def _look_where_it_is(self) -> None:
        """Database, what must be in it, Kafka, and the groups, as far as they answer: who connects
        later asks before it does. Raises RefusedAtStartError, and what the hooks raise."""
        await self._chassis.deployment.at_start()
        for hook in self._on_start:
            await hook()
        for consumer in self._consumers:
            try:
                await consumer.require_own_group()
            except Exception as error:
                if not (isinstance(error, KafkaError) or is_transient(error)):
                    raise
                log.warning("whose group it is will be asked when Kafka answers", error=repr(error))

    def _refuse(self, error: RefusedAtStartError) -> None:
        log.critical("refused", vi=error.vi, en=error.en)
        self.refused = str(error)

    async def _open_producer(self) -> AIOKafkaProducer:
        await self._chassis.deployment.require()
        return await open_producer(self._chassis.settings)

    def _parts(self) -> list[Part | Loop]:
        return [part for stage in self._stages for part in stage]

    def _start(self, part: Part | Loop) -> None:
        running: Coroutine[Any, Any, None]
        if isinstance(part, Loop):
            running = part.run(clock=self._chassis.clock, metrics=self._chassis.metrics)
        else:
            running = part.run()
        task = asyncio.create_task(running, name=part.name)
        task.add_done_callback(partial(self._ended, part.name))
        self._tasks[part.name] = task

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (self._stopping and task.exception() is None):
            return
        error = task.exception()
        if isinstance(error, RefusedAtStartError):
            self._refuse(error)
        log.critical("a part of the service died", part=name, exc_info=error)
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
            log.warning("not everything was finished in time; the next start completes it")
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._chassis.database.close()
        log.info("stopped")

    async def _drain(self) -> None:
        for number, stage in enumerate(reversed(self._stages)):
            # A part that was never started has nothing to finish, and would wait for ever.
            await asyncio.gather(*(part.stop() for part in stage if part.name in self._tasks))
            if number == 0:
                crash_point(INSIDE_DRAIN)

    # ---- what is asked and done now and then

    async def _database_answers(self) -> str | None:
        async with self._chassis.database.transaction() as tx:
            return await schema_behind(tx, self._chassis.name)

    async def _forget_old_keys(self) -> None:
        days = self._chassis.settings.idempotency_keep_days
        await forget_old_keys(self._chassis.database, days)
