"""The sample campaign of 2020, loaded once."""

import json
from functools import cache
from pathlib import Path

from services.contracts.campaign import Campaign
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import load_with_rules
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline

DIRECTORY = Path(__file__).parents[2] / "infra" / "campaigns" / "hanoi-2020"


@cache
def _sample() -> tuple[Campaign, RuleSet]:
    return load_with_rules(DIRECTORY)


def sample_campaign() -> Campaign:
    return _sample()[0]


def sample_rules() -> RuleSet:
    return _sample()[1]


def sample_timeline() -> CampaignTimeline:
    return CampaignTimeline(*_sample())


@cache
def sample_snapshot() -> CampaignSnapshot:
    return sample_timeline().on(sample_campaign().plan.closes)


@cache
def other_rules() -> RuleSet:
    """The rule set after somebody edited it: essays from 50 marks are good."""
    content = sample_rules().model_dump(mode="json", by_alias=True)
    text = json.dumps(content).replace('"at_least": "80"', '"at_least": "50"')
    return RuleSet.model_validate_json(text)


def other_timeline() -> CampaignTimeline:
    """The same campaign under the edited rule set."""
    return CampaignTimeline(sample_campaign(), other_rules())


@cache
def other_contest() -> CampaignSnapshot:
    """Its snapshot."""
    return other_timeline().on(sample_campaign().plan.closes)
