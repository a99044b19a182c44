"""The consumer: batches from Kafka, in whole transactions, acknowledged after the last commit.

    classify each -> one transaction (handle, dead letters) -> commit -> … -> ack

A batch that fails in passing comes again; a message that can never succeed is set aside. Too many
of those in a row, or a failure that is nobody's, and the consumer stops and says so: nothing is
skipped to get on.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from services.chassis.broker.fetched_records import read_every_batch
from services.chassis.broker.security import broker_security
from services.chassis.consuming.batch import BatchProcessor, Redone
from services.chassis.consuming.classify import Check, DamagedBatchError
from services.chassis.consuming.deduplicate import Handle
from services.chassis.consuming.fault_limits import TooManyDeadLettersError
from services.chassis.consuming.lag import Lag
from services.chassis.consuming.records import Records, decode_nothing, parser_for
from services.chassis.crash import AFTER_EFFECT, INSIDE_REBALANCE, crash_point
from services.chassis.dead_letters import Fault, Record
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import BATCH_SECONDS, COMMITS_LOST, CONSUMER_STOPPED
from services.chassis.retry import backoff, first_of, is_transient
from services.chassis.settings import ServiceSettings
from services.chassis.storage.database import Database, Transaction
from services.contracts.topics import dead_letter_topic

_log = structlog.get_logger(__name__)

_STALLED_S = 120.0
"""A consumer that has work and finishes no attempt for this long counts as dead."""

_WHEN_TOO_MANY = (
    "a bad deploy: roll back, restart. Bad records: they stay on the topic, and a restart alone"
    " stops there again; mend the publisher, then start once with a higher"
    " THIDUA_DEAD_LETTER_RUN_LIMIT and THIDUA_DEAD_LETTER_SHARE_LIMIT=1 (they become dead letters),"
    " or pass over them: thidua replay GROUP --to-offset TOPIC:PARTITION:OFFSET --skip-unread, and"
    " --new-group where the group never got anywhere (docs/operating.md)"
)
_WHEN_DAMAGED = (
    "a restart fetches the batch once more. If it is damaged on the broker's disk, restore it"
    " there, or pass over it: thidua replay GROUP --to-offset TOPIC:PARTITION:OFFSET --skip-unread"
)
_WHEN_IT_BROKE = "no message is to blame: roll back the last deploy, or mend this, then restart"

_MEASURE_EVERY_S = 5.0


def create_broker(settings: ServiceSettings) -> KafkaBroker:
    """FastStream's broker as every service has it: it consumes only, the relay does the sending.

    A batch whose handler fails is delivered again (NACK_ON_ERROR), topics are never made by
    accident, and a stop waits for the batch at hand.
    """
    read_every_batch()
    return KafkaBroker(
        settings.kafka_bootstrap.split(","),
        security=broker_security(settings),
        consumer_only=True,
        allow_auto_create_topics=False,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        graceful_timeout=settings.drain_timeout_s,
        apply_types=False,  # records come raw; injection would cost and bring nothing
        logger=logging.getLogger("faststream_kafka"),  # its own "faststream" writes by itself
        log_level=logging.DEBUG,
    )


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
    ) -> None:
        """`check` refuses single events or passes over them, `handle` does the rest, once for each
        event: `deduplicated(effect)`, or a handler that knows by itself what is new."""
        self.name = "consumer"
        self.group = settings.group_id or service
        self.topics = tuple(topics)
        self._dead_letter_topic = dead_letter_topic(settings.topic_prefix, self.group)
        self._settings = settings
        self._metrics = metrics
        self._lag = Lag(metrics)
        self._processor = BatchProcessor(
            settings=settings,
            database=database,
            check=check,
            handle=handle,
            metrics=metrics,
            dead_letter_topic=self._dead_letter_topic,
            attempted=self._beat,
        )
        self._subscriber: Any = None
        self._joined = False
        self._stopped: str | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._at_hand: Records = ()
        self._last_beat = time.monotonic()
        self._ending = asyncio.Event()
        self._ended = asyncio.Event()
        metrics.set(CONSUMER_STOPPED, 0)

    # ---- its life

    async def run(self) -> None:
        """Consume until `stop`; also when it gave up, so that others can ask why."""
        broker = await self._connected()
        try:
            while not self._ending.is_set():
                await self._measure()
                await first_of(self._ending, _MEASURE_EVERY_S)
        finally:
            if broker is not None:
                await broker.stop()
            self._ended.set()

    async def stop(self) -> None:
        """Finish the batch at hand, leave the group."""
        self._ending.set()
        await self._ended.wait()

    def register(self, broker: KafkaBroker) -> None:
        """Subscribe on a broker of `create_broker` that is not started yet; `run` does it."""
        settings = self._settings
        self._subscriber = broker.subscriber(
            *self.topics,
            batch=True,
            group_id=self.group,
            group_instance_id=self._instance_id(),
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=settings.session_timeout_ms // 3,
            # A new group starts with everything there ever was.
            auto_offset_reset="earliest",
            # Partition i of every topic lies with one member: a unit's facts meet in one process.
            partition_assignment_strategy=(RangePartitionAssignor,),
            ack_policy=AckPolicy.NACK_ON_ERROR,
            max_records=settings.poll_max_records,
            batch_timeout_ms=settings.batch_wait_ms,
            # A fetch that waits for quiet partitions holds up the others on the same broker.
            fetch_max_wait_ms=max(settings.batch_wait_ms, 10),
            parser=parser_for(
                lambda: self._subscriber.consumer, lambda: self._metrics.count(COMMITS_LOST)
            ),
            decoder=decode_nothing,
            listener=_Listener(self),
            no_reply=True,
            include_in_schema=False,  # AsyncAPI is made from the contracts
        )
        self._subscriber(self._handle)

    # ---- how it fares

    @property
    def needs(self) -> tuple[str, ...]:
        """The topics that must exist: those it reads, and the one of its dead letters."""
        return (*self.topics, self._dead_letter_topic)

    def degraded(self) -> str | None:
        """Why it can't take events now, None when it can."""
        if self._stopped:
            return f"stopped: {self._stopped}"
        return None if self._joined else "not in its group yet"

    def stalled(self) -> str | None:
        """Why it counts as dead, None while it lives. For liveness: a stop by decision is not a
        stall, and neither is having nothing to do."""
        age = time.monotonic() - self._last_beat
        if self._stopped or age <= _STALLED_S or not (self._at_hand or self._lag.total):
            return None
        return f"{self._lag.total} events wait, and no attempt ended for {age:.0f} s"

    async def redrive(self, tx: Transaction, record: Record) -> Fault | Redone:
        """A record that was set aside, tried once more; see `BatchProcessor.redrive`."""
        return await self._processor.redrive(tx, record)

    # ---- inside

    def _instance_id(self) -> str | None:
        """The static member's name, another one where the subscription is another.

        A static member that comes back is given its old partitions without a look at what it
        subscribes to now: a release that reads a new topic would never get any of it (seen on
        Apache Kafka 4.3 with aiokafka 0.14).
        """
        if self._settings.group_instance_id is None:
            return None
        wanted = f"{sorted(self.topics)} {self._settings.topic_partitions}"
        return f"{self._settings.group_instance_id}-{sha256(wanted.encode()).hexdigest()[:8]}"

    async def _connected(self) -> KafkaBroker | None:
        """A started broker, however long Kafka is away; None when it is to end before that."""
        for failures in count(1):
            if self._ending.is_set():
                break
            broker = create_broker(self._settings)
            self.register(broker)
            try:
                await broker.start()
            except (KafkaError, OSError) as error:
                await broker.stop()
                _log.warning("no broker to consume from, tries again", error=repr(error))
                await first_of(self._ending, backoff(failures))
            except BaseException:
                await broker.stop()
                raise
            else:
                return broker
        return None

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
        self._lag.done(records)
        self._metrics.observe(BATCH_SECONDS, time.monotonic() - started)
        crash_point(AFTER_EFFECT)
        linger = self._settings.batch_linger_ms
        if linger and len(records) < self._settings.batch_max_records:
            await first_of(self._ending, linger / 1000)

    def _give_up(self, error: Exception) -> None:
        """Leave the group: what was read goes back, and people are called."""
        match error:
            case TooManyDeadLettersError():
                self._stopped, remedy = str(error), _WHEN_TOO_MANY
            case DamagedBatchError():
                self._stopped, remedy = str(error), _WHEN_DAMAGED
            case _:
                self._stopped, remedy = repr(error), _WHEN_IT_BROKE
        self._metrics.set(CONSUMER_STOPPED, 1)
        _log.critical(
            "consumer stopped: nothing is lost, and nothing is done",
            why=self._stopped,
            do=remedy,
        )
        # In a task of its own: the subscriber's stop waits for this very handler.
        self._leaving = asyncio.get_running_loop().create_task(self._subscriber.stop())

    async def _measure(self) -> None:
        before = self._lag.total
        await self._lag.measure(self._subscriber.consumer, self._at_hand)
        if before == 0:
            self._beat()  # what waits now, waits since now

    def _beat(self) -> None:
        self._last_beat = time.monotonic()

    def _assigned(self) -> None:
        self._joined = True

    def _revoked(self) -> None:
        self._lag.forget()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, consumer: EventConsumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Another member goes on from what was committed."""
        if revoked:
            crash_point(INSIDE_REBALANCE)
        self._consumer._revoked()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:  # noqa: ARG002
        """We are in the group, though perhaps with nothing to do."""
        self._consumer._assigned()
