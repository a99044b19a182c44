"""The relay: publishes outbox rows to Kafka and deletes each after it is acknowledged.

    claim rows (SKIP LOCKED) -> send, keyed -> all acknowledged -> delete exactly these -> commit

Claim and delete are one transaction of the relay's own connection, so a relay that dies leaves its
rows to the next one; what it had sent is then sent twice, and consumers take it once. Any number of
relays may run; each keeps the order per key of what it claims.

SQL by hand: claims of rows that nobody else has locked, on the way of every event.
"""

import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from services.chassis.broker.producer import close_producer
from services.chassis.clock import SystemClock
from services.chassis.crash import AFTER_PUBLISH, crash_point
from services.chassis.loops.loop import AT_ONCE, Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    OUTBOX_BACKLOG,
    OUTBOX_OLDEST_SECONDS,
    RELAYED,
)
from services.chassis.relay.send import Sent, send_rows
from services.chassis.retry import TransientError

_log = structlog.get_logger(__name__)

SEND_TIMEOUT_S = 30.0
"""Longest wait for the acknowledgements of one claim; then the rows are left for another try."""

_LONGEST_ACK_S = 5.0
"""A claim that is not acknowledged for so long is reported; it may still be."""

MAX_CLAIM_BYTES = 16 * 1024 * 1024
"""A claim ends with the row that gets to it. Rows are some hundred bytes; the documents of a
campaign have up to 8 MB, and hundreds of these, as after `thidua republish`, would be gigabytes."""

REST_S = 15.0
"""A topic that is missing or refuses is left alone this long, so that others are not held up."""

_LONGEST_RETRY_S = 5.0
_MEASURE_EVERY_S = 1.0

# Order by seq: the order in which a transaction wrote them, and with one relay the order per key.
# Never by a cursor `seq > last`: a transaction that commits late would be skipped for ever.
# OFFSET 0 keeps the planner from turning the join round: without statistics, on a new database, it
# took the log for as small as the outbox and read all of it for every claim.
# The first always comes, whatever its size, and then as many as fit, in the order of the claim;
# PostgreSQL knows how long a value is without reading it.
CLAIM = f"""
WITH claimed AS MATERIALIZED (
    SELECT o.seq, l.topic, l.key, l.headers, l.value, coalesce(octet_length(l.value), 0) AS bytes
      FROM outbox o
     CROSS JOIN LATERAL (SELECT * FROM event_log WHERE seq = o.seq OFFSET 0) l
     WHERE l.topic <> ALL ($2::text[])
     ORDER BY o.seq LIMIT $1
       FOR UPDATE OF o SKIP LOCKED)
SELECT seq, topic, key, headers, value
  FROM (SELECT *, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
          FROM claimed) AS sized
 WHERE bytes_before < {MAX_CLAIM_BYTES}
"""  # noqa: S608 - a constant

# One plan is right, whatever the statistics of a table that is mostly empty are: the outbox by its
# index, and for each row its one row of the log.
PLANNING = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}

# Exactly the rows sent, never a range: rows in between may belong to another relay or be new.
_DELETE = "DELETE FROM outbox WHERE seq = ANY ($1::bigint[])"

# Of rows that are too large for the broker: those that are dead letters stay in the database only.
_KEEP_HERE = """
UPDATE dead_letters AS d SET unpublished = kept.reason
  FROM unnest($1::bigint[], $2::text[]) AS kept (seq, reason) JOIN event_log l USING (seq)
 WHERE d.id = l.event_id
RETURNING l.seq, d.id
"""

_MEASURE = """
SELECT (SELECT count(*) FROM outbox) AS backlog,
       (SELECT extract(epoch FROM now() - recorded_at)::float8 FROM event_log
         WHERE seq = (SELECT min(seq) FROM outbox)) AS oldest
"""


class RelayStuckError(TransientError):
    """A claim could not be sent, or not all of it; what was not is still in the outbox.

    Whatever broker and database refuse is among it: with new connections to them it may go.
    """


