"""Names for the codes in facts, out of the campaign's plan and units."""

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import UnitTree
from services.contracts.wording import Bilingual
from services.notifications.mail_texts.text import CampaignNames


def names_of(*versions: Campaign) -> CampaignNames:
    """What mails call the campaign, its units, obligations, figures, kinds of report and
    contests.

    `versions`: all that were announced, the newest last. It decides; the others have the names of
    what was dropped since. An option has no title of its own in the plan: it is called as its
    obligation.
    """
    plan = versions[-1].plan
    units = [unit for version in versions for unit in version.units]
    owed = [one for version in versions for one in version.plan.obligations]
    options = {option.id: one.title for one in owed for option in one.options}
    return CampaignNames(
        zone=plan.zone,
        campaign=plan.short_title,
        board=plan.board,
        top_level=_top_level(plan, versions[-1].units),
        units={unit.code: unit.name for unit in units},
        units_in_text={unit.code: unit.name_in_text for unit in units},
        obligations={**options, **{one.id: one.title for one in owed}},
        figures={
            name: figure.title
            for version in versions
            for name, figure in version.plan.figures.items()
        },
        reports={kind.id: kind.title for version in versions for kind in version.plan.reports},
        contests={one.id: one.title for version in versions for one in version.plan.contests},
    )


def _top_level(plan: Plan, units: UnitTree) -> Bilingual:
    """The title of the level to which all others report; without one, what the campaign is of."""
    levels = {unit.level for unit in units if unit.parent is None}
    title = plan.levels.get(levels.pop()) if len(levels) == 1 else None
    return title or plan.city
