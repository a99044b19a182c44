"""The barest loop that could store facts: getmany, msgspec, one upsert a batch, commit.

It promises that a fact on the topic is in the table once. It does not check what it reads, keeps no
tally and no points, says nothing, and ends at the first bad record or lost connection.
"""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer
from progress import Progress, job

BATCH = 2000
"""As scoring's `batch_max_records`."""


class Seen(msgspec.Struct):
    """What is read of a fact."""

    unit: str
    campaign: str
    version: int = 1


_TABLE = """
CREATE TABLE facts (event_id uuid PRIMARY KEY, unit text, topic text, version int, data bytea)
"""
_UPSERT = """
INSERT INTO facts (event_id, unit, topic, version, data)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bytea[])
ON CONFLICT (event_id) DO NOTHING
"""


async def main(asked: dict[str, Any]) -> None:
    """Until all facts are stored."""
    progress = Progress(asked["count"])
    connection: Any = await asyncpg.connect(asked["database_url"])
    await connection.execute(_TABLE)
    consumer = AIOKafkaConsumer(
        *asked["topics"],
        bootstrap_servers=asked["bootstrap"],
        group_id=asked["group"],
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    read = msgspec.json.Decoder(Seen).decode
    await consumer.start()
    while not progress.complete:
        polled = await consumer.getmany(timeout_ms=10, max_records=BATCH)
        records = [record for some in polled.values() for record in some]
        if not records:
            continue
        seen = [read(record.value) for record in records]
        await connection.execute(
            _UPSERT,
            [UUID(dict(record.headers)["ce_id"].decode()) for record in records],
            [one.unit for one in seen],
            [record.topic for record in records],
            [one.version for one in seen],
            [record.value for record in records],
        )
        await consumer.commit()
        progress.add(len(records))
    await consumer.stop()
    await connection.close()


if __name__ == "__main__":
    uvloop.run(main(job()))
