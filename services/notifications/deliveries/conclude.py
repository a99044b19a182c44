"""The end of an attempt, written down: the attempt, the delivery, the facts that follow.

A subscription is locked before its deliveries, as by everybody who changes both. Who reports a
success is believed; a failure counts only from the latest taker (`attempts` is the fence), or a
slow replica could end what a later one is still trying.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.chassis.storage.database import Transaction
from services.contracts.events import DeliveryFailed, SubscriptionDisabled
from services.notifications.channels.message import OutgoingMessage
from services.notifications.channels.outcomes import MAX_DETAIL, Outcome, Verdict

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


async def conclude(
    tx: Transaction,
    message: OutgoingMessage,
    outcome: Outcome,
    verdict: Verdict,
    *,
    disable_after: int,
) -> bool:
    """Write down what became of an attempt, and say what others must know.

    True when the verdict took effect: a no that comes after the lease has passed to another is
    noted in the attempt and changes nothing else.
    """
    await tx.execute(
        _ATTEMPT_ENDED,
        message.delivery,
        message.attempt,
        outcome.kind.value,
        outcome.code,
        outcome.detail[:MAX_DETAIL] or None,
    )
    if verdict.state == "accepted":
        await _accepted(tx, message)
        return True
    if verdict.state == "pending":
        pause = verdict.pause or timedelta()
        tag = await tx.execute(_AGAIN, message.delivery, message.attempt, pause)
        return tag == "UPDATE 1"
    await tx.execute(_LOCK, message.subscription)
    channel = await tx.fetchval(_FAILED, message.delivery, message.attempt)
    if channel is None:
        return False
    await _given_up(tx, message, outcome, channel)
    failed_in_row = await _blamed(tx, message, verdict)
    if verdict.disables or failed_in_row >= disable_after:
        await _disable(tx, message, outcome, failed_in_row)
    return True


async def _accepted(tx: Transaction, message: OutgoingMessage) -> None:
    """A yes ends a row of failures. Nearly always there is none, and many may say yes at once."""
    failed_in_row = await tx.fetchval(_FAILED_IN_ROW, message.subscription)
    await tx.execute(_LOCK if failed_in_row else _SHARE, message.subscription)
    await tx.execute(_ACCEPTED, message.delivery, bool(failed_in_row))


async def _given_up(
    tx: Transaction, message: OutgoingMessage, outcome: Outcome, channel: Any
) -> None:
    event = message.event
    fact = DeliveryFailed(
        campaign=event.data.campaign,
        simulated=event.data.simulated,
        subscription_id=message.subscription,
        event_id=event.id,
        event_type=event.type,
        channel=channel,
        attempts=message.attempt,
        cause=outcome.detail[:MAX_DETAIL] or outcome.kind.value,
        failed_at=datetime.now(UTC),
    )
    await tx.publish(fact, cause=event.traceparent)


async def _blamed(tx: Transaction, message: OutgoingMessage, verdict: Verdict) -> int:
    row = await tx.fetchrow(_BLAME, message.subscription, int(verdict.blames))
    return int(row["failed_in_row"]) if row and verdict.blames else 0


async def _disable(
    tx: Transaction, message: OutgoingMessage, outcome: Outcome, failed_in_row: int
) -> None:
    cause = outcome.detail or outcome.kind.value
    reason = cause if outcome.kind == "gone" else f"{failed_in_row} failures in a row: {cause}"
    campaign = await tx.fetchval(_DISABLE, message.subscription, reason[:MAX_DETAIL])
    if campaign is None:  # it was already, or has been deleted meanwhile
        return
    fact = SubscriptionDisabled(
        campaign=campaign,
        simulated=message.event.data.simulated,
        subscription_id=message.subscription,
        reason=reason[:MAX_DETAIL],
        disabled_at=datetime.now(UTC),
    )
    await tx.publish(fact, cause=message.event.traceparent)
