"""The sample campaign of 2020, loaded once."""

from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path

from services.campaigns.announced import AnnouncedCampaign, AnnouncedVersion
from services.contracts.campaign import Campaign
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import load_with_rules, read_rules
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.models import AdoptedRuleSet
from services.scoring.scored_campaign import AdoptedRules, ScoredCampaign

DIRECTORY = Path(__file__).parents[2] / "infra" / "campaigns" / "hanoi-2020"


@cache
def _sample() -> tuple[Campaign, RuleSet]:
    return load_with_rules(DIRECTORY)


def sample_campaign() -> Campaign:
    return _sample()[0]


def sample_rules() -> RuleSet:
    return _sample()[1]


SAMPLE_GENERATION = 3
"""Of the sample campaign in a database of the fixtures: announced, adopted, put to work."""


def sample_timeline() -> CampaignTimeline:
    return CampaignTimeline(*_sample(), SAMPLE_GENERATION)


def scored(*rules: RuleSet, campaign: Campaign | None = None) -> ScoredCampaign:
    """The sample campaign in memory: one version, these rule sets a month after each other from its
    first day on, or the sample one; the first is at work."""
    opens = datetime.combine(sample_campaign().plan.opens, time.min, sample_campaign().plan.zone)
    version = AnnouncedVersion(1, campaign or sample_campaign(), "Văn bản mẫu", None, opens)
    adopted = [
        AdoptedRules(
            AdoptedRuleSet(
                campaign="hanoi-2020",
                number=number,
                rule_set=one.rule_set,
                sample=one.sample,
                rules="",
                rules_digest=one.digest(),
                in_force_since=opens + timedelta(days=30 * (number - 1)),
                adopted_at=opens,
            ),
            one,
        )
        for number, one in enumerate(rules or [sample_rules()], start=1)
    ]
    return ScoredCampaign(AnnouncedCampaign("hanoi-2020", 0, [version]), adopted, at_work=1)


@cache
def sample_snapshot() -> CampaignSnapshot:
    return sample_timeline().on(sample_campaign().plan.closes)


SAMPLE_WRITTEN = (DIRECTORY / "rules.yaml").read_text()
OTHER_WRITTEN = SAMPLE_WRITTEN.replace('at_least: "80"', 'at_least: "50"')
"""The rule set after somebody edited it: essays from 50 marks are good."""


@cache
def other_rules() -> RuleSet:
    """It."""
    return read_rules(OTHER_WRITTEN.encode())


def other_timeline() -> CampaignTimeline:
    """The same campaign under the edited rule set."""
    return sample_timeline().under(other_rules())


@cache
def other_contest() -> CampaignSnapshot:
    """Its snapshot."""
    return other_timeline().on(sample_campaign().plan.closes)
