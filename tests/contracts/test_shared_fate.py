"""A fault in what only one service needs stops no other service."""

from pathlib import Path

import pytest

from services.contracts.campaign.problems import CampaignProblems
from services.notifications.app import compose as compose_notifications
from services.notifications.settings import NotificationsSettings
from services.scoring.app import compose as compose_scoring
from services.scoring.settings import ScoringSettings
from services.submissions.app import compose as compose_submissions
from services.submissions.settings import SubmissionsSettings
from tests.contracts.campaign.planting import Planted

KEY = "c2VhbGluZy1rZXktb2YtdGhlLXRlc3RzLTMyLWJ5dGU="
DSN = "postgresql://nobody@localhost/nothing"
COMMON = {
    "_env_file": None,
    "environment": "local",
    "database_url": DSN,
    "jwks_url": "http://localhost/keys",
    "token_issuer": "http://localhost",
}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    planted = Planted.copy(tmp_path)
    planted.plant("rules.yaml", "kind: count", "kind: cuont")
    return planted.directory


def test_a_typo_in_the_rules_stops_scoring(broken: Path) -> None:
    with pytest.raises(CampaignProblems) as refused:
        compose_scoring(ScoringSettings(campaign_dir=broken, **COMMON))
    assert "did you mean “count”?" in str(refused.value)


def test_a_typo_in_the_rules_does_not_stop_the_intake(broken: Path) -> None:
    compose_submissions(SubmissionsSettings(campaign_dir=broken, **COMMON))


def test_a_typo_in_the_rules_does_not_stop_notifications(broken: Path) -> None:
    compose_notifications(NotificationsSettings(campaign_dir=broken, secret_key=KEY, **COMMON))
