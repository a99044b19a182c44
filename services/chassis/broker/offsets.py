"""Positions in what was read."""

from collections.abc import Iterable
from typing import Any

from aiokafka import TopicPartition


def last_offsets(records: Iterable[Any]) -> dict[TopicPartition, int]:
    """The offset of the last record of each partition in a batch."""
    last = {(record.topic, record.partition): record.offset for record in records}
    return {TopicPartition(*place): offset for place, offset in last.items()}
