"""The consumer: batches from Kafka, in whole transactions, acknowledged after the last commit.

    classify each -> one transaction (handle, dead letters) -> commit -> … -> ack

A batch that fails in passing is delivered once more; a message that can never succeed is set aside.
After too many of those in a row, or a failure that no message causes, the consumer stops, and its
health reports why: it skips nothing to get on.
"""

import asyncio
import time
from collections.abc import Sequence
from itertools import count
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from services.chassis.broker.group_view import GroupObserver, GroupView, Member
from services.chassis.consuming.batch import BatchProcessor
from services.chassis.consuming.classify import Check, DamagedBatchError
from services.chassis.consuming.deduplicate import Handle
from services.chassis.consuming.fault_limits import TooManyDeadLettersError
from services.chassis.consuming.progress import Progress
from services.chassis.consuming.records import Records
from services.chassis.consuming.subscription import Membership, create_broker, subscribe
from services.chassis.crash import AFTER_EFFECT, crash_point
from services.chassis.dead_letters.letter import Fault, Record, Redone
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    BATCH_SECONDS,
    COMMITS_LOST,
    CONSUMER_OLDEST_SECONDS,
    CONSUMER_RECOVERIES,
    CONSUMER_STOPPED,
)
from services.chassis.retry import backoff, first_of, is_transient
from services.chassis.settings import ServiceSettings
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

_REJOIN_EVERY_S = 60.0
"""At most so often the group is joined anew for partitions that nobody has: a rebalance each."""


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
        self._membership = Membership.of(settings, self.group, topics)
        self._observer = GroupObserver(settings, self.group, topics)
        self._progress = Progress(metrics, self._membership.is_ours, time.monotonic)
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
        self._stopped: str | None = None
        self._twin: Member | None = None
        self._blind: str | None = None
        self._strangers: list[str] = []
        self._rejoins = 0
        self._rejoined_at = -_REJOIN_EVERY_S
        self._leaving: asyncio.Task[None] | None = None
        self._at_hand: Records = ()
        self._last_beat = time.monotonic()
        self._ending = asyncio.Event()
        self._ended = asyncio.Event()
        metrics.set(CONSUMER_STOPPED, 0)

    # ---- its life

    async def run(self) -> None:
        """Consume until `stop`; also when it gave up, so that others can ask why."""
        try:
            while not self._ending.is_set():
                if (broker := await self._connected()) is None:
                    break
                try:
                    await self._watch()
                finally:
                    await broker.stop()
                await self._wait_for_twin()
        finally:
            await self._observer.close()
            self._ended.set()

    async def stop(self) -> None:
        """Finish the batch at hand, leave the group."""
        self._ending.set()
        await self._ended.wait()

    # ---- how it fares

    @property
    def needs(self) -> tuple[str, ...]:
        """The topics that must exist: those it reads, and the one of its dead letters."""
        return (*self.topics, self._dead_letter_topic)

    def degraded(self) -> str | None:
        """Why events are not taken, or not all of them; None where all is well."""
        if self._stopped:
            return f"stopped: {self._stopped}"
        if self._twin:
            return (
                f"{self._twin.process} has the same group_instance_id and works; give each replica"
                " its own"
            )
        if self._blind:
            return f"the brokers do not answer how far the group is ({self._blind})"
        if not self._membership.joined:
            return "not in its group yet"
        return self._progress.trouble()

    def stalled(self) -> str | None:
        """Why it counts as dead, None while it lives. For liveness: a stop by decision is not a
        stall, and neither is having nothing to do, or a broker that is away.

        It is one where events wait that are this process's to process, or nobody's, and nothing was
        finished here either.
        """
        idle_s = time.monotonic() - self._last_beat
        if self._stopped or self._twin or idle_s <= _STALLED_S:
            return None
        if self._at_hand:
            return f"a batch is at hand, and no attempt ended for {idle_s:.0f} s"
        consumer = self._subscriber.consumer if self._subscriber else None
        ours = set(consumer.assignment()) if consumer else set()
        waits_s = self._progress.waits_s(ours | self._progress.unowned())
        return (
            f"events wait, nothing committed for {waits_s:.0f} s" if waits_s > _STALLED_S else None
        )

    async def redrive(self, tx: Transaction, record: Record) -> Fault | Redone:
        """A record that was set aside, tried once more; see `BatchProcessor.redrive`."""
        return await self._processor.redrive(tx, record)

    # ---- inside

    async def _connected(self) -> KafkaBroker | None:
        """A started broker, however long Kafka is away; None when it is to end before that."""
        for failures in count(1):
            if self._ending.is_set():
                break
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
            except (KafkaError, OSError) as error:
                await broker.stop()
                _log.warning("no broker to consume from, retrying", error=repr(error))
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
        self._metrics.observe(BATCH_SECONDS, time.monotonic() - started)
        crash_point(AFTER_EFFECT)
        linger = self._settings.batch_linger_ms
        if linger and len(records) < self._settings.batch_max_records:
            await first_of(self._ending, linger / 1000)

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

    # ---- its group, seen from outside

    async def _watch(self) -> None:
        """Look at the group now and then; until `stop`, or until it is to be joined anew."""
        while not self._ending.is_set():
            joined = self._membership.joined
            view = await self._look()
            if view and not self._stopped and self._must_leave(view, joined=joined):
                return
            await first_of(self._ending, _LOOK_EVERY_S)

    async def _look(self) -> GroupView | None:
        ages = [time.time() - record.timestamp / 1000 for record in self._at_hand]
        self._metrics.set(CONSUMER_OLDEST_SECONDS, max(0.0, *ages) if ages else 0.0)
        try:
            view = await self._observer.look()
        except (KafkaError, OSError, TimeoutError) as error:
            self._progress.forget()
            if self._blind is None:
                _log.warning("the group can't be looked at", error=repr(error))
            self._blind = type(error).__name__
            return None
        self._blind = None
        remade = self._progress.update(view)
        strangers = sorted(str(member) for member in self._progress.foreign())
        if strangers and strangers != self._strangers:
            _log.warning("members of the group that are no replica of this service", who=strangers)
        self._strangers = strangers
        if remade:
            self._recovers("remade", topics=sorted({place.topic for place in remade}))
            self._membership.from_start |= remade
            if consumer := self._subscriber.consumer:
                self._membership.rewind(consumer, consumer.assignment())
        return view

    def _must_leave(self, view: GroupView, *, joined: bool) -> bool:
        """`joined`: whether this process was in the group before the view was taken."""
        twin = self._membership.twin(view) if joined else None
        # Both see each other: the one with the greater name yields.
        if twin and twin.process < self._membership.process:
            self._twin = twin
            self._recovers("twin", other=str(twin))
            return True
        unowned = self._progress.unowned()
        if not unowned or time.monotonic() - self._rejoined_at < _REJOIN_EVERY_S:
            return False
        self._rejoined_at = time.monotonic()
        self._rejoins += 1
        self._membership.rename(self._rejoins)
        self._recovers("unowned", partitions=len(unowned))
        return True

    def _recovers(self, reason: str, **what: object) -> None:
        self._metrics.count(CONSUMER_RECOVERIES, reason=reason)
        _log.warning("consumer recovers by itself", reason=reason, **what)

    async def _wait_for_twin(self) -> None:
        """Stay out of the group while another process has this one's place in it."""
        while self._twin and not self._ending.is_set():
            await first_of(self._ending, _LOOK_EVERY_S)
            if view := await self._look():
                self._twin = self._membership.twin(view)

    def _beat(self) -> None:
        self._last_beat = time.monotonic()
