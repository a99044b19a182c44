"""Reads a topic from its beginning, and the lag of a consumer group, with a Kafka client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.broker.group_answers import positions_of
from services.chassis.broker.topic_admin import places_of
from services.contracts.envelope import Event, decode


async def read_topic(bootstrap: str, topic: str) -> list[Event]:
    """All valid events of a topic up to its end now, each once, by partition in order.

    Reads without a group, so it moves nobody's position. Raises KafkaError when no broker answers.
    """
    partitions = await partitions_of(bootstrap, topic)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            consumer.seek(partition, 0)
        events: dict[object, Event] = {}
        left = {partition for partition in partitions if ends[partition]}
        while left:
            batches = await consumer.getmany(*left, timeout_ms=1000)
            for records in batches.values():
                for record in records:
                    event = decode(record.key, record.headers, record.value)
                    if isinstance(event, Event):
                        events.setdefault(event.id, event)
            left = {p for p in left if await consumer.position(p) < ends[p]}
        return list(events.values())
    finally:
        await consumer.stop()


async def partitions_of(bootstrap: str, topic: str) -> list[TopicPartition]:
    """The partitions of a topic, in order. Raises LookupError when there is no such topic."""
    async with _admin(bootstrap) as admin:
        places = await places_of(admin, [topic])
    if topic not in places:
        msg = f"there is no topic {topic}"
        raise LookupError(msg)
    return places[topic]


async def group_lag(bootstrap: str, group: str) -> int:
    """Events that the group has not committed, over all partitions that it ever committed to; 0 for
    one that committed nothing.

    Asked of the broker, so that partitions of a member that died count too. Raises KafkaError.
    """
    async with _admin(bootstrap) as admin:
        present = await places_of(admin)
        committed = await positions_of(admin, group, {p for of in present.values() for p in of})
    if not committed:
        return 0  # asked for the ends of nothing, the client waits for an answer that never comes
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(committed))
    finally:
        await consumer.stop()
    return sum(max(0, ends[place] - at.offset) for place, at in committed.items())


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()
