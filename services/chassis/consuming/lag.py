"""How far a consumer is behind: by Kafka's count, and by the age of what it has at hand."""

import asyncio
import time
from typing import Any

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from services.chassis.broker.offsets import last_offsets
from services.chassis.consuming.records import Records
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CONSUMER_LAG, CONSUMER_OLDEST_SECONDS

_log = structlog.get_logger(__name__)

_TIMEOUT_S = 10.0


class Lag:
    """The gauges of one consumer."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._done: dict[TopicPartition, int] = {}
        self._shown: set[TopicPartition] = set()
        self.total = 0
        """Events that wait, over all partitions of this member, when last measured."""

    def done(self, records: Records) -> None:
        """A batch is finished."""
        for place, offset in last_offsets(records).items():
            self._done[place] = offset + 1

    def forget(self) -> None:
        """The partitions may go to others: where we stand there is no longer known."""
        self._done.clear()

    async def measure(self, consumer: Any | None, at_hand: Records) -> None:
        """Set the gauges. `consumer` is aiokafka's, None before it was started; `at_hand` is the
        batch that is being worked on. Asks Kafka; when that fails, the old values stay."""
        ages = [time.time() - record.timestamp / 1000 for record in at_hand]
        self._metrics.set(CONSUMER_OLDEST_SECONDS, max(0.0, *ages) if ages else 0.0)
        places = set(consumer.assignment()) if consumer is not None else set()
        for gone in self._shown - places:
            self._metrics.forget(CONSUMER_LAG, topic=gone.topic, partition=str(gone.partition))
        self._shown &= places
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                self.total = await self._ask(consumer, places) if places else 0
        except (KafkaError, TimeoutError) as error:
            _log.info("lag unknown", error=repr(error))

    async def _ask(self, consumer: Any, places: set[TopicPartition]) -> int:
        total = 0
        for place, end in (await consumer.end_offsets(list(places))).items():
            done = self._done.get(place)
            waiting = end - (await consumer.position(place) if done is None else done)
            self._shown.add(place)
            self._metrics.set(
                CONSUMER_LAG, waiting, topic=place.topic, partition=str(place.partition)
            )
            total += waiting
        return total
