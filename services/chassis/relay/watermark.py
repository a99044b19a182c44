"""The watermark: up to when everything that this service recorded is on its topics.

    transactions in progress -> what waits in the outbox -> end offsets -> the record

In this order, because a fact moves in it. A fact recorded before the watermark belongs to a
transaction that had begun; then it was either still in progress at the first look, or committed and
visible to the second, or acknowledged by the broker and below the ends. Every replica may say it:
each record is true, and the highest counts (docs/decisions/0068-a-publication-names-its-watermark).

SQL by hand: the transactions in progress are in no table of ours, and what waits is one look.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.chassis.broker.connection import connection_options
from services.chassis.broker.producer import close_producer
from services.chassis.broker.topic_reader import end_offsets
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import PUBLISHED_THROUGH
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Database
from services.contracts.watermark import Watermark, encode_watermark, watermark_topic

_log = structlog.get_logger(__name__)

ALLOWED_SKEW = timedelta(milliseconds=500)
"""By how much clocks of hosts may differ: facts are dated by the service's host, transactions by
the database's. The watermark stays behind by as much."""

_MOST_WAITING = 20_000
"""With more than this in the outbox no watermark is near: the oldest is not searched for. Rows."""

_ATTEMPT_S = 5.0
_CLOSE_S = 2.0
_WARN_EVERY_S = 60.0

# pg_dump writes nothing, and may take hours. Sessions of other roles show no transaction.
_IN_PROGRESS = """
SELECT now() AS now, clock_timestamp() AS clock, min(xact_start) AS oldest
  FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend'
   AND pid <> pg_backend_pid() AND application_name <> 'pg_dump'
"""

# OFFSET 0, as in the relay: the log is looked up row by row, whatever its statistics say.
_WAITING = """
SELECT count(*) AS rows, min(l.recorded_at) FILTER (WHERE l.topic = ANY ($1)) AS oldest
  FROM (SELECT seq FROM outbox ORDER BY seq LIMIT $2) o
 CROSS JOIN LATERAL (SELECT topic, recorded_at FROM event_log WHERE seq = o.seq OFFSET 0) l
"""


class WatermarkPublisher:
    """Publishes the watermark of one service, tick by tick."""

    def __init__(
        self,
        settings: ServiceSettings,
        database: Database,
        *,
        topics: Sequence[str],
        metrics: Metrics,
        before_kafka: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`topics` are those of the facts that it speaks for. `before_kafka` is called before each
        connection: `DeploymentCheck.require`."""
        self._settings = settings
        self._database = database
        self._topics = tuple(topics)
        self._metrics = metrics
        self._before_kafka = before_kafka
        self._through = datetime.min.replace(tzinfo=UTC)
        self._clients: _Clients | None = None
        self._warned_at = -_WARN_EVERY_S

    async def tick(self) -> None:
        """Publish the watermark if it has moved. Raises the database's errors.

        While Kafka is away nothing is raised: there is nothing to say, and no reason to come back
        later than usual.
        """
        through = await self.published_through()
        if through is None or through <= self._through:
            return
        try:
            async with asyncio.timeout(_ATTEMPT_S):
                await self._publish(through)
        except (KafkaError, OSError) as error:
            await self.close()
            if self._may_warn():
                _log.warning("no watermark while Kafka is away", error=repr(error))

    async def close(self) -> None:
        """Give up the connections to Kafka; the next tick makes new ones."""
        if self._clients is None:
            return
        producer, admin, consumer = self._clients
        self._clients = None
        await close_producer(producer)
        await _stop(admin.close)
        await _stop(consumer.stop)

    async def _publish(self, through: datetime) -> None:
        producer, admin, consumer = await self._connected()
        ends = await end_offsets(admin, consumer, self._topics)
        prefix = f"{self._settings.topic_prefix}."
        watermark = Watermark(
            self._database.source,
            through,
            {topic.removeprefix(prefix): tuple(ends[topic]) for topic in self._topics},
        )
        key, value = encode_watermark(watermark)
        topic = watermark_topic(self._settings.topic_prefix)
        await producer.send_and_wait(topic, value, key)
        self._through = through
        self._metrics.set(PUBLISHED_THROUGH, through.timestamp())

    async def published_through(self) -> datetime | None:
        """The watermark as the database has it; None while it can't be known."""
        async with self._database.transaction() as tx:
            before = datetime.now(UTC)
            begun: Any = await tx.fetchrow(_IN_PROGRESS)
            after = datetime.now(UTC)
        if not before - ALLOWED_SKEW <= begun["clock"] <= after + ALLOWED_SKEW:
            self._warn_of_clocks(begun["clock"] - after)
            return None
        # A transaction of its own: it sees what was committed before the first look.
        async with self._database.transaction() as tx:
            waiting: Any = await tx.fetchrow(_WAITING, self._topics, _MOST_WAITING)
        if waiting["rows"] == _MOST_WAITING:
            return None
        known = [begun["now"], begun["oldest"], waiting["oldest"]]
        earliest: datetime = min(moment for moment in known if moment is not None)
        return earliest - ALLOWED_SKEW

    def _warn_of_clocks(self, difference: timedelta) -> None:
        if self._may_warn():
            _log.error(
                "clocks differ: no watermark, and nothing can be published",
                database_is_ahead_s=difference.total_seconds(),
                do="synchronise the clocks of this host and of the database's (chrony, NTP)",
            )

    def _may_warn(self) -> bool:
        if time.monotonic() - self._warned_at < _WARN_EVERY_S:
            return False
        self._warned_at = time.monotonic()
        return True

    async def _connected(self) -> "_Clients":
        if self._clients is None:
            if self._before_kafka is not None:
                await self._before_kafka()
            options = connection_options(self._settings)
            async with AsyncExitStack() as stack:
                producer = AIOKafkaProducer(**options, acks="all")
                stack.push_async_callback(close_producer, producer)
                await producer.start()
                admin = AIOKafkaAdminClient(**options)
                stack.push_async_callback(_stop, admin.close)
                await admin.start()
                consumer = AIOKafkaConsumer(**options, enable_auto_commit=False)
                stack.push_async_callback(_stop, consumer.stop)
                await consumer.start()
                stack.pop_all()
                self._clients = producer, admin, consumer
        return self._clients


_Clients = tuple[AIOKafkaProducer, AIOKafkaAdminClient, AIOKafkaConsumer]


async def _stop(stop: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(_CLOSE_S):
            await stop()
    except (KafkaError, OSError):
        _log.debug("client closed without an answer")
