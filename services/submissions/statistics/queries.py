"""Counts by unit at the end of any day, out of what is stored.

What a unit sent that was no more by then counts for who took over.

SQL by hand: essays by contest, unit and form; the models select no more than four columns.
"""

from collections import Counter
from datetime import date, timedelta
from functools import partial

from sqlmodel import col, func, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.asked_acts import PROPOSED
from services.contracts.campaign.deadlines import start_of
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import Unit, UnitTree
from services.submissions.context import CampaignContext
from services.submissions.models import CommendationProposal as Proposal
from services.submissions.statistics.schemas import Statistics
from services.submissions.statistics.statistics import ContestTally, Tally, statistics_of


async def statistics_at(
    tx: Transaction, context: CampaignContext, as_of: date, ahead_units: int
) -> Statistics:
    """The statistics at the end of a local day: what was withdrawn later still counts then."""
    campaign = context.plan.campaign
    end = start_of(as_of + timedelta(days=1), context.zone)
    essays = await tx.fetch(
        """
        SELECT contest, unit, form, count(*) AS essays, bool_or(simulated) AS simulated
          FROM essays
         WHERE campaign = $1 AND submitted_at < $2
           AND (withdrawn_at IS NULL OR withdrawn_at >= $2)
         GROUP BY contest, unit, form
        """,
        campaign,
        end,
    )
    proposals = (
        await tx.session.exec(
            select(Proposal.unit, func.count(), func.bool_or(Proposal.simulated))
            .where(Proposal.campaign == campaign, Proposal.proposed_at < end)
            .group_by(col(Proposal.unit))
        )
    ).all()
    plan, tree = context.plan, context.campaign.units
    by_contest = {contest.id: ContestTally(contest) for contest in plan.contests}
    holds = partial(_holder, tree, as_of)
    for row in essays:
        if row["contest"] in by_contest:
            by_contest[row["contest"]].add(holds(row["unit"]), row["form"], row["essays"])
    by_unit = sum((each.by_unit for each in by_contest.values()), Counter[str]())
    proposed: Counter[str] = Counter()
    for unit, count, _ in proposals:
        proposed[holds(unit)] += count
    known = ((tree.get(unit.code, as_of), unit) for unit in tree)
    units = [
        now or unit
        for now, unit in known
        if (now and _may_send(plan, now)) or unit.code in by_unit or unit.code in proposed
    ]
    return statistics_of(
        plan,
        units,
        {unit.code: Tally(by_unit[unit.code], proposed[unit.code]) for unit in units},
        as_of,
        contests=by_contest.values(),
        simulated=any(row["simulated"] for row in essays) or any(row[-1] for row in proposals),
        ahead_units=ahead_units,
    )


def _may_send(plan: Plan, unit: Unit) -> bool:
    """Whether the unit is counted also when it sent nothing: it may send essays or, where there is
    no contest, it owes proposals."""
    if plan.entry_levels is not None:
        return unit.level in plan.entry_levels
    return any(planned.is_by(PROPOSED) for planned in plan.obligations_of(unit))


def _holder(tree: UnitTree, day: date, code: str) -> str:
    """For whom a unit's essays count; itself where nobody took over."""
    holder = tree.holder(code, day)
    return holder.code if holder else code
