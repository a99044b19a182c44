"""The consumer: batches from Kafka, in whole transactions, acknowledged after the last commit.

    classify each -> one transaction (handle, dead letters) -> commit -> … -> ack

A batch that fails in passing is delivered once more; a message that can never succeed is set aside.
After too many of those in a row, or a failure that no message causes, the consumer stops, and its
health reports why: it skips nothing to get on.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from services.chassis.clock import SystemClock
from services.chassis.consuming.batch import BatchProcessor
from services.chassis.consuming.classify import Check, DamagedBatchError
from services.chassis.consuming.deduplicate import Handle, Missing
from services.chassis.consuming.fault_limits import TooManyDeadLettersError
from services.chassis.consuming.group_watch import GroupWatch
from services.chassis.consuming.own_positions import require_own_positions
from services.chassis.consuming.records import Records
from services.chassis.consuming.subscription import Membership, create_broker, subscribe
from services.chassis.crash import AFTER_EFFECT, crash_point
from services.chassis.dead_letters.letter import Failure, Record, Redone
from services.chassis.loops.loop import AT_ONCE, Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    BATCH_SECONDS,
    COMMITS_LOST,
    CONSUMER_OLDEST_SECONDS,
    CONSUMER_STOPPED,
)
from services.chassis.retry import TransientError, first_of, is_transient
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Database, Transaction
from services.contracts.topics import dead_letter_topic

_log = structlog.get_logger(__name__)

_STALLED_S = 120.0
"""A consumer that has work and finishes no attempt for this long counts as dead."""

_WHEN_TOO_MANY = (
    "a bad deploy: roll back, restart. Bad records: they stay on the topic, and a restart alone"
    " stops there once more; mend the publisher, then start once with a higher"
    " THIDUA_DEAD_LETTER_RUN_LIMIT and THIDUA_DEAD_LETTER_SHARE_LIMIT=1 (they become dead letters),"
    " or pass over them: thidua replay GROUP --to-offset TOPIC:PARTITION:OFFSET --skip-unread, and"
    " --new-group where the group never got anywhere (docs/operating.md)"
)
_WHEN_DAMAGED = (
    "a restart fetches the batch once more. If it is damaged on the broker's disk, restore it"
    " there, or pass over it: thidua replay GROUP --to-offset TOPIC:PARTITION:OFFSET --skip-unread"
)
_WHEN_IT_BROKE = "no message is to blame: roll back the last deploy, or mend this, then restart"

_LOOK_EVERY_S = 5.0
"""Between looks at the group from outside."""


class NoBrokerError(TransientError):
    """The group can't be joined: no broker answers, or it refuses."""


