"""Who owes what the plan asks: one rule for announcements, amendments, mergers and lists.

Pure. A unit owes what is asked of its level for as long as it exists: on the last day or, where it
ends before, until it ends. From the day on which it is no more, who took over owes it, and it never
owes again. So it makes no difference whether an end was known from the announcement or comes by an
amendment, and nobody is released before the day.
"""

from datetime import date

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.obligation_plan import ObligationPlan


def is_asked(campaign: Campaign, planned: ObligationPlan, unit: str) -> bool:
    """Whether the plan asks this of the unit, on whatever days it exists."""
    plan = campaign.plan
    opens, last_day = plan.opens, min(planned.last_option.until, plan.closes)
    return campaign.units.is_asked(unit, planned, opens, last_day)


def asked_of(campaign: Campaign, planned: ObligationPlan) -> list[str]:
    """The units that the plan asks this, in the file's order."""
    return [unit.code for unit in campaign.units if is_asked(campaign, planned, unit.code)]


def owing_on(campaign: Campaign, planned: ObligationPlan, day: date) -> set[str]:
    """Who owes it on a local day: the units asked, and who took over from those that ended.

    One that is yet to begin owes it already: its deadline is known to it.
    """
    units = campaign.units
    owing = set()
    for code in asked_of(campaign, planned):
        if units.ended(code, day) is None:
            owing.add(code)
        elif (holder := units.holder(code, day)) is not None:
            owing.add(holder.code)
    return owing
