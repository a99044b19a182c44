"""Counts by unit at the end of any day, out of what is stored.

By hand: both statements count over all units.
"""

from collections import Counter
from datetime import date, timedelta

from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import start_of
from services.submissions.context import CampaignContext
from services.submissions.statistics.schemas import Statistics
from services.submissions.statistics.statistics import Tally, statistics_of


async def statistics_at(
    tx: Transaction, context: CampaignContext, as_of: date, ahead_units: int
) -> Statistics:
    """The statistics at the end of a local day: what was withdrawn later still counts then."""
    campaign = context.plan.campaign
    end = start_of(as_of + timedelta(days=1), context.zone)
    essays = await tx.fetch(
        """
        SELECT unit, form, count(*) AS count, bool_or(simulated) AS simulated FROM essays
         WHERE campaign = $1 AND submitted_at < $2
           AND (withdrawn_at IS NULL OR withdrawn_at >= $2)
         GROUP BY unit, form
        """,
        campaign,
        end,
    )
    proposals = await tx.fetch(
        """
        SELECT unit, count(*) AS count, bool_or(simulated) AS simulated FROM commendation_proposals
         WHERE campaign = $1 AND proposed_at < $2 GROUP BY unit
        """,
        campaign,
        end,
    )
    by_unit: Counter[str] = Counter()
    by_form: Counter[str] = Counter(dict.fromkeys(context.plan.essays.forms, 0))
    for row in essays:
        by_unit[row["unit"]] += row["count"]
        by_form[row["form"]] += row["count"]
    proposed = {row["unit"]: row["count"] for row in proposals}
    units = [
        unit
        for unit in context.campaign.units
        if (unit.level in context.plan.essays.levels and unit.exists_on(as_of))
        or unit.code in by_unit
        or unit.code in proposed
    ]
    return statistics_of(
        context.plan,
        units,
        {unit.code: Tally(by_unit[unit.code], proposed.get(unit.code, 0)) for unit in units},
        as_of,
        by_form=by_form,
        simulated=any(row["simulated"] for row in (*essays, *proposals)),
        ahead_units=ahead_units,
    )
