"""A campaign: its plan, its units and its rule set, checked against each other."""

from dataclasses import dataclass

from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import UnitTree
from services.contracts.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Campaign:
    """What `loader.load_campaign` gives: the three files, read and found consistent."""

    plan: Plan
    units: UnitTree
    rules: RuleSet
