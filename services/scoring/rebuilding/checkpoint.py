"""The checkpoint of a database that is being rebuilt: how far it has read each partition.

It is there from before the first fact until the database has taken over, and keeps scoring from
being run on it (docs/decisions/0039-a-rebuilt-database-takes-over.md).

SQL by hand: a mark is set for all partitions in one statement, and never set back.
"""

from collections.abc import Mapping

from aiokafka import TopicPartition
from sqlmodel import select

from services.chassis.broker.topic_reader import TopicReader
from services.chassis.language import speak
from services.chassis.storage.database import Database, Transaction
from services.scoring.models import RebuildPosition
from services.scoring.rebuilding.errors import RebuildError

Positions = Mapping[TopicPartition, int]
"""The offset of the first record that is not in the database yet, by partition."""


async def positions(database: Database) -> dict[TopicPartition, int]:
    """Up to where a database was rebuilt; empty for one that is in service."""
    async with database.transaction() as tx:
        return await positions_in(tx)


async def positions_in(tx: Transaction) -> dict[TopicPartition, int]:
    """The same, inside a transaction."""
    rows = await tx.session.exec(select(RebuildPosition))
    return {TopicPartition(row.topic, row.partition): row.next_offset for row in rows}


async def require_not_past(reader: TopicReader, since: Positions) -> None:
    """Raises RebuildError where a topic ends before the mark: it is not the one that was read."""
    ends = await reader.ends()
    past = sorted(
        f"{place.topic}:{place.partition}" for place in ends if since.get(place, 0) > ends[place]
    )
    if past:
        raise RebuildError(
            speak(
                f"Cơ sở dữ liệu đã đọc quá cuối topic, ở {', '.join(past)}: topic đã được tạo lại,"
                " hoặc là topic khác. Tạo lại cả cơ sở dữ liệu",
                f"the database was rebuilt further than the topics go, in {', '.join(past)}: they"
                " were made anew since, or are others. Make the database anew too",
            )
        )


async def mark(tx: Transaction, reached: Positions) -> None:
    """Note up to where a database is rebuilt: in the transaction that made it so."""
    await tx.execute(
        """
        INSERT INTO rebuild_positions (topic, partition, next_offset)
        SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
        ON CONFLICT (topic, partition) DO UPDATE
           SET next_offset = greatest(rebuild_positions.next_offset, excluded.next_offset)
        """,
        [place.topic for place in reached],
        [place.partition for place in reached],
        list(reached.values()),
    )
