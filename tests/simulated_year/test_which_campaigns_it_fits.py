"""Promise: the simulated year is played with the campaign of 2020, and says why with no other."""

from pathlib import Path

import pytest

from infra.local.demo import clock_for
from infra.local.simulated_year.suitable import why_no_season
from services.contracts.campaign import Campaign
from services.contracts.campaign.loader import PLAN, UNITS, load_campaign
from tests.submissions.contests import two_contests, without_contest
from tests.support.announcing import HANOI
from tests.words.collected import VIETNAMESE

OTHERS = sorted(path for path in HANOI.parent.iterdir() if path != HANOI)


@pytest.fixture(scope="module")
def hanoi() -> Campaign:
    return load_campaign(HANOI)


def changed(*, plan: tuple[str, str] = ("", ""), units: tuple[str, str] = ("", "")) -> Campaign:
    """The campaign of 2020 with a text replaced in a file."""
    files = {PLAN: plan, UNITS: units}
    texts = {name: (HANOI / name).read_text().replace(*change) for name, change in files.items()}
    return load_campaign({name: text.encode() for name, text in texts.items()})


def test_the_campaign_of_2020_is_played(hanoi: Campaign) -> None:
    assert why_no_season(hanoi) is None


@pytest.mark.parametrize("directory", OTHERS, ids=lambda path: path.name)
def test_no_other_campaign_that_ships_is_and_each_reason_is_named(directory: Path) -> None:
    why = why_no_season(load_campaign(directory))
    assert why
    assert "thidua up --campaign" in why.vi
    assert VIETNAMESE.search(why.vi)
    assert "does not run from 6 January 2020" in why.en
    assert "the plan has no option" in why.en


def test_a_unit_of_the_stories_that_is_missing_is_named() -> None:
    why = why_no_season(changed(units=("URENCO,", "URENCO2,")))
    assert why
    assert "thiếu các đơn vị có mã “URENCO”." in why.vi
    assert "the units “URENCO” are missing" in why.en


def test_without_one_contest_there_is_nothing_to_play() -> None:
    plan = (HANOI / PLAN).read_text()
    for edited, reason in (
        (without_contest(plan), "it has 0 contests"),
        (two_contests(plan), "it has 2 contests"),
    ):
        why = why_no_season(
            load_campaign({PLAN: edited.encode(), UNITS: (HANOI / UNITS).read_bytes()})
        )
        assert why
        assert reason in why.en
        assert VIETNAMESE.search(why.vi)


def test_the_clock_is_the_machine_s_while_the_campaign_runs(hanoi: Campaign) -> None:
    opens, closes = hanoi.plan.opens, hanoi.plan.closes
    for day in (opens, closes):
        assert clock_for(hanoi, day) is None
    for day in (closes.replace(year=2026), opens.replace(year=2018)):
        assert clock_for(hanoi, day) == "2019-12-17T08:00:00+07:00"
