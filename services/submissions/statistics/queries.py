"""Counts by unit at the end of any day, out of what is stored."""

from collections import Counter
from datetime import date, timedelta

from sqlmodel import col, func, or_, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import start_of
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
    for unit, form, count, _ in essays:
        by_unit[unit] += count
        by_form[form] += count
    proposed = {unit: count for unit, count, _ in proposals}
    tree, levels = context.campaign.units, context.plan.essays.levels
    known = ((tree.get(unit.code, as_of), unit) for unit in tree)
    units = [
        now or unit
        for now, unit in known
        if (now and now.level in levels) or unit.code in by_unit or unit.code in proposed
    ]
    return statistics_of(
        context.plan,
        units,
        {unit.code: Tally(by_unit[unit.code], proposed.get(unit.code, 0)) for unit in units},
        as_of,
        by_form=by_form,
        simulated=any(row[-1] for row in (*essays, *proposals)),
        ahead_units=ahead_units,
    )
