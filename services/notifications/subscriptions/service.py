"""Subscriptions in the database: created, found, resumed, deleted; in the caller's transaction.

SQL by hand: a lock on no row, and deliveries, which are put back or cancelled as a set.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Text, and_, any_, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select

from services.chassis.http import Principal
from services.chassis.problems import CONFLICT, FORBIDDEN, NOT_FOUND, Fault, Refusal
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign.units import Unit
from services.notifications.channels.registry import CHANNELS
from services.notifications.models import Subscription
from services.notifications.secret_encryption import DecryptionError, SecretEncryption
from services.notifications.settings import NotificationsSettings
from services.notifications.subscriptions.subscription_request import SubscriptionRequest
from services.notifications.subscriptions.visibility import VisibilityScope, owner_of

log = structlog.get_logger(__name__)


def no_right(unit: Unit) -> Refusal:
    """The refusal of a request for another unit's events."""
    return Refusal(
        FORBIDDEN,
        detail=(
            f"Tài khoản không có quyền đăng ký nhận thông báo về {unit.name_in_text}.",
            f"The token does not allow a subscription to events of {unit.name} ({unit.code}).",
        ),
    )


async def add(
    tx: Transaction,
    request: SubscriptionRequest,
    caller: Principal,
    *,
    encrypted_secret: bytes | None,
) -> Subscription:
    """Store a request that has no faults. Raises Refusal (409) when the owner has the same."""
    # A time of this machine, in the same statement's transaction: `matching.SLACK` bears the rest.
    subscription = Subscription(
        id=uuid4(),
        campaign=request.campaign,
        unit=request.unit,
        event_types=request.types,
        channel=request.channel,
        target=request.target,
        host=CHANNELS[request.channel].host(request.target),
        language=request.language,
        content_type=request.content_type,
        personal_data=request.personal_data,
        note=request.clean_note,
        owner_unit=owner_of(caller),
        owner_subject=caller.subject,
        secret=encrypted_secret,
        created_at=datetime.now(UTC),
    )
    # Two that come at once: the second waits for the first here, not in a broken constraint.
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"owner {subscription.owner_unit}"
    )
    if await _same(tx, subscription):
        fault = Fault(
            "",
            "Đã có đăng ký cùng đơn vị, loại thông báo và nơi nhận, cho cùng đợt thi đua hoặc cho"
            " tất cả các đợt thi đua. Sử dụng đăng ký đó, hoặc xóa trước khi tạo đăng ký mới.",
            "A subscription has the same unit, event types and target, for the same campaign or for"
            " all: use that one, or delete it first.",
        )
        raise Refusal(CONFLICT, [fault])
    tx.session.add(subscription)
    await tx.session.flush()
    return subscription


async def find(tx: Transaction, subscription_id: UUID, scope: VisibilityScope) -> Subscription:
    """A subscription that the caller may see. Raises Refusal (404)."""
    wanted = _visible_to(scope).where(Subscription.id == subscription_id)
    found: Subscription | None = (await tx.session.exec(wanted)).one_or_none()
    if found is None:
        raise Refusal(NOT_FOUND)
    return found


async def list_subscriptions(
    tx: Transaction,
    scope: VisibilityScope,
    *,
    campaign: str | None,
    unit: str | None,
    state: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Subscription]:
    """Subscriptions that the caller may see, by id."""
    wanted = _visible_to(scope).order_by(col(Subscription.id)).limit(limit)
    if campaign is not None:
        wanted = wanted.where(_for(campaign))
    if unit is not None:
        wanted = wanted.where(Subscription.unit == unit)
    if state is not None:
        wanted = wanted.where(Subscription.state == state)
    if after is not None:
        wanted = wanted.where(col(Subscription.id) > after)
    found: Sequence[Subscription] = (await tx.session.exec(wanted)).all()
    return found


