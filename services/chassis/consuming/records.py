"""What FastStream does with our batches: a parser that never raises, and ack and nack that can lose
nothing. Records pass through raw: what is wrong with one is found later, one by one.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream.kafka.message import KafkaAckableMessage
from faststream.message import StreamMessage

from services.chassis.broker.offsets import last_offsets

_log = structlog.get_logger(__name__)

Records = tuple[ConsumerRecord[Any, Any], ...]


class RecordBatch(KafkaAckableMessage):
    """One poll's records, of several partitions, acknowledged together.

    FastStream's own commits everything the consumer has read, and its nack stops at the first
    partition that has moved away, leaving the others to be committed past their records.
    """

    consumer: Any  # AIOKafkaConsumer; FastStream declares less of it
    lost_commit: Callable[[], None]

    async def ack(self) -> None:
        """Commit exactly this batch, of the partitions that are still ours.

        A commit that is refused is no failure: whoever has the partition now reads the records
        a second time, and the inbox makes them free.
        """
        if self.committed:
            return
        last = last_offsets(self.raw_message)
        ours = last.keys() & self.consumer.assignment()
        if len(ours) < len(last):
            self.lost_commit()
        try:
            if ours:
                await self.consumer.commit({place: last[place] + 1 for place in ours})
        except KafkaError as error:
            self.lost_commit()
            _log.warning("commit lost, its events will be delivered once more", error=repr(error))
        await StreamMessage.ack(self)

    async def nack(self) -> None:
        """Go back to the first record of each partition that is still ours."""
        if self.committed:
            return
        ours = self.consumer.assignment()
        for record in reversed(self.raw_message):  # the first of each partition comes last
            place = TopicPartition(record.topic, record.partition)
            if place in ours:
                self.consumer.seek(place, record.offset)
        await StreamMessage.nack(self)


def parser_for(
    consumer: Callable[[], AIOKafkaConsumer], lost_commit: Callable[[], None]
) -> Callable[[Records], Awaitable[RecordBatch]]:
    """The parser of one subscription. `lost_commit` is called for each refused commit."""

    async def parse(records: Records) -> RecordBatch:
        first = records[0]
        batch = RecordBatch(
            raw_message=records,
            body=records,
            consumer=consumer(),
            message_id=f"{first.topic}/{first.partition}/{first.offset}",
        )
        batch.lost_commit = lost_commit
        return batch

    return parse


async def decode_nothing(message: RecordBatch) -> Records:
    """The handler gets the records as they are."""
    records: Records = message.raw_message
    return records
