"""A service's event log against its topics, both ways: after a restore of one of the two.

The database first, then the topics: what it had acknowledged then is on them. What came meanwhile
is looked up once more.

SQL by hand: the log is compared in thousands of rows, on the relay's kind of connection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.chassis.broker.topic_reader import open_reader
from services.chassis.dead_letters import Record
from services.chassis.settings import SharedSettings
from services.chassis.storage.outbox import CHANNEL, encode_headers
from services.contracts.envelope import Event, decode


@dataclass(frozen=True, slots=True)
class OnTopic:
    """An event that is on its topic."""

    event: Event
    record: Record


@dataclass(frozen=True, slots=True)
class Differences:
    """Where a service's log and its topics differ."""

    not_in_log: Sequence[OnTopic]
    """On the topics, and unknown to the database: it was restored to a moment before them."""
    not_on_topics: Sequence[int]
    """`event_log.seq` of what was acknowledged once and is on no topic: the broker lost it."""
    compared: int
    """Events of the service on its topics, each once."""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.not_in_log or self.not_on_topics)


async def compare(
    settings: SharedSettings, database_url: str, *, service: str, topics: Sequence[str]
) -> Differences:
    """Compare the log of a service with its topics. Reads all of both; writes nothing.

    Raises TopicsMissingError, and what Kafka and the database raise.
    """
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            "SELECT l.event_id, l.seq, o.seq IS NOT NULL AS waits"
            "  FROM event_log l LEFT JOIN outbox o USING (seq) WHERE l.topic = ANY ($1)",
            list(topics),
        )
        acknowledged = {row["event_id"]: row["seq"] for row in rows if not row["waits"]}
        known = {row["event_id"] for row in rows}
        seen = set()
        unknown: dict[Any, OnTopic] = {}
        async with open_reader(settings, topics) as reader:
            async for records in reader.to_the_end():
                for record in records:
                    event = decode(record.key, record.headers, record.value)
                    if isinstance(event, Event) and event.source == service:
                        seen.add(event.id)
                        if event.id not in known:
                            unknown.setdefault(event.id, OnTopic(event, record))
        meanwhile = await connection.fetch(
            "SELECT event_id FROM event_log WHERE event_id = ANY ($1)", list(unknown)
        )
    finally:
        await connection.close()
    for row in meanwhile:
        del unknown[row["event_id"]]
    return Differences(
        list(unknown.values()),
        sorted(seq for id_, seq in acknowledged.items() if id_ not in seen),
        len(seen),
    )


async def repair(database_url: str, differences: Differences) -> None:
    """Write into the log what only the topics have; have the relay publish what only the log has.

    Both may be done twice. The rows of the service's own tables are not made: an event does not
    hold all of them.
    """
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.executemany(
                "INSERT INTO event_log (event_id, topic, key, headers, value, recorded_at)"
                " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event_id) DO NOTHING",
                [
                    (
                        one.event.id,
                        one.record.topic,
                        one.record.key,
                        encode_headers(one.record.headers),
                        one.record.value,
                        one.event.recordedtime,
                    )
                    for one in differences.not_in_log
                ],
            )
            await connection.execute(
                "INSERT INTO outbox (seq) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING",
                list(differences.not_on_topics),
            )
            await connection.execute(f"NOTIFY {CHANNEL}")
    finally:
        await connection.close()
