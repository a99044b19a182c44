"""The plan and the units of a campaign: two files that people edit (docs/campaigns.md)."""

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.problems import CampaignProblems, FileProblem
from services.contracts.campaign.units import Unit, UnitTree

__all__ = ["Campaign", "CampaignProblems", "FileProblem", "Plan", "Unit", "UnitTree"]
