"""The barest way to have all facts in a table again: getmany, msgspec, COPY. No group, no commit.

Nothing is checked, nothing recognised that is there already, nothing counted.
"""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition
from progress import Progress, job

BATCH = 5000


class Seen(msgspec.Struct):
    """What is read of a fact."""

    unit: str


async def main(asked: dict[str, Any]) -> None:
    """Until all facts are stored."""
    progress = Progress(asked["count"])
    connection: Any = await asyncpg.connect(asked["database_url"])
    await connection.execute("CREATE TABLE facts (event_id uuid, unit text, data bytea)")
    consumer = AIOKafkaConsumer(
        bootstrap_servers=asked["bootstrap"],
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    read = msgspec.json.Decoder(Seen).decode
    await consumer.start()
    places = [
        TopicPartition(topic, number)
        for topic in asked["topics"]
        for number in range(asked["partitions"])
    ]
    consumer.assign(places)
    for place in places:
        consumer.seek(place, 0)
    while not progress.complete:
        polled = await consumer.getmany(timeout_ms=1000, max_records=BATCH)
        rows = [
            (UUID(dict(one.headers)["ce_id"].decode()), read(one.value).unit, one.value)
            for some in polled.values()
            for one in some
        ]
        await connection.copy_records_to_table("facts", records=rows)
        progress.add(len(rows))
    await consumer.stop()
    await connection.close()


if __name__ == "__main__":
    uvloop.run(main(job()))
