"""The campaign: what three files that a civil servant edits say (docs/campaigns.md)."""

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.problems import CampaignProblems, Problem
from services.contracts.campaign.units import Unit, UnitTree
from services.contracts.rules import RuleSet

__all__ = ["Campaign", "CampaignProblems", "Plan", "Problem", "RuleSet", "Unit", "UnitTree"]
