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
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event
from services.contracts.events import BY_TYPE, DeliveryFailed, SubscriptionDisabled
from services.notifications.channels.letter import Letter
from services.notifications.channels.outcomes import MAX_DETAIL, Outcome, Verdict
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

_ATTEMPT_ENDED = """
UPDATE delivery_attempts SET ended_at = clock_timestamp(), outcome = $3, code = $4, detail = $5
 WHERE delivery_id = $1 AND number = $2
"""

_FAILED_IN_ROW = "SELECT failed_in_row FROM subscriptions WHERE id = $1"
_LOCK = "SELECT FROM subscriptions WHERE id = $1 FOR NO KEY UPDATE"
_SHARE = "SELECT FROM subscriptions WHERE id = $1 FOR SHARE"

_ACCEPTED = """
WITH accepted AS (
    UPDATE deliveries SET state = 'accepted', concluded_at = clock_timestamp()
     WHERE id = $1 AND state <> 'accepted' RETURNING subscription_id
)
UPDATE subscriptions s SET failed_in_row = 0
  FROM accepted WHERE s.id = accepted.subscription_id AND $2
"""

_AGAIN = """
UPDATE deliveries SET due_at = clock_timestamp() + $3
 WHERE id = $1 AND attempts = $2 AND state = 'pending'
"""

_FAILED = """
UPDATE deliveries SET state = 'failed', concluded_at = clock_timestamp()
 WHERE id = $1 AND attempts = $2 AND state IN ('pending', 'held') RETURNING channel
"""

_BLAME = """
UPDATE subscriptions SET failed_in_row = failed_in_row + $2 WHERE id = $1
RETURNING failed_in_row, state
"""

_DISABLE = """
WITH disabled AS (
    UPDATE subscriptions SET state = 'disabled', disabled_reason = $2, disabled_at = now()
     WHERE id = $1 AND state = 'active' RETURNING id, campaign
), held AS (
    UPDATE deliveries d SET state = 'held' FROM disabled
     WHERE d.subscription_id = disabled.id AND d.state = 'pending'
)
SELECT campaign FROM disabled
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that belongs to this process until its lease runs out."""

    letter: Letter
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
            taken.append(Taken(_letter(row), row["round"]))
        except (KeyError, ValueError):
            log.exception("stored event is unreadable", delivery=str(row["id"]))
    return taken


async def seconds_to_next(tx: Transaction, channel: str) -> float | None:
    """Seconds until the next delivery of a channel is due; None when none is."""
    seconds: float | None = await tx.fetchval(_NEXT_DUE, channel)
    return seconds


async def conclude(
    tx: Transaction, letter: Letter, outcome: Outcome, verdict: Verdict, *, disable_after: int
) -> bool:
    """Write down what became of an attempt, and say what others must know.

    True when the verdict took effect: a no that comes after the lease has passed to another is
    noted in the attempt and changes nothing else.
    """
    await tx.execute(
        _ATTEMPT_ENDED,
        letter.delivery,
        letter.attempt,
        outcome.kind.value,
        outcome.code,
        outcome.detail[:MAX_DETAIL] or None,
    )
    if verdict.state == "accepted":
        await _accepted(tx, letter)
        return True
    if verdict.state == "pending":
        pause = verdict.pause or timedelta()
        tag = await tx.execute(_AGAIN, letter.delivery, letter.attempt, pause)
        return tag == "UPDATE 1"
    await tx.execute(_LOCK, letter.subscription)
    channel = await tx.fetchval(_FAILED, letter.delivery, letter.attempt)
    if channel is None:
        return False
    await _given_up(tx, letter, outcome, channel)
    failed_in_row = await _blamed(tx, letter, verdict)
    if verdict.disables or failed_in_row >= disable_after:
        await _disable(tx, letter, outcome, failed_in_row)
    return True


async def _accepted(tx: Transaction, letter: Letter) -> None:
    """A yes ends a row of failures. Nearly always there is none, and many may say yes at once."""
    failed_in_row = await tx.fetchval(_FAILED_IN_ROW, letter.subscription)
    await tx.execute(_LOCK if failed_in_row else _SHARE, letter.subscription)
    await tx.execute(_ACCEPTED, letter.delivery, bool(failed_in_row))


async def _given_up(tx: Transaction, letter: Letter, outcome: Outcome, channel: Any) -> None:
    event = letter.event
    fact = DeliveryFailed(
        campaign=event.data.campaign,
        simulated=event.data.simulated,
        subscription_id=letter.subscription,
        event_id=event.id,
        event_type=event.type,
        channel=channel,
        attempts=letter.attempt,
        cause=outcome.detail[:MAX_DETAIL] or outcome.kind.value,
        failed_at=datetime.now(UTC),
    )
    await tx.publish(fact, cause=event.traceparent)


async def _blamed(tx: Transaction, letter: Letter, verdict: Verdict) -> int:
    row = await tx.fetchrow(_BLAME, letter.subscription, int(verdict.blames))
    return int(row["failed_in_row"]) if row and verdict.blames else 0


async def _disable(tx: Transaction, letter: Letter, outcome: Outcome, failed_in_row: int) -> None:
    cause = outcome.detail or outcome.kind.value
    reason = cause if outcome.kind == "gone" else f"{failed_in_row} failures in a row: {cause}"
    campaign = await tx.fetchval(_DISABLE, letter.subscription, reason[:MAX_DETAIL])
    if campaign is None:  # it was already, or has been deleted meanwhile
        return
    fact = SubscriptionDisabled(
        campaign=campaign,
        simulated=letter.event.data.simulated,
        subscription_id=letter.subscription,
        reason=reason[:MAX_DETAIL],
        disabled_at=datetime.now(UTC),
    )
    await tx.publish(fact, cause=letter.event.traceparent)


def _letter(row: Any) -> Letter:
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
    return Letter(
        delivery=row["id"],
        attempt=row["attempts"],
        subscription=row["subscription_id"],
        event=event,
        target=row["target"],
        language=row["language"],
        sealed_secret=row["secret"],
    )
