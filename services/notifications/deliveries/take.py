"""Due deliveries, taken under a lease, the subscriptions in turn.

A delivery is taken by one replica at a time: taking moves `due_at` to the end of the lease, in one
statement over rows that nobody else has locked. When the taker dies, the delivery is due again by
itself (docs/decisions/0071-a-delivery-is-taken-under-a-lease.md).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event
from services.contracts.events import BY_TYPE
from services.contracts.personal import without_personal_data
from services.notifications.channels.message import OutgoingMessage

log = structlog.get_logger(__name__)

CHANNEL = "thidua_deliveries"
"""NOTIFY channel that wakes the senders of all replicas: deliveries are due."""

FIRST = UUID(int=0)
"""Before every subscription."""

# SQL by hand: locks, a lease and a turn of subscriptions in one statement. `turn` finds the next
# subscription with pending deliveries by one look into an index, and is evaluated no further than
# the LIMIT of `due` asks for: so a take costs as much as it takes, however long the backlog is, and
# a subscription with ten thousand deliveries gets as many of them sent as one with three.
_TAKE = """
WITH RECURSIVE turn (subscription_id) AS (
    (SELECT subscription_id FROM deliveries
      WHERE state = 'pending' AND channel = $1 AND subscription_id > $2
      ORDER BY subscription_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.subscription_id FROM deliveries d
             WHERE d.state = 'pending' AND d.channel = $1
               AND d.subscription_id > turn.subscription_id
             ORDER BY d.subscription_id LIMIT 1)
      FROM turn WHERE turn.subscription_id IS NOT NULL
), due AS (
    SELECT d.id
      FROM turn
     CROSS JOIN LATERAL (
            SELECT s.id FROM subscriptions s
             WHERE s.id = turn.subscription_id AND s.state = 'active' AND s.id <> ALL ($5::uuid[])
               AND coalesce(s.host, s.id::text) <> ALL ($6::text[])
               AND ($7::text[] IS NULL OR coalesce(s.host, s.id::text) = ANY ($7::text[]))
            OFFSET 0) s
     CROSS JOIN LATERAL (
            SELECT d.id FROM deliveries d
             WHERE d.subscription_id = s.id AND d.state = 'pending' AND d.channel = $1
               AND d.due_at <= now()
             ORDER BY d.due_at, d.id LIMIT 1
               FOR UPDATE SKIP LOCKED) d
     LIMIT $3
), taken AS (
    UPDATE deliveries d
       SET attempts = d.attempts + 1, due_at = clock_timestamp() + $4
      FROM due WHERE d.id = due.id
    RETURNING d.id, d.event_id, d.subscription_id, d.attempts, d.attempts_before
), lost AS (
    UPDATE delivery_attempts a
       SET outcome = 'lost', ended_at = clock_timestamp()
      FROM taken WHERE a.delivery_id = taken.id AND a.outcome IS NULL
), begun AS (
    INSERT INTO delivery_attempts (delivery_id, number, started_at)
    SELECT id, attempts, clock_timestamp() FROM taken
)
SELECT t.id, t.attempts, t.attempts - t.attempts_before AS round, t.subscription_id,
       coalesce(s.host, s.id::text) AS host, s.target, s.language, s.content_type,
       s.personal_data, s.secret, e.*
  FROM taken t
  JOIN subscriptions s ON s.id = t.subscription_id
  JOIN events e ON e.event_id = t.event_id
 ORDER BY t.subscription_id
"""

_NEXT_DUE = """
SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float8
  FROM deliveries WHERE state = 'pending' AND channel = $1 AND due_at > now()
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that belongs to this process until its lease runs out."""

    delivery: UUID
    attempt: int
    """Its number; the fence of `conclude.py`."""
    round: int
    """The same, since the delivery was made or put back by hand; 1 is the first."""
    subscription: UUID
    host: str
    """The machine that it goes to, or the subscription where hosts say nothing."""
    campaign: str
    """Of the event."""
    event_id: UUID
    event_type: str
    simulated: bool
    recordedtime: datetime
    traceparent: str | None
    message: OutgoingMessage | None
    """None: this version can't read the stored event."""


async def announce(tx: Transaction) -> None:
    """Wake the senders of all replicas when this transaction commits."""
    await tx.execute("SELECT pg_notify($1, '')", CHANNEL)


async def take(
    tx: Transaction,
    channel: str,
    limit: int,
    *,
    lease: timedelta,
    after: UUID = FIRST,
    full_subscriptions: Collection[UUID] = (),
    full_hosts: Collection[str] = (),
    only_hosts: Collection[str] | None = None,
) -> list[Taken]:
    """Take up to `limit` due deliveries of a channel, one a subscription; note the attempts begun.

    `after`: the subscription that was served last; the turn goes on behind it, and begins anew when
    it finds less than `limit`. Full subscriptions and hosts get nothing, nor do subscriptions that
    are disabled or deleted. An attempt that never ended is noted as lost.
    """
    only = None if only_hosts is None else list(only_hosts)
    full, hosts = list(full_subscriptions), list(full_hosts)
    rows = await tx.fetch(_TAKE, channel, after, limit, lease, full, hosts, only)
    if len(rows) < limit and after != FIRST:
        full += [row["subscription_id"] for row in rows]
        rest = limit - len(rows)
        rows += await tx.fetch(_TAKE, channel, FIRST, rest, lease, full, hosts, only)
    return [_taken(row) for row in rows]


async def seconds_to_next(tx: Transaction, channel: str) -> float | None:
    """Seconds until the next delivery of a channel is due; None when none waits for its time."""
    seconds: float | None = await tx.fetchval(_NEXT_DUE, channel)
    return seconds


def _taken(row: Any) -> Taken:
    message = None
    try:
        message = _message(row)
    except Exception as error:
        log.warning(
            "stored event is unreadable", delivery=str(row["id"]), error=type(error).__name__
        )
    return Taken(
        delivery=row["id"],
        attempt=row["attempts"],
        round=row["round"],
        subscription=row["subscription_id"],
        host=row["host"],
        campaign=row["campaign"],
        event_id=row["event_id"],
        event_type=row["type"],
        simulated=row["simulated"],
        recordedtime=row["recordedtime"],
        traceparent=row["traceparent"],
        message=message,
    )


def _message(row: Any) -> OutgoingMessage:
    """Raises KeyError for a type that this version does not know, ValueError for broken data."""
    data = BY_TYPE[row["type"]].model_validate_json(row["data"])
    event = Event(
        id=row["event_id"],
        type=row["type"],
        source=row["source"],
        subject=row["subject"],
        time=row["time"],
        recordedtime=row["recordedtime"],
        partitionkey=row["partitionkey"],
        traceparent=row["traceparent"],
        dataschema=row["dataschema"],
        data=data if row["personal_data"] else without_personal_data(data),
    )
    return OutgoingMessage(
        delivery=row["id"],
        attempt=row["attempts"],
        subscription=row["subscription_id"],
        event=event,
        target=row["target"],
        language=row["language"],
        content_type=row["content_type"],
        encrypted_secret=row["secret"],
    )
