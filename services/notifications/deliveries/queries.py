"""What subscribers ask of their deliveries: states and attempts. Never content or addresses."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from services.chassis.storage.database import Transaction
from services.notifications.deliveries.schemas import AttemptOut, DeliveryList, DeliveryOut

_DELIVERIES = """
SELECT d.id, d.channel, d.event_id, e.type, d.state, d.created_at, d.concluded_at, d.due_at
  FROM deliveries d JOIN events e USING (event_id)
 WHERE d.subscription_id = $1 AND ($2::text IS NULL OR d.state = $2)
   AND ($3::uuid IS NULL OR d.id < $3)
 ORDER BY d.id DESC LIMIT $4
"""

_ATTEMPTS = """
SELECT delivery_id, number, started_at, ended_at, outcome, code, detail
  FROM delivery_attempts WHERE delivery_id = ANY ($1::uuid[]) ORDER BY delivery_id, number
"""


async def deliveries_of(
    tx: Transaction, subscription: UUID, *, state: str | None, before: UUID | None, limit: int
) -> DeliveryList:
    """Deliveries of a subscription with all their attempts, newest first."""
    rows = await tx.fetch(_DELIVERIES, subscription, state, before, limit)
    attempts: dict[UUID, list[AttemptOut]] = defaultdict(list)
    for row in await tx.fetch(_ATTEMPTS, [row["id"] for row in rows]):
        attempts[row["delivery_id"]].append(AttemptOut.model_validate(dict(row)))
    items = [_delivery(row, attempts[row["id"]]) for row in rows]
    return DeliveryList(items=items, next=items[-1].id if len(items) == limit else None)


def _delivery(row: Any, attempts: list[AttemptOut]) -> DeliveryOut:
    return DeliveryOut(
        id=row["id"],
        message_id=f"msg_{row['id'].hex}" if row["channel"] == "webhook" else str(row["id"]),
        event_id=row["event_id"],
        event_type=row["type"],
        state=row["state"],
        created_at=row["created_at"],
        next_attempt_at=row["due_at"] if row["state"] == "pending" else None,
        concluded_at=row["concluded_at"],
        attempts=attempts,
    )
