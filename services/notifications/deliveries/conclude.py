"""The end of an attempt, recorded: the attempt, the delivery, the facts that follow.

A subscription is locked before its deliveries, as by everybody who changes both. Who reports a
success is believed; a failure counts only from the latest taker (`attempts` is the fence), or a
slow replica could end what a later one is still trying.

SQL by hand: locks of three strengths, and fences, on the way of every delivery.
"""

from datetime import UTC, datetime, timedelta

from services.chassis.storage.database import Transaction
from services.contracts.events import DeliveryFailed, SubscriptionDisabled
from services.notifications.channels.outcomes import MAX_DETAIL, Consequence, Kind, Outcome
from services.notifications.deliveries.take import Taken

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

_RETRY = """
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
     WHERE id = $1 AND state = 'active' RETURNING id
), held AS (
    UPDATE deliveries d SET state = 'held' FROM disabled
     WHERE d.subscription_id = disabled.id AND d.state = 'pending'
)
SELECT id FROM disabled
"""


async def conclude(
    tx: Transaction, taken: Taken, outcome: Outcome, consequence: Consequence, *, disable_after: int
) -> bool:
    """Record what became of an attempt, and publish what follows from it.

    True when the consequence took effect: a failure that is reported after the lease has passed to
    another replica is noted in the attempt and changes nothing else.
    """
    await tx.execute(
        _ATTEMPT_ENDED,
        taken.delivery,
        taken.attempt,
        outcome.kind.value,
        outcome.code,
        outcome.detail[:MAX_DETAIL] or None,
    )
    if consequence.state == "accepted":
        await _accepted(tx, taken)
        return True
    if consequence.state == "pending":
        pause = consequence.pause or timedelta()
        tag = await tx.execute(_RETRY, taken.delivery, taken.attempt, pause)
        return tag == "UPDATE 1"
    await tx.execute(_LOCK, taken.subscription)
    channel = await tx.fetchval(_FAILED, taken.delivery, taken.attempt)
    if channel is None:
        return False
    await _publish_failure(tx, taken, outcome, channel)
    failed_in_row = await _count_failure(tx, taken, consequence)
    if consequence.disables or failed_in_row >= disable_after:
        await _disable(tx, taken, outcome, failed_in_row)
    return True


async def _accepted(tx: Transaction, taken: Taken) -> None:
    """A success ends a row of failures. Nearly always there is none: then a shared lock does, so
    that many successes of one subscription are recorded at once."""
    failed_in_row = await tx.fetchval(_FAILED_IN_ROW, taken.subscription)
    await tx.execute(_LOCK if failed_in_row else _SHARE, taken.subscription)
    await tx.execute(_ACCEPTED, taken.delivery, bool(failed_in_row))


async def _publish_failure(tx: Transaction, taken: Taken, outcome: Outcome, channel: str) -> None:
    fact = DeliveryFailed(
        campaign=taken.campaign,
        simulated=taken.simulated,
        subscription_id=taken.subscription,
        event_id=taken.event_id,
        event_type=taken.event_type,
        channel=channel,
        attempts=taken.attempt,
        cause=outcome.detail[:MAX_DETAIL] or outcome.kind.value,
        failed_at=datetime.now(UTC),
    )
    await tx.publish(fact, cause=taken.traceparent)


async def _count_failure(tx: Transaction, taken: Taken, consequence: Consequence) -> int:
    """Failures in a row that count against the subscription; 0 when this one does not."""
    row = await tx.fetchrow(_BLAME, taken.subscription, int(consequence.blames))
    return int(row["failed_in_row"]) if row and consequence.blames else 0


async def _disable(tx: Transaction, taken: Taken, outcome: Outcome, failed_in_row: int) -> None:
    cause = outcome.detail or outcome.kind.value
    is_gone = outcome.kind is Kind.GONE
    reason = cause if is_gone else f"{failed_in_row} failures in a row: {cause}"
    disabled = await tx.fetchval(_DISABLE, taken.subscription, reason[:MAX_DETAIL])
    if disabled is None:  # it was already, or has been deleted meanwhile
        return
    fact = SubscriptionDisabled(
        campaign=taken.campaign,  # of the event that failed last: it may be for all of them
        simulated=taken.simulated,
        subscription_id=taken.subscription,
        reason=reason[:MAX_DETAIL],
        disabled_at=datetime.now(UTC),
    )
    await tx.publish(fact, cause=taken.traceparent)
