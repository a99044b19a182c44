"""Read a topic from its beginning, and ask how far a group has come, with a Kafka client."""

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.contracts.envelope import Event, decode


async def read_topic(bootstrap: str, topic: str) -> list[Event]:
    """All valid events of a topic up to its end now, each once, by partition in order.

    Reads without a group, so it moves nobody's position. Raises KafkaError when no broker answers.
    """
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic, number) for number in sorted(await _partitions(consumer, topic))
        ]
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


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    await consumer._client.force_metadata_update()
    found = consumer.partitions_for_topic(topic)
    if found is None:
        msg = f"there is no topic {topic}"
        raise LookupError(msg)
    return set(found)


async def group_lag(bootstrap: str, group: str) -> int:
    """Events that the group has not committed, over all partitions that it ever committed to.

    Asked of the broker, so that partitions of a member that died count too. Raises KafkaError.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        committed = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    places = {place: known.offset for place, known in committed.items() if known.offset >= 0}
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(places))
    finally:
        await consumer.stop()
    return sum(max(0, ends[place] - offset) for place, offset in places.items())
