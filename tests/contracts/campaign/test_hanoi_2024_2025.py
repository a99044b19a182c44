"""The season of 2024-2025: from July to April, closed before the districts end on 1 July 2025."""

from datetime import date, datetime

import pytest

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.units import Unit
from services.contracts.rules.loader import load_with_rules
from tests.contracts.campaign.planting import ROOT

OF_A_UNIT = {"code", "name", "kind", "level", "parent", "cluster", "gso_code", "written_in_text"}


@pytest.fixture(scope="module")
def season() -> Campaign:
    """Its plan and units."""
    return load_with_rules(ROOT / "infra" / "campaigns" / "hanoi-2024-2025")[0]


def test_it_opens_in_one_year_and_its_contest_ends_in_the_next(season: Campaign) -> None:
    plan = season.plan
    assert plan.opens == date(2024, 7, 1)  # "từ tháng 7/2024"
    assert plan.contests[0].ends.last_day == date(2025, 4, 30)  # "đến tháng 4/2025"
    assert plan.contests[0].ends.closes_at(plan.zone) == datetime.fromisoformat(
        "2025-05-01T00:00:00+07:00"
    )


def test_it_closes_before_the_districts_end(season: Campaign) -> None:
    assert season.plan.closes < date(2025, 7, 1)
    for planned in season.plan.obligations:
        assert planned.last_option.last_reporting_day <= season.plan.closes


@pytest.mark.parametrize(
    ("option", "days"),
    [("M2", -30), ("M1", -21), ("M3", 14), ("M5", 31), ("M4", 41), ("M6", 45)],
)
def test_each_last_day_lies_as_far_from_the_end_of_the_contest_as_its_readme_says(
    season: Campaign, option: str, days: int
) -> None:
    last = season.plan.obligation_of_option(option).option(option).last_day
    assert (last - season.plan.contests[0].ends.last_day).days == days


def test_who_had_sent_nothing_in_seven_months_has_until_the_end_of_march(season: Campaign) -> None:
    (catch_up,) = (planned for planned in season.plan.obligations if planned.only_if)
    assert catch_up.only_if is not None
    assert catch_up.only_if.no_essays_by == date(2025, 1, 31)  # "đến hết ngày 31/01/2025"
    assert catch_up.last_option.last_day == date(2025, 3, 31)


def test_essays_have_at_most_2000_words_and_recorded_works_7_minutes(season: Campaign) -> None:
    assert (season.plan.contests[0].max_words, season.plan.contests[0].max_minutes) == (2000, 7)


def test_its_units_are_those_of_2020_for_nothing_had_changed_on_the_opening_day(
    season: Campaign, hanoi: Campaign
) -> None:
    def listed(campaign: Campaign, day: date) -> list[dict[str, object]]:
        units: list[Unit] = list(campaign.units.on(day))
        return [unit.model_dump(include=OF_A_UNIT) for unit in units]

    assert listed(season, season.plan.opens) == listed(hanoi, hanoi.plan.opens)
