"""A campaign: its plan and its units, checked against each other."""

from dataclasses import dataclass

from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import UnitTree


@dataclass(frozen=True, slots=True)
class Campaign:
    """What `loader.load_campaign` gives: what all services need of a campaign."""

    plan: Plan
    units: UnitTree
