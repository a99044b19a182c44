"""How often a broker is asked for records when it has none.

Apache Kafka holds a fetch that finds nothing new for as long as the consumer allows
(`fetch_max_wait_ms`). Other brokers answer at once, the wheel's among them, and aiokafka asks again
at once: a thousand times a second for each consumer, which took three idle services a whole core.
"""

import asyncio
import contextlib
import time
from typing import Any

from aiokafka.consumer.fetcher import Fetcher

LEAST_S = 0.02
"""From one fetch that brings nothing to the next one of the same broker. It is the most that a new
record waits longer, and only where the broker does not wait itself."""

_process = Fetcher._proc_fetch_request


def pace_fetches() -> None:
    """Let every consumer of this process wait so. Safe to call more than once."""
    Fetcher._proc_fetch_request = _paced


async def _paced(fetcher: Any, assignment: Any, node: Any, request: Any) -> bool:
    """What aiokafka does with one fetch: whether it brought something for who waits."""
    begun = time.monotonic()
    brought: bool = await _process(fetcher, assignment, node, request)
    if not brought and assignment.active:
        # Cancelled where partitions move or the consumer stops. Whoever cancels it waits for it,
        # and must not be cancelled itself: aiokafka's own waits end so too.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(max(0.0, begun + LEAST_S - time.monotonic()))
    return brought
