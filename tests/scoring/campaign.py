"""The sample campaign of 2020, loaded once."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from services.contracts.campaign import Campaign, RuleSet
from services.contracts.campaign.loader import load_campaign
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline

DIRECTORY = Path(__file__).parents[2] / "infra" / "campaigns" / "hanoi-2020"


@cache
def sample_campaign() -> Campaign:
    return load_campaign(DIRECTORY)


@cache
def sample_snapshot() -> CampaignSnapshot:
    campaign = sample_campaign()
    return CampaignTimeline(campaign).on(campaign.plan.closes)


@cache
def other_campaign() -> Campaign:
    """The same campaign after somebody edited its rule set: essays from 50 marks are good."""
    campaign = sample_campaign()
    content = campaign.rules.model_dump(mode="json", by_alias=True)
    text = json.dumps(content).replace('"at_least": "80"', '"at_least": "50"')
    return replace(campaign, rules=RuleSet.model_validate_json(text))


@cache
def other_contest() -> CampaignSnapshot:
    """Its snapshot."""
    campaign = other_campaign()
    return CampaignTimeline(campaign).on(campaign.plan.closes)
