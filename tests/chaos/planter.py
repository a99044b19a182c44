"""What a careless neighbour writes to topics: bad messages of every kind, and good ones again."""

import random
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from infra.local.topic import partitions_of
from services.chassis.broker.fetched_records import read_every_batch
from services.contracts.envelope import Event, decode
from tests.chaos.evidence import Place
from tests.support.poison import POISON, good
from tests.support.unreadable import BAD_NAME, produce_strangely

GROUPS = ("scoring", "notifications")

_UNREADABLE = "a header name that is not UTF-8"
_CAUSES = {kind: cause for kind, (cause, _) in POISON.items()} | {_UNREADABLE: "not-utf8"}
KINDS = tuple(_CAUSES)

POISONED = ("essay-submitted", "essay-judged", "figure-reported", "obligation-fulfilled")
COPIED = ("essay-submitted", "obligation-fulfilled", "figure-reported", "points-recomputed")
"""Topics; both groups read the former."""


class Planter:
    """Writes to topics as no service of ours would, and remembers where."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self.planted: dict[tuple[str, Place], str] = {}
        """Cause by group and place."""
        self.copied = 0

    async def plant(self, kind: str, partition: int, event: str) -> None:
        """One bad message on the topic of an event."""
        topic = f"thidua.{event}.v1"
        if kind == _UNREADABLE:
            _, message = good()
            strange = [*message.headers, (BAD_NAME, b"?")]
            message_ = (message.key, strange, message.value)
            at = await produce_strangely(self._bootstrap, topic, [message_], partition=partition)
        else:
            key, headers, value = POISON[kind][1]
            (at,) = await self._write(topic, [(partition, key, headers, value)])
        for group in GROUPS:
            self.planted[group, (topic, partition, at)] = _CAUSES[kind]

    async def repeat(self, event: str, count: int, *, shuffle: random.Random | None = None) -> int:
        """The last events of a topic once more: as they came, or in another order across keys.

        How many there were.
        """
        topic = f"thidua.{event}.v1"
        records = await self._last(topic, count)
        if shuffle is not None:
            shuffle.shuffle(records)
        await self._write(topic, [(r.partition, r.key, r.headers, r.value) for r in records])
        self.copied += len(records)
        return len(records)

    async def _write(
        self, topic: str, messages: Sequence[tuple[int, Any, Sequence[Any], Any]]
    ) -> list[int]:
        producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all")
        await producer.start()
        try:
            offsets = []
            for partition, key, headers, value in messages:
                batch = producer.create_batch()  # send() refuses a message of nothing
                batch.append(timestamp=None, key=key, value=value, headers=list(headers))
                offsets.append(await producer.send_batch(batch, topic, partition=partition))
            return [(await sent).offset for sent in offsets]
        finally:
            await producer.stop()

    async def _last(self, topic: str, count: int) -> list[Any]:
        read_every_batch()
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            places = await partitions_of(self._bootstrap, topic)
            ends = await consumer.end_offsets(places)
            consumer.assign(places)
            for place in places:
                consumer.seek(place, max(0, ends[place] - count // len(places)))
            found: list[Any] = []
            left = {place for place in places if ends[place]}
            while left:
                for records in (await consumer.getmany(*left, timeout_ms=500)).values():
                    found += records
                left = {p for p in left if await consumer.position(p) < ends[p]}
            return [r for r in found if self._is_good(r)]
        finally:
            await consumer.stop()

    def _is_good(self, record: Any) -> bool:
        place = (record.topic, record.partition, record.offset)
        return ("notifications", place) not in self.planted and isinstance(
            decode(record.key, record.headers, record.value), Event
        )
