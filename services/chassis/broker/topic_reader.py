"""Reading topics from their first record to their end, without a group: for rebuilds and proofs.

It commits nothing and moves nobody's position, so whoever may read the topics may run it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from services.chassis.broker.connection import connection_options
from services.chassis.broker.fetch_pace import pace_fetches
from services.chassis.broker.fetched_records import read_every_batch
from services.chassis.broker.topic_admin import admin_client, places_of
from services.chassis.language import speak
from services.chassis.retry import still_wanted
from services.chassis.settings import SharedSettings

BATCH = 5000
"""Records at a time: nobody waits for the effects of a single one, so larger than in service."""

_POLL_MS = 1000
_FETCH_WAIT_MS = 20
"""How long the broker holds a fetch that finds nothing new. It answers a connection's requests one
after the other, so each question for an end would wait so long behind such a fetch."""


class TopicsMissingError(LookupError):
    """Topics that were to be read are not there, or may not be seen."""


class TopicReader:
    """Partitions of some topics, each read from its first record on."""

    def __init__(self, consumer: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> None:
        self._consumer = consumer
        self._places = places
        self.done = 0
        """Records read so far."""
        self.total = 0
        """Records up to the end that is being read to."""

    async def to_the_end(self) -> AsyncIterator[list[Any]]:
        """Batches of records, up to the end that the topics have now; a later call goes on."""
        ends = await self._consumer.end_offsets(self._places)
        self.total = sum(ends.values())
        while await self._behind(ends):
            still_wanted()
            batches = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=BATCH)
            records = [record for batch in batches.values() for record in batch]
            self.done += len(records)
            yield records

    def outgrown(self) -> bool:
        """Whether a topic has more partitions by now: open a new reader to read those too.

        Known some minutes after they were made at the latest (Kafka's `metadata.max.age.ms`).
        """
        topics = Counter(place.topic for place in self._places)
        known = self._consumer.partitions_for_topic
        return any(len(known(topic) or ()) > count for topic, count in topics.items())

    async def left(self) -> int:
        """Records that it has yet to read, up to the end that the topics have now."""
        ends = await self._consumer.end_offsets(self._places)
        reached = await self.positions()
        return sum(max(0, end - reached[place]) for place, end in ends.items())

    async def ends(self) -> dict[TopicPartition, int]:
        """The offset behind the last record that each partition has now."""
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(self._places)
        return ends

    async def positions(self) -> dict[TopicPartition, int]:
        """The offset of the next record of each partition."""
        return {place: await self._consumer.position(place) for place in self._places}

    async def _behind(self, ends: dict[TopicPartition, int]) -> bool:
        for place in self._places:
            if await self._consumer.position(place) < ends[place]:
                return True
        return False


async def end_offsets(
    admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer, topics: Collection[str]
) -> dict[str, list[int]]:
    """The end offset of each partition by topic, with the partitions that there are now.

    `consumer` is started and needs no assignment. Raises UnknownTopicOrPartitionError, and what
    else Kafka raises.
    """
    places = await places_of(admin, topics)
    if missing := sorted(set(topics) - places.keys()):
        raise UnknownTopicOrPartitionError(", ".join(missing))
    ends = await consumer.end_offsets([place for of_one in places.values() for place in of_one])
    return {topic: [ends[place] for place in places[topic]] for topic in topics}


@asynccontextmanager
async def open_reader(
    settings: SharedSettings,
    topics: Collection[str],
    *,
    since: Mapping[TopicPartition, int] | None = None,
) -> AsyncIterator[TopicReader]:
    """A reader of these topics, from their first records or from these offsets on.

    Raises TopicsMissingError, and what Kafka raises.
    """
    async with admin_client(settings) as admin:
        present = await places_of(admin, topics)
    # Before assigning: `assign` to a topic that may not be read waits for ever.
    if missing := sorted(set(topics) - present.keys()):
        raise TopicsMissingError(
            speak(
                f"Không có topic {', '.join(missing)}: chạy `thidua topics create`, hoặc kiểm tra"
                " tiền tố và quyền đọc",
                f"topics are missing: {', '.join(missing)}; run `thidua topics create`, or look at"
                " the prefix and the rights",
            )
        )
    places = [place for topic in topics for place in present[topic]]
    read_every_batch()
    pace_fetches()
    consumer = AIOKafkaConsumer(
        **connection_options(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_FETCH_WAIT_MS,
    )
    await consumer.start()
    try:
        consumer.assign(places)
        for place in places:
            begin = (since or {}).get(place, 0)
            consumer.seek(
                place, begin
            )  # not seek_to_beginning: under a race it leaves records unread
        yield TopicReader(consumer, places)
    finally:
        await consumer.stop()
