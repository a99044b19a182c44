"""Counts by unit at the end of any day, out of what is stored.

What a unit sent that was no more by then counts for who took over.
"""

from collections import Counter
from datetime import date, timedelta
from functools import partial

from sqlmodel import col, func, or_, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import start_of
from services.contracts.campaign.units import UnitTree
from services.submissions.context import CampaignContext
from services.submissions.models import CommendationProposal as Proposal
from services.submissions.models import Essay
from services.submissions.statistics.schemas import Statistics
from services.submissions.statistics.statistics import Tally, statistics_of


async def statistics_at(
    tx: Transaction, context: CampaignContext, as_of: date, ahead_units: int
) -> Statistics:
    """The statistics at the end of a local day: what was withdrawn later still counts then."""
    campaign = context.plan.campaign
    end = start_of(as_of + timedelta(days=1), context.zone)
    essays = (
        await tx.session.exec(
            select(Essay.unit, Essay.form, func.count(), func.bool_or(Essay.simulated))
            .where(
                Essay.campaign == campaign,
                Essay.submitted_at < end,
                or_(col(Essay.withdrawn_at).is_(None), col(Essay.withdrawn_at) >= end),
            )
            .group_by(col(Essay.unit), col(Essay.form))
        )
    ).all()
    proposals = (
        await tx.session.exec(
            select(Proposal.unit, func.count(), func.bool_or(Proposal.simulated))
            .where(Proposal.campaign == campaign, Proposal.proposed_at < end)
            .group_by(col(Proposal.unit))
        )
    ).all()
    by_unit: Counter[str] = Counter()
    by_form: Counter[str] = Counter(dict.fromkeys(context.plan.essays.forms, 0))
    tree, levels = context.campaign.units, context.plan.essays.levels
    holds = partial(_holder, tree, as_of)
    for unit, form, count, _ in essays:
        by_unit[holds(unit)] += count
        by_form[form] += count
    proposed: Counter[str] = Counter()
    for unit, count, _ in proposals:
        proposed[holds(unit)] += count
    known = ((tree.get(unit.code, as_of), unit) for unit in tree)
    units = [
        now or unit
        for now, unit in known
        if (now and now.level in levels) or unit.code in by_unit or unit.code in proposed
    ]
    return statistics_of(
        context.plan,
        units,
        {unit.code: Tally(by_unit[unit.code], proposed[unit.code]) for unit in units},
        as_of,
        by_form=by_form,
        simulated=any(row[-1] for row in (*essays, *proposals)),
        ahead_units=ahead_units,
    )


def _holder(tree: UnitTree, day: date, code: str) -> str:
    """For whom a unit's essays count; itself where nobody took over."""
    holder = tree.holder(code, day)
    return holder.code if holder else code
