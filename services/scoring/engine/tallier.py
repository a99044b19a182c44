"""What a rule set counts: its measures, by the periods of its tables where it says so."""

from services.contracts.rules import RuleSet
from services.measuring.period_tally import PeriodTallier
from services.measuring.periods import Periods
from services.measuring.tally import SIMULATED, Tallier


def tallier_of(rules: RuleSet) -> Tallier:
    """The tallier of a rule set.

    Scores that people enter are of no period: each goes by its criterion.
    """
    if not rules.period_begins:
        return Tallier(rules.measured, rules.zone)
    entered = rules.measured.keys() - rules.measures.keys()
    periods = Periods(rules.period_begins, rules.zone, {SIMULATED, *entered})
    return PeriodTallier(rules.measured, rules.zone, periods)
