"""The producer of the relay: what is acknowledged is on every in-sync replica, once, in order."""

import asyncio
import contextlib

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.chassis.broker.connection import connection_options
from services.chassis.settings import SharedSettings

MAX_REQUEST_BYTES = 8_500_000
"""Room for the largest fact, the documents of a campaign, with its headers. What a topic takes, its
configuration says (`services.contracts.topics`)."""

MAX_BATCH_BYTES = 512 * 1024
"""aiokafka sends one batch a partition at a time: with its default of 16 kB a relay batch would be
twenty round trips. Below the broker's limit for a batch, 1 MiB by default."""

_START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 5.0


async def open_producer(settings: SharedSettings) -> AIOKafkaProducer:
    """A started producer: acks=all, idempotent.

    Raises KafkaError or TimeoutError when no broker answers. Close it with `close_producer`.
    """
    producer = AIOKafkaProducer(
        **connection_options(settings),
        acks="all",
        enable_idempotence=True,
        max_batch_size=MAX_BATCH_BYTES,
        max_request_size=MAX_REQUEST_BYTES,
        request_timeout_ms=15_000,
    )
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            await producer.start()
    except BaseException:
        await close_producer(producer)
        raise
    return producer


async def close_producer(producer: AIOKafkaProducer) -> None:
    """Stop it, also when its broker is gone: then what it had buffered is given up.

    A plain `stop()` waits for as long as there is something unsent, and an idempotent producer
    never gives up by itself.
    """
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(_STOP_TIMEOUT_S):
            await producer.stop()
            return
    # `stop()` was cut off in its flush: cancel what would go on sending, then the connections.
    sender = producer._sender.sender_task if producer._sender is not None else None
    if sender is not None and not sender.done():
        sender.cancel()
        await asyncio.wait([sender], timeout=_STOP_TIMEOUT_S)
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(_STOP_TIMEOUT_S):
            await producer.client.close()
