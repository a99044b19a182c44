"""Rules ask the campaign's own tree, and what is said about levels are its own titles: a campaign
without districts has none in any answer."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.issuer import Issuer
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.support.announcing import HANOI, announcement

OF_2026 = HANOI.parent / "hanoi-2026"
NO_SUCH_LEVEL = re.compile(r"quận|huyện|thị xã|cấp trên cơ sở|district|upper", re.IGNORECASE)


@pytest.fixture
async def replica(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2026, open."""
    settings = settings_of(dsn, issuer, simulated_start="2026-03-02T08:00:00+07:00")
    async with running_replica(settings, issuer, announcement(OF_2026)) as one:
        one.campaign = "hanoi-2026"
        yield one


async def communes(replica: Replica) -> list[str]:
    """The units of the level `commune`, which report to the city."""
    units = (await replica.context()).campaign.units
    return [unit.code for unit in units if unit.level == "commune"]


async def test_a_commune_without_a_district_reports_to_the_city(replica: Replica) -> None:
    one, other, *_ = await communes(replica)
    report = {"unit": one, "form": "held", "held_on": "2026-03-01"}
    refused = await replica.refused(422, "/conference-reports", {**report, "receiver": other})
    assert "thành phố Hà Nội" in refused["faults"][0]["vi"]
    taken = await replica.taken("/conference-reports", report)
    assert taken["receiver"] == "HN"
    assert taken["communes"] is None


async def test_who_reports_to_the_city_is_listed_below_it_whatever_the_level(
    replica: Replica,
) -> None:
    listed = (await replica.read("/units/HN/conferences-below")).json()
    assert len(listed["units"]) == 149
    assert {each["status"] for each in listed["units"]} == {"open"}
    former = (await replica.read("/units/HN/communes")).json()
    assert former == {**{k: v for k, v in listed.items() if k != "units"},
                      "communes": listed["units"]}  # fmt: skip
    (one, *_) = await communes(replica)
    below = (await replica.read(f"/units/{one}/conferences-below")).json()
    assert (below["units"], below["summary"]) == ([], {"held": 0, "written": 0, "none": 0})


async def test_no_refusal_names_a_level_that_the_tree_has_not(replica: Replica) -> None:
    one, other, *_ = await communes(replica)
    tried: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("/essays", essay("HN"), {}),
        ("/essays", essay(one), {"role": "district", "unit": other}),
        ("/essays", essay(one), {"role": "ops"}),
        ("/contest-reports", {"unit": "HN", "entries": 1, "prizes": 1}, {}),
        ("/conference-reports", {"unit": "HN", "form": "written"}, {}),
        ("/conference-reports", {"unit": one, "form": "written", "receiver": other}, {}),
        ("/ceremony-reports", {"unit": "HN", "held_on": "2026-03-01"}, {}),
        ("/figures", {"unit": one, "name": "x", "period": "2026", "value": "1", "evidence": "y"},
         {"unit": other}),
    ]  # fmt: skip
    for path, body, who in tried:
        answer = await replica.send(path, body, **who)
        assert 400 <= answer.status_code < 500, answer.text
        assert not NO_SUCH_LEVEL.search(answer.text), answer.text


@pytest.mark.parametrize(
    ("campaign", "vi", "en"),
    [
        (HANOI, "cấp trên cơ sở", "the upper level"),
        (OF_2026, "cơ quan, đoàn thể cấp Thành phố; cấp xã", "the commune level"),
    ],
)
async def test_who_owes_a_report_or_may_send_an_essay_is_said_by_the_levels_of_the_campaign(
    campaign: Path, vi: str, en: str, dsn: str, issuer: Issuer
) -> None:
    start = f"{'2020' if campaign == HANOI else '2026'}-05-04T08:00:00+07:00"
    settings = settings_of(dsn, issuer, simulated_start=start)
    async with running_replica(settings, issuer, announcement(campaign)) as one:
        one.campaign = campaign.name
        for path, body in (
            ("/contest-reports", {"unit": "HN", "entries": 1, "prizes": 1}),
            ("/essays", essay("HN")),
        ):
            (fault,) = (await one.refused(422, path, body))["faults"]
            assert vi in fault["vi"], path
            assert en in fault["en"], path
