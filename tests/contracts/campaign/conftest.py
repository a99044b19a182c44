"""Campaigns to read and to spoil."""

from pathlib import Path

import pytest

from services.contracts.campaign.campaign import Campaign
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import load_with_rules
from tests.contracts.campaign.planting import HANOI, Planted


@pytest.fixture(scope="session")
def hanoi() -> Campaign:
    """The campaign of Notice 251."""
    return load_with_rules(HANOI)[0]


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    """Its rules."""
    return load_with_rules(HANOI)[1]


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    """A copy of it in which faults can be planted."""
    return Planted.copy(tmp_path)


@pytest.fixture
def every_kind(tmp_path: Path) -> Planted:
    """The same with rules of every kind."""
    return Planted.every_kind(tmp_path)