async def delete(tx: Transaction, subscription: Subscription) -> None:
    """Send it nothing more, and forget where it went and what it was for. Twice is once.

    Its deliveries stay as counts; what is under way can still arrive. The subscription is locked
    before its deliveries, as everywhere (0071).
    """
    subscription.state = "deleted"
    subscription.target = subscription.host = subscription.note = None
    subscription.secret = None
    await tx.session.flush()
    await tx.execute(
        """
        UPDATE deliveries SET state = 'cancelled', concluded_at = now()
         WHERE subscription_id = $1 AND state IN ('pending', 'held')
        """,
        subscription.id,
    )


async def resume(tx: Transaction, subscription: Subscription, *, failed_too: bool) -> int:
    """Switch it on, with what was held, and if `failed_too` with what was given up; how many.

    What was accepted stays accepted. What happened while it was off was never scheduled for it.
    An attempt that was on its way when it was switched off may still end well: such a delivery is
    not due before that attempt's lease runs out. One that is deleted meanwhile stays so.
    """
    await tx.execute(
        """
        UPDATE subscriptions
           SET state = 'active', disabled_reason = NULL, disabled_at = NULL, failed_in_row = 0
         WHERE id = $1 AND state <> 'deleted'
        """,
        subscription.id,
    )
    rows = await tx.fetch(
        """
        UPDATE deliveries d
           SET state = 'pending', concluded_at = NULL, attempts_before = attempts,
               due_at = CASE WHEN EXISTS (SELECT FROM delivery_attempts a
                                           WHERE a.delivery_id = d.id AND a.number = d.attempts
                                             AND a.outcome IS NULL)
                             THEN due_at ELSE now() END
         WHERE subscription_id = $1 AND (state = 'held' OR ($2 AND state = 'failed'))
        RETURNING 1
        """,
        subscription.id,
        failed_too,
    )
    await tx.session.refresh(subscription)
    return len(rows)


async def reencrypt_secrets(database: Database, settings: NotificationsSettings) -> None:
    """After a change of keys: encrypt all secrets under the newest one."""
    if not settings.previous_secret_keys:
        return
    async with database.transaction() as tx:
        renewed, unreadable = await reencrypt(tx, settings.secret_encryption)
    log.info("secrets encrypted anew", renewed=renewed, unreadable=unreadable)


async def reencrypt(tx: Transaction, encryption: SecretEncryption) -> tuple[int, int]:
    """Encrypt all secrets under the newest key; how many were, and how many no key decrypts."""
    rows: list[Any] = await tx.fetch(
        "SELECT id, secret FROM subscriptions WHERE secret IS NOT NULL FOR UPDATE"
    )
    renewed, unreadable = [], 0
    for row in rows:
        try:
            renewed.append((row["id"], encryption.reencrypt(row["secret"])))
        except DecryptionError:
            unreadable += 1
    await tx.executemany("UPDATE subscriptions SET secret = $2 WHERE id = $1", renewed)
    return len(renewed), unreadable


def _visible_to(scope: VisibilityScope) -> Any:
    wanted = select(Subscription)
    if scope.owner is None:
        return wanted
    seen = [
        and_(col(Subscription.campaign).is_not_distinct_from(campaign), _owned_by(units))
        for campaign, units in scope.below.items()
    ]
    return wanted.where(or_(col(Subscription.owner_unit) == scope.owner, *seen))


def _owned_by(units: Collection[str]) -> Any:
    """By an array: a unit may have thousands below it, and a statement has not so many places."""
    return col(Subscription.owner_unit) == any_(literal(sorted(units), ARRAY(Text)))


def _for(campaign: str) -> Any:
    """Subscriptions that get events of this campaign."""
    return or_(col(Subscription.campaign) == campaign, col(Subscription.campaign).is_(None))


async def _same(tx: Transaction, wanted: Subscription) -> UUID | None:
    """One that would bring the same reader everything twice: one to all campaigns brings what one
    to a single campaign does."""
    same = select(Subscription.id).where(
        Subscription.owner_unit == wanted.owner_unit,
        Subscription.unit == wanted.unit,
        Subscription.target == wanted.target,
        Subscription.event_types == wanted.event_types,
        Subscription.state != "deleted",
    )
    if wanted.campaign is not None:
        same = same.where(_for(wanted.campaign))
    return (await tx.session.exec(same)).first()
