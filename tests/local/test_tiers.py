"""Promise: the demo asks the tree who reports to whom, and names levels as the campaign does."""

from pathlib import Path

import pytest

from infra.local.report_texts import levels_in_words
from infra.local.simulated_year.script import LATE_COMMUNE, acts_of_the_year
from infra.local.simulated_year.tiers import first_tier, lower_tiers
from services.contracts.campaign.loader import load_campaign
from services.contracts.campaign.units import UnitTree

CAMPAIGNS = Path(__file__).parents[2] / "infra" / "campaigns"


@pytest.mark.parametrize(
    ("name", "first", "lower", "titles"),
    [
        ("hanoi-2020", 64, 579, ("cấp trên cơ sở", "cấp cơ sở")),
        ("hanoi-2026", 149, 0, ("cơ quan, đoàn thể cấp Thành phố, cấp xã", "")),
    ],
)
def test_each_tree_has_its_own_tiers_and_their_titles(
    name: str, first: int, lower: int, titles: tuple[str, str]
) -> None:
    campaign = load_campaign(CAMPAIGNS / name)
    tiers = first_tier(campaign.units), lower_tiers(campaign.units)
    assert tuple(map(len, tiers)) == (first, lower)
    assert tuple(levels_in_words(campaign.plan, tier).vi for tier in tiers) == titles


def test_the_year_is_the_same_whatever_its_levels_are_called() -> None:
    units = load_campaign(CAMPAIGNS / "hanoi-2020").units
    renamed = UnitTree(row.model_copy(update={"level": f"{row.level}-x"}) for row in units.rows)
    acts = acts_of_the_year(renamed, scale=0.06)
    assert acts == acts_of_the_year(units, scale=0.06)
    assert any(act.unit == LATE_COMMUNE for act in acts)
