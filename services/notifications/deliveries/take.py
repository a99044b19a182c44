"""The life of deliveries in the database: taken under a lease, concluded by what came of it.

Locks: a subscription before its deliveries, as whoever switches it off, resumes or deletes it holds
it while reaching for all of them.

A delivery is taken by one replica at a time: taking moves `due_at` to the end of the lease, in one
statement over rows that nobody else has locked. When the taker dies, the delivery is due again by
itself. A yes counts whoever reports it; a no counts only from the latest taker (`attempts` is the
fence), or a slow one could end what a later one is still trying.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event
from services.contracts.events import BY_TYPE
from services.notifications.channels.message import OutgoingMessage
from services.notifications.personal import without_personal_data

log = structlog.get_logger(__name__)

_TAKE = """
WITH due AS (
    SELECT d.id
      FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
     WHERE d.state = 'pending' AND d.channel = $1 AND d.due_at <= now()
       AND s.state = 'active' AND d.subscription_id <> ALL ($4::uuid[])
     ORDER BY d.due_at, d.id
     LIMIT $2
       FOR UPDATE OF d SKIP LOCKED
), taken AS (
    UPDATE deliveries d
       SET attempts = d.attempts + 1, due_at = clock_timestamp() + $3
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
       s.target, s.language, s.personal_data, s.secret, e.*
  FROM taken t
  JOIN subscriptions s ON s.id = t.subscription_id
  JOIN events e ON e.event_id = t.event_id
 ORDER BY t.id
"""

_NEXT_DUE = """
SELECT extract(epoch FROM min(d.due_at) - clock_timestamp())::float8
  FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
 WHERE d.state = 'pending' AND d.channel = $1 AND d.due_at > now() AND s.state = 'active'
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that belongs to this process until its lease runs out."""

    message: OutgoingMessage
    round: int
    """Number of this attempt since the delivery was made or put back by hand; 1 is the first."""


async def take(
    tx: Transaction,
    channel: str,
    limit: int,
    *,
    lease: timedelta,
    leaving_out: Collection[UUID] = (),
) -> list[Taken]:
    """Take up to `limit` due deliveries of a channel, oldest first; note that an attempt begins.

    `leaving_out`: subscriptions that have enough on their way. Held and deleted subscriptions get
    nothing. An attempt that never ended is noted as lost. A stored event that can't be read is an
    error of ours: it is logged, and due again after the lease.
    """
    rows = await tx.fetch(_TAKE, channel, limit, lease, list(leaving_out))
    taken = []
    for row in rows:
        try:
            taken.append(Taken(_message(row), row["round"]))
        except (KeyError, ValueError):
            log.exception("stored event is unreadable", delivery=str(row["id"]))
    return taken


async def seconds_to_next(tx: Transaction, channel: str) -> float | None:
    """Seconds until the next delivery of a channel is due; None when none is."""
    seconds: float | None = await tx.fetchval(_NEXT_DUE, channel)
    return seconds


def _message(row: Any) -> OutgoingMessage:
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
        encrypted_secret=row["secret"],
    )
