"""Names for the codes in facts, out of the campaign's files."""

from services.contracts.campaign.campaign import Campaign
from services.contracts.wording import Bilingual
from services.notifications.mail_texts.text import Names, Title


def names_of(campaign: Campaign) -> Names:
    """What messages call units, obligations, levels and criteria.

    An option is called as its obligation: the plan has no titles of options.
    """
    plan, rules = campaign.plan, campaign.rules
    obligations = {o.id: _title(o.title) for o in plan.obligations}
    options = {w.id: _title(o.title) for o in plan.obligations for w in o.options}
    criteria = [c for table in rules.tables for c in table.criteria]
    return Names(
        zone=plan.zone,
        campaign=_title(plan.title),
        units={unit.code: unit.name for unit in campaign.units},
        obligations={**options, **obligations},
        levels={b.level: _title(b.title) for table in rules.tables for b in table.levels},
        criteria={criterion.id: _title(criterion.title) for criterion in criteria},
    )


def _title(text: Bilingual) -> Title:
    return Title(text.vi, text.en)
