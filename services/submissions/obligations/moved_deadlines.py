"""The documents that moved deadlines so far, and the plan under them.

SQL by hand: a lock on several rows in one order, and the last document of each option.
"""

from collections.abc import Iterable

from sqlmodel import col, func, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.plan import Plan
from services.submissions.models import DeadlineMove


async def lock_terms(tx: Transaction, plan: Plan, obligations: Iterable[str]) -> None:
    """Lock obligations of the campaign, before any row of a unit, until the transaction ends.

    Whoever moves a deadline or adds units takes this lock first: an added unit can't miss a move
    that is under way, because its row does not exist yet and could not be locked.
    """
    await tx.execute(
        """
        SELECT FROM planned_terms WHERE campaign = $1 AND obligation = ANY($2::text[])
         ORDER BY obligation FOR UPDATE
        """,
        plan.campaign,
        list(obligations),
    )


async def moved_deadlines(tx: Transaction, plan: Plan) -> dict[str, Deadline]:
    """The present deadline of each option that was ever moved, by option.

    That of the units under the highest version: two moves at one instant, as of a simulated clock
    that does not run, have no order by time. Where no unit has the obligation, that of the
    latest document.
    """
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (moves.option) moves.option,
               coalesce((held.last_days ->> moves.option)::date, last_day)
                   AS last_day
          FROM deadline_moves AS moves
          LEFT JOIN LATERAL (
                SELECT last_days FROM obligations AS owed
                 WHERE owed.campaign = moves.campaign AND owed.obligation = moves.obligation
                 ORDER BY deadline_version DESC LIMIT 1) AS held ON true
         WHERE moves.campaign = $1 ORDER BY moves.option, moved_at DESC, move_id DESC
        """,
        plan.campaign,
    )
    return {row["option"]: Deadline(date=row["last_day"], included=True) for row in rows}


async def deadline_versions(tx: Transaction, plan: Plan) -> dict[str, int]:
    """How often each obligation's deadline was moved, plus one, where it was."""
    counted = select(DeadlineMove.obligation, func.count()).where(
        DeadlineMove.campaign == plan.campaign
    )
    rows = await tx.session.exec(counted.group_by(col(DeadlineMove.obligation)))
    return {obligation: moves + 1 for obligation, moves in rows}