_REFUSED = (
    KafkaError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Relay:
    """Relays one service's outbox until it is stopped."""

    def __init__(
        self,
        database_url: str,
        open_producer: Callable[[], Awaitable[AIOKafkaProducer]],
        *,
        name: str,
        metrics: Metrics,
        batch: int = 500,
        safety_poll_s: float = 5.0,
        send_timeout_s: float = SEND_TIMEOUT_S,
    ) -> None:
        """`name` is the service's. The relay is woken by `wake`; every `safety_poll_s` it looks by
        itself, for rows of a relay that died. Larger batches are faster, and more is sent twice
        after a crash.
        """
        self._database_url = database_url
        self._open_producer = open_producer
        self.name = "relay"
        self._application_name = f"{name} relay"
        self._metrics = metrics
        self._batch = batch
        self._send_timeout_s = send_timeout_s
        self._loop = Loop(
            self.name,
            self._tick,
            every_s=safety_poll_s,
            limit_s=3 * send_timeout_s + 2 * safety_poll_s,
            longest_retry_s=_LONGEST_RETRY_S,
            finish=self._finish,
            close=self._close,
        )
        self._connection: Any = None
        self._producer: AIOKafkaProducer | None = None
        self._resting: dict[str, float] = {}
        self._sends_since: float | None = None
        self._measured_at = 0.0

    def degraded(self) -> str | None:
        """Why it can't relay now, None while it can."""
        if trouble := self._loop.trouble():
            return trouble
        if self._producer is None:
            return "not connected yet"
        if self._sends_since is not None:
            waits_s = time.monotonic() - self._sends_since
            if waits_s > _LONGEST_ACK_S:
                return f"no acknowledgement for {waits_s:.0f} s"
        if self._resting:
            return f"no such topic, or it refuses: {', '.join(sorted(self._resting))}"
        return None

    def stalled(self) -> str | None:
        """Why it counts as dead, None while it tries or waits. For liveness."""
        return self._loop.stalled()

    def wake(self) -> None:
        """Look at once: rows were written. The process's listener calls it at each NOTIFY."""
        if self._producer is not None:  # else every row would cut the pause after a failure short
            self._loop.wake()

    async def run(self) -> None:
        """Relay until stopped, through every outage of broker and database.

        Other errors than theirs are bugs and are raised.
        """
        await self._loop.run(clock=SystemClock(), metrics=self._metrics)

    async def stop(self) -> None:
        """Relay what is there, then end; without waiting for what can't be relayed."""
        await self._loop.stop()

    # ---- inside

    async def _tick(self) -> float | None:
        """One claim, on the connections that are there."""
        try:
            producer = self._producer or await self._connect()
            more = await self._relay_once(self._connection, producer)
            await self._measure()
        except Exception as error:
            await self._close()
            if isinstance(error, _REFUSED):
                raise RelayStuckError(repr(error)) from error
            raise
        return AT_ONCE if more else None

    async def _finish(self) -> None:
        """Claim after claim, the first after the stop: it sees all that was written before."""
        while self._producer is not None and await self._tick() == AT_ONCE:
            pass

    async def _connect(self) -> AIOKafkaProducer:
        self._connection = await asyncpg.connect(
            self._database_url,
            timeout=10,
            command_timeout=30,
            server_settings={
                "application_name": self._application_name,
                # A relay that hangs must not keep its rows from the others.
                "idle_in_transaction_session_timeout": f"{2 * self._send_timeout_s:.0f}s",
                **PLANNING,
            },
        )
        self._connection.add_termination_listener(lambda *_: self.wake())
        await self._measure()  # also while no broker is there
        self._producer = await self._open_producer()
        return self._producer

    async def _close(self) -> None:
        """Both ends. After any failure both are made anew: one way back, not three."""
        connection, producer = self._connection, self._producer
        self._connection = self._producer = None
        try:
            if producer is not None:
                await close_producer(producer)
        finally:
            if connection is not None:
                with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await connection.close(timeout=2)

    async def _relay_once(self, connection: Any, producer: AIOKafkaProducer) -> bool:
        """One claim, sent and deleted; whether there may be more. Raises RelayStuckError."""
        now = time.monotonic()
        self._resting = {topic: until for topic, until in self._resting.items() if until > now}
        async with connection.transaction():
            rows = await connection.fetch(CLAIM, self._batch, list(self._resting))
            if not rows:
                return False
            self._sends_since = now
            try:
                sent = await send_rows(producer, rows, timeout_s=self._send_timeout_s)
            finally:
                self._sends_since = None
            if sent.acknowledged:
                crash_point(AFTER_PUBLISH)
                await connection.execute(_DELETE, sent.acknowledged)
            if sent.too_large:
                await self._keep_here(connection, rows, sent)
        for topic, count in sent.per_topic.items():
            self._metrics.count(RELAYED, count, topic=topic)
        for topic, error in sent.refused.items():
            self._resting[topic] = time.monotonic() + REST_S
            _log.error("topic takes nothing", topic=topic, error=repr(error), again_in_s=REST_S)
        if sent.broken is not None:
            raise RelayStuckError(repr(sent.broken)) from sent.broken
        if len(rows) == self._batch:
            return True
        return sum(len(row["value"] or b"") for row in rows) >= MAX_CLAIM_BYTES

    async def _keep_here(self, connection: Any, rows: Sequence[Any], sent: Sent) -> None:
        """Take dead letters out of the outbox that the broker will never take, and note it in the
        list. A fact of that size rests its topic: facts are published, whatever it takes."""
        seqs, reasons = list(sent.too_large), list(sent.too_large.values())
        kept = {row["seq"]: row["id"] for row in await connection.fetch(_KEEP_HERE, seqs, reasons)}
        await connection.execute(_DELETE, list(kept))
        for seq, id_ in kept.items():
            _log.error(
                "dead letter too large for its topic, it stays in the database only",
                dead_letter=str(id_),
                why=sent.too_large[seq],
            )
        for row in rows:
            if row["seq"] in sent.too_large and row["seq"] not in kept:
                sent.refused[row["topic"]] = MessageSizeTooLargeError(sent.too_large[row["seq"]])

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at < _MEASURE_EVERY_S:
            return
        row = await self._connection.fetchrow(_MEASURE)
        self._metrics.set(OUTBOX_BACKLOG, row["backlog"])
        self._metrics.set(OUTBOX_OLDEST_SECONDS, row["oldest"] or 0)
        self._measured_at = time.monotonic()
