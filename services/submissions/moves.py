"""The notices that moved deadlines so far, and the plan under them."""

from services.chassis.database import Transaction
from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.plan import Obligation, Plan


async def moved_deadlines(tx: Transaction, plan: Plan) -> dict[str, Deadline]:
    """The present deadline of each way that was ever moved, by way."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (way) way, last_good_day FROM deadline_moves
         WHERE campaign = $1 ORDER BY way, moved_at DESC, move_id DESC
        """,
        plan.campaign,
    )
    return {row["way"]: Deadline(date=row["last_good_day"], included=True) for row in rows}


async def duty_as_moved(tx: Transaction, plan: Plan, duty: Obligation) -> Obligation:
    """An obligation of the plan with the deadlines it has now."""
    return duty.with_deadlines(await moved_deadlines(tx, plan))


async def deadline_versions(tx: Transaction, plan: Plan) -> dict[str, int]:
    """How often each obligation's deadline was moved, plus one, where it was."""
    rows = await tx.fetch(
        """
        SELECT obligation, count(*) + 1 AS version FROM deadline_moves
         WHERE campaign = $1 GROUP BY obligation
        """,
        plan.campaign,
    )
    return {row["obligation"]: row["version"] for row in rows}
