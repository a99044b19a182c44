"""The orders of a campaign in the database.

SQL by hand: the version of each deadline, out of two tables.
"""

from typing import Any

from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.audience import Audience
from services.contracts.campaign.units import UnitTree
from services.submissions.models import BoardOrder
from services.submissions.orders.order import Act, Order, Orders


async def orders_of(tx: Transaction, campaign: str, units: UnitTree) -> Orders:
    """All of them, by number; `units`: the campaign's tree, which says whom each concerns."""
    asked = select(BoardOrder).where(BoardOrder.campaign == campaign)
    rows = await tx.session.exec(asked.order_by(col(BoardOrder.number)))
    return Orders([_order(row) for row in rows], units)


async def add_order(tx: Transaction, campaign: str, order: Order) -> None:
    """Keep one. The campaign is held alone, so that numbers are without gaps."""
    tx.session.add(
        BoardOrder(
            order_id=order.id,
            campaign=campaign,
            number=order.number,
            act=order.act,
            scope=scope_out(order.scope),
            obligation=order.obligation,
            contest=order.contest,
            option=order.option,
            previous_last_day=order.previous_last_day,
            last_day=order.last_day,
            takes_back=order.takes_back,
            deadline_version=order.deadline_version,
            document=order.document,
            reason=order.reason,
            ordered_at=order.at,
            ordered_by=order.account,
            simulated=order.simulated,
        )
    )
    await tx.session.flush()


async def deadline_versions(tx: Transaction, campaign: str) -> dict[str, int]:
    """The highest version that the deadline of each obligation has for any unit: 1 as announced,
    one more for each order that moved it or opened it again."""
    rows = await tx.fetch(
        """
        SELECT obligation, max(version) AS version FROM (
            SELECT obligation, deadline_version AS version FROM obligations WHERE campaign = $1
            UNION ALL
            SELECT obligation, deadline_version FROM orders WHERE campaign = $1
        ) AS versions
         WHERE version IS NOT NULL AND obligation IS NOT NULL GROUP BY obligation
        """,
        campaign,
    )
    return {row["obligation"]: row["version"] for row in rows}


def scope_out(scope: Audience | None) -> dict[str, Any] | None:
    """A scope as JSON."""
    if scope is None:
        return None
    return scope.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _order(row: BoardOrder) -> Order:
    act: Act = row.act  # type: ignore[assignment]  # as `add_order` wrote it
    scope = None if row.scope is None else Audience.model_validate(row.scope)
    return Order(
        id=row.order_id,
        number=row.number,
        act=act,
        document=row.document,
        reason=row.reason,
        at=row.ordered_at,
        account=row.ordered_by,
        scope=scope,
        obligation=row.obligation,
        contest=row.contest,
        option=row.option,
        last_day=row.last_day,
        previous_last_day=row.previous_last_day,
        takes_back=row.takes_back,
        deadline_version=row.deadline_version,
        simulated=row.simulated,
    )
