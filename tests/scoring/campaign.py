"""The sample campaign of 2020, loaded once."""

from functools import cache
from pathlib import Path

from services.contracts.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.scoring.contest import Contest

DIRECTORY = Path(__file__).parents[2] / "infra" / "campaigns" / "hanoi-2020"


@cache
def sample_campaign() -> Campaign:
    return load_campaign(DIRECTORY)


@cache
def sample_contest() -> Contest:
    return Contest.of(sample_campaign())
