"""Names for the codes in facts, out of the campaign's plan and units."""

from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import UnitTree
from services.notifications.mail_texts.text import CampaignNames


def names_of(plan: Plan, units: UnitTree) -> CampaignNames:
    """What mails call the campaign, units, obligations and figures.

    An option has no title of its own in the plan: it is called as its obligation.
    """
    obligations = {one.id: one.title for one in plan.obligations}
    options = {option.id: one.title for one in plan.obligations for option in one.options}
    return CampaignNames(
        zone=plan.zone,
        campaign=plan.short_title,
        board=plan.board,
        units={unit.code: unit.name for unit in units},
        units_in_text={unit.code: unit.name_in_text for unit in units},
        obligations={**options, **obligations},
        figures=plan.figures,
    )