class EventConsumer:
    """One member of a consumer group: reads topics, applies their events once."""

    def __init__(
        self,
        *,
        service: str,
        settings: ServiceSettings,
        database: Database,
        topics: Sequence[str],
        check: Check,
        handle: Handle,
        metrics: Metrics,
        missing: Missing | None = None,
        before_kafka: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`check` refuses single events, `handle` does the rest, once for each event:
        `deduplicated(effect)`, or a handler that knows by itself what is new. `missing` tells which
        events it never had: a group that has read further than the database is then refused.
        `before_kafka` is called before the first connection: `DeploymentCheck.require`."""
        self.name = "consumer"
        self.group = settings.group_id or service
        self.topics = tuple(topics)
        self._dead_letter_topic = dead_letter_topic(settings.topic_prefix, self.group)
        self._service = service
        self._settings = settings
        self._database = database
        self._missing = missing
        self._before_kafka = before_kafka
        self._group_is_ours = False
        self._metrics = metrics
        self._membership = Membership.of(settings, self.group, topics)
        self._group_watch = GroupWatch(settings, topics, self._membership, metrics)
        self._processor = BatchProcessor(
            settings=settings,
            database=database,
            check=check,
            handle=handle,
            metrics=metrics,
            dead_letter_topic=self._dead_letter_topic,
            attempted=self._beat,
        )
        self._loop = Loop(
            self.name,
            self._tick,
            every_s=_LOOK_EVERY_S,
            limit_s=_STALLED_S + settings.drain_timeout_s,  # a tick may wait for the batch at hand
            close=self._close,
        )
        self._broker: KafkaBroker | None = None
        self._subscriber: Any = None
        self._stopped: str | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._at_hand: Records = ()
        self._last_beat = time.monotonic()
        metrics.set(CONSUMER_STOPPED, 0)

    async def run(self) -> None:
        """Consume until `stop`; also when it gave up, so that others can ask why."""
        await self._loop.run(clock=SystemClock(), metrics=self._metrics)

    async def stop(self) -> None:
        """Finish the batch at hand, leave the group."""
        await self._loop.stop()

    @property
    def needs(self) -> tuple[str, ...]:
        """The topics that must exist: those it reads, and the one of its dead letters."""
        return (*self.topics, self._dead_letter_topic)

    async def require_own_group(self) -> None:
        """Once, before it joins. Raises RefusedAtStartError where Kafka, or the group, is not this
        database's; what Kafka and the database raise while they are away."""
        if self._group_is_ours:
            return
        if self._before_kafka is not None:
            await self._before_kafka()
        if self._missing is not None:
            await require_own_positions(
                self._settings,
                self._database,
                service=self._service,
                group=self.group,
                topics=self.topics,
                missing=self._missing,
            )
        self._group_is_ours = True

    def degraded(self) -> str | None:
        """Why events are not taken, or not all of them; None where all is well."""
        if self._stopped:
            return f"stopped: {self._stopped}"
        return self._group_watch.degraded()

    def stalled(self) -> str | None:
        """Why it counts as dead, None while it lives. For liveness: a stop by decision is not a
        stall, and neither is having nothing to do, or a broker that is away.

        It is one where joining, looking at or leaving the group hangs; and where events wait that
        are this process's to process, or nobody's, and nothing was finished here either.
        """
        if hangs := self._loop.stalled():
            return hangs
        idle_s = time.monotonic() - self._last_beat
        if self._stopped or self._group_watch.same_instance or idle_s <= _STALLED_S:
            return None
        if self._at_hand:
            return f"a batch is at hand, and no attempt ended for {idle_s:.0f} s"
        consumer = self._subscriber.consumer if self._subscriber else None
        ours = set(consumer.assignment()) if consumer else set()
        waits_s = self._group_watch.waits_s(ours)
        return (
            f"events wait, nothing committed for {waits_s:.0f} s" if waits_s > _STALLED_S else None
        )

    async def redrive(self, tx: Transaction, record: Record) -> Failure | Redone:
        """A record that was set aside, tried once more; see `BatchProcessor.redrive`."""
        return await self._processor.redrive(tx, record)

    # ---- the place in the group

    async def _tick(self) -> float | None:
        """Join the group where this process is not in it, look at it, leave it where that helps."""
        if await self._group_watch.same_instance_is_there():
            return None
        if self._broker is None:
            await self._look_whose_group()
            await self._join()
        joined = self._membership.joined
        ages = [time.time() - record.timestamp / 1000 for record in self._at_hand]
        self._metrics.set(CONSUMER_OLDEST_SECONDS, max(0.0, *ages) if ages else 0.0)
        view = await self._group_watch.look()
        if consumer := self._subscriber.consumer:
            self._membership.rewind(consumer, consumer.assignment())
        if view is None or self._stopped:
            return None
        if not self._group_watch.must_leave(view, joined=joined):
            return None
        await self._leave()
        return None if self._group_watch.same_instance else AT_ONCE

    async def _look_whose_group(self) -> None:
        """Raises NoBrokerError while Kafka is away."""
        try:
            await self.require_own_group()
        except KafkaError as error:
            raise NoBrokerError(repr(error)) from error

    async def _join(self) -> None:
        """Raises NoBrokerError while Kafka is away."""
        self._membership.joined = False
        broker = create_broker(self._settings, self._membership.process)
        self._subscriber = subscribe(
            broker,
            self._settings,
            self._membership,
            self.topics,
            self._handle,
            lost_commit=lambda: self._metrics.count(COMMITS_LOST),
        )
        try:
            await broker.start()
        except BaseException as error:
            with contextlib.suppress(KafkaError):  # or a cancellation would pass for an outage
                await broker.stop()
            if isinstance(error, KafkaError):
                raise NoBrokerError(repr(error)) from error
            raise
        self._broker = broker

    async def _leave(self) -> None:
        """Finish the batch at hand first."""
        if self._broker is not None:
            broker, self._broker = self._broker, None
            await broker.stop()

    async def _close(self) -> None:
        try:
            await self._leave()
        finally:
            await self._group_watch.close()

    # ---- the batches

    async def _handle(self, records: Records) -> None:
        if self._stopped:
            raise TooManyDeadLettersError(self._stopped)  # back with it: nothing is skipped
        started = time.monotonic()
        self._at_hand = records
        try:
            await self._processor.process(records)
        except Exception as error:
            if not is_transient(error):
                self._give_up(error)
            raise
        finally:
            self._at_hand = ()
            self._beat()
        self._metrics.observe(BATCH_SECONDS, time.monotonic() - started)
        crash_point(AFTER_EFFECT)
        linger = self._settings.batch_linger_ms
        if linger and len(records) < self._settings.batch_max_records:
            await first_of(self._loop.stopping, linger / 1000)

    def _give_up(self, error: Exception) -> None:
        """Leave the group: what was read goes back, and log and alerts say why."""
        match error:
            case TooManyDeadLettersError():
                self._stopped, remedy = str(error), _WHEN_TOO_MANY
            case DamagedBatchError():
                self._stopped, remedy = str(error), _WHEN_DAMAGED
            case _:
                # By its kind only: /health/ready is open to all, and a text may quote data.
                self._stopped, remedy = type(error).__name__, _WHEN_IT_BROKE
        self._metrics.set(CONSUMER_STOPPED, 1)
        _log.critical(
            "consumer stopped: nothing is lost, and nothing is done",
            why=self._stopped,
            error=repr(error),
            do=remedy,
        )
        # In a task of its own: the subscriber's stop waits for this very handler.
        self._leaving = asyncio.get_running_loop().create_task(self._subscriber.stop())

    def _beat(self) -> None:
        self._last_beat = time.monotonic()
