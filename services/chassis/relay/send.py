"""Sending one claim of the relay: every row is acknowledged, refused by its topic, or left open."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from services.chassis.broker.producer import MAX_BATCH_BYTES
from services.chassis.storage.outbox import decode_headers

_METADATA_TIMEOUT_S = 2.0

# Refusals that concern one topic and will be repeated until somebody changes its configuration.
_REFUSALS = (
    InvalidTopicError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)


@dataclass(slots=True)
class Sent:
    """What became of a claim."""

    acknowledged: list[int] = field(default_factory=list)
    """Numbers of the rows that are on every in-sync replica."""
    per_topic: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Exception] = field(default_factory=dict)
    """Topics that are missing or would not take something, with the reason."""
    too_large: dict[int, str] = field(default_factory=dict)
    """Rows that no other try will send: larger than the producer may send or the broker takes."""
    broken: Exception | None = None
    """Set when the producer can't be used on: rows that are open may still arrive later."""


async def send_rows(producer: AIOKafkaProducer, rows: Sequence[Any], *, timeout_s: float) -> Sent:
    """Send rows (seq, topic, key, headers, value) in their order, wait for all that were sent.

    Single keyed sends, because the client batches them on the wire, and a batch of its own making
    would have to place keys in partitions by itself.
    """
    sent = Sent()
    sent.refused = await _missing(producer, {row[1] for row in rows})
    open_: list[tuple[int, str, bool, asyncio.Future[Any]]] = []
    try:
        async with asyncio.timeout(timeout_s):
            for seq, topic, key, headers, value in rows:
                if topic in sent.refused:
                    continue
                try:
                    future = await producer.send(
                        topic, key=key, value=value, headers=decode_headers(headers)
                    )
                except MessageSizeTooLargeError as error:
                    sent.too_large[seq] = str(error)
                except _REFUSALS as error:
                    sent.refused[topic] = error
                else:
                    # Larger than a batch of the producer, it is a batch of its own.
                    alone = value is not None and len(value) > MAX_BATCH_BYTES
                    open_.append((seq, topic, alone, future))
            if open_:
                await asyncio.wait([future for *_, future in open_])
    except (TimeoutError, KafkaError) as error:
        sent.broken = error
    for seq, topic, alone, future in open_:
        fault = future.exception() if future.done() else TimeoutError("not acknowledged")
        if fault is None:
            sent.acknowledged.append(seq)
            sent.per_topic[topic] += 1
        elif alone and isinstance(fault, MessageSizeTooLargeError | RecordListTooLargeError):
            sent.too_large[seq] = f"the broker takes no message of that size ({fault!r})"
        elif isinstance(fault, _REFUSALS):
            sent.refused[topic] = fault
        else:
            sent.broken = fault if isinstance(fault, Exception) else KafkaError(repr(fault))
    return sent


async def _missing(producer: AIOKafkaProducer, topics: Iterable[str]) -> dict[str, Exception]:
    """Topics that don't exist; asked first, because a send would wait for them alone."""
    unknown = [t for t in topics if producer.client.cluster.partitions_for_topic(t) is None]
    if not unknown:
        return {}
    asked = await asyncio.gather(*(_ask(producer, topic) for topic in unknown))
    return {topic: error for topic, error in zip(unknown, asked, strict=True) if error}


async def _ask(producer: AIOKafkaProducer, topic: str) -> Exception | None:
    try:
        async with asyncio.timeout(_METADATA_TIMEOUT_S):
            await producer.partitions_for(topic)
    except (KafkaError, TimeoutError) as error:
        return error
    return None
