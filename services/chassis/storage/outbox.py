"""The outbox: what a transaction publishes is committed together with its state, or not at all.

A message is in `event_log` once and for ever, and its number in `outbox` until the relay has seen
the broker's acknowledgement. So the busy table stays small, and everything can be republished.

SQL by hand: log and outbox are written in one statement, on the way of every event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from services.contracts.envelope import Fact, encode
from services.contracts.topics import topic_of

CHANNEL = "thidua_outbox"
"""NOTIFY channel that wakes the relays of one database."""

Headers = Sequence[tuple[str, bytes | None]]

encode_headers = msgspec.msgpack.Encoder().encode
"""Kafka headers as `event_log.headers` has them."""
decode_headers = msgspec.msgpack.Decoder(list[tuple[str, bytes | None]]).decode
"""Kafka headers from `event_log.headers`."""


class FactTooLargeError(ValueError):
    """A fact that no broker would take: the transaction that publishes it is in error."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way into the outbox; `key` and `value` are null in dead letters only."""

    event_id: UUID
    topic: str
    key: bytes | None
    headers: Headers
    value: bytes | None
    recorded_at: datetime

    @classmethod
    def of_fact(
        cls, fact: Fact, *, topic_prefix: str, source: str, traceparent: str | None = None
    ) -> "Outgoing":
        """A fact as its topic will have it.

        Raises FactTooLargeError for one of more than its `most_bytes`: the relay could never get
        rid of it.
        """
        now = datetime.now(UTC)  # wall clock also in a simulation: latencies are measured from it
        event_id, message = encode(fact, source=source, now=now, traceparent=traceparent)
        topic = topic_of(topic_prefix, type(fact))
        if len(message.value) > fact.most_bytes:
            raise FactTooLargeError(
                f"{topic}: {len(message.value)} bytes, at most {fact.most_bytes} fit"
            )
        return cls(event_id, topic, message.key, message.headers, message.value, now)


# One round trip for any number of rows. The insert into event_log decides what is new, so that an
# id written before (a dead letter of a redelivered batch) is not relayed twice. Numbers are given
# in the order of the arrays: that order is the order per key. NOTIFY is delivered at commit, once
# (docs/decisions/0031-notify-in-the-transaction.md).
_WRITE = f"""
WITH logged AS (
    INSERT INTO event_log (event_id, topic, key, headers, value, recorded_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[],
                         $6::timestamptz[])
    ON CONFLICT (event_id) DO NOTHING
    RETURNING seq
), waiting AS (
    INSERT INTO outbox (seq) SELECT seq FROM logged
)
SELECT pg_notify('{CHANNEL}', '') WHERE EXISTS (SELECT FROM logged)
"""  # noqa: S608 - what is put in is our own constant


async def write(connection: Any, messages: Sequence[Outgoing]) -> None:
    """Put messages into the log and the outbox, on the asyncpg connection of a transaction.

    Ids that the log has already are left out. Raises what the database raises.
    """
    await connection.execute(
        _WRITE,
        [m.event_id for m in messages],
        [m.topic for m in messages],
        [m.key for m in messages],
        [encode_headers(m.headers) for m in messages],
        [m.value for m in messages],
        [m.recorded_at for m in messages],
    )


async def republish(
    connection: Any,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    topics: Sequence[str] | None = None,
) -> int:
    """Put what the log has back into the outbox; how many messages will be published once more.

    All of it, or what was recorded in [since, until), or what went to some topics. `connection` is
    a Transaction, or asyncpg's. For a broker that lost its disk, or a topic made anew. Consumers
    take each event once, whatever they had before.
    """
    tag: str = await connection.execute(
        """
        INSERT INTO outbox (seq)
        SELECT seq FROM event_log
         WHERE ($1::timestamptz IS NULL OR recorded_at >= $1)
           AND ($2::timestamptz IS NULL OR recorded_at < $2)
           AND ($3::text[] IS NULL OR topic = ANY ($3))
         ORDER BY seq
        ON CONFLICT (seq) DO NOTHING
        """,
        since,
        until,
        topics,
    )
    await connection.execute(f"NOTIFY {CHANNEL}")
    return int(tag.removeprefix("INSERT 0 "))
