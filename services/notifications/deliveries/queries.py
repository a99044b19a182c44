"""What subscribers ask of their deliveries: states and attempts. Never content or addresses."""

from collections import defaultdict
from uuid import UUID

from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.notifications.channels.registry import CHANNELS
from services.notifications.deliveries.schemas import AttemptOut, DeliveryList, DeliveryOut
from services.notifications.models import Attempt, Delivery, StoredEvent


async def deliveries_of(
    tx: Transaction, subscription: UUID, *, state: str | None, before: UUID | None, limit: int
) -> DeliveryList:
    """Deliveries of a subscription with all their attempts, newest first."""
    wanted = (
        select(Delivery, StoredEvent.type, StoredEvent.campaign)
        .join(StoredEvent, col(StoredEvent.event_id) == col(Delivery.event_id))
        .where(Delivery.subscription_id == subscription)
        .order_by(col(Delivery.id).desc())
        .limit(limit)
    )
    if state is not None:
        wanted = wanted.where(Delivery.state == state)
    if before is not None:
        wanted = wanted.where(Delivery.id < before)
    rows = (await tx.session.exec(wanted)).all()
    attempts: dict[UUID, list[AttemptOut]] = defaultdict(list)
    made = select(Attempt).where(col(Attempt.delivery_id).in_([row.id for row, _, _ in rows]))
    for attempt in await tx.session.exec(made.order_by(col(Attempt.number))):
        attempts[attempt.delivery_id].append(AttemptOut.model_validate(attempt.model_dump()))
    items = [
        _delivery(row, event_type, campaign, attempts[row.id]) for row, event_type, campaign in rows
    ]
    return DeliveryList(items=items, next=items[-1].id if len(items) == limit else None)


def _delivery(
    row: Delivery, event_type: str, campaign: str, attempts: list[AttemptOut]
) -> DeliveryOut:
    return DeliveryOut(
        id=row.id,
        message_id=f"msg_{row.id.hex}" if CHANNELS[row.channel].signs else str(row.id),
        event_id=row.event_id,
        event_type=event_type,
        campaign=campaign,
        state=row.state,
        created_at=row.created_at,
        next_attempt_at=row.due_at if row.state == "pending" else None,
        concluded_at=row.concluded_at,
        attempts=attempts,
    )
